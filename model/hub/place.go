package hub

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"argen/internal/safefile"
	"argen/model/paths"
)

// place gives a blob its name in a snapshot: a link to it, as short as can be,
// so that the cache may be moved. Where there are no symbolic links it is another
// name of the same bytes, or else the blob itself is moved there, as
// huggingface_hub does.
func (p *Puller) place(r Ref, commit string, f *File) error {
	blob, name := p.blob(r.Repo, f.Hash), p.pointer(r.Repo, commit, f.Name)
	if isSame(blob, name) || p.Copy && !p.Check && p.holds(r, commit, f) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return unwritten(err)
	}
	if err := os.Remove(name); err != nil && !isMissing(err) {
		return paths.Clean(err)
	}
	if !p.Copy {
		target, err := filepath.Rel(filepath.Dir(name), blob)
		if err != nil {
			return err
		}
		symlink := os.Symlink
		if p.symlink != nil {
			symlink = p.symlink
		}
		if err := symlink(target, name); err == nil || isSame(blob, name) { // or another process was faster
			return nil
		}
		if os.Link(blob, name) == nil {
			return nil
		}
		return unwritten(os.Rename(blob, name))
	}
	return copyFile(blob, name)
}

// isSame reports whether two names are of the same bytes.
func isSame(a, b string) bool {
	one, err1 := os.Stat(a)
	two, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(one, two)
}

// copyFile makes a copy that is whole or not there.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return paths.Clean(err)
	}
	defer in.Close()
	return safefile.Write(to, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

// holds reports whether a snapshot has a file of its size, which is how a file
// that was moved there, or copied, is known again.
func (p *Puller) holds(r Ref, commit string, f *File) bool {
	info, err := os.Stat(p.pointer(r.Repo, commit, f.Name))
	return err == nil && info.Mode().IsRegular() && info.Size() == f.Size
}

// name makes a revision mean a commit.
func (p *Puller) name(r Ref, commit string) error {
	if r.revision() == commit {
		return nil
	}
	path := p.ref(r.Repo, r.revision())
	if old, err := paths.Read(path, 4096); err == nil && string(old) == commit {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return unwritten(err)
	}
	return safefile.Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, commit)
		return err
	})
}

// tag marks the cache as one, so that programs that make backups can leave it
// out: bford.info/cachedir.
func (p *Puller) tag() error {
	if err := os.MkdirAll(p.Dir, 0o777); err != nil {
		return unwritten(err)
	}
	f, err := os.OpenFile(filepath.Join(p.Dir, "CACHEDIR.TAG"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil // it is there, or the folder says later why it cannot be written
	}
	_, err = io.WriteString(f, "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds what can be fetched again: models.\n")
	return unwritten(errors.Join(err, f.Close()))
}
