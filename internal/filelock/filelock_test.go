package filelock

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	open := func() *os.File {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	first, second := open(), open()
	if !Try(first) {
		t.Fatal("a new file is locked")
	}
	if Try(second) {
		t.Error("a locked file is locked again")
	}
	if data, err := os.ReadFile(path); err != nil || len(data) != 0 {
		t.Errorf("a locked file reads as %q, error %v", data, err)
	}
	first.Close()
	if !Try(second) {
		t.Error("a file stays locked after its lock is closed")
	}
}
