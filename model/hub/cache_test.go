package hub

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"argen/internal/filelock"
	"argen/model/hub/hubtest"
)

func TestParseRef(t *testing.T) {
	for text, want := range map[string]Ref{
		"hf:o/n":                    {"o/n", "", ""},
		"hf:gpt2":                   {"gpt2", "", ""},
		"hf:o/n@v1.0":               {"o/n", "v1.0", ""},
		"hf:o/n:x.gguf":             {"o/n", "", "x.gguf"},
		"hf:o/n@refs/pr/1:d/x@2.gg": {"o/n", "refs/pr/1", "d/x@2.gg"},
		"hf:Q-W_e.r/t-1":            {"Q-W_e.r/t-1", "", ""},
	} {
		got, err := ParseRef(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v, prints %s, error %v", text, got, got, err)
		}
	}
	for text, says := range map[string]string{
		"": "names no model", "o/n": "names no model", "hf:": "the form is", "hf:/": "1 to 96", "hf:o/": "1 to 96", "hf:a/b/c": "the form is",
		"hf://o/n": "no slashes follow", "hf:o/n@": "is missing", "hf:o/n:": "is missing", "hf:o/n@:x": "is missing", "hf:o/..": "do not begin or end",
		"hf:o/n--m": "hold no --", "hf:o/n.git": "end in .git", "hf:o/ä": "letters, digits", "hf:o/n@../x": "outside of its folder", "hf:o/n:/etc/passwd": "outside",
		"hf:o/n:a\x1b": "control character", "hf:o/" + strings.Repeat("x", 97): "1 to 96",
		"https://huggingface.co/o/n":                        "here hf:o/n",
		"https://huggingface.co/o/n/tree/main":              "here hf:o/n",
		"huggingface.co/o/n/blob/v2/d/x.gguf":               "here hf:o/n@v2:d/x.gguf",
		"https://hub.example/o/n/resolve/main/x.gguf?x=y":   "here hf:o/n:x.gguf",
		"https://huggingface.co/o":                          "names no model",
		"https://huggingface.co/o/n/blob/main/../../passwd": "names no model",
	} {
		if r, err := ParseRef(text); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %+v, error %v, want %s", text, r, err, says)
		}
	}
}

