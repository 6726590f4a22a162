package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"argen/model/hub/hubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noise is n bytes that no compression makes shorter.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// folderRepo is a repository of transformers with one file of weights.
func folderRepo() *hubtest.Repo {
	return &hubtest.Repo{Files: map[string][]byte{
		"config.json":                 []byte(`{"model_type":"llama"}`),
		"tokenizer.json":              noise(1, 5000),
		"tokenizer_config.json":       []byte(`{}`),
		"chat_template.jinja":         []byte(`{{ x }}`),
		"model.safetensors":           noise(2, 300_000),
		"README.md":                   []byte("# A model"),
		"pytorch_model.bin":           noise(3, 2000),
		"onnx/model.onnx":             noise(4, 2000),
		".gitattributes":              []byte("*.bin filter=lfs"),
		"original/consolidated.pth":   noise(5, 1000),
		"additional/chat_template.xy": []byte("no"),
	}}
}

// pulledNames are the files of folderRepo that make the model.
var pulledNames = []string{"chat_template.jinja", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}

// puller fetches from s into a new cache, without waiting.
func puller(t *testing.T, s *hubtest.Server) *Puller {
	t.Helper()
	return &Puller{
		Config: Config{Cache: Cache{filepath.Join(t.TempDir(), "hub")}, Endpoint: s.URL, Patience: 5 * time.Second},
		pause:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func mustParse(t *testing.T, text string) Ref {
	t.Helper()
	r, err := ParseRef(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// holdsAll compares a snapshot with what it should hold.
func holdsAll(t *testing.T, p *Puller, repo *hubtest.Repo, names []string) {
	t.Helper()
	files, err := p.files("o/n", repo.Commit())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name)
		data, err := os.ReadFile(p.pointer("o/n", repo.Commit(), f.Name))
		if err != nil || !bytes.Equal(data, repo.Files[f.Name]) {
			t.Errorf("%s has %d bytes, want the %d of the hub; error %v", f.Name, len(data), len(repo.Files[f.Name]), err)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, names) {
		t.Errorf("the snapshot holds %q, want %q", got, names)
	}
}

func TestPull(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	p := puller(t, s)
	last, total := int64(0), int64(0)
	p.Progress = func(done, all int64) { last, total = done, all }
	pulled, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
	all, fetched := pulled.Bytes()
	if all != fetched || last != all || total != all {
		t.Errorf("%d bytes, %d fetched, progress ends at %d of %d", all, fetched, last, total)
	}
	top := filepath.Join(p.Dir, "models--o--n")
	if ref, err := os.ReadFile(filepath.Join(top, "refs", "main")); err != nil || string(ref) != repo.Commit() {
		t.Errorf("refs/main is %q, error %v", ref, err)
	}
	link, err := os.Readlink(filepath.Join(top, "snapshots", repo.Commit(), "model.safetensors"))
	if want := filepath.Join("..", "..", "blobs", hubtest.Hash(repo.Files["model.safetensors"])); err != nil || link != want {
		t.Errorf("the link is %q, want %q; error %v", link, want, err)
	}
	if found, err := p.Find(mustParse(t, "hf:o/n")); err != nil || found.Path != pulled.Path {
		t.Errorf("found %+v, error %v", found, err)
	}
	s.Requests()
	pulled, err = p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, fetched := pulled.Bytes(); fetched != 0 || len(s.Requests()) != 1 {
		t.Errorf("the second pull fetches %d bytes, or more than the list", fetched)
	}
	p.Offline = true
	s.Requests()
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil || len(s.Requests()) != 0 {
		t.Errorf("offline: error %v, or something was asked", err)
	}
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/other")); err == nil || !strings.Contains(err.Error(), "HF_HUB_OFFLINE") {
		t.Errorf("offline: error %v", err)
	}
}

// A hub whose list has names only tells size and hash of each file in a header.
func TestPullFromBareMirror(t *testing.T) {
	repo := folderRepo()
	repo.Bare = true
	p := puller(t, hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo}))
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
}

