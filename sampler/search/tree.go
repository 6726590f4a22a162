package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"argen"
)

// A Node is a token of a [Tree] and what may follow it. Its joint probability
// is that of the text from the root to it, by the chain rule
//
//	P(w₁ … w_n) = Π P(w_t | w₁ … w_{t−1})
//
// under the distributions that tokens are drawn from, after the chain. Those of
// the children and of the others add up to that of the node.
type Node struct {
	ID          argen.ID // NoID of the root
	Token       string   // its piece
	Text        string   // what it adds to the text
	Prob        float64  // the model's own P(token | text before)
	SampledProb float64  // after the chain
	Joint       float64  // P(text so far), 1 of the root
	End         string   // why nothing can follow, as [argen.End] has it; "" if something can

	Children []*Node // by descending SampledProb, equal ones by ID; none at the tree's depth
	Others   Others

	Greedy, Best bool // it lies on the path of that name
	Beam         int  // the best beam that it lies on, from 1; 0 for none
}

// Others are the tokens that could follow and are not shown.
type Others struct {
	Tokens      int
	SampledProb float64 // of all of them, given the text before
	Joint       float64
}

// TreeOptions say how much of a tree is shown, and what is looked for in it.
type TreeOptions struct {
	Depth   int     // tokens from the root to a leaf, at most MostDepth
	Branch  int     // children of a node, at most
	MinProb float64 // P(text so far) of what is shown, at least; paths that were found are shown anyway
	Beams   int     // of a beam search, at most MostTexts, 0 for none
	Most    int     // contexts that are looked at for the most probable text, 0 for none
}

// MostDepth is how deep a tree is at most: on the way down the candidates of each
// place are kept.
const MostDepth = 64

// mostNodes is how many tokens a tree shows, at most.
const mostNodes = 100_000

// A grower grows a tree.
type grower struct {
	ctx   context.Context
	o     *TreeOptions
	nodes int
}

// grow adds the children of a node, which are depth tokens from the root, and
// all below them. Paths are what is left of the paths that go through the node.
func (g *grower) grow(r *argen.Run, n *Node, depth int, paths [][]argen.ID) error {
	c, err := r.Predict(g.ctx)
	if errors.Is(err, io.EOF) { // a stage says that the text is complete
		n.End = r.Over()
		return nil
	}
	if err != nil {
		return err
	}
	ids := g.shown(c, n, paths)
	if g.nodes += len(ids); g.nodes > mostNodes {
		return fmt.Errorf("the tree has more than %d tokens: show less of it, by fewer branches, less depth or a larger least probability", mostNodes)
	}
	for _, id := range ids {
		step, err := r.Preview(id)
		if err != nil {
			return err
		}
		child := &Node{
			ID: id, Token: step.Token, Text: step.Text, Prob: step.Prob, SampledProb: step.SampledProb,
			Joint: n.Joint * step.SampledProb, End: r.OverAfter(id),
		}
		if depth == g.o.Depth && child.End == argen.Length {
			child.End = "" // the tree ends here, not the text
		}
		n.Children = append(n.Children, child)
	}
	n.Others = others(c, ids, n.Joint)
	if depth == g.o.Depth {
		return nil
	}
	for _, child := range n.Children {
		if child.End != "" {
			continue
		}
		next, err := r.Try(child.ID, nil)
		if err != nil {
			return err
		}
		if err := g.grow(next, child, depth+1, through(paths, child.ID)); err != nil {
			return err
		}
	}
	return nil
}

// shown are the candidates to show after a node, best first.
func (g *grower) shown(c *argen.Candidates, n *Node, paths [][]argen.ID) []argen.ID {
	var ids []argen.ID
	for _, id := range c.Top(min(g.o.Branch, c.Len())) {
		if n.Joint*c.Prob(id) >= g.o.MinProb {
			ids = append(ids, id)
		}
	}
	for _, path := range paths {
		if len(path) > 0 && c.Has(path[0]) && !slices.Contains(ids, path[0]) {
			ids = append(ids, path[0])
		}
	}
	slices.SortFunc(ids, func(a, b argen.ID) int {
		return cmp.Or(cmp.Compare(c.Logit(b), c.Logit(a)), cmp.Compare(a, b))
	})
	return ids
}

// through are the rests of the paths that begin with a token.
func through(paths [][]argen.ID, id argen.ID) [][]argen.ID {
	var rests [][]argen.ID
	for _, path := range paths {
		if len(path) > 0 && path[0] == id {
			rests = append(rests, path[1:])
		}
	}
	return rests
}

// others sums up the candidates that are none of ids, after a text of a joint
// probability.
func others(c *argen.Candidates, ids []argen.ID, joint float64) Others {
	o := Others{Tokens: c.Len() - len(ids)}
	if o.Tokens == 0 {
		return o
	}
	c.Each(func(id argen.ID, _ float64) {
		if !slices.Contains(ids, id) {
			o.SampledProb += c.Prob(id)
		}
	})
	o.Joint = joint * o.SampledProb
	return o
}

// Sums returns the joint probabilities of all leaves and of all that is not
// shown; together they are 1.
func (n *Node) Sums() (leaves, others float64) {
	if len(n.Children) == 0 && n.Others.Tokens == 0 {
		return n.Joint, 0
	}
	others = n.Others.Joint
	for _, child := range n.Children {
		l, o := child.Sums()
		leaves, others = leaves+l, others+o
	}
	return leaves, others
}
