// Package hubtest is a hub on this machine, for tests: it answers what
// Hugging Face's does, and can be made to misbehave.
package hubtest

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Repo is a repository with one commit.
type Repo struct {
	Files map[string][]byte
	Token string // who reads files must have it, if it is not ""
	Gated bool   // without it files are refused as a gated model's are
	Bare  bool   // the list of files has names only, as mirrors may have it
}

// A Request is one that came.
type Request struct {
	CDN           bool // to the host where large files lie
	Method, Path  string
	Authorization string
	Range         string
	IfRange       string
}

// A Server is a hub, with the host where its large files lie.
type Server struct {
	URL   string
	CDN   string
	Repos map[string]*Repo // by OWNER/NAME

	mu      sync.Mutex
	hook    func(cdn bool, w http.ResponseWriter, r *http.Request) (done bool)
	entries []Request
}

// Large is the size from which on a file lies on the other host, as what Git LFS
// keeps does.
const Large = 1000

// New starts a hub that ends with the test.
func New(t testing.TB, repos map[string]*Repo) *Server {
	t.Helper()
	s := &Server{Repos: repos}
	hub := httptest.NewServer(s.handler(false, s.answer))
	cdn := httptest.NewServer(s.handler(true, s.large))
	s.URL, s.CDN = hub.URL, cdn.URL
	t.Cleanup(func() {
		hub.CloseClientConnections() // an answer without an end does not keep it up
		cdn.CloseClientConnections()
		hub.Close()
		cdn.Close()
	})
	return s
}

// Misbehave makes hook see each request first; if it returns true it has
// answered itself.
func (s *Server) Misbehave(hook func(cdn bool, w http.ResponseWriter, r *http.Request) (done bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// Requests returns what was asked since it was called last.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.entries
	s.entries = nil
	return list
}

func (s *Server) handler(cdn bool, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		hook := s.hook
		s.entries = append(s.entries, Request{cdn, r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), r.Header.Get("Range"), r.Header.Get("If-Range")})
		s.mu.Unlock()
		if hook == nil || !hook(cdn, w, r) {
			next(w, r)
		}
	})
}

// Commit is the commit of a repository.
func (r *Repo) Commit() string {
	h := sha1.New()
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		fmt.Fprintf(h, "%s %d\x00%s", name, len(r.Files[name]), r.Files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Hash is the hash that a hub gives a file.
func Hash(data []byte) string {
	if len(data) >= Large {
		h := sha256.Sum256(data)
		return hex.EncodeToString(h[:])
	}
	h := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(data), data))
	return hex.EncodeToString(h[:])
}

// Refuse answers as a hub does where it will not.
func Refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Error-Code", code)
	w.Header().Set("X-Error-Message", "see the code")
	http.Error(w, `{"error":"see the code"}`, status)
}

// answer is the hub's.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	path := strings.Trim(r.URL.EscapedPath(), "/")
	api := strings.HasPrefix(path, "api/models/")
	parts := strings.Split(strings.TrimPrefix(path, "api/models/"), "/")
	if len(parts) < 4 {
		Refuse(w, http.StatusNotFound, "EntryNotFound")
		return
	}
	repo := s.Repos[parts[0]+"/"+parts[1]]
	revision, err := url.PathUnescape(parts[3])
	switch {
	case repo == nil:
		Refuse(w, http.StatusUnauthorized, "RepoNotFound")
	case err != nil || revision != "main" && revision != "refs/pr/1" && revision != repo.Commit():
		Refuse(w, http.StatusNotFound, "RevisionNotFound")
	case api && parts[2] == "revision":
		s.send(w, map[string]any{"id": parts[0] + "/" + parts[1], "sha": repo.Commit(), "siblings": repo.siblings(), "tags": []string{}, "lastModified": "2026-01-01T00:00:00.000Z"})
	case api && parts[2] == "tree":
		s.send(w, repo.tree())
	case repo.Token != "" && r.Header.Get("Authorization") != "Bearer "+repo.Token:
		if repo.Gated {
			Refuse(w, http.StatusUnauthorized, "GatedRepo")
		} else {
			Refuse(w, http.StatusUnauthorized, "RepoNotFound")
		}
	default:
		name, _ := url.PathUnescape(strings.Join(parts[4:], "/"))
		s.file(w, r, repo, name)
	}
}

func (s *Server) send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who asked may be gone
}

func (r *Repo) siblings() []map[string]any {
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		data := r.Files[name]
		one := map[string]any{"rfilename": name}
		if !r.Bare {
			one["size"] = len(data)
			one["blobId"] = Hash(data)[:40]
			if len(data) >= Large {
				one["lfs"] = map[string]any{"sha256": Hash(data), "size": len(data), "pointerSize": 130}
			}
		}
		list = append(list, one)
	}
	return list
}

func (r *Repo) tree() []map[string]any {
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		data := r.Files[name]
		one := map[string]any{"type": "file", "path": name, "size": len(data), "oid": Hash(data)[:40]}
		if len(data) >= Large {
			one["lfs"] = map[string]any{"oid": Hash(data), "size": len(data), "pointerSize": 130}
		}
		list = append(list, one)
	}
	return list
}

// file sends a file, or where it is.
func (s *Server) file(w http.ResponseWriter, r *http.Request, repo *Repo, name string) {
	data, ok := repo.Files[name]
	w.Header().Set("X-Repo-Commit", repo.Commit())
	switch {
	case !ok:
		Refuse(w, http.StatusNotFound, "EntryNotFound")
	case len(data) < Large:
		w.Header().Set("ETag", `"`+Hash(data)+`"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(data)))
	default:
		w.Header().Set("X-Linked-Etag", `"`+Hash(data)+`"`)
		w.Header().Set("X-Linked-Size", fmt.Sprint(len(data)))
		w.Header().Set("Location", s.CDN+"/"+Hash(data)+"?signature=hidden")
		w.WriteHeader(http.StatusFound)
	}
}

// large sends a large file by its hash.
func (s *Server) large(w http.ResponseWriter, r *http.Request) {
	if data := s.find(strings.Trim(r.URL.Path, "/")); data != nil {
		w.Header().Set("ETag", `"cdn-`+Hash(data)[:8]+`"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(data)))
		return
	}
	http.Error(w, "no such file", http.StatusNotFound)
}

func (s *Server) find(hash string) []byte {
	for _, repo := range s.Repos {
		for _, data := range repo.Files {
			if len(data) >= Large && Hash(data) == hash {
				return data
			}
		}
	}
	return nil
}
