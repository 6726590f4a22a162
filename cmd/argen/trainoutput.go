package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"argen"
	"argen/model/paths"
)

// The formats a trained n-gram model is written in.
const (
	binaryFormat   = ".bin"
	arpaFormat     = ".arpa"
	arpaGzipFormat = ".arpa.gz"
)

// modelFormat tells a format by the file's ending.
func modelFormat(path string) (string, error) {
	name := strings.ToLower(filepath.Base(path))
	for _, ending := range []string{binaryFormat, arpaFormat, arpaGzipFormat} {
		if strings.HasSuffix(name, ending) && name != ending {
			return ending, nil
		}
	}
	return "", usagef("-o %s: a model's name ends in %s, %s or %s", path, binaryFormat, arpaFormat, arpaGzipFormat)
}

// orNew names the output after usual where -o does not name it, but only if
// there is no such file yet.
func orNew(out *string, usual string) error {
	if *out != "" {
		return nil
	}
	*out = usual
	if _, err := os.Stat(usual); err == nil {
		return usagef("%s exists already: -o %s writes it again", argen.Visible(usual), argen.Visible(usual))
	}
	return nil
}

// vacant refuses a folder that holds one of these files, as one of another model
// does; so says what helps.
func vacant(folder, so string, names ...string) error {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return usagef("%s exists already and holds %s: %s", argen.Visible(folder), name, so)
		}
	}
	return nil
}

// writable reports why a file cannot be written, before hours are spent on
// what should go there; inputs are files that it must not be one of.
func writable(path string, inputs []string) error {
	old, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fileError(path, err)
	case old.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", path)
	case !old.Mode().IsRegular():
		return nil // a device or pipe is not replaced
	case old.Mode()&0o222 == 0:
		return fmt.Errorf("%s is write-protected: choose another name or make it writable", path)
	}
	for _, input := range inputs {
		if sameFile(path, input) {
			return usagef("-o %s would replace the text that is read: choose another name", path)
		}
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".argen-*.tmp")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s cannot be written: there is no folder %s", path, filepath.Dir(path))
	case err != nil:
		return fmt.Errorf("%s cannot be written: %w", path, paths.Reason(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// sameFile reports whether two names are of one file.
func sameFile(x, y string) bool {
	one, err := os.Stat(x)
	if err != nil {
		return false
	}
	other, err := os.Stat(y)
	return err == nil && os.SameFile(one, other)
}

// fileSum returns a file's size and its SHA-256 in hex; a device has neither.
func fileSum(path string) (size int64, sum string, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0, "", fileError(path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, "", fileError(path, err)
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return 0, "", fmt.Errorf("%s: %w", path, err)
	}
	return size, hex.EncodeToString(h.Sum(nil)), nil
}
