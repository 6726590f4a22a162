package search

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"

	"pgregory.net/rapid"
)

// tree grows a tree of a run that can take so many tokens.
func tree(t testing.TB, g argen.Generator, prompt string, o TreeOptions) *Tree {
	t.Helper()
	g.MaxTokens = o.Depth
	r, err := g.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTree(t.Context(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Trace().Steps) > 0 {
		t.Error("the run moved")
	}
	return tr
}

func curly(token string) string { return "“" + token + "”" }

// each calls f for a node and all below it, with the ids of the way to it.
func each(n *Node, path []argen.ID, f func(n *Node, path []argen.ID)) {
	f(n, path)
	for _, child := range n.Children {
		each(child, append(slices.Clip(path), child.ID), f)
	}
}

// What a tree shows and what it does not add up to 1, at every place and over
// all, whatever is shown. Its probabilities are those of runs.
func TestTreeAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := trained(t, 3, target)
		prompt := "a"
		if rapid.Bool().Draw(rt, "stories") {
			g, prompt = stories(t, "story-ngram"), "It was a"
		}
		var err error
		if g.Chain, err = sampler.Parse(rapid.SampledFrom([]string{"none", "temperature=1.7,top_k=4", "mirostat=2/1.2/0.9"}).Draw(rt, "chain")); err != nil {
			t.Fatal(err)
		}
		o := TreeOptions{
			Depth: rapid.IntRange(1, 4).Draw(rt, "depth"), Branch: rapid.IntRange(1, 4).Draw(rt, "branch"),
			MinProb: rapid.SampledFrom([]float64{0, 0.01, 0.3}).Draw(rt, "least"),
			Beams:   rapid.IntRange(0, 3).Draw(rt, "beams"), Most: rapid.SampledFrom([]int{0, 3, 5000}).Draw(rt, "most"),
		}
		tr := tree(t, g, prompt, o)
		if leaves, others := tr.Root.Sums(); math.Abs(leaves+others-1) > 1e-12 || leaves <= 0 {
			rt.Errorf("leaves %v and others %v", leaves, others)
		}
		each(tr.Root, nil, func(n *Node, path []argen.ID) {
			sum := n.Others.Joint
			for i, child := range n.Children {
				sum += child.Joint
				found := child.Greedy || child.Best || len(child.Children) > 0 || o.Beams > 0
				if child.Joint < o.MinProb && !found || i > 0 && child.SampledProb > n.Children[i-1].SampledProb {
					rt.Errorf("%v shows %+v", path, child)
				}
			}
			ended := len(n.Children) == 0 && n.Others.Tokens == 0
			if ended != (n.End != "" || len(path) == o.Depth) || !ended && math.Abs(sum-n.Joint) > 1e-12 {
				rt.Errorf("%v: %+v, the sum below is %v", path, n, sum)
			}
			r := ran(t, g, prompt, path)
			if got := math.Exp(r.chain); math.Abs(got-n.Joint) > 1e-12 {
				rt.Errorf("%v: %v, a run has %v", path, n.Joint, got)
			}
		})
	})
}

// A text that a stage calls complete, and that no token may end, is a leaf.
func TestTreeOfCompleteTexts(t *testing.T) {
	g := stories(t, "story-ngram")
	var err error
	if g.Chain, err = sampler.Parse(`ban="</s>",regex="(sunny|rainy) (day|afternoon)|windy day"`); err != nil {
		t.Fatal(err)
	}
	tr := tree(t, g, "It was a", TreeOptions{Depth: 4, Branch: 9, Beams: 3, Most: 100})
	leaves := 0
	each(tr.Root, nil, func(n *Node, path []argen.ID) {
		if len(n.Children) > 0 {
			return
		}
		if leaves++; n.End != argen.Complete || len(path) != 2 {
			t.Errorf("%v: %+v", path, n)
		}
	})
	sum, _ := tr.Root.Sums()
	if leaves < 4 || math.Abs(sum-1) > 1e-12 || tr.Best == nil || len(tr.Best.IDs) != 2 || len(tr.Greedy.IDs) != 2 || len(tr.Found) != 3 {
		t.Errorf("%d leaves with P = %v, best %v, greedy %v, found %v", leaves, sum, tr.Best, tr.Greedy, tr.Found)
	}
}

// A walked is a text that was appended token by token.
type walked struct{ chain, model float64 } // ln P after the chain, of the model

func ran(t testing.TB, g argen.Generator, prompt string, path []argen.ID) (w walked) {
	t.Helper()
	r, err := g.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range path {
		if _, err := r.Predict(t.Context()); err != nil {
			t.Fatal(err)
		}
		s, err := r.Force(id)
		if err != nil {
			t.Fatal(err)
		}
		w.chain += math.Log(s.SampledProb)
		w.model = s.CumLogProb
	}
	return w
}

