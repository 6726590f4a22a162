package search

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"argen"
	"argen/sampler"
)

// Stochastic is stochastic beam search: it draws N texts without replacement,
// from the distribution that the chain makes, in one beam search. The first is
// drawn as the dice would draw it; each further one as the dice would if those
// before it could not come again.
//
// Each text has its ln P plus a Gumbel noise of its own, its score; the N
// largest are a draw without replacement (the Gumbel-top-k trick). The search
// finds them from the top: the score of a beginning is the largest of those of
// the texts that begin so, and so the noises of its continuations are drawn on
// the condition that the largest of them is just that:
//
//	φ(v) = φ + ln P(v),  G(v) ~ Gumbel(φ(v)),  Z = max_v G(v)
//	G̃(v) = −ln(exp(−G) − exp(−Z) + exp(−G(v)))
//
// Kool, van Hoof, Welling, Stochastic Beams and Where to Find Them, 2019.
type Stochastic struct {
	N int // texts drawn, 0: 1
}

var stochasticForm = Form{
	Name: "stochastic_beams", Doc: "stochastic beam search: draws n different texts, without replacement, and takes the first",
	Source: "Kool et al. 2019",
	Params: []sampler.Param{
		{Name: "n", Flag: "stochastic-beams", Kind: sampler.Int, Doc: "texts drawn", Default: 4, Off: sampler.None, Least: 1, Most: MostTexts},
	},
	New: func(a sampler.Args) (Procedure, error) { return Stochastic{N: a.Int(0)}, nil },
}

// Name implements Procedure.
func (Stochastic) Name() string { return "stochastic_beams" }

// String implements Procedure.
func (s Stochastic) String() string { return word(s.Name(), max(s.N, 1)) }

// Picker implements Procedure.
func (s Stochastic) Picker() Picker { return &planner{find: s.find} }

// A leaning is a text on the way, or one more token of it.
type leaning struct {
	run   *argen.Run
	id    argen.ID // to be appended, NoID if the text is over
	phi   float64  // ln P of the text
	score float64  // the largest of ln P + noise among the texts that begin so
}

func (s Stochastic) find(ctx context.Context, r *argen.Run) (plan, error) {
	dice := rand.New(rand.NewPCG(r.Trace().Head.Seed, diceOfSearch))
	beams := []leaning{{run: r.Trial(), id: argen.NoID, score: gumbel(dice)}}
	for {
		var next []leaning
		open := false
		for _, b := range beams {
			if b.run.Over() != "" {
				next = append(next, b)
				continue
			}
			open = true
			c, err := b.run.Predict(ctx)
			if errors.Is(err, io.EOF) { // a stage says that the text is complete
				next = append(next, b)
				continue
			}
			if err != nil {
				return plan{}, err
			}
			next = append(next, b.lean(c, max(s.N, 1), dice)...)
		}
		if !open {
			break
		}
		slices.SortStableFunc(next, func(x, y leaning) int { return cmp.Compare(y.score, x.score) })
		beams = next[:min(max(s.N, 1), len(next))]
		last := map[*argen.Run]int{}
		for i, b := range beams {
			last[b.run] = i
		}
		for i := range beams {
			b := &beams[i]
			if b.id == argen.NoID {
				continue
			}
			from := b.run
			if last[from] == i {
				if _, err := from.Pick(b.id, listed{}); err != nil {
					return plan{}, err
				}
			} else if run, err := from.Try(b.id, listed{}); err != nil {
				return plan{}, err
			} else {
				b.run = run
			}
			b.id = argen.NoID
		}
	}
	choice := listed{Search: s.String()}
	for _, b := range beams {
		choice.Found = append(choice.Found, newText(r, b.run, b.score))
	}
	return choice.plan(), nil
}

// lean returns the n continuations of a text with the largest scores.
func (b leaning) lean(c *argen.Candidates, n int, dice *rand.Rand) []leaning {
	best := make([]leaning, 0, n+1) // conditioning keeps the order, so that these are enough
	c.Each(func(id argen.ID, _ float64) {
		phi := b.phi + c.LogProb(id)
		g := phi + gumbel(dice)
		if len(best) == n && g <= best[n-1].score {
			return
		}
		at, _ := slices.BinarySearchFunc(best, g, func(x leaning, g float64) int {
			if x.score >= g { // of equal ones the lower ID stays first
				return -1
			}
			return 1
		})
		best = slices.Insert(best, at, leaning{b.run, id, phi, g})
		best = best[:min(n, len(best))]
	})
	most := best[0].score
	for i := range best {
		best[i].score = conditioned(best[i].score, most, b.score)
	}
	return best
}

// conditioned moves a noise of several, the largest of which is most, so that
// the largest is now top. It is −ln(exp(−top) − exp(−most) + exp(−g)), written
// so that nothing is lost where the terms are far apart (appendix B.3 of the
// paper).
func conditioned(g, most, top float64) float64 {
	v := top - g + math.Log1p(-math.Exp(g-most))
	return top - max(0, v) - math.Log1p(math.Exp(-math.Abs(v)))
}

// gumbel draws from the standard Gumbel distribution.
func gumbel(dice *rand.Rand) float64 {
	for {
		if u := dice.Float64(); u > 0 {
			return -math.Log(-math.Log(u))
		}
	}
}
