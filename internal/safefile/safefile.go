// Package safefile writes a file whole or not at all.
package safefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"
)

// Write makes write's output the content of the file at path. If anything
// fails (write, a full disk, a crash of the machine) the file stays what it
// was, or stays missing.
//
// The output goes to a temporary file in the same folder, which takes the
// file's place when it is complete and on the disk. A new file gets the usual
// mode, an old one keeps its own; a link is followed. What has no content to
// keep, a device or a named pipe, is written straight.
//
// An error of write is returned as it is; others name path.
func Write(path string, write func(io.Writer) error) error {
	return disk.write(path, write)
}

// temporary is the name of a file that is being written.
const temporary = ".argen-%016x.tmp"

// Tidy removes the temporary files that a killed process left in a folder. No
// other may be writing there.
func Tidy(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		var n uint64
		if _, scan := fmt.Sscanf(e.Name(), temporary, &n); scan == nil && e.Name() == fmt.Sprintf(temporary, n) {
			err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
		}
	}
	return err
}

// A system is the part of the operating system that tests let fail.
type system struct {
	open    func(path string, flag int, mode fs.FileMode) (file, error)
	replace func(source, destination string) error
}

type file interface {
	io.WriteCloser
	Chmod(fs.FileMode) error
	Sync() error
}

var disk = system{
	open: func(path string, flag int, mode fs.FileMode) (file, error) {
		f, err := os.OpenFile(path, flag, mode)
		if err != nil {
			return nil, err // not a nil *os.File in an interface
		}
		return f, nil
	},
	replace: atomic.ReplaceFile,
}

func (s system) write(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.swap(path, nil, write)
	case err != nil:
		return because(path, err)
	case info.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", path)
	case !info.Mode().IsRegular():
		return s.straight(path, write)
	case info.Mode()&0o222 == 0:
		return fmt.Errorf("%s is write-protected: choose another name or make it writable", path)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return because(path, err)
	}
	return s.swap(real, info, write)
}

// swap writes a temporary file and puts it in the place of path, whose present
// file old is, nil if there is none.
func (s system) swap(path string, old fs.FileInfo, write func(io.Writer) error) error {
	folder := filepath.Dir(path)
	temp := filepath.Join(folder, fmt.Sprintf(temporary, rand.Uint64()))
	f, err := s.open(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not written: there is no folder %s", path, folder)
	case err != nil:
		return because(path, err)
	}
	placed := false
	defer func() { // also if write panics
		if !placed {
			_ = f.Close() // before Remove, which Windows refuses otherwise
			_ = os.Remove(temp)
		}
	}()
	if err := fill(f, path, write); err != nil {
		return err
	}
	if old != nil {
		err = f.Chmod(old.Mode().Perm())
	}
	// Without Sync the new name could come to the disk before the content.
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return because(path, err)
	}
	if err := s.replace(temp, path); err != nil {
		return because(path, err)
	}
	placed = true
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync() // the new name, where a folder can be synced; the content is safe
		_ = d.Close()
	}
	return nil
}

// straight writes to a device or pipe.
func (s system) straight(path string, write func(io.Writer) error) error {
	f, err := s.open(path, os.O_WRONLY, 0)
	if err != nil {
		return because(path, err)
	}
	err = fill(f, path, write)
	if closed := f.Close(); err == nil && closed != nil {
		return because(path, closed)
	}
	return err
}

// fill gives write a buffered writer to f. An error of f names path even if
// write passes it on.
func fill(f file, path string, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(named{f, path}, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

type named struct {
	io.Writer
	path string
}

func (n named) Write(p []byte) (int, error) {
	size, err := n.Writer.Write(p)
	if err != nil {
		err = because(n.path, err)
	}
	return size, err
}

// because says that path is not written; the name of the temporary file, which
// the operating system's errors carry, helps nobody.
func because(path string, err error) error {
	var in *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &in):
		err = in.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s is not written: %w", path, err)
}
