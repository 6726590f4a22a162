package sampler_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// A reasoned is a distribution of which some token was removed: what the reason
// may name, each straight from its definition.
type reasoned struct {
	best []token   // all tokens, in descending order
	p    []float64 // of those
	h    float64   // entropy, nats
	rank int       // of the token, from 0
	kept int       // tokens left
}

// sum is that of f over the first n ranks.
func (r reasoned) sum(n int, f func(p float64) float64) float64 {
	sum := 0.0
	for _, p := range r.p[:n] {
		sum += f(p)
	}
	return sum
}

// surprise is a part of the entropy.
func surprise(p float64) float64 { return -p * math.Log(p) }

// inequalities say of a chain of one stage by which inequality a token goes.
// Numbers have four digits.
var inequalities = []struct {
	chain string
	says  func(r reasoned) string
}{
	{"top_k=7", func(r reasoned) string { return fmt.Sprintf("%.4g < %.4g, that of rank 7", r.p[r.rank], r.p[6]) }},
	{"greedy", func(r reasoned) string { return fmt.Sprintf("%.4g < %.4g, that of rank 1", r.p[r.rank], r.p[0]) }},
	{"temperature=0", func(r reasoned) string { return fmt.Sprintf("%.4g < %.4g, that of rank 1", r.p[r.rank], r.p[0]) }},
	{"top_p=0.8", func(r reasoned) string {
		if r.kept == 1 {
			return fmt.Sprintf("the one before it holds %.4g ≥ 0.8", r.p[0])
		}
		return fmt.Sprintf("the %d before it hold %.4g ≥ 0.8", r.kept, r.sum(r.kept, func(p float64) float64 { return p }))
	}},
	{"min_p=0.2", func(r reasoned) string { return fmt.Sprintf("%.4g < 0.2 × %.4g", r.p[r.rank], r.p[0]) }},
	{"top_a=0.7", func(r reasoned) string { return fmt.Sprintf("%.4g < 0.7 × %.4g²", r.p[r.rank], r.p[0]) }},
	{"epsilon_cutoff=0.02", func(r reasoned) string { return fmt.Sprintf("%.4g < 0.02", r.p[r.rank]) }},
	{"eta_cutoff=0.0003", func(r reasoned) string { return fmt.Sprintf("%.4g < 0.0003", r.p[r.rank]) }},
	{"eta_cutoff=0.3", func(r reasoned) string {
		return fmt.Sprintf("%.4g < %.4g = √0.3 · e^−%.4g", r.p[r.rank], math.Sqrt(.3)*math.Exp(-r.h), r.h)
	}},
	{"top_n_sigma=1.2", func(r reasoned) string {
		mean, squares := 0.0, 0.0
		for _, t := range r.best {
			mean += t.l / float64(len(r.best))
		}
		for _, t := range r.best {
			squares += (t.l - mean) * (t.l - mean)
		}
		return fmt.Sprintf("logit %.4g < %.4g − 1.2 × %.4g", r.best[r.rank].l, r.best[0].l, math.Sqrt(squares/float64(len(r.best))))
	}},
	{"top_h=0.5", func(r reasoned) string {
		return fmt.Sprintf("entropy up to it %.4g > 0.5 × %.4g", r.sum(r.rank+1, surprise)/math.Ln2, r.h/math.Ln2)
	}},
	{"tail_free=0.9", func(r reasoned) string {
		all, sum := 0.0, 0.0
		for i := range len(r.p) - 2 {
			bend := math.Abs(r.p[i] - 2*r.p[i+1] + r.p[i+2])
			if all += bend; i < r.kept {
				sum += bend
			}
		}
		return fmt.Sprintf("%.4g > 0.9 of the bend up to rank %d", sum/all, r.kept)
	}},
	{"typical_p=0.6", func(r reasoned) string {
		off := func(p float64) float64 { return math.Abs(-math.Log(p) - r.h) }
		nearest := make([]token, len(r.p)) // those of the greatest −distance
		for i, p := range r.p {
			nearest[i] = token{argen.ID(i), -off(p)}
		}
		return fmt.Sprintf("|−ln p − H| = %.4g > %.4g", off(r.p[r.rank]), -best(nearest)[r.kept-1].l)
	}},
	{"xtc=1/0.05", func(r reasoned) string {
		least := 0 // the rank of the last of at least 0.05
		for r.p[least+1] >= 0.05 {
			least++
		}
		return fmt.Sprintf("%.4g ≥ 0.05, as is the less probable %.4g", r.p[r.rank], r.p[least])
	}},
	{"mirostat=2/1.5", func(r reasoned) string {
		return fmt.Sprintf("surprise of %.4g > μ = 3 bits", -math.Log2(r.p[r.rank]))
	}},
	{"mirostat=1/1", func(r reasoned) string {
		return fmt.Sprintf("%.4g < %.4g, that of rank %d", r.p[r.rank], r.p[r.kept-1], r.kept)
	}},
}

// A reason names the numbers of the definition, and every truncation has one
// here.
func TestReasonsNameTheNumbers(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	tested := map[string]bool{}
	for _, test := range inequalities {
		chain, err := sampler.Parse(test.chain)
		if err != nil {
			t.Fatal(err)
		}
		tested[chain[0].Name()] = true
		gone := 0
		for range 20 {
			logits := make([]float64, 60)
			all := make([]token, len(logits))
			for i := range logits {
				logits[i] = 2.5 * rng.NormFloat64()
				all[i] = token{argen.ID(i), logits[i]}
			}
			r := reasoned{best: best(all), h: entropy(all)}
			w, sum := weights(r.best)
			for _, x := range w {
				r.p = append(r.p, x/sum)
			}
			before, err := argen.NewCandidates(logits)
			if err != nil {
				t.Fatal(err)
			}
			past := argen.Past{Float64: func() float64 { return 0 }}
			stage := samplertest.Bind(t, chain[0], len(logits))
			why := stage.(argen.Reasoner).Reasons(before, past)
			after, err := argen.NewCandidates(logits)
			if err != nil {
				t.Fatal(err)
			}
			stage.Apply(after, past)
			r.kept = after.Len()
			for rank, tok := range r.best {
				if after.Has(tok.id) {
					continue
				}
				gone++
				r.rank = rank
				if got, want := why(tok.id), test.says(r); got != want {
					t.Errorf("%s: rank %d goes since %q, want %q", test.chain, rank+1, got, want)
				}
			}
		}
		if gone < 20 {
			t.Errorf("%s removes %d of all tokens", test.chain, gone)
		}
	}
	for _, s := range sampler.Table {
		if s.Group == sampler.Truncation && !tested[s.Name] {
			t.Errorf("no inequality of %s is tested", s.Name)
		}
	}
}
