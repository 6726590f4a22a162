// Package paths opens files that nobody has checked, and speaks of them in
// errors: their names may hold anything, and be as long as they like.
package paths

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"argen"
)

// Quote is a name, or another text of a user, a file or a server, in an error.
func Quote(name string) string { return `"` + Short(name) + `"` }

// Short is a name as it can be shown, cut where it is very long.
func Short(name string) string {
	const most = 200 // bytes
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return argen.Visible(name)
}

// Reason is what an error about a file says of the file, without the name of it
// and of the system call: "no space left on device".
func Reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// Clean makes the message of a system call one for people, and safe to show:
// the path in it may hold anything, and what was done with the file says
// nothing to them. What other errors around it say stays.
func Clean(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	said, says := "", ""
	switch {
	case errors.As(err, &path):
		said, says = path.Error(), Short(path.Path)+": "+path.Err.Error()
	case errors.As(err, &link):
		said, says = link.Error(), Short(link.New)+": "+link.Err.Error()
	default:
		return err
	}
	if !strings.Contains(err.Error(), said) {
		return err // it was cleaned before
	}
	return &cleaned{strings.Replace(err.Error(), said, says, 1), err}
}

// A cleaned error is one with another message.
type cleaned struct {
	says string
	err  error
}

func (e *cleaned) Error() string { return e.says }

func (e *cleaned) Unwrap() error { return e.err }

// Open opens a regular file for reading, no folder, and no pipe or device, which
// might never end. Size is its size in bytes.
func Open(path string) (f *os.File, size int64, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, Clean(err)
	case info.IsDir():
		return nil, 0, fmt.Errorf("%s is a folder, not a file", Quote(path))
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s is no regular file: copy what it gives to one", Quote(path))
	}
	if f, err = os.Open(path); err != nil {
		return nil, 0, Clean(err)
	}
	return f, info.Size(), nil
}

// Read reads a regular file of at most limit bytes.
func Read(path string, limit int64) ([]byte, error) {
	f, _, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, Clean(err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%s: larger than %d bytes, the most that is read: is it the right file?", Quote(path), limit)
	}
	return data, nil
}
