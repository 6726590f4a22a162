package webtest

import (
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
)

//go:embed rules.js
var rules string

// controls are the roles that a person does something with, or looks at; each
// needs a name.
var controls = []string{"button", "link", "textbox", "slider", "radio", "checkbox", "combobox", "DisclosureTriangle", "image", "img", "group-named", "heading", "table", "navigation", "region", "complementary"}

// accessible checks the page as it is shown now: the rules, and that whatever can
// be used has a name for those who do not see it.
func (p *tab) accessible(when string) {
	p.t.Helper()
	for _, w := range value[[]string](p, rules) {
		p.t.Errorf("%s, %s: %s", p.name, when, w)
	}
	tree := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if len(tree.Nodes) < 10 {
		p.t.Errorf("%s, %s: %d nodes for screen readers", p.name, when, len(tree.Nodes))
	}
	for _, n := range tree.Nodes {
		if role := text(n.Role); !n.Ignored && slices.Contains(controls, role) && strings.TrimSpace(text(n.Name)) == "" {
			p.t.Errorf("%s, %s: a %s without a name", p.name, when, role)
		}
	}
}

// text is a value that is a text.
func text(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}

// TestRules: the rules find what they are there for.
func TestRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.html")
	page := `<!doctype html><html><body><h1>x</h1><h3 id=a>y</h3><p id=a style="color:#999">faint</p><table><tr><th>z</th></tr><tr><td>1</td><td>2</td></tr></table>
<button></button><svg></svg><ul><p>q</p></ul><div tabindex=3>o</div><label for=gone>l</label><div style="width:3000px">wide</div>
<pre style="overflow:auto;height:1em">high\nhigh</pre><p lang="English">l</p><a href="#a" style="transition:color 1s">m</a></body></html>`
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	p := open(t, path, 800, 600, "light")
	says := strings.Join(value[[]string](p, rules), "\n")
	for _, want := range []string{
		"no language", "no title", "0 main", "level 3 follows one of 1", "two elements have the id a", "without a caption", "without a scope", "differ in length",
		"a picture without words", "something else in it", "an order of its own", "a label of nothing", "wide, its window 800", "cannot scroll <pre", "no language: <p", "it moves, whatever", "contrast of rgb(153, 153, 153)",
	} {
		if !strings.Contains(says, want) {
			t.Errorf("the rules do not find %q:\n%s", want, says)
		}
	}
}
