package mapped

import (
	"bytes"
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
