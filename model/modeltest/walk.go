package modeltest

import (
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"argen"
)

// checkWalks does anything in any order to a state and its forks.
func (c *checker) checkWalks(t rapid.TB) {
	t.Helper()
	walks, failed := 0, false
	rapid.Check(t, func(t *rapid.T) {
		// Rapid counts by a flag; when it has found a fault it calls again to
		// make it smaller, and must not be held up.
		if walks++; c.Checks > 0 && walks > c.Checks && !failed {
			return
		}
		passed := false
		defer func() { failed = failed || !passed }()
		c.walk(t)
		passed = true
	})
}

func (c *checker) walk(t *rapid.T) {
	branches := []*branch{{state: c.model.Start()}}
	refusals := c.refusals()
	for range rapid.IntRange(1, 30).Draw(t, "calls") {
		at := rapid.IntRange(0, len(branches)-1).Draw(t, "branch")
		b := branches[at]
		call := ""
		switch op := rapid.IntRange(0, 9).Draw(t, "call"); {
		case op < 5: // the low ones are drawn more often
			ids := c.drawn(t, b.ids)
			call = fmt.Sprintf("Extend(%v)", ids)
			c.extend(t, b, ids...)
		case op < 7:
			n := rapid.IntRange(0, len(b.ids)).Draw(t, "rewind to")
			call = fmt.Sprintf("Rewind(%d)", n)
			c.rewind(t, b, n)
		case op < 9 && len(branches) < 6:
			call = "Fork()"
			branches = append(branches, c.fork(t, b))
			// The trap: what a fork shares is written by its parent, which
			// steps back first and then goes another way.
			if rapid.Bool().Draw(t, "another way") {
				n := rapid.IntRange(0, len(b.ids)).Draw(t, "rewind to")
				c.rewind(t, b, n)
				ids := c.drawn(t, b.ids)
				call = fmt.Sprintf("Fork(), Rewind(%d), Extend(%v)", n, ids)
				c.extend(t, b, ids...)
			}
		default:
			r := refusals[rapid.IntRange(0, len(refusals)-1).Draw(t, "refusal")]
			call = "Extend " + r.what
			c.refuse(t, b, r)
		}
		for i, other := range branches {
			if says := differ(other.held, other.kept, 0); says != "" {
				t.Fatalf("%s on branch %d changes the logits that branch %d returned and has not replaced: %s", call, at, i, says)
			}
		}
	}
	for _, b := range branches {
		got, err := b.state.Extend(context.Background())
		c.look(t, b, got, err, "Extend()")
		ids := slices.Clone(b.ids)
		n := rapid.IntRange(0, len(ids)).Draw(t, "rewind to")
		c.rewind(t, b, n)
		c.extend(t, b, ids[n:]...)
		c.extend(t, b, c.drawn(t, b.ids)...)
	}
}

// drawn returns up to 4 tokens to go on with, most of them as the model does.
func (c *checker) drawn(t *rapid.T, past []argen.ID) []argen.ID {
	past = slices.Clone(past)
	var ids []argen.ID
	for range rapid.IntRange(0, min(4, c.MaxLen-len(past))).Draw(t, "tokens") {
		u := rapid.IntRange(0, 1<<16-1).Draw(t, "u")
		id, ok := pick(c.reference(t, past), float64(u)/(1<<16))
		if !ok || rapid.IntRange(0, 3).Draw(t, "any") == 0 {
			id = rapid.SampledFrom(c.Tokens).Draw(t, "token")
		}
		ids, past = append(ids, id), append(past, id)
	}
	return ids
}
