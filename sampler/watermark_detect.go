package sampler

import (
	"errors"
	"fmt"
	"math"

	"argen"
)

// A Detection is what a text shows of a watermark. Counted tokens of an
// ordinary text are green with probability Ratio each:
//
//	Z = (Green − Ratio·Counted) / √(Counted·Ratio·(1 − Ratio))
//
// is near 0 then, and far above where the watermark is in the text.
type Detection struct {
	Z       float64
	P       float64 // the probability of a Z as high without a watermark, P(N(0,1) ≥ Z)
	Green   int     // counted tokens that are green
	Counted int
	Tokens  []Colour // of each token of the text
}

// A Colour says on which list a token is.
type Colour uint8

// The colours.
const (
	NoColour Colour = iota // not enough tokens stand before
	Red
	Green
)

// Detect looks for a watermark in a text of a vocabulary of that many tokens.
// A token that follows the same Width tokens as it did before says nothing new
// and is not counted again. (transformers' detector counts it by default, so
// that repetitions in an ordinary text move its z; its p is an approximation
// of the normal law.)
func (w Watermark) Detect(ids []argen.ID, v int) (Detection, error) {
	d := Detection{Tokens: make([]Colour, len(ids))}
	if !(w.Ratio < 1) {
		return d, errors.New("with a ratio of 1 all tokens are green, and a text shows nothing")
	}
	for i, id := range ids {
		if id < 0 || int(id) >= v {
			return d, fmt.Errorf("token %d is id %d, the vocabulary has ids 0 to %d", i, id, v-1)
		}
	}
	before := w.width()
	if w.Scheme == selfHash {
		before-- // the token itself is one of the Width
	}
	work := palettes.Get().(*palette)
	defer palettes.Put(work)
	seen := map[string]bool{}
	var key []byte
	for i := before; i < len(ids); i++ {
		key = key[:0]
		for _, id := range ids[i-before : i+1] {
			key = fmt.Appendf(key, "%d ", id)
		}
		colour := Red
		if work.green(w.hash(ids[:i], ids[i]), w.size(v), v, ids[i]) {
			colour = Green
		}
		d.Tokens[i] = colour
		if seen[string(key)] {
			continue
		}
		seen[string(key)] = true
		d.Counted++
		if colour == Green {
			d.Green++
		}
	}
	if d.Counted == 0 {
		return d, errors.New("the text is too short to show one")
	}
	n := float64(d.Counted)
	d.Z = (float64(d.Green) - n*w.Ratio) / math.Sqrt(n*w.Ratio*(1-w.Ratio))
	d.P = math.Erfc(d.Z/math.Sqrt2) / 2
	return d, nil
}
