// Fuzzall finds every fuzz target of the module and runs one after the other,
// since go test -fuzz takes only one at a time.
//
//	go run ./internal/fuzzall [-time 5s] [-only REGEXP]
//
// It exits non-zero if a target failed, and also if there is none. An input
// that fails is written by go test to testdata/fuzz/TARGET, where it is a test
// from then on.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	budget := flag.String("time", "5s", "for each target: a duration, or a number of inputs such as 1000x")
	only := flag.String("only", "", "only the targets whose name matches this regular expression")
	flag.Parse()
	if err := run(*budget, *only); err != nil {
		fmt.Fprintln(os.Stderr, "fuzzall:", err)
		os.Exit(1)
	}
}

func run(budget, only string) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	targets, err := find(os.DirFS("."), match)
	if err != nil {
		return err
	}
	start, failed := time.Now(), 0
	for _, t := range targets {
		out, err := fuzz(t, budget)
		if err != nil && outOfTime(out) {
			fmt.Printf("again %s in %s\n", t.name, t.dir)
			out, err = fuzz(t, budget)
		}
		if err != nil {
			failed++
			fmt.Printf("%sFAIL %s in %s: %v\n", out, t.name, t.dir, err)
			continue
		}
		fmt.Printf("ok   %-34s %-28s %s\n", t.name, t.dir, executions(out))
	}
	fmt.Printf("fuzz: %d targets, %d failed, %.0f s\n", len(targets), failed, time.Since(start).Seconds())
	switch {
	case failed > 0:
		return fmt.Errorf("%d of %d targets failed", failed, len(targets))
	case len(targets) == 0:
		return fmt.Errorf("no fuzz target matches %q", only)
	}
	return nil
}

// A target is a function FuzzName of a package.
type target struct{ dir, name string }

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// find returns the targets of all test files below root whose names match.
func find(root fs.FS, match *regexp.Regexp) (targets []target, err error) {
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || len(path) > 1 && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		code, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		for _, m := range declaration.FindAllSubmatch(code, -1) {
			if match.Match(m[1]) {
				targets = append(targets, target{"./" + filepath.ToSlash(filepath.Dir(path)), string(m[1])})
			}
		}
		return nil
	})
	return targets, err
}

// fuzz runs one target and returns what go test printed.
func fuzz(t target, budget string) (string, error) {
	out, err := exec.Command("go", "test", "-tags", "full", "-run", "^$", "-fuzz", "^"+t.name+"$",
		"-fuzztime", budget, "-fuzzminimizetime", "5s", t.dir).CombinedOutput()
	return string(out), err
}

// outOfTime reports whether a target failed by nothing but the end of its own
// time, a race in Go before 1.27 (golang/go#75804): there is no failing input.
func outOfTime(out string) bool {
	return strings.Contains(out, "    context deadline exceeded\n") &&
		!strings.Contains(out, "Failing input") && !strings.Contains(out, "panic:")
}

var progress = regexp.MustCompile(`execs: \d+`)

// executions picks the last count of inputs tried out of what go test printed.
func executions(out string) string {
	all := progress.FindAllString(out, -1)
	if len(all) == 0 {
		return "no input tried"
	}
	return all[len(all)-1]
}
