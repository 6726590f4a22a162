package lesson

import (
	"context"
	"math"
	"testing"

	"argen"
	"argen/internal/words"
	"argen/model"
)

// A coin is a model of texts of two tokens: the first is 0 or 1, the second the
// same, and then the text ends with 2.
type coin struct{}

func (coin) Info() argen.Info {
	return argen.Info{Ref: "coin", VocabSize: 3, BOS: argen.NoID, Stop: []argen.ID{2}}
}
func (coin) Start() argen.State { return &coinState{} }

type coinState struct{ ids []argen.ID }

func (s *coinState) Len() int     { return len(s.ids) }
func (s *coinState) Rewind(n int) { s.ids = s.ids[:n] }
func (s *coinState) Fork() argen.State {
	return &coinState{append([]argen.ID(nil), s.ids...)}
}

func (s *coinState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.ids = append(s.ids, ids...)
	p := []float64{.75, .25, 0}
	switch len(s.ids) {
	case 0:
	case 1: // nearly the same
		p = []float64{1. / 1024, 1. / 1024, 0}
		p[s.ids[0]] = 1023. / 1024
	default:
		p = []float64{0, 0, 1}
	}
	for i := range p {
		p[i] = math.Log(p[i])
	}
	return p, nil
}

// TestDrawTwice: of a model whose marginals are known. Both ways throw heads in
// three of four first tokens, the same ones; the second follows the first in the
// loop, and at once in 1 − 2·¾·¼ of the texts.
func TestDrawTwice(t *testing.T) {
	lab := newLab(t, "story", words.Languages[0])
	lab.LM = &model.LM{Model: coin{}, Tokenizer: lab.LM.Tokenizer}
	d, err := lab.drawTwice(t.Context(), lab.LM, "", 6)
	if err != nil {
		t.Fatal(err)
	}
	twins := [2]int{}
	for k, texts := range [][][]argen.ID{d.loop, d.parallel} {
		for i, x := range texts {
			if len(x) != 3 || x[2] != 2 || x[0] != d.loop[i][0] {
				t.Fatalf("text %d: %v, by the loop %v", i, x, d.loop[i])
			}
			if x[0] == x[1] {
				twins[k]++
			}
		}
	}
	n := float64(parallelTexts)
	// Within five standard errors.
	if got, want := float64(twins[0])/n, 1023./1024; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/n) {
		t.Errorf("in the loop %v of the second tokens follow the first, want %v", got, want)
	}
	if got, want := float64(twins[1])/n, .625; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/n) {
		t.Errorf("at once %v of the second tokens follow the first, want %v", got, want)
	}
	rated, err := lab.rated(t.Context(), coin{}, d.before, d.loop)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rated {
		for at, b := range row {
			if math.Abs(b-d.bits[i][at]) > 1e-12 {
				t.Fatalf("text %d, position %d: %v bits when it was written, %v afterwards", i, at, d.bits[i][at], b)
			}
		}
		if want := -math.Log2([]float64{.75, .25}[d.loop[i][0]]); math.Abs(row[0]-want) > 1e-12 {
			t.Errorf("the first token has %v bits, want %v", row[0], want)
		}
	}
	bad := [][]argen.ID{{0, 2}}
	if _, err := lab.rated(t.Context(), coin{}, d.before, bad); err == nil {
		t.Error("an impossible token is rated")
	}
}
