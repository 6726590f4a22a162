package sampler

import (
	"math"

	"argen"
)

// TailFree keeps the candidates before the tail, which begins where the sorted
// probabilities stop bending: where the absolute second differences, summed up
// from the best, exceed the share Z of their sum.
//
//	p₁ ≥ … ≥ p_V,  c_i = |p_i − 2 p_{i+1} + p_{i+2}|
//	keep 1…k,  k = min{ k : c₁ + … + c_k > Z · (c₁ + … + c_{V−2}) }
//
// 0 ≤ Z ≤ 1; Z = 1 keeps all. The limit must be exceeded: a sum exactly at it
// goes on. Tokens of the vocabulary that are no candidates any more count as
// probabilities of 0 at the end. The last of all V tokens always goes, also
// where all are equal and nothing bends; the best always stays, and fewer than
// Keep are never kept. Equal probabilities are taken in order of ID.
//
// text-generation-webui defines the stage. koboldcpp, and llama.cpp while it
// had it, look at the candidates alone and keep one token less.
//
// Bricken, Tail Free Sampling, 2019.
type TailFree struct {
	Z    float64 `json:"z"`              // share of the bend to keep
	Keep int     `json:"keep,omitempty"` // at least this many stay
}

var tailFreeSpec = Spec{
	Name: "tail_free", Doc: "keeps the most probable tokens up to the tail, where the sorted probabilities have done z of their bending",
	Group: Truncation, Source: "Bricken 2019",
	Params: []Param{
		{Name: "z", Flag: "tfs", Doc: "share of the second differences to keep", Default: 0.95, Off: 1, Most: 1},
		keepParam,
	},
	New: func(a Args) (argen.Transform, error) { return TailFree{Z: a.Float(0), Keep: a.Int(1)}, nil },
}

// Name implements argen.Transform.
func (TailFree) Name() string { return "tail_free" }

// String implements argen.Transform.
func (t TailFree) String() string { return word(t.Name(), t.Z, t.Keep) }

// Apply implements argen.Transform.
func (t TailFree) Apply(c *argen.Candidates, _ argen.Past) {
	if t.Z < 1 {
		k, _ := t.head(c)
		c.Keep(max(k, t.Keep))
	}
}

// head returns how many candidates come before the tail, and the share of the
// bend up to the last of them.
func (t TailFree) head(c *argen.Candidates) (k int, share float64) {
	all, cut := bend{}, bend{}
	for n := 64; ; n = max(2*n, 1024) { // mostly a few are enough
		top, more := c.Top(n), 0.0
		zeros := 0
		if n < c.Len() {
			// The rest bends at most by twice what is left to descend.
			more = 2 * (c.Weight(top[n-2]) + c.Weight(top[n-1]))
		} else {
			zeros = min(c.VocabSize()-c.Len(), 2)
		}
		for all.next(c, top, zeros) {
		}
		for cut.n == 0 || !(cut.sum > t.Z*all.sum) {
			if !cut.next(c, top, zeros) {
				break
			}
		}
		switch {
		case cut.n > 0 && cut.sum > t.Z*(all.sum+more):
			return cut.n, cut.sum / all.sum
		case n >= c.Len():
			return max(min(c.VocabSize()-1, c.Len()), 1), 1
		}
	}
}

// bend is the sum of the first n absolute second differences of the sorted
// weights.
type bend struct {
	sum  float64
	n    int
	a, b float64 // the last two weights
}

// next adds one, if there are so many weights; some zeros follow those of top.
func (b *bend) next(c *argen.Candidates, top []argen.ID, zeros int) bool {
	if b.n+2 >= len(top)+zeros {
		return false
	}
	if b.n == 0 {
		b.a, b.b = c.Weight(top[0]), 0
		if len(top) > 1 {
			b.b = c.Weight(top[1])
		}
	}
	w := 0.0
	if b.n+2 < len(top) {
		w = c.Weight(top[b.n+2])
	}
	b.sum += math.Abs((b.a - b.b) - (b.b - w))
	b.a, b.b = b.b, w
	b.n++
	return true
}

// Reasons implements argen.Reasoner.
func (t TailFree) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	k, share := t.head(c)
	why := "the last of all tokens is tail"
	if share > t.Z {
		why = prob(share) + " > " + number(t.Z) + " of the bend up to rank " + number(float64(k))
	}
	return func(argen.ID) string { return why }
}
