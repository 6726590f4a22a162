package paths

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Names that hold anything are shown as text of some length.
func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"a b":                          `"a b"`,
		"a\x1b[31m\n":                  `"a\x1b[31m\n"`,
		strings.Repeat("a", 300):       `"` + strings.Repeat("a", 200) + `…"`,
		"a" + strings.Repeat("é", 99):  `"a` + strings.Repeat("é", 99) + `"`,
		strings.Repeat("é", 100) + "b": `"` + strings.Repeat("é", 100) + `…"`,
		"a" + strings.Repeat("é", 100): `"a` + strings.Repeat("é", 99) + `…"`, // half a letter is cut off
	} {
		if got := Quote(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

// What a system call says is about the file alone, and what was said around it
// stays; both are still the error that they were.
func TestClean(t *testing.T) {
	in := &fs.PathError{Op: "open", Path: "a\x1bb", Err: fs.ErrNotExist}
	link := &os.LinkError{Op: "rename", Old: "a", New: "b\n", Err: fs.ErrExist}
	for _, c := range []struct {
		err  error
		want string
		is   error
	}{
		{in, `a\x1bb: file does not exist`, fs.ErrNotExist},
		{link, `b\n: file already exists`, fs.ErrExist},
		{fmt.Errorf("model: %w: fetch it", in), `model: a\x1bb: file does not exist: fetch it`, fs.ErrNotExist},
		{Clean(fmt.Errorf("%w: fetch it", Clean(in))), `a\x1bb: file does not exist: fetch it`, fs.ErrNotExist},
		{fs.ErrClosed, "file already closed", fs.ErrClosed},
	} {
		if got := Clean(c.err); got.Error() != c.want || !errors.Is(got, c.is) {
			t.Errorf("%v: %v, want %q", c.err, got, c.want)
		}
	}
	if Clean(nil) != nil || Reason(in) != fs.ErrNotExist || Reason(link) != fs.ErrExist || Reason(fs.ErrClosed) != fs.ErrClosed {
		t.Error("the reasons are others")
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := Read(path, 5); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	if f, size, err := Open(path); err != nil || size != 5 || f.Close() != nil {
		t.Errorf("%d bytes, %v", size, err)
	}
	for name, want := range map[string]string{
		path:                     "larger than 4 bytes, the most that is read",
		dir:                      "is a folder, not a file",
		filepath.Join(dir, "no"): "no",
	} {
		if data, err := Read(name, 4); data != nil || err == nil || !strings.Contains(err.Error(), want) || strings.HasPrefix(err.Error(), "open") {
			t.Errorf("%s: %q, %v, want %q", name, data, err, want)
		}
	}
}