func TestPullShards(t *testing.T) {
	repo := &hubtest.Repo{Files: map[string][]byte{
		"config.json":                      []byte(`{}`),
		"tokenizer.json":                   []byte(`{}`),
		"model.safetensors.index.json":     []byte(`{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors","c":"model-00001-of-00002.safetensors"}}`),
		"model-00001-of-00002.safetensors": noise(1, 2000),
		"model-00002-of-00002.safetensors": noise(2, 3000),
		"consolidated.safetensors":         noise(3, 4000),
	}}
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	p := puller(t, s)
	plan, more, err := p.Plan(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil || !more || len(plan.Files) != 3 {
		t.Errorf("plan %+v, more %v, error %v", plan, more, err)
	}
	if _, err := os.Stat(p.Dir); err == nil {
		t.Error("a plan makes the cache")
	}
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	names := []string{"config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.json"}
	holdsAll(t, p, repo, names)
	plan, more, err = p.Plan(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil || more || len(plan.Files) != 5 {
		t.Errorf("plan of what is here %+v, more %v, error %v", plan, more, err)
	}
	// A shard that is gone is noticed, and fetched.
	gone := filepath.Join(p.snapshot("o/n", repo.Commit()), "model-00002-of-00002.safetensors")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	var missing *NotHereError
	if _, err := p.Find(mustParse(t, "hf:o/n")); !errors.As(err, &missing) || !strings.Contains(err.Error(), "model-00002-of-00002") {
		t.Errorf("error %v", err)
	}
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, names)
}

// Where there are no symbolic links, a file has two names; where there are no
// such links either it is moved.
func TestPullWithoutLinks(t *testing.T) {
	for _, way := range []string{"hard link", "copy"} {
		repo := folderRepo()
		p := puller(t, hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo}))
		p.symlink = func(string, string) error { return errors.New("no links here") }
		p.Copy = way == "copy"
		for range 2 {
			if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
				t.Fatalf("%s: %v", way, err)
			}
			holdsAll(t, p, repo, pulledNames)
		}
	}
	// As huggingface_hub leaves it: the blobs were moved.
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	p := puller(t, s)
	for _, name := range pulledNames {
		path := p.pointer("o/n", repo.Commit(), name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, repo.Files[name], 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	pulled, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, fetched := pulled.Bytes(); fetched != 0 {
		t.Errorf("%d bytes were fetched that were here", fetched)
	}
	p.Check = true
	if err := os.WriteFile(p.pointer("o/n", repo.Commit(), "config.json"), bytes.ToUpper(repo.Files["config.json"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
}

// --check finds a blob whose bytes are wrong.
func TestPullCheck(t *testing.T) {
	repo := folderRepo()
	p := puller(t, hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo}))
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	blob := p.blob("o/n", hubtest.Hash(repo.Files["model.safetensors"]))
	if err := os.WriteFile(blob, noise(77, 300_000), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Check = true
	var notes []string
	p.Note = func(text string) { notes = append(notes, text) }
	pulled, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, fetched := pulled.Bytes(); fetched != 300_000 || len(notes) != 1 || !strings.Contains(notes[0], "damaged") {
		t.Errorf("%d bytes were fetched, notes %q", fetched, notes)
	}
	holdsAll(t, p, repo, pulledNames)
}

// Many at once fetch each file once.
func TestPullTwice(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	s.Misbehave(func(cdn bool, _ http.ResponseWriter, _ *http.Request) bool {
		if cdn {
			time.Sleep(20 * time.Millisecond)
		}
		return false
	})
	first := puller(t, s)
	done := make(chan error)
	for range 4 {
		go func() {
			p := *first
			_, err := p.Pull(t.Context(), Ref{Repo: "o/n"})
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	holdsAll(t, first, repo, pulledNames)
	large := 0
	for _, r := range s.Requests() {
		if r.CDN {
			large++
		}
	}
	if large != 2 {
		t.Errorf("large files were asked for %d times, there are 2", large)
	}
}

// What a pull fetched is what lies in the cache: nothing is left in part.
func TestPullLeavesNoParts(t *testing.T) {
	repo := folderRepo()
	p := puller(t, hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo}))
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n@refs/pr/1")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(p.Dir, func(path string, _ fs.DirEntry, err error) error {
		if base := filepath.Base(path); strings.Contains(base, "incomplete") || strings.Contains(base, "tmp") {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := p.Find(mustParse(t, "hf:o/n")); err == nil || !strings.Contains(err.Error(), "hf:o/n@refs/pr/1 is") {
		t.Errorf("error %v", err)
	}
	for _, rev := range []string{"refs/pr/1", repo.Commit(), repo.Commit()[:8]} {
		if _, err := p.Find(mustParse(t, fmt.Sprintf("hf:o/n@%s", rev))); err != nil {
			t.Error(err)
		}
	}
}

// A model that is not wanted costs its configuration only.
func TestPullRefused(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	p := puller(t, s)
	p.Accept = func(config []byte) error {
		if !bytes.Equal(config, repo.Files["config.json"]) {
			t.Errorf("the configuration is %q", config)
		}
		return errors.New("not wanted")
	}
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err == nil || err.Error() != "hf:o/n: not wanted" {
		t.Errorf("error %v", err)
	}
	for _, r := range s.Requests() {
		if r.CDN {
			t.Errorf("%s was asked for", r.Path)
		}
	}
}
