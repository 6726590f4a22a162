package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"argen/model/hub/hubtest"
)

const weights = "model.safetensors"

// atWeights reports whether a request is for the weights, at the other host.
func atWeights(repo *hubtest.Repo, cdn bool, r *http.Request) bool {
	return cdn && strings.Contains(r.URL.Path, hubtest.Hash(repo.Files[weights]))
}

// drop ends a connection after n bytes of a file from byte from on.
func drop(w http.ResponseWriter, data []byte, from, n int) {
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(data)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = w.Write(data[from:min(from+n, len(data))])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// begins is the byte that a request for a range begins at.
func begins(r *http.Request) int {
	from := 0
	fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
	return from
}

// A connection that is lost anywhere, again and again, loses nothing.
func TestDrops(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	data := repo.Files[weights]
	for _, n := range []int{0, 1, 100, 65_535, 65_536, 65_537, 150_000, len(data) - 1} {
		asked := 0
		s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
			if !atWeights(repo, cdn, r) {
				return false
			}
			asked++
			if n < 1<<16 && asked > 3 { // what brings little counts, and 5 in a row are too many
				return false
			}
			if n == 0 {
				panic(http.ErrAbortHandler)
			}
			drop(w, data, begins(r), n)
			return true
		})
		p := puller(t, s)
		pulled, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
		if err != nil {
			t.Errorf("dropped after %d bytes: %v", n, err)
			continue
		}
		holdsAll(t, p, repo, pulledNames)
		all, fetched := pulled.Bytes()
		if fetched != all {
			t.Errorf("dropped after %d bytes: %d bytes of %d were fetched", n, fetched, all)
		}
	}
}

// After five tries that bring nothing it gives up; the next pull goes on.
func TestDropsForGood(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
		if atWeights(repo, cdn, r) {
			drop(w, repo.Files[weights], begins(r), 10)
		}
		return false
	})
	p := puller(t, s)
	_, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err == nil || !strings.Contains(err.Error(), "5 times in a row") {
		t.Fatalf("error %v", err)
	}
	if _, err := p.Find(mustParse(t, "hf:o/n")); err == nil {
		t.Error("a model is found whose weights are not here")
	}
	if list, err := p.List(); err != nil || len(list) != 1 || list[0].Kind != KindIncomplete || list[0].Bytes != 50 {
		t.Errorf("listed %+v, error %v", list, err)
	}
	s.Misbehave(nil)
	s.Requests()
	pulled, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
	if _, fetched := pulled.Bytes(); fetched != int64(len(repo.Files[weights])-50) {
		t.Errorf("%d bytes were fetched, of which 50 were here", fetched)
	}
	for _, r := range s.Requests() {
		if r.CDN && r.Range != "bytes=50-" {
			t.Errorf("asked for the range %q", r.Range)
		}
	}
}

// A pull that is cancelled anywhere goes on where it stopped.
func TestCancel(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	p := puller(t, s)
	for i := range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		p.Progress = func(done, _ int64) {
			if done > int64(i)*30_000 {
				cancel()
			}
		}
		_, err := p.Pull(ctx, mustParse(t, "hf:o/n"))
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		cancel()
	}
	p.Progress = nil
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
}

// A server without ranges, one that answers another range, and one that has no
// such range give the file all the same.
func TestRanges(t *testing.T) {
	repo := folderRepo()
	data := repo.Files[weights]
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"ignored": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			_, _ = w.Write(data)
		},
		"shifted": func(w http.ResponseWriter, r *http.Request) {
			if from := begins(r); from > 0 {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from-1, len(data)-1, len(data)))
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(data[from-1:])
				return
			}
			_, _ = w.Write(data)
		},
		"416": func(w http.ResponseWriter, r *http.Request) {
			if begins(r) > 0 {
				http.Error(w, "no such range", http.StatusRequestedRangeNotSatisfiable)
				return
			}
			_, _ = w.Write(data)
		},
		"whole under 206": func(w http.ResponseWriter, r *http.Request) {
			if begins(r) > 0 {
				w.WriteHeader(http.StatusPartialContent)
			}
			_, _ = w.Write(data)
		},
	} {
		s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
		p := puller(t, s)
		asked := 0
		s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
			if !atWeights(repo, cdn, r) {
				return false
			}
			if asked++; asked == 1 {
				drop(w, data, 0, 100_000)
			}
			answer(w, r)
			return true
		})
		if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		holdsAll(t, p, repo, pulledNames)
	}
}

