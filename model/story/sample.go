package story

import (
	"math/rand/v2"

	"argen"
)

// Sample writes one story: the ids of its words, </s> at the end. It expands
// the start rule from left to right and throws dice only where there is a
// choice. The embedded grammar never returns an error.
func (g *Grammar) Sample(rng *rand.Rand) ([]argen.ID, error) {
	w := newWalker(g, false)
	w.rng = rng
	p := pen{at: make([]uint16, g.stride())}
	for len(p.at) > 0 {
		if len(p.ids) > maxStory {
			return nil, g.errorAt(g.prog[p.at[atPC]].at, "the story is longer than %d words", maxStory)
		}
		w.steps = 0
		if err := w.walk(p.at, 1, &p); err != nil {
			return nil, err
		}
	}
	return p.ids, nil
}

// A pen writes down the one word that comes out of a walk with dice.
type pen struct {
	ids []argen.ID
	at  []uint16 // where the story goes on, empty at its end
}

func (p *pen) emit(w *walker, e emission) error {
	p.ids = append(p.ids, e.word)
	p.at = w.next(p.at[:0], e)
	return nil
}

// alternative draws one of the enabled alternatives of a rule; last is the
// last of them, total the sum of their weights.
func (w *walker) alternative(r *rule, last int, total float64) int {
	u := w.rng.Float64() * total
	for i := range r.alts[:last] {
		if !w.holds(r.alts[i].guards) {
			continue
		}
		if u -= r.alts[i].weight; u < 0 {
			return i
		}
	}
	return last
}

// candidate draws a row that meets the conditions of d; last is the last of
// them, total the sum of their weights.
func (w *walker) candidate(t *table, d *draw, last uint16, total float64) uint16 {
	u := w.rng.Float64() * total
	for _, row := range d.rows {
		if !w.fits(t, d, row) {
			continue
		}
		if u -= t.weights[row]; u < 0 {
			return row
		}
	}
	return last
}
