package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"argen/model/hub/hubtest"
)

// A pull that Ctrl-C or kill -9 ends goes on where it stopped, and its model is
// not found before all of it is there.
func TestPullInterrupted(t *testing.T) {
	data := []byte(strings.Repeat("0123456789abcdef", 1<<15))
	half := len(data) / 2
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": {Files: map[string][]byte{"m.gguf": data}}})
	cache := filepath.Join(t.TempDir(), "hub")
	part := filepath.Join(cache, "models--o--n", "blobs", hubtest.Hash(data)+".incomplete")
	for _, how := range []struct {
		signal syscall.Signal
		code   int
		says   string
	}{{syscall.SIGINT, 130, "argen: what has come is kept; the same command goes on with it\nargen: interrupted\n"}, {syscall.SIGKILL, -1, ""}} {
		s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
			if !cdn {
				return false
			}
			_, _ = w.Write(data[:half]) // and no more
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		})
		c, _, stderr := command(t, "pull", "hf:o/n")
		c.Env = append(os.Environ(), "HF_ENDPOINT="+s.URL, "HF_HUB_CACHE="+cache)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if info, err := os.Stat(part); err == nil && info.Size() == int64(half) {
				break
			}
		}
		if err := c.Process.Signal(how.signal); err != nil {
			t.Fatal(err)
		}
		if got := code(c.Wait()); got != how.code || !strings.HasSuffix(stderr.String(), how.says) {
			t.Errorf("%v: exit code %d, %q", how.signal, got, stderr)
		}
		c, _, stderr = command(t, "info", "hf:o/n")
		c.Env = append(os.Environ(), "HF_HUB_CACHE="+cache)
		if got := code(c.Run()); got != 1 || stderr.String() != "argen: hf:o/n is not on this machine: argen pull hf:o/n fetches it\n" {
			t.Errorf("%v: exit code %d, %q", how.signal, got, stderr)
		}
		s.Misbehave(nil)
		c, stdout, stderr := command(t, "pull", "hf:o/n")
		c.Env = append(os.Environ(), "HF_ENDPOINT="+s.URL, "HF_HUB_CACHE="+cache)
		if err := c.Run(); err != nil || !regexp.MustCompile(`file +m.gguf, 512 KiB, of which 256 KiB were here\nfetched +256 KiB in `).MatchString(stdout.String()) {
			t.Errorf("%v: %v, %s%s", how.signal, err, stdout, stderr)
		}
		if err := os.RemoveAll(cache); err != nil {
			t.Fatal(err)
		}
	}
}
