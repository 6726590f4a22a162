package golden

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A recorder is a test that keeps what it is told.
type recorder struct {
	testing.TB
	failed bool
	said   strings.Builder
}

type stop struct{}

func (r *recorder) Helper() {}

func (r *recorder) Logf(format string, args ...any) { fmt.Fprintf(&r.said, format, args...) }

func (r *recorder) Error(args ...any) {
	r.failed = true
	fmt.Fprint(&r.said, args...)
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failed = true
	r.Logf(format, args...)
}

func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	panic(stop{})
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(stop{})
}

// tell runs a comparison and returns whether it failed and what it said.
func tell(name, got string) (failed bool, said string) {
	var r recorder
	defer func() {
		if p := recover(); p != nil && p != (stop{}) {
			panic(p)
		}
		failed, said = r.failed, r.said.String()
	}()
	String(&r, name, got)
	return
}

// in runs the test in an empty folder, with -update or without.
func in(t *testing.T, updating bool) {
	t.Chdir(t.TempDir())
	before := *update
	*update = updating
	t.Cleanup(func() { *update = before })
}

func TestSameAndDifferent(t *testing.T) {
	in(t, false)
	if err := write("testdata/a/b.txt", []byte("one\ntwo\nthree\n")); err != nil {
		t.Fatal(err)
	}
	if failed, said := tell("a/b.txt", "one\ntwo\nthree\n"); failed || said != "" {
		t.Errorf("the same text: %s", said)
	}
	for _, got := range []string{"one\n2\nthree\n", "", "one\ntwo\nthree", "one\ntwo\nthree\n\xff"} {
		if failed, said := tell("a/b.txt", got); !failed || !strings.Contains(said, "testdata/a/b.txt differs") || !strings.Contains(said, "-update") {
			t.Errorf("%q passes, or without help: %s", got, said)
		}
	}
	if _, said := tell("a/b.txt", "one\n2\nthree\n"); !strings.Contains(said, "two") || !strings.Contains(said, "2") {
		t.Errorf("the diff does not show the lines:\n%s", said)
	}
	if failed, said := tell("c.txt", "new"); !failed || !strings.Contains(said, "there is no testdata/c.txt") {
		t.Errorf("a missing file: %s", said)
	}
	if _, err := os.Stat("testdata/c.txt"); err == nil {
		t.Error("it was written without -update")
	}
}

func TestUpdate(t *testing.T) {
	in(t, true)
	for _, text := range []string{"first\n", "second\n"} {
		if failed, said := tell("d/e.txt", text); failed || !strings.Contains(said, "written") {
			t.Errorf("-update: %s", said)
		}
		if data, err := os.ReadFile("testdata/d/e.txt"); err != nil || string(data) != text {
			t.Errorf("the file holds %q, %v", data, err)
		}
	}
	*update = false
	if failed, said := tell("d/e.txt", "second\n"); failed {
		t.Error(said)
	}
}

func TestNamesStayInTestdata(t *testing.T) {
	in(t, true)
	for _, name := range []string{"../x", "/x", "a/../../x", ""} {
		if failed, said := tell(name, "x"); !failed || !strings.Contains(said, "not below testdata") {
			t.Errorf("%q: %s", name, said)
		}
	}
}
