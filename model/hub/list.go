package hub

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"argen/internal/filelock"
	"argen/model/paths"
)

// A Model is one in the cache: a revision of a repository, or one of the GGUF
// files of a revision.
type Model struct {
	Ref      Ref
	Commit   string
	Kind     string // "safetensors", "GGUF", "incomplete", "" for what argen does not open
	Path     string
	Bytes    int64
	Modified time.Time // when its largest file came
}

// The kinds of a [Model].
const (
	KindFolder     = "safetensors"
	KindGGUF       = "GGUF"
	KindIncomplete = "incomplete"
)

// List returns the models in the cache, by name. Snapshots that no revision
// means any more are named by their commit.
func (c Cache) List() ([]Model, error) {
	entries, err := os.ReadDir(c.Dir)
	if err != nil && !isMissing(err) {
		return nil, paths.Clean(err)
	}
	var list []Model
	for _, e := range entries {
		repo := repoOf(e.Name())
		if repo == "" {
			continue
		}
		for _, commit := range c.commits(repo) {
			list = append(list, c.models(repo, commit)...)
		}
		if n := c.partBytes(repo); n > 0 {
			list = append(list, Model{Ref: Ref{Repo: repo}, Kind: KindIncomplete, Path: c.folder(repo), Bytes: n})
		}
	}
	slices.SortStableFunc(list, func(a, b Model) int { return cmp.Compare(a.Ref.String(), b.Ref.String()) })
	return list, nil
}

// models lists what a snapshot holds.
func (c Cache) models(repo, commit string) []Model {
	files, err := c.files(repo, commit)
	if err != nil || len(files) == 0 {
		return nil
	}
	r := Ref{Repo: repo, Revision: c.revisions(repo, commit)[0]}
	if r.Revision == mainRevision {
		r.Revision = ""
	}
	model := func(r Ref, kind string) Model {
		m := Model{Ref: r, Commit: commit, Kind: kind, Path: c.snapshot(repo, commit)}
		if found, err := c.Find(r); err == nil && kind != "" {
			m.Path, files = found.Path, found.Files
		}
		largest := int64(-1)
		for _, f := range files {
			info, err := os.Stat(c.pointer(repo, commit, f.Name))
			if err != nil {
				continue
			}
			m.Bytes += info.Size()
			if info.Size() > largest {
				largest, m.Modified = info.Size(), info.ModTime()
			}
		}
		return m
	}
	folder := false
	for _, f := range files {
		folder = folder || f.Name == configFile
	}
	var list []Model
	for _, f := range ggufs(files) {
		one := r
		one.File = f.Name
		list = append(list, model(one, KindGGUF))
	}
	switch _, err := c.Find(r); {
	case folder && err == nil:
		list = append(list, model(r, KindFolder))
	case folder && len(list) == 0:
		list = append(list, model(r, KindIncomplete))
	case len(list) == 0:
		list = append(list, model(r, ""))
	}
	return list
}

// partBytes is how many bytes of a repository lie in blobs that are not whole.
func (c Cache) partBytes(repo string) (n int64) {
	entries, _ := os.ReadDir(filepath.Join(c.folder(repo), "blobs")) // what cannot be read is not there
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), partEnding) {
			n += info.Size()
		}
	}
	return n
}

// A Removal is what [Removal.Remove] removes.
type Removal struct {
	Ref   Ref
	Names []string // of snapshots' files
	Bytes int64    // of the disk that are free afterwards

	cache   Cache
	commits []string
}

// Removal finds what belongs to a reference: a file in all revisions or in one,
// one revision, or the whole repository.
func (c Cache) Removal(r Ref) (*Removal, error) {
	m := &Removal{Ref: r, cache: c, commits: c.commits(r.Repo)}
	switch info, err := os.Lstat(c.folder(r.Repo)); {
	case err != nil:
		return nil, &NotHereError{r, "is not on this machine"}
	case !info.IsDir():
		return nil, fmt.Errorf("%s is no folder but a link: remove it and what it leads to yourself", paths.Quote(c.folder(r.Repo)))
	}
	if r.Revision != "" {
		commit, err := c.commit(r)
		if err != nil {
			return nil, err
		}
		m.commits = []string{commit}
	}
	for _, commit := range m.commits {
		files, err := c.files(r.Repo, commit)
		if err != nil {
			return nil, err
		}
		want := files
		if r.File != "" {
			chosen, err := chooseFile(r, files)
			if err != nil {
				continue
			}
			want = chosen.files
		}
		for _, f := range want {
			m.Names = append(m.Names, c.pointer(r.Repo, commit, f.Name))
		}
	}
	if r.File != "" && len(m.Names) == 0 {
		return nil, &NotHereError{r, "is not on this machine"}
	}
	free, err := m.blobs()
	for _, size := range free {
		m.Bytes += size
	}
	return m, err
}

