package hub

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"argen/model/hub/hubtest"
)

// What a server asks to wait is waited, if it is not too long.
func TestRetryAfter(t *testing.T) {
	repo := folderRepo()
	for _, test := range []struct {
		header, value string
		least, most   time.Duration
		says          string
	}{
		{"Retry-After", "7", 7 * time.Second, 7 * time.Second, ""},
		{"Retry-After", time.Now().Add(100 * time.Second).UTC().Format(http.TimeFormat), 60 * time.Second, 100 * time.Second, ""},
		{"RateLimit", `"api";r=0;t=55`, 55 * time.Second, 55 * time.Second, ""},
		{"RateLimit", `"api";r=3;t=55`, 500 * time.Millisecond, time.Second, ""},
		{"Retry-After", "nonsense", 500 * time.Millisecond, time.Second, ""},
		{"Retry-After", "-5", 500 * time.Millisecond, time.Second, ""},
		{"Retry-After", "86400", 0, 0, "it asks to wait 24h0m0s"},
		{"Retry-After", "99999999999999999999", 500 * time.Millisecond, time.Second, ""},
	} {
		s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
		asked := 0
		s.Misbehave(func(_ bool, w http.ResponseWriter, _ *http.Request) bool {
			if asked++; asked > 1 {
				return false
			}
			w.Header().Set(test.header, test.value)
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		})
		p := puller(t, s)
		var waits []time.Duration
		p.pause = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
		_, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
		switch {
		case test.says != "":
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s %s: error %v", test.header, test.value, err)
			}
		case err != nil || len(waits) != 1 || waits[0] < test.least || waits[0] > test.most:
			t.Errorf("%s %s: waited %v, error %v", test.header, test.value, waits, err)
		}
	}
}

// Lists of files that are wrong, hostile or without an end are refused, and name
// nothing outside of the snapshot.
func TestHostileLists(t *testing.T) {
	commit := strings.Repeat("a", 40)
	file := func(name string) string {
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		return `{"sha":"` + commit + `","siblings":[{"rfilename":` + string(quoted) + `,"size":3,"blobId":"` + commit + `"}]}`
	}
	lists := map[string]string{
		"": "no list of files", "<html>": "no list of files", "[]": "want an object", `{"sha":"x"}`: "is no commit",
		`{"sha":"../../../../../../../../../../etc/passwd"}`: "is no commit", `{}`: "sha, the commit, is missing", `{"sha":"` + commit + `"}`: "no model that argen reads",
		`{"sha":"` + commit + `","siblings":[{"rfilename":"a.gguf","size":-1}]}`:                "want an integer from 0",
		`{"sha":"` + commit + `","siblings":[{"rfilename":"a.gguf","size":1e30}]}`:              "want an integer from 0",
		`{"sha":"` + commit + `","siblings":[{"rfilename":"a.gguf","blobId":"../x"}]}`:          "is no hash",
		`{"sha":"` + commit + `","siblings":[{"rfilename":"a.gguf","lfs":{"sha256":"../x"}}]}`:  "is no hash",
		`{"sha":"` + commit + `","siblings":[{"rfilename":7}]}`:                                 "want a string",
		`{"sha":"` + commit + `","siblings":[{}]}`:                                              "rfilename, the name of a file, is missing",
		`{"sha":"` + commit + `","siblings":[{"rfilename":"a.gguf","rfilename":"b.gguf"}]}`:     "twice",
		strings.Repeat("[", 100_000):                                                            "want an object",
		`{"x":` + strings.Repeat("[", 100_000):                                                  "nested more than",
		`{"sha":"` + commit + `","siblings":[` + strings.Repeat(`{"rfilename":"README"},`, 3e5): "want a value, found the end",
		`{"x":"` + strings.Repeat("x", maxInfo) + `"}`:                                          "answers more than 16 MiB",
	}
	for _, name := range []string{
		"../x.gguf", "/etc/x.gguf", `C:\x.gguf`, "C:x.gguf", `\\host\share\x.gguf`, "a/../../x.gguf", "a//x.gguf", "./x.gguf", "a/./x.gguf",
		"x\x00.gguf", "x\n.gguf", "x\x1b[2J.gguf", "con.gguf", "a/nul.gguf", "COM1.gguf", "lpt¹.gguf", "x.gguf:stream.gguf", "dir./x.gguf", "dir /x.gguf",
		strings.Repeat("x", 300) + ".gguf", strings.Repeat("x/", 600) + "x.gguf", `..\..\x.gguf`,
	} {
		lists[file(name)] = "it is not fetched"
	}
	for list, says := range lists {
		s := hubtest.New(t, nil)
		s.Misbehave(func(_ bool, w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(list))
			return true
		})
		p := puller(t, s)
		_, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
		if err == nil || !strings.Contains(err.Error(), says) || strings.ContainsAny(err.Error(), "\n\x1b\x00") || len(err.Error()) > 1000 {
			t.Errorf("%.100q: error %v, want %s", list, err, says)
		}
		if _, err := os.Stat(p.Dir); err == nil {
			t.Errorf("%.100q: the cache was written", list)
		}
	}
}
