package story

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"argen"
)

// A Position is one word of a story as the grammar sees it.
type Position struct {
	ID         argen.ID `json:"id"`
	LogProb    float64  `json:"logprob"`    // ln P(word | words before)
	Entropy    float64  `json:"entropy"`    // bits, of the distribution the word came from
	Hypotheses int      `json:"hypotheses"` // ways to derive the words before
}

// Score returns the exact log-probability and entropy of every word of a
// story, </s> included if it is there. The sum of the LogProbs is the
// log-probability of the story.
func (m *Model) Score(ctx context.Context, ids []argen.ID) ([]Position, error) {
	positions := make([]Position, 0, len(ids))
	err := m.follow(ctx, ids, func(p Position) { positions = append(positions, p) })
	return positions, err
}

// follow scores one word after the other.
func (m *Model) follow(ctx context.Context, ids []argen.ID, visit func(Position)) error {
	sc := m.scratch.Get().(*scratch)
	defer m.scratch.Put(sc)
	s := m.start()
	for i, id := range ids {
		if id < 0 || int(id) >= len(m.g.vocab) {
			return fmt.Errorf("token %d is id %d, the story vocabulary has ids 0 to %d", i, id, len(m.g.vocab)-1)
		}
		if err := s.tally(ctx, sc); err != nil {
			return err
		}
		p := Position{ID: id, LogProb: math.Log(sc.tally.probs[id]), Entropy: sc.tally.entropy(), Hypotheses: s.Hypotheses()}
		if _, err := s.read(ctx, sc, id); err != nil {
			return err
		}
		visit(p)
	}
	return nil
}

// entropy returns −Σ p·log₂ p in bits.
func (t *tally) entropy() float64 {
	h := 0.0
	for _, id := range t.found {
		p := t.probs[id]
		h -= float64(p * math.Log2(p))
	}
	return max(h, 0) // p = 1 + 1e-16 would give −0
}

// An Estimate is a mean with its standard error.
type Estimate struct {
	Mean   float64 `json:"mean"`
	StdErr float64 `json:"stderr"`
}

// A Rate is the entropy rate of the stories: no model of them can have fewer
// bits on the average.
type Rate struct {
	Stories int `json:"stories"`
	Tokens  int `json:"tokens"`

	PerToken Estimate `json:"bits_per_token"` // punctuation and </s> count as tokens
	PerWord  Estimate `json:"bits_per_word"`  // the same bits over words of letters alone
	PerStory Estimate `json:"bits_per_story"`
	Length   Estimate `json:"tokens_per_story"`

	Hypotheses float64 `json:"hypotheses"` // mean number of live hypotheses
}

// EntropyRate estimates the entropy rate from n sampled stories. The bits of
// a story are the sum of its exact position entropies, which has the mean of
// −log₂ P(story) and a smaller variance. Rates are ratios of means; their
// standard errors are those of the ratio estimator (Cochran, Sampling
// Techniques, 1977, section 2.11). The same n and seed give the same figures.
func (m *Model) EntropyRate(ctx context.Context, n int, seed uint64) (Rate, error) {
	if n < 2 {
		return Rate{}, fmt.Errorf("entropy rate: %d stories are too few, want at least 2", n)
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	bits, tokens, words := make([]float64, n), make([]float64, n), make([]float64, n)
	hypotheses, total := 0, 0
	for i := range n {
		ids, err := m.g.Sample(rng)
		if err != nil {
			return Rate{}, err
		}
		err = m.follow(ctx, ids, func(p Position) {
			bits[i] += p.Entropy
			hypotheses += p.Hypotheses
			if isLetter(m.g.vocab[p.ID][0]) {
				words[i]++
			}
		})
		if err != nil {
			return Rate{}, err
		}
		tokens[i] = float64(len(ids))
		total += len(ids)
	}
	one := make([]float64, n)
	for i := range one {
		one[i] = 1
	}
	return Rate{
		Stories: n, Tokens: total,
		PerToken: ratio(bits, tokens), PerWord: ratio(bits, words), PerStory: ratio(bits, one),
		Length:     ratio(tokens, one),
		Hypotheses: float64(hypotheses) / float64(total),
	}, nil
}

// ratio estimates Σ y / Σ x over independent pairs:
//
//	R = Σ y / Σ x,  SE = √( n/(n−1) · Σ (y − R·x)² ) / Σ x
func ratio(y, x []float64) Estimate {
	sumY, sumX := 0.0, 0.0
	for i := range y {
		sumY += y[i]
		sumX += x[i]
	}
	if sumX == 0 {
		return Estimate{}
	}
	r, squares := sumY/sumX, 0.0
	for i := range y {
		d := y[i] - float64(r*x[i])
		squares += float64(d * d)
	}
	n := float64(len(y))
	return Estimate{Mean: r, StdErr: math.Sqrt(squares*n/(n-1)) / sumX}
}
