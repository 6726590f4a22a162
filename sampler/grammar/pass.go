package grammar

import (
	"fmt"
	"slices"
	"strings"

	"argen"
)

// A pass says which tokens may come after a token, prev, at a state. It is
// valid as long as the machine is locked.
type pass struct {
	*Constraint
	here   *state
	prev   argen.ID
	mask   []uint64 // of tokens after here
	join   string   // what stands before a token, if the tokenizer joins
	joined []uint64 // the mask after here and that
	left   int      // how many tokens may be tried yet to look ahead
}

// mostTries is how many tokens are tried to look ahead, a step.
const mostTries = 1 << 20

// pass is the one at the place of the text.
func (c *Constraint) pass() pass { return c.passAt(c.run.at(c.at), c.prev) }

func (c *Constraint) passAt(here *state, prev argen.ID) pass {
	mask := c.run.mask(here, c.words)
	return pass{Constraint: c, here: here, prev: prev, mask: mask, joined: mask, left: mostTries}
}

// fits reports whether the grammar has texts that go on with the text of a
// token. Control tokens have none.
func (p *pass) fits(id argen.ID) bool {
	mask := p.mask
	if p.Constraint.join != nil {
		if join := p.Constraint.join.Join(p.prev, id); join != p.join {
			p.join, p.joined = join, p.run.mask(p.run.after(p.here, []byte(join)), p.words)
		}
		mask = p.joined
	}
	return int(id>>6) < len(mask) && mask[id>>6]>>(id&63)&1 == 1
}

// after is the state after a token.
func (p *pass) after(id argen.ID) *state { return p.run.after(p.here, p.text(p.prev, id)) }

// lets reports whether a token may come next.
func (p *pass) lets(id argen.ID) bool {
	switch ok := p.fits(id); {
	case !slices.Contains(p.stop, id):
		return ok && (p.words.allBytes || p.leads(id))
	case p.tok.Control(id):
		return p.here.ends
	default:
		return ok && p.after(id).ends // a text ends with this one
	}
}

// A way is a state, and the last token where that makes a difference.
type way struct {
	*state
	prev argen.ID
}

func (p *pass) way(id argen.ID) way {
	w := way{p.after(id), argen.NoID}
	if p.Constraint.join != nil {
		w.prev = id
	}
	return w
}

// leads reports whether tokens lead from behind a token to where a text may
// end. In a vocabulary that has a token for each byte they always do; in one of
// words a token may be the beginning of a word that no others complete. A text
// whose end is too far away to be found counts as one that has an end.
func (p *pass) leads(id argen.ID) bool {
	start := p.way(id)
	if start.ends || p.run.leads[start] {
		return true
	}
	known := map[way]bool{start: true}
	for ways := []way{start}; len(ways) > 0; ways = ways[1:] {
		if p.run.nowhere[ways[0]] {
			continue
		}
		if p.left -= p.words.size; p.left < 0 {
			return true
		}
		next := p.passAt(ways[0].state, ways[0].prev)
		for id := range argen.ID(p.words.size) {
			if !next.fits(id) {
				continue
			}
			w := next.way(id)
			if w.ends || p.run.leads[w] {
				p.run.leads[start] = true
				return true
			}
			if !known[w] {
				known[w] = true
				ways = append(ways, w)
			}
		}
	}
	for w := range known {
		p.run.nowhere[w] = true
	}
	p.run.cells += 8 * len(known)
	return false
}

// why says why no token is left.
func (p *pass) why() string {
	var fit, blind []string
	n := 0
	for id := range argen.ID(p.words.size) {
		switch {
		case p.lets(id):
			if n++; n <= 3 {
				fit = append(fit, quote(string(p.tok.Piece(id))))
			}
		case p.fits(id) && len(blind) < 3:
			blind = append(blind, quote(string(p.tok.Piece(id))))
		}
	}
	switch {
	case n > len(fit):
		fit = append(fit, fmt.Sprintf("%d more", n-len(fit)))
	case n == 0 && blind != nil:
		return "no tokens complete what the tokens " + strings.Join(blind, ", ") + " begin"
	case n == 0:
		return "no token of the vocabulary goes on like that"
	}
	return "the tokens that would, " + strings.Join(fit, ", ") + ", are impossible here or were removed before"
}
