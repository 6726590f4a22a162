package main

import (
	"reflect"
	"regexp"
	"testing"
	"testing/fstest"
)

func TestFind(t *testing.T) {
	files := fstest.MapFS{
		"a/a_test.go":          {Data: []byte("package a\n\nfunc FuzzRead(f *testing.F) {}\n\nfunc FuzzWrite(f *testing.F) {}\n")},
		"a/a.go":               {Data: []byte("package a\n\nfunc FuzzNot(f *testing.F) {}\n")},
		"a/testdata/t_test.go": {Data: []byte("func FuzzData(f *testing.F) {}\n")},
		".cache/c_test.go":     {Data: []byte("func FuzzCache(f *testing.F) {}\n")},
		"root_test.go":         {Data: []byte("// func FuzzSaid(f *testing.F)\nfunc TestX(t *testing.T) {}\nfunc FuzzRoot(f *testing.F) {}\n")},
	}
	got, err := find(files, regexp.MustCompile("R"))
	want := []target{{"./a", "FuzzRead"}, {"./.", "FuzzRoot"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("find = %v, %v, want %v", got, err, want)
	}
}

func TestOutOfTime(t *testing.T) {
	const late = "--- FAIL: FuzzRead (5.01s)\n    context deadline exceeded\nFAIL\n"
	if !outOfTime(late) {
		t.Error("the end of the time is taken for a failure of the target")
	}
	if outOfTime(late + "    Failing input written to testdata/fuzz/FuzzRead/1\n") {
		t.Error("a failing input is taken for the end of the time")
	}
}

func TestExecutions(t *testing.T) {
	if got := executions("fuzz: elapsed: 3s, execs: 10 (3/sec)\nfuzz: elapsed: 5s, execs: 25 (5/sec)\n"); got != "execs: 25" {
		t.Errorf("executions = %q", got)
	}
}
