package imports

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// top is the repository's top folder, seen from this package.
const top = "../.."

// A rule says what the packages that From names may import of this module, or
// (in homes) who may import them. A name that ends in /... stands for a folder
// and all below it, leaf for internal/ but for what stands above the leaves.
type rule struct {
	from   string
	may    []string
	reason string
}

const leaf = "leaf"

// branches are the packages of internal/ that stand above its leaves.
var branches = []string{"argen/internal/study/...", "argen/internal/lesson/...", "argen/internal/report/..."}

// arrows point one way, as ARCHITECTURE.md draws them. The first that names a
// package holds for it. (That model/X does not import model is the compiler's to
// say: it would be a cycle.)
var arrows = []rule{
	{"argen", []string{"argen/internal/strict", "argen/internal/vec64"}, "the root can be read alone"},
	{"argen/tokenizer/...", []string{"argen", "argen/tokenizer/...", leaf}, "a tokenizer knows text and ids, no model"},
	{"argen/sampler/...", []string{"argen", "argen/sampler/...", leaf}, "a stage sees candidates, not where they come from"},
	{"argen/model/...", []string{"argen", "argen/tokenizer/...", "argen/model/...", leaf}, "a model does not know how it is sampled or shown"},
	{"argen/viz/...", []string{"argen", "argen/sampler/...", "argen/tokenizer/...", "argen/viz/...", leaf}, "a view is drawn from a trace or a step"},
	{"argen/internal/study/...", []string{"argen", "argen/sampler/...", "argen/tokenizer/...", "argen/model/...", leaf}, "a study runs models and leaves the drawing to viz"},
	{"argen/internal/lesson", []string{"argen", "argen/sampler/...", "argen/tokenizer/...", "argen/model/...", "argen/viz", "argen/viz/term", "argen/viz/table", "argen/internal/study", leaf}, "a lesson runs experiments and says what charts are drawn of them"},
	{"argen/internal/report", []string{"argen", "argen/tokenizer/...", "argen/viz", "argen/internal/lesson", "argen/internal/study", leaf}, "a report shows what traces, comparisons and lessons have"},
	{"argen/internal/...", []string{leaf}, "a leaf is used by all and uses none"},
	{"argen/cmd/...", []string{"argen/..."}, "a command puts all together"},
}

// homes say where alone a package of others may be imported.
var homes = []rule{
	{"github.com/spf13/...", []string{"argen/cmd/..."}, "flags end where the library begins"},
	{"gonum.org/v1/plot/...", []string{"argen/viz/..."}, "charts are drawn in viz"},
	{"charm.land/bubbletea/...", []string{"argen/viz/tui", "argen/cmd/..."}, "one package owns the screen"},
	{"charm.land/bubbles/...", []string{"argen/viz/tui", "argen/cmd/..."}, "one package owns the screen"},
	{"charm.land/lipgloss/...", []string{"argen/viz/...", "argen/cmd/..."}, "colours belong to views"},
	{"github.com/santhosh-tekuri/...", []string{"argen/sampler/grammar"}, "one package knows schemas"},
	{"github.com/sugarme/...", []string{"argen/tokenizer/..."}, "one package stands before its log.Fatal"},
	{"net/http/...", []string{"argen/model/hub/..."}, "nothing opens a connection unasked: only argen pull does, by hub"},
}

// matches reports whether path is what pattern names.
func matches(pattern, path string) bool {
	if pattern == leaf {
		return matches("argen/internal/...", path) && !matchesAny(branches, path)
	}
	folder, all := strings.CutSuffix(pattern, "/...")
	return path == folder || all && strings.HasPrefix(path, folder+"/")
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}