// blobs returns the files, with their sizes, that nothing names once the names
// are removed; with a whole repository also those that are not whole.
func (m *Removal) blobs() (map[string]int64, error) {
	free, kept := map[string]int64{}, map[string]bool{}
	own, err := filepath.EvalSymlinks(m.cache.folder(m.Ref.Repo))
	if err != nil {
		return nil, paths.Clean(err)
	}
	add := func(path string, size int64) {
		if !strings.HasPrefix(path, own+string(filepath.Separator)) {
			size = 0 // huggingface_hub can keep what repositories share elsewhere
		}
		free[path] = size
	}
	for _, commit := range m.cache.commits(m.Ref.Repo) {
		files, err := m.cache.files(m.Ref.Repo, commit)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			name := m.cache.pointer(m.Ref.Repo, commit, f.Name)
			real, err := filepath.EvalSymlinks(name)
			switch {
			case err != nil:
			case slices.Contains(m.Names, name):
				add(real, f.Size)
			default:
				kept[real] = true
			}
		}
	}
	for real := range kept {
		delete(free, real)
	}
	if m.whole() {
		entries, err := os.ReadDir(filepath.Join(m.cache.folder(m.Ref.Repo), "blobs"))
		if err != nil && !isMissing(err) {
			return nil, paths.Clean(err)
		}
		for _, e := range entries {
			path, err := filepath.EvalSymlinks(m.cache.blob(m.Ref.Repo, e.Name()))
			if err != nil {
				continue
			}
			if info, err := os.Stat(path); err == nil {
				add(path, info.Size())
			}
		}
	}
	return free, nil
}

// whole reports whether the repository goes with all that is in its folder.
func (m *Removal) whole() bool { return m.Ref.Revision == "" && m.Ref.File == "" }

// Remove does it.
func (m *Removal) Remove() error {
	c, repo := m.cache, m.Ref.Repo
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if m.whole() {
		return paths.Clean(os.RemoveAll(c.folder(repo)))
	}
	free, err := m.blobs()
	if err != nil {
		return err
	}
	for _, name := range m.Names {
		err = errors.Join(err, paths.Clean(os.Remove(name)))
	}
	blobs, _ := os.ReadDir(filepath.Join(c.folder(repo), "blobs")) // none: the snapshots hold the files themselves
	for _, e := range blobs {
		path := c.blob(repo, e.Name())
		if real, bad := filepath.EvalSymlinks(path); bad == nil {
			if _, gone := free[real]; gone {
				err = errors.Join(err, paths.Clean(os.Remove(path)))
			}
		}
	}
	for _, commit := range m.commits {
		removeEmpty(c.snapshot(repo, commit))
		if _, there := os.Stat(c.snapshot(repo, commit)); there == nil {
			continue
		}
		for name, is := range c.refs(repo) {
			if is == commit {
				err = errors.Join(err, paths.Clean(os.Remove(c.ref(repo, name))))
			}
		}
	}
	if len(c.commits(repo)) == 0 && c.partBytes(repo) == 0 {
		err = errors.Join(err, paths.Clean(os.RemoveAll(c.folder(repo))))
	}
	return err
}

// lock keeps pulls of the repository away, and fails if one is going on.
func (m *Removal) lock() (unlock func(), err error) {
	var held []*os.File
	unlock = func() {
		for _, f := range held {
			f.Close()
		}
	}
	entries, _ := os.ReadDir(filepath.Join(m.cache.folder(m.Ref.Repo), "blobs")) // none: nothing is fetched
	for _, e := range entries {
		hash, part := strings.CutSuffix(e.Name(), partEnding)
		if !part {
			continue
		}
		f, err := os.OpenFile(m.cache.lock(m.Ref.Repo, hash), os.O_RDWR, 0)
		if err != nil {
			continue // nobody has locked what is not there
		}
		held = append(held, f)
		if !filelock.Try(f) {
			unlock()
			return nil, fmt.Errorf("%s is being fetched by another process: wait for its end", m.Ref)
		}
	}
	return unlock, nil
}

// removeEmpty removes a folder and those in it, as far as they are empty.
func removeEmpty(dir string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != dir {
			removeEmpty(path)
			return fs.SkipDir
		}
		return nil
	})
	_ = os.Remove(dir) // fails if something is left
}
