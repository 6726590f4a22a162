package imports

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the repository keeps to.
const (
	maxLines = 449      // of a Go file: one subject each
	maxBytes = 40 << 20 // of all files together
)

// A homePath is a path of one person's machine.
var homePath = regexp.MustCompile(`(?:^|[\s"'` + "`" + `=:(])(/(?:home|Users|root|work)/[\w.-]+)`)

// A leftOpen mark is work not done; a skipped test is one nobody runs.
var leftOpen = regexp.MustCompile(`\b(?:TO[D]O|FIX[M]E|XX[X])\b|\bt\.Sk[i]p(?:Now|f)?\(`)

// topLevel is all that may stand in the top folder.
var topLevel = []string{
	"*.go", "go.mod", "go.sum", "Makefile", "LICENSE", "*.md", ".*",
	"cmd", "internal", "model", "sampler", "testdata", "tokenizer", "viz",
	"bin", "dist", // made by make, not committed
}

// files calls do for every file of the repository but those that make makes.
func files(t *testing.T, do func(name string, data []byte)) {
	t.Helper()
	root := os.DirFS(top)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", ".cache", "bin", "dist"}, name):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err == nil {
			do(name, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiles(t *testing.T) {
	total := 0
	files(t, func(name string, data []byte) {
		total += len(data)
		if n := bytes.Count(data, []byte("\n")); strings.HasSuffix(name, ".go") && n > maxLines {
			t.Errorf("%s has %d lines, more than %d; split it by subject", name, n, maxLines)
		}
		if m := leftOpen.Find(data); m != nil && strings.HasSuffix(name, ".go") {
			t.Errorf("%s holds %s; finish it first", name, m)
		}
		if strings.HasSuffix(name, ".sum") || bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 {
			return // hashes, binary
		}
		for _, m := range homePath.FindAllSubmatchIndex(data, -1) {
			line := 1 + bytes.Count(data[:m[2]], []byte("\n"))
			t.Errorf("%s:%d: %s is a path of one machine; name it from the repository's top", name, line, data[m[2]:m[3]])
		}
	})
	if total > maxBytes {
		t.Errorf("the repository's files hold %d bytes, more than %d", total, maxBytes)
	}
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.ContainsFunc(topLevel, func(pattern string) bool {
			ok, _ := filepath.Match(pattern, e.Name())
			return ok
		}) {
			t.Errorf("%s stands in the top folder, which holds %s only", e.Name(), strings.Join(topLevel, " "))
		}
	}
}

// Each module that go.mod requires is named in CONTRIBUTING.md with a reason,
// in a row | `module` | reason |, and no other.
func TestDependenciesHaveReasons(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(top, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\|$").FindAllSubmatch(guide, -1) {
		reasons[string(row[1])] = string(row[2])
	}
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = top
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, m := range mod.Require {
		if !m.Indirect && len(reasons[m.Path]) < 20 {
			t.Errorf("go.mod requires %s, and CONTRIBUTING.md gives no reason for it", m.Path)
		}
		delete(reasons, m.Path)
	}
	for module := range reasons {
		t.Errorf("CONTRIBUTING.md gives a reason for %s, which go.mod does not require", module)
	}
}
