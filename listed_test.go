package argen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen"
	"argen/sampler"
)

// Where the model's best are not what is drawn from, half as many of those that
// are stand behind them; where they are, none do.
func TestListsWhatIsDrawnFrom(t *testing.T) {
	logits := make([]float64, 258)
	for i := range logits {
		logits[i] = -float64(i)
	}
	for chain, want := range map[string][]argen.ID{
		"allow=#9/#7/#5/#200": {0, 1, 2, 3, 5, 7}, // half of four
		"allow=#9":            {0, 1, 2, 3, 9},    // as many as there are
		"allow=#1/#9":         {0, 1, 2, 3},       // the model's best have it
		"logit_bias=#7/9":     {0, 1, 2, 3, 7},    // 0 stands there already
		"temperature=0.5":     {0, 1, 2, 3},
	} {
		g := bytesGenerator(logits)
		var err error
		if g.Chain, err = sampler.Parse(chain); err != nil {
			t.Fatal(err)
		}
		g.Top, g.Seed = 4, 1
		var ids []argen.ID
		for _, top := range steps(t, start(t, g, ""), 1).Top {
			ids = append(ids, top.ID)
		}
		if d := cmp.Diff(want, ids); d != "" {
			t.Errorf("%s: %s", chain, d)
		}
	}
}
