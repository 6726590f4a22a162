// Package mapped brings files into memory by mapping: what is not looked at is
// not read.
package mapped

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/edsrzf/mmap-go"
)

// Open returns the bytes of a file, not to be changed, and what gives them back.
// Only a regular file is opened: a pipe might never end.
func Open(path string) (data []byte, unmap func() error, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s: no regular file", filepath.Base(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() // read only
	return File(f)
}

// File is [Open] of a regular file that is open already; the caller closes it. A
// file that cannot be mapped, because it is empty or its system does not map, is
// read.
func File(f *os.File) (data []byte, unmap func() error, err error) {
	m, err := mmap.Map(f, mmap.RDONLY, 0)
	if err == nil {
		return m, note(m, m.Unmap), nil
	}
	data, read := io.ReadAll(f)
	if read != nil {
		return nil, nil, errors.Join(err, read)
	}
	return data, func() error { return nil }, nil
}