// Where a part holds other bytes than the file, from whatever hand, it is
// fetched anew.
func TestForeignPart(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	for _, n := range []int{1, 1000, 299_999, 300_000, 300_001, 400_000} {
		p := puller(t, s)
		part := p.part("o/n", hubtest.Hash(repo.Files[weights]))
		if err := errors.Join(os.MkdirAll(strings.TrimSuffix(part, "/"+hubtest.Hash(repo.Files[weights])+".incomplete"), 0o755), os.WriteFile(part, noise(9, n), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
			t.Errorf("%d foreign bytes: %v", n, err)
			continue
		}
		holdsAll(t, p, repo, pulledNames)
	}
}

// A file that is another one between two tries is not put together of both.
func TestChanges(t *testing.T) {
	repo := folderRepo()
	data, other := repo.Files[weights], noise(50, 300_000)
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	asked := 0
	s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
		if !atWeights(repo, cdn, r) {
			return false
		}
		switch asked++; asked {
		case 1:
			w.Header().Set("ETag", `"one"`)
			drop(w, other, 0, 100_000)
		case 2:
			if r.Header.Get("If-Range") != `"one"` {
				t.Errorf("If-Range is %q", r.Header.Get("If-Range"))
			}
			w.Header().Set("ETag", `"two"`)
			_, _ = w.Write(data)
		}
		return true
	})
	p := puller(t, s)
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

// Whatever a server sends in place of a file, it never gets the file's name.
func TestLies(t *testing.T) {
	repo := folderRepo()
	data := repo.Files[weights]
	flipped := append([]byte{}, data...)
	flipped[len(flipped)/2] ^= 1
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(data); err != nil {
				return
			}
		}
	}
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		says   string
	}{
		"a bit":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(flipped) }, "its hash is"},
		"too short":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data[:1000]) }, "sends 1000 bytes, where 300000 are missing"},
		"too long":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(append(flipped, 1)) }, "sends more than its 300000 bytes"},
		"endless":    {endless, "sends more than its 300000 bytes"},
		"a page":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>log in</html>")) }, "is not what the hub says"},
		"a pointer":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("version https://git-lfs")) }, "is not what the hub says"},
		"nothing":    {func(w http.ResponseWriter, _ *http.Request) {}, "is not what the hub says"},
		"no content": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, "is not what the hub says"},
		"packed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write(data)
		}, "packed"},
		"wrong length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = w.Write(data[:5])
		}, "sends 5 bytes"},
		"expired":        {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, "where the file lies, refuses it (status 403), 5 times"},
		"server trouble": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "in trouble (status 500), 5 times"},
		"teapot":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, "answers with status 418"},
	} {
		s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
		s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
			if atWeights(repo, cdn, r) {
				test.answer(w, r)
				return true
			}
			return false
		})
		p := puller(t, s)
		_, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "signature") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %s", name, err, test.says)
		}
		if _, err := os.Stat(p.blob("o/n", hubtest.Hash(data))); err == nil {
			t.Errorf("%s: the file has its name", name)
		}
		if info, err := os.Stat(p.part("o/n", hubtest.Hash(data))); err == nil && info.Size() > int64(len(data)) {
			t.Errorf("%s: %d bytes are on the disk", name, info.Size())
		}
	}
}

// A server that stops sending, or sends next to nothing, is left.
func TestStalls(t *testing.T) {
	repo := folderRepo()
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	var asked atomic.Int32
	s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
		if !atWeights(repo, cdn, r) || asked.Add(1) > 2 {
			return false
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(repo.Files[weights])))
		for i := range repo.Files[weights] {
			_, _ = w.Write(repo.Files[weights][i : i+1])
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return true
			case <-time.After(20 * time.Millisecond):
			}
		}
		return true
	})
	p := puller(t, s)
	p.Patience = time.Second
	var notes []string
	p.Note = func(text string) { notes = append(notes, text) }
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
	// Of two times at least once: a busy machine may take so long to answer at all.
	if !strings.Contains(strings.Join(notes, "\n"), "has stopped sending") {
		t.Errorf("notes %q", notes)
	}
}

// A server that never answers is left too.
func TestSilence(t *testing.T) {
	s := hubtest.New(t, nil)
	s.Misbehave(func(_ bool, _ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	})
	p := puller(t, s)
	p.Patience = 50 * time.Millisecond
	_, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
	if err == nil || !strings.Contains(err.Error(), "does not answer, 5 times in a row") {
		t.Errorf("error %v", err)
	}
}
