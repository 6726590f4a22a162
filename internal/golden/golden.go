// Package golden compares what a test makes with a file that holds what it
// should make, testdata/NAME beside the test. With -update the files are
// written instead; git diff then shows what changed.
package golden

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the tests make to their golden files")

// String fails the test unless got is what testdata/NAME holds. A name may have
// folders: "help/root.txt".
func String(t testing.TB, name, got string) {
	t.Helper()
	Bytes(t, name, []byte(got))
}

// Bytes is String for data that need not be text.
func Bytes(t testing.TB, name string, got []byte) {
	t.Helper()
	if !filepath.IsLocal(name) {
		t.Fatalf("the golden file %q is not below testdata", name)
	}
	File(t, filepath.Join("testdata", filepath.FromSlash(name)), got)
}

// File is Bytes for a file that stands elsewhere, such as a README whose
// examples a test runs.
func File(t testing.TB, path string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s is written again", path)
		return
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Errorf("there is no %s; go test -update writes it, with\n%s", path, shown(got))
	case err != nil:
		t.Error(err)
	default:
		t.Errorf("%s differs (−want +got); if that is right, go test -update writes it again\n%s", path, diff(want, got))
	}
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

// shown is the beginning of data, for a message.
func shown(data []byte) string {
	const most = 2000
	if len(data) > most {
		return string(data[:most]) + "…"
	}
	return string(data)
}

// diff shows text by lines and other data by bytes.
func diff(want, got []byte) string {
	if utf8.Valid(want) && utf8.Valid(got) {
		return cmp.Diff(string(want), string(got))
	}
	return cmp.Diff(want, got)
}
