package study

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"argen"
)

// How many texts the places come from at which distributions are compared: so
// many, or fewer where a vocabulary is so large that all pairs at all places
// would take long.
const (
	mostContexts = 20
	mostCompared = 4e9 // probabilities
	usualLength  = 150 // places of a text
)

// contexts is that number.
func (p *Plan) contexts(pairs int) int {
	each := float64(usualLength) * float64(max(1, pairs)) * float64(p.Model.Info().VocabSize)
	return max(1, min(p.Texts(), mostContexts, int(mostCompared/each)))
}

// A Distance is how far two distributions of the next token are from each other
// at the same places, mean over them. The logarithms are to base 2: KL and JS
// are in bits.
//
//	KL(A‖B) = Σ A·log(A/B)                  infinite where B lacks a token of A
//	JS = ½ KL(A‖M) + ½ KL(B‖M), M = (A+B)/2  0 to 1
//	TV = ½ Σ |A − B|                         0 to 1: what the dice can tell apart
type Distance struct {
	A, B        string
	Places      int      // where both have one: not after a token that one holds impossible
	KL, Reverse Estimate // KL(A‖B) and KL(B‖A)
	JS, TV      Estimate
	// Infinite and ReverseInfinite are the parts of the places where KL and
	// Reverse are infinite.
	Infinite, ReverseInfinite float64
}

// Distances are those at the places of some texts.
type Distances struct {
	Texts, Places int
	Strategies    []Distance // of all pairs, the first strategy first; a search has no distribution of the next token
	Models        []Distance // of the first model and each other
	Step          *Step      // nil if there is no place
}

// A NamedModel is a model to compare the first with. It has the same vocabulary.
type NamedModel struct {
	Name  string
	Model argen.Model
}

// A dist is a distribution over the vocabulary, by ID; the zero value is none.
type dist struct{ log, prob []float64 }

func newDist(vocab int) dist { return dist{make([]float64, vocab), make([]float64, vocab)} }

// set makes it that of the candidates left.
func (d dist) set(c *argen.Candidates) {
	for i := range d.log {
		d.log[i], d.prob[i] = math.Inf(-1), 0
	}
	c.Each(func(id argen.ID, _ float64) { d.log[id], d.prob[id] = c.LogProb(id), c.Prob(id) })
}

// gap sums up over places how far two distributions are apart.
type gap struct {
	places                    int
	kl, reverse, js, tv       float64
	infinite, reverseInfinite int
}

// add adds a place where both are known.
func (g *gap) add(a, b dist) {
	if a.log == nil || b.log == nil {
		return
	}
	kl, reverse, js, tv := 0.0, 0.0, 0.0, 0.0
	for i, p := range a.prob {
		q := b.prob[i]
		if p == q && (p == 0 || a.log[i] == b.log[i]) {
			continue
		}
		tv += math.Abs(p - q)
		mid := math.Log((p + q) / 2)
		if p > 0 {
			kl += float64(p * (a.log[i] - b.log[i]))
			js += float64(p * (a.log[i] - mid))
		}
		if q > 0 {
			reverse += float64(q * (b.log[i] - a.log[i]))
			js += float64(q * (b.log[i] - mid))
		}
	}
	g.places++
	g.tv += min(1, tv/2)
	g.js += min(1, max(0, js/(2*math.Ln2)))
	g.infinite += into(&g.kl, kl)
	g.reverseInfinite += into(&g.reverse, reverse)
}

// into adds nats as bits to a sum, or returns 1 if they are infinite.
func into(sum *float64, nats float64) int {
	if math.IsInf(nats, 1) {
		return 1
	}
	*sum += max(0, nats/math.Ln2)
	return 0
}

// Compare says what Distances are measured of.
type Compare struct {
	Models []NamedModel // to compare with that of the plan
	Place  int          // t of the Step, from 0; −1 for the place where the strategies differ most
	Jobs   int          // texts at once
	// Each, if it is not nil, is called after every text, with how many there are
	// and how many there will be, never twice at once.
	Each func(done, all int)
}

// Distances compares the strategies of a plan, and its model with others, at
// the same places: those of texts that the model writes by its own
// distribution, on the seeds of the samples. Every strategy is led along these
// texts, whatever it would have chosen.
func (p *Plan) Distances(ctx context.Context, o Compare) (*Distances, error) {
	n := p.contexts(len(p.pairs(o.Models)))
	parts := make([]*led, n)
	errs := make([]error, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	var one sync.Mutex
	done := 0
	for range max(1, min(o.Jobs, n)) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				parts[i], errs[i] = p.lead(ctx, o, i)
				one.Lock()
				if done++; o.Each != nil {
					o.Each(done, n)
				}
				one.Unlock()
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return p.distances(o.Models, parts), nil
}

// distances puts what was found along the texts together.
func (p *Plan) distances(others []NamedModel, parts []*led) *Distances {
	d := &Distances{Texts: len(parts)}
	for _, l := range parts {
		d.Places += l.places
	}
	if d.Places == 0 {
		return d
	}
	var list []series
	names := p.pairs(others)
	for k := range names {
		of := func(sum func(*gap) float64) series {
			above, below := make([]float64, len(parts)), make([]float64, len(parts))
			for i, l := range parts {
				above[i], below[i] = sum(&l.gaps[k]), float64(l.gaps[k].places)
			}
			return quotient(above, below)
		}
		list = append(list,
			of(func(g *gap) float64 { return orInfinite(g.kl, g.infinite) }),
			of(func(g *gap) float64 { return orInfinite(g.reverse, g.reverseInfinite) }),
			of(func(g *gap) float64 { return g.js }),
			of(func(g *gap) float64 { return g.tv }),
		)
	}
	estimates := intervals(p.Seed, list)
	for k, pair := range names {
		e := estimates[4*k:]
		x := Distance{A: pair.a, B: pair.b, KL: e[0], Reverse: e[1], JS: e[2], TV: e[3]}
		infinite, reverse := 0, 0
		for _, l := range parts {
			x.Places += l.gaps[k].places
			infinite += l.gaps[k].infinite
			reverse += l.gaps[k].reverseInfinite
		}
		if x.Places == 0 {
			continue
		}
		x.Infinite, x.ReverseInfinite = float64(infinite)/float64(x.Places), float64(reverse)/float64(x.Places)
		if pair.models {
			d.Models = append(d.Models, x)
		} else {
			d.Strategies = append(d.Strategies, x)
		}
	}
	d.Step = parts[0].step(p)
	return d
}

func orInfinite(sum float64, infinite int) float64 {
	if infinite > 0 {
		return math.Inf(1)
	}
	return sum
}

// a pair is what is compared.
type pair struct {
	a, b   string
	models bool
}

// drawn are the indices of the strategies that have a distribution of the next
// token.
func (p *Plan) drawn() []int {
	var list []int
	for i, s := range p.Strategies {
		if s.Search == nil {
			list = append(list, i)
		}
	}
	return list
}

func (p *Plan) pairs(others []NamedModel) []pair {
	var list []pair
	drawn := p.drawn()
	for i, a := range drawn {
		for _, b := range drawn[i+1:] {
			list = append(list, pair{a: p.Strategies[a].Name, b: p.Strategies[b].Name})
		}
	}
	for _, m := range others {
		list = append(list, pair{p.Model.Info().Ref, m.Name, true})
	}
	return list
}