// complaint says what is wrong with an import, "" if nothing is.
func complaint(pkg, imported string) string {
	for _, home := range homes {
		if matches(home.from, imported) && !matchesAny(home.may, pkg) {
			return "only " + strings.Join(home.may, ", ") + " may: " + home.reason
		}
	}
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case pkg == "argen" && strings.Contains(first, "."):
		return "the root imports the standard library only"
	case first != "argen":
		return ""
	}
	for _, arrow := range arrows {
		if !matches(arrow.from, pkg) {
			continue
		}
		if matchesAny(arrow.may, imported) {
			return ""
		}
		return "it may import " + strings.Join(arrow.may, ", ") + " only: " + arrow.reason
	}
	return "no rule in internal/imports says where this package stands"
}

// A listed package is what these tests read of go list -json.
type listed struct {
	ImportPath, Name string
	Imports          []string
}

// list returns the packages that go list prints for args.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Name,Imports"}, args...)...)
	cmd.Dir = top
	var msg bytes.Buffer
	cmd.Stderr = &msg
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &msg)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list names no package")
	}
	return all
}

func TestArrows(t *testing.T) {
	for _, pkg := range list(t, "-tags", "full", "./...") {
		if pkg.Name == "main" && matches("argen/internal/...", pkg.ImportPath) {
			continue // a tool of the Makefile; nothing imports it
		}
		for _, imported := range pkg.Imports {
			if says := complaint(pkg.ImportPath, imported); says != "" {
				t.Errorf("%s imports %s: %s", pkg.ImportPath, imported, says)
			}
		}
	}
}

// The rules themselves: what they let through and what they catch.
func TestComplaint(t *testing.T) {
	for _, test := range []struct {
		pkg, imported string
		fine          bool
	}{
		{"argen", "math", true},
		{"argen", "argen/internal/strict", true},
		{"argen", "argen/sampler", false},
		{"argen", "gonum.org/v1/gonum/stat", false},
		{"argen/sampler", "argen", true},
		{"argen/sampler/grammar", "argen/sampler", true},
		{"argen/sampler", "argen/model/ngram", false},
		{"argen/tokenizer", "github.com/sugarme/tokenizer", true},
		{"argen/model", "github.com/sugarme/tokenizer", false},
		{"argen/model/story", "argen/model/ngram", true},
		{"argen/model/story", "argen/internal/study", false},
		{"argen/model/ngram", "argen/viz", false},
		{"argen/model/ngram", "net/http", false},
		{"argen/cmd/argen", "net/http", false},
		{"argen/model/hub", "net/http", true},
		{"argen/viz/term", "gonum.org/v1/plot/vg", true},
		{"argen/viz/term", "argen/model", false},
		{"argen/internal/study", "gonum.org/v1/plot", false},
		{"argen/internal/tensor", "argen", false},
		{"argen/internal/tensor", "argen/internal/strict", true},
		{"argen/internal/tensor", "argen/internal/study", false},
		{"argen/cmd/argen", "github.com/spf13/cobra", true},
		{"argen/viz/tui", "github.com/spf13/cobra", false},
		{"argen/elsewhere", "argen", false},
	} {
		if says := complaint(test.pkg, test.imported); (says == "") != test.fine {
			t.Errorf("%s imports %s: complaint %q, want fine = %v", test.pkg, test.imported, says, test.fine)
		}
	}
}

// What only tests need must not be linked into the program.
func TestBinaryHoldsNoTestCode(t *testing.T) {
	tests := []string{
		"testing/...", "argen/internal/golden/...", "argen/internal/testtime/...", "argen/model/hub/hubtest/...", "github.com/google/go-cmp/...",
		"github.com/rogpeppe/go-internal/...", "pgregory.net/rapid/...", "go.uber.org/goleak/...",
	}
	linked := list(t, "-deps", "./cmd/argen") // the program comes last
	if last := linked[len(linked)-1]; last.ImportPath != "argen/cmd/argen" || last.Name != "main" {
		t.Fatalf("go list -deps ends in %s, package %s, not in the program", last.ImportPath, last.Name)
	}
	for _, pkg := range linked {
		if matchesAny(tests, pkg.ImportPath) {
			t.Errorf("cmd/argen links %s; some package imports it outside its tests", pkg.ImportPath)
		}
	}
}
