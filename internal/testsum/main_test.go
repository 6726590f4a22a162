package main

import (
	"strings"
	"testing"
	"time"
)

func TestSummary(t *testing.T) {
	const passing = `{"Action":"run","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"chatter\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"compared: with another\n"}
{"Action":"pass","Package":"a","Test":"TestX","Elapsed":0.5}
{"Action":"pass","Package":"a","Elapsed":0.75}
`
	const failing = `{"Action":"output","Package":"b","Test":"TestY","Output":"b_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"b","Test":"TestY"}
{"Action":"fail","Package":"b"}
`
	const broken = `{"Action":"build-output","ImportPath":"c [c.test]","Output":"c.go:3:1: syntax error\n"}
{"Action":"build-fail","ImportPath":"c [c.test]"}
{"Action":"fail","Package":"c","FailedBuild":"c [c.test]"}
`
	for _, test := range []struct {
		name, events string
		ok           bool
		shows        []string
		hides        string
	}{
		{"passing", passing, true, []string{"compared: with another\n", "ok: 1 packages, 1 tests, 0 failed, 0 skipped, 2 s\n1 passed, 0 failed, 0 skipped\n"}, "chatter"},
		{"failing", passing + failing, false, []string{"b_test.go:7: got 1, want 2", "FAILED: 2 packages, 2 tests, 1 failed"}, "chatter"},
		{"broken build", passing + broken, false, []string{"c.go:3:1: syntax error", "1 passed, 1 failed"}, "chatter"},
		{"no test at all", "", false, []string{"FAILED: 0 packages, 0 tests"}, "ok"},
		{"not JSON", passing + "go: what", false, []string{"testsum: output of go test: invalid character"}, "ok:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			s := summary{out: &out}
			err := s.read(strings.NewReader(test.events))
			if ok := s.close(2*time.Second, err); ok != test.ok {
				t.Errorf("ok = %v, want %v; printed:\n%s", ok, test.ok, &out)
			}
			for _, want := range test.shows {
				if !strings.Contains(out.String(), want) {
					t.Errorf("printed:\n%s\nwithout %q", &out, want)
				}
			}
			if strings.Contains(out.String(), test.hides) {
				t.Errorf("printed:\n%s\nwith %q", &out, test.hides)
			}
		})
	}
}
