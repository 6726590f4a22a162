package search

import (
	"encoding/binary"
	"math/rand/v2"

	"argen"
)

// dice decide what speculation leaves to chance: those of a run are thrown; a
// test goes through all that could fall.
type dice interface {
	// guess draws the draft's token for the place t of the text.
	guess(t int, draft *argen.Run, c *argen.Candidates) argen.ID
	// accept decides with probability ratio that the guess for t stands, by a u
	// below it.
	accept(t int, ratio float64) (u float64, ok bool)
	// instead draws from weights, of which not all are 0, in order of ID.
	instead(t int, weights []float64) (id argen.ID, u float64)
	// draw draws from what the target predicts.
	draw(r *argen.Run, c *argen.Candidates) argen.ID
}

// thrown are the dice of a seed. Numbers belong to seed, place and purpose, so
// that a choice is the same however often and from where a place is come to. A
// token that was guessed for a place in vain has used its number too; that the
// place is guessed for again depends on dice of places before it alone, so the
// number is as good as new. Tokens drawn from the target's own distribution
// take the run's dice.
type thrown struct{ seed uint64 }

// The purposes of numbers.
const (
	forGuess = iota
	forAccept
	forInstead
)

// number is uniform in [0,1).
func (d thrown) number(t int, purpose byte) float64 {
	key := [32]byte{16: purpose, 17: diceOfSearch}
	binary.LittleEndian.PutUint64(key[:], d.seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(t))
	return rand.New(rand.NewChaCha8(key)).Float64()
}

func (d thrown) guess(t int, draft *argen.Run, _ *argen.Candidates) argen.ID {
	return draft.ChooseAt(d.number(t, forGuess))
}

func (d thrown) accept(t int, ratio float64) (float64, bool) {
	u := d.number(t, forAccept)
	return u, u < ratio
}

func (d thrown) instead(t int, weights []float64) (argen.ID, float64) {
	u := d.number(t, forInstead)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	last, at := argen.NoID, u*sum
	for id, w := range weights {
		if w == 0 {
			continue
		}
		if last = argen.ID(id); at < w {
			break
		}
		at -= w
	}
	return last, u
}

func (d thrown) draw(r *argen.Run, _ *argen.Candidates) argen.ID { return r.Choose() }
