package table

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestRows(t *testing.T) {
	var b strings.Builder
	r := New(&b, "name", "x", "n", "yes", "none")
	if err := r.Row("=1+1, or not", math.Inf(1), 3, true, nil); err != nil {
		t.Fatal(err)
	}
	if want := "name,x,n,yes,none\n\"'=1+1, or not\",inf,3,true,\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	if err := r.Row("short"); err == nil || !strings.Contains(err.Error(), "1 cells in a table of 5") {
		t.Error(err)
	}
}

type fullDisk struct{ error }

func (f fullDisk) Write([]byte) (int, error) { return 0, f.error }

func TestRowsErrors(t *testing.T) {
	full := errors.New("disk full")
	r := New(fullDisk{full}, "a")
	if err := r.Row("x"); !errors.Is(err, full) {
		t.Error(err)
	}
}
