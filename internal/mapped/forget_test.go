package mapped

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A file's bytes are the same after they were forgotten, and what is not a
// mapped file is left alone.
func TestForget(t *testing.T) {
	want := bytes.Repeat([]byte("argen "), 20_000)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, want, 0o644); err != nil {
		t.Fatal(err)
	}
	data, unmap, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	own, free := Anonymous(len(want))
	for _, b := range own {
		if b != 0 {
			t.Fatal("new memory is not 0")
		}
	}
	copy(own, want)
	for _, b := range [][]byte{data, data[5000:100_000], data[7:9], data[:0], own, want, nil} {
		Forget(b)
	}
	if !bytes.Equal(data, want) || !bytes.Equal(own, want) {
		t.Error("bytes are others after they were forgotten")
	}
	if err := unmap(); err != nil {
		t.Error(err)
	}
	if err := free(); err != nil {
		t.Error(err)
	}
	Forget(want)
	if len(files.data) != 0 {
		t.Errorf("%d files are still noted", len(files.data))
	}
	if none, free := Anonymous(0); len(none) != 0 || free() != nil {
		t.Error("no bytes")
	}
}
