package mapped

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	for _, want := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("argen "), 10_000)} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		data, unmap, err := Open(path)
		if err != nil || !bytes.Equal(data, want) {
			t.Fatalf("%d bytes of %d (%v)", len(data), len(want), err)
		}
		if err := unmap(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Open(dir); err == nil || !strings.HasSuffix(err.Error(), ": no regular file") {
		t.Errorf("a folder: %v", err)
	}
	if _, _, err := Open(filepath.Join(dir, "none")); !os.IsNotExist(err) {
		t.Errorf("no file: %v", err)
	}
}

// Files are hashed one after the other, and each is given back once, by whoever
// has it last.
func TestFiles(t *testing.T) {
	var all, more Files
	closed := 0
	back := func() error { closed++; return nil }
	all.Add([]byte("ab"))
	all.OnClose(back)
	more.Add([]byte("c"))
	more.Add(nil)
	more.OnClose(back)
	more.OnClose(func() error { closed++; return os.ErrInvalid })
	all.Move(&more)
	if err := more.Close(); err != nil || closed != 0 || more.Size() != 0 {
		t.Errorf("%v, %d given back, %d bytes are left", err, closed, more.Size())
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("abc"))); all.SHA256() != want || all.Size() != 3 {
		t.Errorf("%s of %d bytes, want %s", all.SHA256(), all.Size(), want)
	}
	if err := all.Close(); !errors.Is(err, os.ErrInvalid) || closed != 3 {
		t.Errorf("%v, %d given back", err, closed)
	}
	if err := all.Close(); err != nil || closed != 3 {
		t.Errorf("again: %v, %d given back", err, closed)
	}
}
