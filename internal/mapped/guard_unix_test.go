//go:build unix

package mapped

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A file that is cut short while it is mapped is an error, not the end of the
// process.
func TestGuard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, 100_000), 0o644); err != nil {
		t.Fatal(err)
	}
	data, unmap, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer unmap()
	sum := 0
	read := func() error {
		for _, b := range data {
			sum += int(b)
		}
		return nil
	}
	if err := Guard(read); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10); err != nil {
		t.Fatal(err)
	}
	if err := Guard(read); !errors.Is(err, ErrGone) {
		t.Errorf("the error is %v", err)
	}
}

// Other panics go on.
func TestGuardPanics(t *testing.T) {
	for _, f := range []func() error{
		func() error { panic("mine") },
		func() error { var p *struct{ x int }; p.x = 1; return nil },
		func() error { return []error{}[len(os.Args)] },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not go on")
				}
			}()
			if err := Guard(f); err != nil {
				t.Errorf("the error is %v", err)
			}
		}()
	}
}
