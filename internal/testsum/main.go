// Testsum runs go test and sums up what it says: one line a package as it
// ends, the whole output of what failed, the reason of what was skipped, what
// was compared with another program ("compared: …"), and one closing line.
//
//	go run ./internal/testsum [-C folder] [flags of go test] packages
//
// With -C it tests the module in that folder.
// It exits non-zero if a test or a build failed, and also if no test ran.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	args := []string{"test"}
	flags := os.Args[1:]
	if len(flags) > 1 && flags[0] == "-C" { // which go test wants first
		args, flags = append(args, flags[:2]...), flags[2:]
	}
	cmd := exec.Command("go", append(append(args, "-json"), flags...)...)
	cmd.Stderr = os.Stderr
	s := summary{out: os.Stdout}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		err = errors.Join(s.read(stdout), cmd.Wait())
	}
	if !s.close(time.Since(start), err) {
		os.Exit(1)
	}
}

// An event is a line of go test -json; see go doc test2json and, for the
// actions of builds, go help buildjson.
type event struct {
	Action, Package, Test, ImportPath, Output string
	Elapsed                                   float64 // seconds
}

// A summary counts events and prints what a person wants to read of them.
type summary struct {
	out                      io.Writer
	packages                 int
	passed, failed, skipped  int
	inPackage, failedPackage map[string]int
	output                   map[string]*strings.Builder // of a build, a package or a test that has not ended
}

// read takes the events in as they come.
func (s *summary) read(r io.Reader) error {
	s.inPackage, s.failedPackage = map[string]int{}, map[string]int{}
	s.output = map[string]*strings.Builder{}
	for dec := json.NewDecoder(r); ; {
		var e event
		if err := dec.Decode(&e); err == io.EOF {
			return nil
		} else if err != nil {
			_, _ = io.Copy(io.Discard, r) // so that go test can end
			return fmt.Errorf("testsum: output of go test: %w", err)
		}
		s.add(e)
	}
}

func (s *summary) add(e event) {
	unit := e.ImportPath + e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if s.output[unit] == nil {
			s.output[unit] = new(strings.Builder)
		}
		if !strings.HasPrefix(e.Output, "=== ") {
			s.output[unit].WriteString(e.Output)
		}
		return
	case "build-fail":
		s.print(unit)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e, unit)
		} else {
			s.endTest(e, unit)
		}
	default:
		return
	}
	delete(s.output, unit)
}

func (s *summary) endTest(e event, unit string) {
	s.inPackage[e.Package]++
	switch e.Action {
	case "pass":
		s.passed++
		s.notes(unit)
	case "skip":
		s.skipped++
		s.print(unit)
	case "fail":
		s.failed++
		s.failedPackage[e.Package]++
		s.print(unit)
	}
}

func (s *summary) endPackage(e event, unit string) {
	s.packages++
	word := map[string]string{"pass": "ok", "skip": "none", "fail": "FAIL"}[e.Action]
	if e.Action == "fail" {
		if s.failedPackage[e.Package] == 0 { // it did not build, or ended before its tests did
			s.failed++
		}
		s.print(unit)
	}
	fmt.Fprintf(s.out, "%-4s %-34s %4d tests %7.1f s\n", word, e.Package, s.inPackage[e.Package], e.Elapsed)
}

// notes prints of what passed the lines that say what it was compared with, or
// that it was not.
func (s *summary) notes(unit string) {
	if b := s.output[unit]; b != nil {
		for line := range strings.Lines(b.String()) {
			if strings.HasPrefix(line, "compared: ") || strings.HasPrefix(line, "not compared: ") {
				_, _ = io.WriteString(s.out, line)
			}
		}
	}
}

func (s *summary) print(unit string) {
	if b := s.output[unit]; b != nil {
		_, _ = io.WriteString(s.out, b.String())
	}
}

// close prints the closing lines and reports whether all is well. err is what
// the run of go test itself ended with.
func (s *summary) close(took time.Duration, err error) bool {
	word, tests := "ok", s.passed+s.failed+s.skipped
	if s.failed > 0 || err != nil || s.passed == 0 {
		word = "FAILED"
	}
	if err != nil && s.failed == 0 {
		fmt.Fprintln(s.out, "go test:", err)
	}
	fmt.Fprintf(s.out, "%s: %d packages, %d tests, %d failed, %d skipped, %.0f s\n",
		word, s.packages, tests, s.failed, s.skipped, took.Seconds())
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	return word == "ok"
}
