package lesson

import (
	"context"
	"math"
	"testing"

	"argen"
	"argen/internal/words"
	"argen/model"
)

// TestFactors: on each kind of embedded model the factors of the loop are those
// of one pass, and no replaced token moves a prediction up to it. One that looks
// ahead is found out.
func TestFactors(t *testing.T) {
	for _, ref := range []string{"story", "story-ngram", "truth"} {
		lab := newLab(t, ref, words.Languages[0])
		f, err := lab.factors(t.Context(), lab.LM, "", 12)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		bits, err := lab.Surprisals(t.Context(), lab.LM.Model, append(f.before, f.text...), len(f.before))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bits {
			sum += b
		}
		if math.Abs(f.steps-sum) > 1e-9 || math.Abs(f.pass-sum) > 1e-9 || f.sum > 1e-9 || len(f.text) != 12 {
			t.Errorf("%s: %v bits by steps, %v in one pass, %v by score; sums off by %v", ref, f.steps, f.pass, sum, f.sum)
		}
		m, err := lab.moves(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if m.before != 0 || len(m.cells) != 12 || len(m.next) == 0 {
			t.Errorf("%s: predictions before a replaced token move by %v", ref, m.before)
		}
		for j, row := range m.cells {
			for at, move := range row {
				if f.other[j] == f.text[j] != math.IsNaN(move) || move < 0 || move > 1 {
					t.Errorf("%s: replacing token %d moves the prediction of %d by %v", ref, j, at, move)
				}
			}
		}
		f.lm = &model.LM{Model: seer{lab.LM.Model}, Tokenizer: lab.LM.Tokenizer}
		if f.rows, err = distributions(t.Context(), f.lm.Model, f.before, f.text); err != nil {
			t.Fatal(err)
		}
		if m, err = lab.moves(t.Context(), f); err != nil || m.before < .5 {
			t.Errorf("%s that looks ahead: predictions before a replaced token move by %v, %v", ref, m.before, err)
		}
		same, err := lab.sameBothWays(t.Context(), 20)
		if err != nil || same != 20 {
			t.Errorf("%s: %d of 20 texts have the same P both ways, %v", ref, same, err)
		}
		lab.LM = f.lm
		if same, err = lab.sameBothWays(t.Context(), 20); err != nil || same != 0 {
			t.Errorf("%s that looks ahead: %d of 20 texts have the same P both ways, %v", ref, same, err)
		}
	}
}

// A seer is a model that sees the text to come in one pass: each prediction is
// sure of the token itself.
type seer struct{ argen.Model }

func (s seer) Start() argen.State { return seeing{s.Model.Start(), s.Info().VocabSize} }

type seeing struct {
	argen.State
	vocab int
}

func (s seeing) Fork() argen.State { return seeing{s.State.Fork(), s.vocab} }

func (s seeing) Score(_ context.Context, ids ...argen.ID) ([][]float64, error) {
	rows := make([][]float64, len(ids))
	for i := range rows {
		rows[i] = make([]float64, s.vocab)
		rows[i][ids[min(i+1, len(ids)-1)]] = 20
	}
	return rows, nil
}

// TestVariation: known distances.
func TestVariation(t *testing.T) {
	for _, c := range []struct {
		p, q []float64
		want float64
	}{
		{[]float64{.5, .5}, []float64{.5, .5}, 0},
		{[]float64{1, 0}, []float64{0, 1}, 1},
		{[]float64{.75, .25}, []float64{.25, .75}, .5},
		{[]float64{1, 0}, []float64{0, 0}, 1}, // no distribution at all
	} {
		if got := variation(c.p, c.q); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%v and %v are %v apart, want %v", c.p, c.q, got, c.want)
		}
	}
}

// TestChoose: a token has the part of [0, 1) that its probability is long.
func TestChoose(t *testing.T) {
	p := []float64{0, .25, 0, .5, .25, 0}
	for _, c := range []struct {
		u    float64
		want argen.ID
	}{{0, 1}, {.2499, 1}, {.25, 3}, {.7499, 3}, {.75, 4}, {.999, 4}} {
		if got := choose(p, c.u); got != c.want {
			t.Errorf("u = %v chooses %d, want %d", c.u, got, c.want)
		}
	}
	if got := choose([]float64{.5, .4999, 0}, .99999); got != 1 {
		t.Errorf("where the sum is below 1 by rounding, %d is chosen", got)
	}
	if got := besides([]float64{.2, .5, .3, 0}, 1); got != 2 {
		t.Errorf("besides the best the best is %d", got)
	}
	if got := besides([]float64{0, 1}, 1); got != 1 {
		t.Errorf("besides the only one there is %d", got)
	}
}
