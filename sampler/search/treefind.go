package search

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/sampler"
)

// A Tree is what may follow a text, token by token, and the texts in it that
// searches find, as long as the tree is deep unless they end by themselves.
// Probabilities are those that tokens are drawn from, after the chain; the Score
// of a text is ln P of that.
type Tree struct {
	TreeOptions
	Root   *Node
	Greedy Text
	Best   *Text  // the most probable, nil if that was not looked for or not settled
	Looked int    // contexts that were looked at for it
	Found  []Text // by beam search, the best first
}

// NewTree returns the tree of what may follow a run's text, of which Depth tokens
// are left. The run stays where it is.
func NewTree(ctx context.Context, r *argen.Run, o TreeOptions) (*Tree, error) {
	t := &Tree{TreeOptions: o, Root: &Node{ID: argen.NoID, Prob: 1, SampledProb: 1, Joint: 1, End: r.Over()}}
	if t.Root.End != "" {
		return t, nil
	}
	// What stands before is computed here, once: trials begin with what the run knows.
	if _, err := r.Predict(ctx); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	greedy := r.Trial()
	if err := greedy.SetChain(append(slices.Clone(r.Chain()), sampler.Greedy{})); err != nil {
		return nil, err
	}
	if err := toEnd(ctx, greedy); err != nil {
		return nil, err
	}
	t.Greedy = newText(r, greedy, 0)
	paths := [][]argen.ID{t.Greedy.IDs}
	if o.Most > 0 {
		best, looked, err := mostProbable(ctx, r, o.Most)
		switch t.Looked = looked; {
		case err == nil:
			t.Best = &best
			paths = append(paths, best.IDs)
		case !errors.Is(err, ErrTooMany):
			return nil, err
		}
	}
	places := map[string]int{} // of beams, by path
	if o.Beams > 0 {
		err := t.search(ctx, r, func(path []argen.ID, place int) {
			if key := fmt.Sprint(path); places[key] == 0 {
				places[key] = place
				paths = append(paths, path)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	g := grower{ctx: ctx, o: &t.TreeOptions}
	if err := g.grow(r, t.Root, 1, paths); err != nil {
		return nil, err
	}
	t.mark(paths, places)
	return t, nil
}

// search finds texts by beam search and tells of each beam that there was, with
// its place after a step.
func (t *Tree) search(ctx context.Context, r *argen.Run, tell func(path []argen.ID, place int)) error {
	past := len(r.Context())
	found, err := Beams{N: t.Beams, Length: 1}.whole().search(ctx, r, func(groups []group) {
		for place, b := range groups[0].beams {
			tell(slices.Clone(b.run.Context()[past:]), place+1)
		}
	})
	t.Found = found.texts
	for place, text := range t.Found {
		tell(text.IDs, place+1)
	}
	return err
}

// mark marks the nodes of the texts that were found, and gives the texts their
// scores.
func (t *Tree) mark(paths [][]argen.ID, places map[string]int) {
	t.Greedy.Score = t.Root.walk(t.Greedy.IDs, func(n *Node) { n.Greedy = true })
	if t.Best != nil {
		t.Best.Score = t.Root.walk(t.Best.IDs, func(n *Node) { n.Best = true })
	}
	for i := range t.Found {
		t.Found[i].Score = t.Root.walk(t.Found[i].IDs, func(*Node) {})
	}
	for _, path := range paths {
		var last *Node
		t.Root.walk(path, func(n *Node) { last = n })
		if last != nil {
			last.Beam = places[fmt.Sprint(path)]
		}
	}
}

// walk calls f for the nodes of a path, the root left out, and returns ln P of
// it.
func (n *Node) walk(path []argen.ID, f func(n *Node)) float64 {
	sum := 0.0
	for _, id := range path {
		i := slices.IndexFunc(n.Children, func(child *Node) bool { return child.ID == id })
		if i < 0 {
			return math.Inf(-1) // the chain removes it
		}
		n = n.Children[i]
		sum += math.Log(n.SampledProb)
		f(n)
	}
	return sum
}

// Trapped reports whether the greedy text is known not to be the most probable.
func (t *Tree) Trapped() bool { return t.Best != nil && !slices.Equal(t.Best.IDs, t.Greedy.IDs) }

// Verdict says in words whether the greedy text, and what the beams have found,
// is the most probable one. Quote shows a token.
func (t *Tree) Verdict(quote func(token string) string) string {
	var b strings.Builder
	n := fmt.Sprintf("text of %s", count(t.Depth, "token"))
	if t.Best != nil && len(t.Best.IDs) != t.Depth {
		n = fmt.Sprintf("text of at most %s", count(t.Depth, "token"))
	}
	switch {
	case len(t.Greedy.IDs) == 0:
		return ""
	case t.Trapped():
		at := 0
		for t.Greedy.IDs[at] == t.Best.IDs[at] {
			at++
		}
		where := ""
		if at > 0 {
			where = fmt.Sprintf(" at token %d", at+1)
		}
		fmt.Fprintf(&b, "Greedy is in a trap%s: it takes %s and comes to P = %s; the most probable %s takes %s, P = %s.",
			where, quote(t.Root.last(t.Greedy.IDs[:at+1])), chance(t.Greedy), n, quote(t.Root.last(t.Best.IDs[:at+1])), chance(*t.Best))
	case t.Best != nil:
		fmt.Fprintf(&b, "Greedy writes the most probable %s: P = %s.", n, chance(*t.Best))
	default:
		fmt.Fprintf(&b, "Greedy comes to P = %s", chance(t.Greedy))
		if t.Most > 0 {
			fmt.Fprintf(&b, "; whether that is the most probable %s, a search of %s has not settled", n, count(t.Most, "context"))
		}
		b.WriteByte('.')
	}
	if len(t.Found) > 0 {
		b.WriteString(" " + t.beamVerdict())
	}
	return b.String()
}

// beamVerdict compares the beams' text with the others.
func (t *Tree) beamVerdict() string {
	found, beams := t.Found[0], count(t.Beams, "beam")
	verb := "find"
	if t.Beams == 1 {
		verb = "finds"
	}
	switch {
	case t.Best != nil && slices.Equal(found.IDs, t.Best.IDs):
		return fmt.Sprintf("%s %s it.", beams, verb)
	case t.Best != nil:
		return fmt.Sprintf("%s %s another, P = %s.", beams, verb, chance(found))
	case slices.Equal(found.IDs, t.Greedy.IDs):
		return fmt.Sprintf("%s %s the same.", beams, verb)
	case found.Score > t.Greedy.Score:
		return fmt.Sprintf("%s %s a better one, P = %s.", beams, verb, chance(found))
	}
	return fmt.Sprintf("%s %s one with P = %s.", beams, verb, chance(found))
}

// last is the last token of a path.
func (n *Node) last(path []argen.ID) string {
	token := ""
	n.walk(path, func(n *Node) { token = n.Token })
	return token
}

// chance is the probability of a text with three digits.
func chance(t Text) string { return fmt.Sprintf("%.3g", math.Exp(t.Score)) }
