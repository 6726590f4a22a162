package lesson

import (
	"context"
	"math"
	"slices"

	"argen"
	"argen/model"
	"argen/viz"
)

// factors are those of a text that a model wrote, by the loop and in one pass.
type factors struct {
	lm           *model.LM
	before, text []argen.ID
	other        []argen.ID  // the most probable token that each is not; the same one where no other was possible
	steps, pass  float64     // −log₂ P(text) in bits, as the sum over the steps of the loop and of one pass
	rows         [][]float64 // the distribution that each token comes from, in one pass
	sum          float64     // the furthest that one of them adds up from 1
}

// factors has a model write n tokens and then read them.
func (l *Lab) factors(ctx context.Context, lm *model.LM, prompt string, n int) (*factors, error) {
	f := &factors{lm: lm}
	var err error
	if f.before, err = opening(lm, prompt); err != nil {
		return nil, err
	}
	s := lm.Model.Start()
	if _, err := s.Extend(ctx, f.before...); err != nil {
		return nil, err
	}
	die := l.die("factors")
	f.text, err = write(ctx, lm.Model, s, n, func(at int) float64 { return die.at(0, at) }, func(at int, p []float64) {
		id := choose(p, die.at(0, at))
		f.steps -= math.Log2(p[id])
		f.other = append(f.other, besides(p, id))
	})
	if err != nil {
		return nil, err
	}
	if f.rows, err = distributions(ctx, lm.Model, f.before, f.text); err != nil {
		return nil, err
	}
	for i, row := range f.rows {
		f.pass -= math.Log2(row[f.text[i]])
		sum := 0.0
		for _, p := range row {
			sum += p
		}
		f.sum = max(f.sum, math.Abs(sum-1))
	}
	return f, nil
}

// besides is the most probable token but one, or that one where no other is
// possible.
func besides(p []float64, not argen.ID) argen.ID {
	best := not
	for i, x := range p {
		if id := argen.ID(i); id != not && x > 0 && (best == not || x > p[best]) {
			best = id
		}
	}
	return best
}

// distributions are those from which a model predicts each token of a text, in one
// pass where it can. After what no text begins with they are all 0.
func distributions(ctx context.Context, m argen.Model, before, text []argen.ID) ([][]float64, error) {
	s := m.Start()
	logits, err := s.Extend(ctx, before...)
	if err != nil {
		return nil, err
	}
	rows := [][]float64{slices.Clone(logits)}
	if scorer, ok := s.(argen.Scorer); ok {
		more, err := scorer.Score(ctx, text[:len(text)-1]...)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	} else {
		for _, id := range text[:len(text)-1] {
			if logits, err = s.Extend(ctx, id); err != nil {
				return nil, err
			}
			rows = append(rows, slices.Clone(logits))
		}
	}
	for _, row := range rows {
		if slices.Max(row) == math.Inf(-1) {
			clear(row)
			continue
		}
		softmax(row, row)
	}
	return rows, nil
}

// moves are what changing one token of a text does to the predictions at each
// place.
type moves struct {
	cells  []viz.Values // [changed token][predicted token]: how far the distribution moved, as total variation; missing where no other token was possible
	before float64      // the most at or before a changed token
	next   []float64    // at the place right after each
	later  float64      // the most beyond that
}

// moves replaces each token of a text by another one, has the whole text read
// anew and compares all predictions.
func (l *Lab) moves(ctx context.Context, f *factors) (*moves, error) {
	n := len(f.text)
	m := &moves{cells: make([]viz.Values, n)}
	err := l.each(ctx, n, func(j int) error {
		changed := slices.Clone(f.text)
		changed[j] = f.other[j]
		rows, err := distributions(ctx, f.lm.Model, f.before, changed)
		if err != nil {
			return err
		}
		for t := range rows {
			move := math.NaN()
			if changed[j] != f.text[j] {
				move = variation(f.rows[t], rows[t])
			}
			m.cells[j] = append(m.cells[j], move)
		}
		return nil
	})
	for j, row := range m.cells {
		if f.other[j] == f.text[j] {
			continue
		}
		for t, move := range row {
			switch {
			case t <= j:
				m.before = max(m.before, move)
			case t == j+1:
				m.next = append(m.next, move)
			default:
				m.later = max(m.later, move)
			}
		}
	}
	return m, err
}

// variation is the total variation between two distributions: how much of one is
// not in the other, 0 to 1; 1 where one of them is none.
func variation(p, q []float64) float64 {
	both, apart := 0.0, 0.0
	for i := range p {
		both += min(p[i], q[i])
		apart += math.Abs(p[i] - q[i])
	}
	if both == 0 {
		return 1
	}
	return apart / 2
}