func TestFromEnv(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	if err := os.WriteFile(file, []byte("hf_file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(parts ...string) string { return filepath.Join(parts...) }
	for _, test := range []struct {
		env                    map[string]string
		cache, endpoint, token string
	}{
		{map[string]string{"HOME": dir}, at(dir, ".cache", "huggingface", "hub"), usualEndpoint, ""},
		{map[string]string{"HOME": dir, "XDG_CACHE_HOME": "~/x"}, at(dir, "x", "huggingface", "hub"), usualEndpoint, ""},
		{map[string]string{"HOME": dir, "XDG_CACHE_HOME": "/x", "HF_HOME": dir}, at(dir, "hub"), usualEndpoint, "hf_file"},
		{map[string]string{"HOME": dir, "HF_HOME": dir, "HF_HUB_CACHE": "$HOME/c"}, at(dir, "c"), usualEndpoint, "hf_file"},
		{map[string]string{"HOME": dir, "HF_HOME": "/nowhere", "HUGGINGFACE_HUB_CACHE": "${HOME}/c/$NONE"}, at(dir, "c", "${NONE}"), usualEndpoint, ""},
		{map[string]string{"HOME": dir, "HF_ENDPOINT": "http://mirror/x/"}, at(dir, ".cache", "huggingface", "hub"), "http://mirror/x", ""},
		{map[string]string{"HOME": dir, "HF_TOKEN": " hf_env\n", "HF_TOKEN_PATH": file}, at(dir, ".cache", "huggingface", "hub"), usualEndpoint, "hf_env"},
		{map[string]string{"HOME": dir, "HF_TOKEN_PATH": file}, at(dir, ".cache", "huggingface", "hub"), usualEndpoint, "hf_file"},
		{map[string]string{"HOME": dir, "HF_HOME": dir, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, at(dir, "hub"), usualEndpoint, ""},
	} {
		c, err := FromEnv(func(name string) string { return test.env[name] })
		if err != nil || c.Dir != test.cache || c.Endpoint != test.endpoint || string(c.Token) != test.token {
			t.Errorf("%v: %q %q %q, error %v", test.env, c.Dir, c.Endpoint, string(c.Token), err)
		}
	}
	for says, env := range map[string]map[string]string{
		"HF_ENDPOINT is no address":             {"HF_ENDPOINT": "mirror"},
		"HF_ENDPOINT holds more":                {"HF_ENDPOINT": "https://u:p@mirror"},
		"HF_TOKEN holds no token":               {"HF_TOKEN": "a\nb"},
		"the token cannot be read":              {"HF_TOKEN_PATH": filepath.Join(dir, "none")},
		"HF_HUB_DOWNLOAD_TIMEOUT is \"x\", not": {"HF_HUB_DOWNLOAD_TIMEOUT": "x"},
	} {
		if _, err := FromEnv(func(name string) string { return env[name] }); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: error %v, want %s", env, err, says)
		}
	}
	c, err := FromEnv(func(name string) string {
		return map[string]string{"HOME": dir, "HF_HUB_OFFLINE": "yes", "HF_HUB_DISABLE_SYMLINKS": "True", "HF_HUB_DISABLE_PROGRESS_BARS": "on", "HF_HUB_DOWNLOAD_TIMEOUT": "7"}[name]
	})
	if err != nil || !c.Offline || !c.Copy || !c.NoBars || c.Patience != 7*time.Second {
		t.Errorf("%+v, error %v", c, err)
	}
}

func TestGGUFRepository(t *testing.T) {
	repo := &hubtest.Repo{Files: map[string][]byte{
		"m-Q4_0.gguf": noise(1, 2000), "m-Q4_0_4_4.gguf": noise(2, 2000), "m-Q8_0.gguf": noise(3, 2000), "m.imatrix.gguf": noise(4, 10), "mmproj-f16.gguf": noise(5, 100),
		"BF16/m-BF16-00001-of-00002.gguf": noise(6, 2000), "BF16/m-BF16-00002-of-00002.gguf": noise(7, 2000),
	}}
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	for file, names := range map[string][]string{
		"m-Q8_0.gguf":                     {"m-Q8_0.gguf"},
		"q4_0":                            {"m-Q4_0.gguf"},
		"Q4_0_4_4":                        {"m-Q4_0_4_4.gguf"},
		"BF16":                            {"BF16/m-BF16-00001-of-00002.gguf", "BF16/m-BF16-00002-of-00002.gguf"},
		"BF16/m-BF16-00002-of-00002.gguf": {"BF16/m-BF16-00001-of-00002.gguf", "BF16/m-BF16-00002-of-00002.gguf"},
		"mmproj-f16.gguf":                 {"mmproj-f16.gguf"},
	} {
		p := puller(t, s)
		r := Ref{Repo: "o/n", File: file}
		pulled, err := p.Pull(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		holdsAll(t, p, repo, names)
		found, err := p.Find(r)
		if err != nil || found.Path != pulled.Path || !strings.HasSuffix(filepath.ToSlash(found.Path), names[0]) {
			t.Errorf("%s: found %+v, error %v", file, found, err)
		}
		// What is here alone needs no name.
		if found, err := p.Find(Ref{Repo: "o/n"}); file != "mmproj-f16.gguf" && (err != nil || found.Path != pulled.Path) {
			t.Errorf("%s: found %+v, error %v", file, found, err)
		}
		if _, err := p.Find(Ref{Repo: "o/n", File: "F32"}); err == nil || err.Error() != "hf:o/n:F32 is not on this machine, though other files of the repository are: argen pull hf:o/n:F32 fetches it" {
			t.Errorf("error %v", err)
		}
	}
}

func TestListAndRemove(t *testing.T) {
	shared := noise(9, 5000)
	one := &hubtest.Repo{Files: map[string][]byte{"config.json": []byte("{}"), "model.safetensors": noise(1, 3000), "tokenizer.json": shared}}
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": one})
	p := puller(t, s)
	var commits []string
	for i := range 2 {
		if i == 1 {
			one.Files["model.safetensors"] = noise(2, 4000)
		}
		if _, err := p.Pull(t.Context(), Ref{Repo: "o/n"}); err != nil {
			t.Fatal(err)
		}
		commits = append(commits, one.Commit())
	}
	s.Repos["o/g"] = &hubtest.Repo{Files: map[string][]byte{"a-Q4_0.gguf": noise(3, 1500), "a-Q8_0.gguf": noise(4, 1600)}}
	for _, file := range []string{"Q4_0", "Q8_0"} {
		if _, err := p.Pull(t.Context(), Ref{Repo: "o/g", File: file}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := p.List()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"hf:o/g:a-Q4_0.gguf": 1500, "hf:o/g:a-Q8_0.gguf": 1600, "hf:o/n": 9002, "hf:o/n@" + commits[0]: 8002}
	for _, m := range list {
		if m.Bytes != want[m.Ref.String()] || time.Since(m.Modified) > time.Minute || m.Kind == KindIncomplete {
			t.Errorf("%+v, want %d bytes", m, want[m.Ref.String()])
		}
		if found, err := p.Find(m.Ref); err != nil || found.Path != m.Path {
			t.Errorf("%s: found %+v, error %v", m.Ref, found, err)
		}
	}
	if len(list) != len(want) {
		t.Errorf("%d models, want %d", len(list), len(want))
	}

	remove := func(r Ref, bytes int64) {
		t.Helper()
		removal, err := p.Removal(r)
		if err == nil && removal.Bytes != bytes {
			t.Errorf("%s frees %d bytes, want %d", r, removal.Bytes, bytes)
		}
		if err == nil {
			err = removal.Remove()
		}
		if err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
	remove(Ref{Repo: "o/n", Revision: commits[0][:9]}, 3000)
	if _, err := p.Find(Ref{Repo: "o/n"}); err != nil {
		t.Errorf("what was shared is gone: %v", err)
	}
	remove(Ref{Repo: "o/g", File: "Q4_0"}, 1500)
	if _, err := p.Find(Ref{Repo: "o/g"}); err != nil {
		t.Error(err)
	}
	remove(Ref{Repo: "o/g", File: "a-Q8_0.gguf"}, 1600)
	if _, err := os.Stat(p.folder("o/g")); err == nil {
		t.Error("an empty repository's folder is left")
	}
	remove(Ref{Repo: "o/n"}, 9002)
	if list, err := p.List(); err != nil || len(list) != 0 {
		t.Errorf("left: %+v, error %v", list, err)
	}
	var missing *NotHereError
	if _, err := p.Removal(Ref{Repo: "o/n"}); !errors.As(err, &missing) {
		t.Errorf("error %v", err)
	}
}

// What another process fetches is not removed under it.
func TestRemoveWhileFetching(t *testing.T) {
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": folderRepo()})
	p := puller(t, s)
	if _, err := p.Pull(t.Context(), Ref{Repo: "o/n"}); err != nil {
		t.Fatal(err)
	}
	hash := strings.Repeat("1", sha256Digits)
	if err := os.WriteFile(p.part("o/n", hash), noise(1, 10), 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(p.lock("o/n", hash))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if !filelock.Try(lock) {
		t.Fatal("it is locked")
	}
	removal, err := p.Removal(Ref{Repo: "o/n"})
	if err != nil {
		t.Fatal(err)
	}
	if err := removal.Remove(); err == nil || !strings.Contains(err.Error(), "is being fetched by another process") {
		t.Errorf("error %v", err)
	}
	lock.Close()
	if err := removal.Remove(); err != nil {
		t.Error(err)
	}
}

// A cache may hold anything: what is no model is left out, and links in circles
// lead nowhere.
func TestStrangeCache(t *testing.T) {
	p := &Puller{Config: Config{Cache: Cache{t.TempDir()}}}
	commit := strings.Repeat("c", sha1Digits)
	snapshot := p.snapshot("o/n", commit)
	if err := errors.Join(os.MkdirAll(snapshot, 0o755), os.MkdirAll(filepath.Join(p.Dir, "datasets--o--d"), 0o755), os.MkdirAll(filepath.Join(p.Dir, "models--o--n--m", "snapshots", "x"), 0o755)); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"config.json": "config.json", "model.safetensors": "tokenizer.json", "tokenizer.json": "model.safetensors", "x.gguf": "../../blobs/none", "dir": "."} {
		if err := os.Symlink(to, filepath.Join(snapshot, name)); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := p.List(); err != nil || len(list) != 0 {
		t.Errorf("listed %+v, error %v", list, err)
	}
	if _, err := p.Find(Ref{Repo: "o/n", Revision: commit}); err == nil || !strings.Contains(err.Error(), "is not on this machine") {
		t.Errorf("error %v", err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(p.ref("o/n", "main")), 0o755), os.WriteFile(p.ref("o/n", "main"), []byte("../../../x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Find(Ref{Repo: "o/n"}); err == nil || !strings.Contains(err.Error(), "is damaged on this machine") {
		t.Errorf("error %v", err)
	}
	if removal, err := p.Removal(Ref{Repo: "o/n"}); err != nil || removal.Remove() != nil {
		t.Errorf("not removed, error %v", err)
	}
}