// The greedy trap is found and proved: no text of the whole tree is more
// probable than the best.
func TestTreeFindsTheTrap(t *testing.T) {
	for _, c := range []struct {
		model, prompt string
		depth, beams  int
		want          string
	}{
		{"story-ngram", "", 4, 2, "Greedy is in a trap: it takes “It” and comes to P = 0.0613; the most probable text of 4 tokens takes “There”, P = 0.102. 2 beams find another, P = 0.0613."},
		{"story-ngram", "", 4, 4, "Greedy is in a trap: it takes “It” and comes to P = 0.0613; the most probable text of 4 tokens takes “There”, P = 0.102. 4 beams find it."},
		{"story-ngram", "One morning", 6, 1, "Greedy is in a trap at token 2: it takes “Mia” and comes to P = 0.00565; the most probable text of 6 tokens takes “Robin”, P = 0.00633. 1 beam finds another, P = 0.00565."},
		{"truth", "It was a", 2, 0, "Greedy writes the most probable text of 2 tokens: P = 0.0568."},
		{"story-ngram", "In the end", 40, 1, "Greedy is in a trap: it takes “,” and comes to P = 0.00029; the most probable text of at most 40 tokens takes “.”, P = 0.0143. 1 beam finds another, P = 0.00029."},
	} {
		g := stories(t, c.model)
		tr := tree(t, g, c.prompt, TreeOptions{Depth: c.depth, Branch: 3, MinProb: 0.01, Beams: c.beams, Most: 10_000})
		if got := tr.Verdict(curly); got != c.want {
			t.Errorf("%s, %q, %d tokens: %s\nwant %s", c.model, c.prompt, c.depth, got, c.want)
		}
		least := math.Exp(tr.Best.Score) * 0.99
		all := tree(t, g, c.prompt, TreeOptions{Depth: c.depth, Branch: 1000, MinProb: least})
		each(all.Root, nil, func(n *Node, path []argen.ID) {
			if (n.End != "" || len(path) == c.depth) && n.Joint > math.Exp(tr.Best.Score)+1e-12 {
				t.Errorf("%v has P = %v", path, n.Joint)
			}
		})
		for name, text := range map[string]Text{"greedy": tr.Greedy, "best": *tr.Best} {
			marked := 0
			each(tr.Root, nil, func(n *Node, path []argen.ID) {
				if on := len(path) > 0 && slices.Equal(path, text.IDs[:min(len(path), len(text.IDs))]); (name == "greedy" && n.Greedy || name == "best" && n.Best) != on {
					t.Errorf("%s: %v is marked %v", name, path, !on)
				} else if on {
					marked++
				}
			})
			if w := ran(t, g, c.prompt, text.IDs); marked != len(text.IDs) || math.Abs(w.chain-text.Score) > 1e-12 || math.Abs(w.model-text.LogProb) > 1e-12 {
				t.Errorf("%s: %d marked of %+v, a run has %+v", name, marked, text, w)
			}
		}
	}
}

// The beams of a step are the most probable texts of its length that come from
// those before.
func TestTreeMarksBeams(t *testing.T) {
	g := stories(t, "story-ngram")
	tr := tree(t, g, "", TreeOptions{Depth: 3, Branch: 1, MinProb: 1, Beams: 3})
	level := map[int][]*Node{}
	each(tr.Root, nil, func(n *Node, path []argen.ID) {
		if n.Beam > 0 {
			level[len(path)] = append(level[len(path)], n)
		}
	})
	for depth := 1; depth <= 3; depth++ {
		nodes := level[depth]
		slices.SortFunc(nodes, func(a, b *Node) int { return a.Beam - b.Beam })
		if len(nodes) != 3 {
			t.Fatalf("%d beams after %d tokens", len(nodes), depth)
		}
		for i, n := range nodes {
			if n.Beam != i+1 || i > 0 && n.Joint > nodes[i-1].Joint {
				t.Errorf("after %d tokens: beam %d with %v", depth, n.Beam, n.Joint)
			}
		}
	}
	if best := tr.Found[0]; tr.Best != nil || len(tr.Found) != 3 || math.Abs(math.Exp(best.Score)-level[3][0].Joint) > 1e-12 {
		t.Errorf("%+v", tr.Found)
	}
}

func TestTreeOfNothing(t *testing.T) {
	g := stories(t, "truth")
	tr := tree(t, g, "", TreeOptions{Depth: 3, Branch: 2, Most: 2})
	if tr.Best != nil || tr.Looked != 3 || tr.Verdict(curly) != "Greedy comes to P = 0.211; whether that is the most probable text of 3 tokens, a search of 2 contexts has not settled." {
		t.Errorf("%d: %s", tr.Looked, tr.Verdict(curly))
	}
	r, err := g.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewTree(t.Context(), r, TreeOptions{Depth: 12, Branch: 500}); err == nil || err.Error() != "the tree has more than 100000 tokens: show less of it, by fewer branches, less depth or a larger least probability" {
		t.Errorf("%v", err)
	}
}

func TestShort(t *testing.T) {
	for x, want := range map[float64]string{-.00004: "0.0000", .00004: "0.0000", -.00006: "-0.0001", .00005: "0.0001", -1.23456: "-1.2346"} {
		if got := short(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
}
