package main

import (
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"argen/model"
	"argen/sampler"
	"argen/sampler/search"
	"argen/viz"

	"github.com/google/go-cmp/cmp"
)

// grown is the tree of a command line.
func grown(t testing.TB, ref, prompt string, o search.TreeOptions) *grownTree {
	t.Helper()
	lm, err := model.Open(t.Context(), ref, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lm.Close() })
	tree, err := (&treeFlags{TreeOptions: o}).grow(t.Context(), lm, sampler.Default(), text{text: prompt})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// The JSON of a tree reads back as what the chart is drawn from, and its sums
// are 1.
func TestTreeReadsBack(t *testing.T) {
	tree := grown(t, "story-ngram", "In the end", search.TreeOptions{Depth: 4, Branch: 3, MinProb: 0.01, Beams: 3, Most: 5000})
	tree.Root.Children[0].Token = "\xe2" // a part of a character
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseTree("tree", data)
	if err != nil {
		t.Fatal(err)
	}
	want := tree.chart()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("−drawn +read\n%s", d)
	}
	var sums struct{ Leaves, Others float64 }
	if err := json.Unmarshal(data, &sums); err != nil || math.Abs(sums.Leaves+sums.Others-1) > 1e-12 {
		t.Errorf("%+v, %v", sums, err)
	}
}

// Each line of the text is a token that is shown, or others, and the sums that it
// states are those of the lines.
func TestTreeText(t *testing.T) {
	tree := grown(t, "story", "They", search.TreeOptions{Depth: 3, Branch: 3, MinProb: 0.01, Most: 5000})
	for _, ascii := range []bool{false, true} {
		text := tree.text(ascii)
		lines := 0
		var count func(n *search.Node)
		count = func(n *search.Node) {
			for _, child := range n.Children {
				lines++
				count(child)
			}
			if n.Others.Tokens > 0 {
				lines++
			}
		}
		count(tree.Root)
		rows := strings.Split(strings.Split(text, "\n\n")[1], "\n")
		if len(rows) != lines+1 {
			t.Errorf("%d lines, want %d and a heading\n%s", len(rows), lines, text)
		}
		for _, want := range []string{"P = 0.0793", "P = 0.14", "greedy  P = 0.0793  and", "best    P = 0.1401  wanted to visit"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in\n%s", want, text)
			}
		}
		if ascii && strings.ContainsFunc(text, func(r rune) bool { return r > 126 }) {
			t.Errorf("not ASCII:\n%s", text)
		}
		for line := range strings.Lines(text) {
			if len([]rune(line)) > 81 {
				t.Errorf("%q is too long", line)
			}
		}
	}
}

// A file that is read as a tree may hold anything: it is drawn or refused.
func FuzzReadTree(f *testing.F) {
	tree := grown(f, "truth", "It was a", search.TreeOptions{Depth: 2, Branch: 2, MinProb: 0.01, Beams: 2, Most: 100})
	data, err := json.Marshal(tree)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"tree":{"children":[{"id":1,"bytes":"4g==","joint":1e-320,"beam":3,"end":"x"}],"others":{"tokens":2,"joint":1}}}`))
	f.Add([]byte(`{"tree":{"children":[{"joint":-1}]}}`))
	f.Add([]byte(strings.Repeat(`{"tree":{"children":[`, 120)))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := parseTree("tree", data)
		if err != nil {
			if d.Root != nil && !strings.HasPrefix(err.Error(), "tree:") {
				t.Errorf("%v does not say where", err)
			}
			return
		}
		fig, err := viz.Tree(viz.Input{Tree: d})
		if err != nil {
			return
		}
		if err := viz.Write(fig, "svg", io.Discard); err != nil {
			t.Error(err)
		}
	})
}

func TestReadTreeErrors(t *testing.T) {
	for data, want := range map[string]string{
		`{"type":"header","version":1}`:      "this is a trace, or the log of a training, not a tree: argen tree --json writes one",
		`{}`:                                 "there is no tree in it",
		`{"tree":{"id":-1}}`:                 "tree.id",
		`{"tree":{"bytes":"?"}}`:             "bytes are not in base64",
		`{"tree":{"others":{"tokens":1.5}}}`: "tree.others.tokens",
		`{"tree":{}} x`:                      "byte",
	} {
		if _, err := parseTree("tree", []byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}
