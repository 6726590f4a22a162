package viz

import (
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/sampler"
	"argen/sampler/search"
	"argen/tokenizer"
)

// treeData are what may follow a prompt in stories of the embedded n-gram.
func treeData(t testing.TB, prompt string, o search.TreeOptions) TreeData {
	t.Helper()
	m, err := story.NGram()
	if err != nil {
		t.Fatal(err)
	}
	r, err := argen.Generator{
		Model: m, Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Chain: sampler.Default(), MaxTokens: o.Depth,
	}.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := search.NewTree(t.Context(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return TreeData{Model: m.Info().Ref, Prompt: prompt, Chain: "temperature=1", Root: tr.Root, Verdict: tr.Verdict(quoted), Trapped: tr.Trapped()}
}

// treeInputs are those of the golden pictures: a greedy trap with beams, texts
// that end, and a tree without searches.
func treeInputs(t testing.TB) map[string]Input {
	return map[string]Input{
		"tree":       {Tree: treeData(t, "", search.TreeOptions{Depth: 4, Branch: 4, MinProb: 0.005, Beams: 3, Most: 10_000})},
		"tree-ended": {Tree: treeData(t, "In the end", search.TreeOptions{Depth: 6, Branch: 3, MinProb: 0.002, Most: 10_000})},
		"tree-plain": {Tree: treeData(t, "It was a", search.TreeOptions{Depth: 2, Branch: 8, MinProb: 0.001})},
	}
}

// treeOf is a tree of a token that is followed by itself, and by others.
func treeOf(token string, p, joint float64) TreeData {
	last := &search.Node{ID: 2, Token: token, Prob: p, SampledProb: p, Joint: joint, End: argen.StopToken, Best: true, Beam: 3}
	first := &search.Node{
		ID: 1, Token: token + token, Prob: p, SampledProb: p, Joint: p, Greedy: true, Beam: 12, Children: []*search.Node{last},
		Others: search.Others{Tokens: 7, SampledProb: max(0, 1-p), Joint: max(0, p-joint)},
	}
	root := &search.Node{
		ID: argen.NoID, Prob: 1, SampledProb: 1, Joint: 1, Children: []*search.Node{first},
		Others: search.Others{Tokens: 9, SampledProb: max(0, 1-p), Joint: max(0, 1-p)},
	}
	return TreeData{Model: token, Prompt: token, Chain: token, Root: root, Verdict: token}
}

// wideTree is a tree of n tokens, then as many after the first of them.
func wideTree(n int, words string) TreeData {
	level := func(joint float64) []*search.Node {
		var list []*search.Node
		for i := range n {
			word := words
			if words == "" {
				word = strings.Repeat("w", i%9+1)
			}
			p := 0.9 / float64(n)
			list = append(list, &search.Node{ID: argen.ID(i), Token: word, Prob: p, SampledProb: p, Joint: joint * p, Greedy: i == 0, Best: i < 2, Beam: i % 12})
		}
		return list
	}
	root := &search.Node{Prob: 1, SampledProb: 1, Joint: 1, Children: level(1), Others: search.Others{Tokens: 3, SampledProb: .1, Joint: .1}}
	first := root.Children[0]
	first.Children, first.Others = level(first.Joint), search.Others{Tokens: 3, SampledProb: .1, Joint: .1 * first.Joint}
	return TreeData{Prompt: words, Chain: "none", Root: root}
}

// Each row is filled by what is shown and what is not: the blocks in it lie side
// by side and add up to 1.
func TestIcicleFillsRows(t *testing.T) {
	for name, in := range treeInputs(t) {
		rows := deepest(in.Tree.Root)
		list := icicle(in.Tree.Root, rows, 0.002)
		for row := range rows + 1 {
			var on []block
			for _, b := range list {
				if b.row <= row && row < b.row+b.rows {
					on = append(on, b)
				}
			}
			slices.SortFunc(on, func(a, b block) int {
				if a.low < b.low {
					return -1
				}
				return 1
			})
			at := 0.0
			for _, b := range on {
				if b.low < at-1e-12 || b.low > at+0.0006 { // others may be too thin to see
					t.Errorf("%s, row %d: a block begins at %v, the one before ends at %v", name, row, b.low, at)
				}
				if b.n != nil && math.Abs(b.high-b.low-b.n.Joint) > 1e-12 {
					t.Errorf("%s: %q is %v wide, P = %v", name, b.n.Token, b.high-b.low, b.n.Joint)
				}
				at = b.high
			}
			if math.Abs(at-1) > 0.0006 {
				t.Errorf("%s, row %d ends at %v", name, row, at)
			}
		}
	}
}

func TestTreeSays(t *testing.T) {
	in := treeInputs(t)
	for name, want := range map[string][]string{
		"tree":       {"Greedy misses the most probable beginning", "it takes “It”", "“There” 0.114, then [“was” >0.999", "681 others 0.273", "In a circle: the place of a beam."},
		"tree-ended": {"Greedy misses the most probable text after “In the end”", "682 others"},
		"tree-plain": {"What may follow “It was a”?", "“sunny” 0.290, then [“Sunday” 0.190 (joint 0.0550)"},
	} {
		f := drawn(t, Chart{Name: "tree", Draw: Tree}, in[name])
		says := Describe(f)
		for _, w := range want {
			if !strings.Contains(says, w) {
				t.Errorf("%s: %q is missing in\n%s", name, w, says)
			}
		}
		keys := map[string]int{"tree": 3, "tree-ended": 4, "tree-plain": 2}
		if len(f.keys) != keys[name] {
			t.Errorf("%s: %d keys", name, len(f.keys))
		}
	}
}

func TestTreeErrors(t *testing.T) {
	deep := &search.Node{Joint: 1, SampledProb: 1}
	for range mostDepth {
		deep = &search.Node{Joint: 1, SampledProb: 1, Children: []*search.Node{deep}}
	}
	if err := checkTree(deep, 1, 0); err != nil {
		t.Errorf("a tree as deep as a page: %v", err)
	}
	deep = &search.Node{Joint: 1, SampledProb: 1, Children: []*search.Node{deep}}
	more := treeOf("x", .5, .25)
	more.Root.Children[0].Children[0].Joint = .75
	for want, d := range map[string]TreeData{
		"tree needs the continuations of a text": {},
		"the tree shows no token":                {Root: &search.Node{Joint: 1}},
		"a probability of NaN for “xx”":          treeOf("x", math.NaN(), .1),
		"a probability of 2 for “xx”":            treeOf("x", 2, .1),
		"a joint probability of 1, more than":    more,
		"deeper than 32 tokens":                  {Root: deep},
	} {
		if _, err := Tree(Input{Tree: d}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
