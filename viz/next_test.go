package viz

import (
	"math"
	"strings"
	"testing"

	"argen"
)

// The bars of a kind sum to 1, whatever fits on the chart.
func TestRowsSumToOne(t *testing.T) {
	for _, tr := range traces(t, len(chains)) {
		for i := range tr.Steps {
			for _, n := range []int{1, 3, 15} {
				model, sampled := 0.0, 0.0
				list := rows(&tr.Steps[i], n)
				chosen := 0
				for _, r := range list {
					model += r.model
					sampled += r.sampled
					if r.chosen {
						chosen++
					}
				}
				if math.Abs(model-1) > 1e-9 || math.Abs(sampled-1) > 1e-9 {
					t.Errorf("step %d, %d rows: the bars sum to %v and %v", i, n, model, sampled)
				}
				if chosen != 1 || len(list) > n+2 {
					t.Errorf("step %d, %d rows: %d rows, %d of them chosen", i, n, len(list), chosen)
				}
			}
		}
	}
}

func TestNextSays(t *testing.T) {
	tr := poisoned("fox")
	f, err := Next(Input{Traces: []*argen.Trace{tr}, Step: 0})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"“fox” 0.500, after the chain 0.600 (chosen)", "removed by fox", "all others (5) 0.100"} {
		if !strings.Contains(f.Alt, want) {
			t.Errorf("%q is missing in %q", want, f.Alt)
		}
	}
	if !strings.Contains(f.Subtitle, "u = 0.3000 picked “fox”") {
		t.Errorf("subtitle %q", f.Subtitle)
	}
}
