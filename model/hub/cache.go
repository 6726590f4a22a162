package hub

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"argen/model/paths"
)

// A Cache is the folder in which models lie that were fetched.
type Cache struct{ Dir string }

// folder is a repository's.
func (c Cache) folder(repo string) string {
	return filepath.Join(c.Dir, folderPrefix+strings.ReplaceAll(repo, "/", "--"))
}

// folderPrefix begins the name of a repository that holds a model.
const folderPrefix = "models--"

// repoOf reads the name of a repository's folder, "" if it is none.
func repoOf(folder string) string {
	name, ok := strings.CutPrefix(folder, folderPrefix)
	repo := strings.Replace(name, "--", "/", 1)
	if !ok || checkRepo(repo) != nil {
		return ""
	}
	return repo
}

func (c Cache) blob(repo, hash string) string { return filepath.Join(c.folder(repo), "blobs", hash) }

// part is the file that the bytes of a blob are put in until all are there.
func (c Cache) part(repo, hash string) string { return c.blob(repo, hash) + partEnding }

const partEnding = ".incomplete"

// lock is the file that whoever fetches a blob has locked.
func (c Cache) lock(repo, hash string) string {
	return filepath.Join(c.Dir, ".locks", filepath.Base(c.folder(repo)), hash+".lock")
}

func (c Cache) snapshot(repo, commit string) string {
	return filepath.Join(c.folder(repo), "snapshots", commit)
}

// pointer is the name under which a snapshot has a file.
func (c Cache) pointer(repo, commit, name string) string {
	return filepath.Join(c.snapshot(repo, commit), filepath.FromSlash(name))
}

func (c Cache) ref(repo, revision string) string {
	return filepath.Join(c.folder(repo), "refs", filepath.FromSlash(revision))
}

// isHex reports whether text consists of n digits of lower hexadecimal.
func isHex(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789abcdef") == ""
}

// The lengths of a commit and of the two kinds of hashes, in hexadecimal digits.
const (
	sha1Digits   = 40
	sha256Digits = 64
)

// A NotHereError says that a model is not in the cache.
type NotHereError struct {
	Ref  Ref
	What string // what is missing
}

// Error implements error.
func (e *NotHereError) Error() string {
	return fmt.Sprintf("%s %s: argen pull %s fetches it", paths.Short(e.Ref.String()), e.What, paths.Short(e.Ref.String()))
}

// Find returns a model that was fetched. If it is not here, or not all of it, the
// error is a [*NotHereError].
func (c Cache) Find(r Ref) (*Pulled, error) {
	commit, err := c.commit(r)
	if err != nil {
		return nil, err
	}
	files, err := c.files(r.Repo, commit)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, &NotHereError{r, "is not on this machine"}
	}
	want, err := choose(r, files)
	if err != nil {
		if r.File != "" {
			return nil, &NotHereError{r, "is not on this machine, though other files of the repository are"}
		}
		return nil, &NotHereError{r, fmt.Sprintf("is not on this machine as a whole (%v)", err)}
	}
	if want.index != "" {
		index, err := paths.Read(c.pointer(r.Repo, commit, want.index), maxIndex)
		if err != nil {
			return nil, paths.Clean(err)
		}
		if err := want.addShards(index, files); err != nil {
			return nil, &NotHereError{r, fmt.Sprintf("is not on this machine as a whole (%v)", err)}
		}
	}
	return &Pulled{Ref: r, Commit: commit, Path: c.pointer(r.Repo, commit, want.open), Files: want.files}, nil
}

// commit returns the commit that a reference means, as far as the cache knows.
func (c Cache) commit(r Ref) (string, error) {
	data, err := paths.Read(c.ref(r.Repo, r.revision()), 4096)
	commit := strings.TrimSpace(string(data))
	switch {
	case err == nil && isHex(commit, sha1Digits):
		return commit, nil
	case err == nil:
		return "", &NotHereError{r, "is damaged on this machine, its refs file names no commit"}
	case !isMissing(err):
		return "", paths.Clean(err)
	}
	commits := c.commits(r.Repo)
	var like []string
	for _, commit := range commits {
		if len(r.Revision) >= 7 && strings.HasPrefix(commit, r.Revision) {
			like = append(like, commit)
		}
	}
	switch {
	case len(like) == 1:
		return like[0], nil
	case len(commits) == 0:
		return "", &NotHereError{r, "is not on this machine"}
	}
	return "", &NotHereError{r, fmt.Sprintf("is not on this machine, though %s is", Scheme+r.Repo+"@"+c.revisions(r.Repo, commits[0])[0])}
}

// commits lists the snapshots of a repository, sorted.
func (c Cache) commits(repo string) []string {
	entries, _ := os.ReadDir(filepath.Join(c.folder(repo), "snapshots")) // what cannot be read is not there
	var list []string
	for _, e := range entries {
		if isHex(e.Name(), sha1Digits) {
			list = append(list, e.Name())
		}
	}
	return list
}

// revisions lists the names that a commit has, main first, or itself if it has
// none.
func (c Cache) revisions(repo, commit string) []string {
	var list []string
	for name, is := range c.refs(repo) {
		if is == commit {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return []string{commit}
	}
	slices.SortFunc(list, func(a, b string) int {
		if (a == mainRevision) != (b == mainRevision) {
			if a == mainRevision {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return list
}

// refs are the revisions of a repository with their commits.
func (c Cache) refs(repo string) map[string]string {
	top := filepath.Join(c.folder(repo), "refs")
	refs := map[string]string{}
	_ = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // what cannot be read is not there
		}
		name, err := filepath.Rel(top, path)
		data, read := paths.Read(path, 4096)
		if commit := strings.TrimSpace(string(data)); err == nil && read == nil && isHex(commit, sha1Digits) {
			refs[filepath.ToSlash(name)] = commit
		}
		return nil
	})
	return refs
}

// files lists the files of a snapshot, sorted, with their sizes. Links that lead
// nowhere, or in a circle, are left out.
func (c Cache) files(repo, commit string) ([]File, error) {
	top := c.snapshot(repo, commit)
	var list []File
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		name, err := filepath.Rel(top, path)
		list = append(list, File{Name: filepath.ToSlash(name), Size: info.Size()})
		return err
	})
	if isMissing(err) {
		return nil, nil
	}
	return list, paths.Clean(err)
}
