package viz

import (
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
)

// The staircase ends at ln P of the text, and every named fall is a token's
// ln P.
func TestChainSays(t *testing.T) {
	tr := poisoned("fox")
	f, err := Chain(Input{Traces: []*argen.Trace{tr}})
	if err != nil {
		t.Fatal(err)
	}
	// 3 · −ln 2 = −2.0794, P = 1/8
	if !strings.Contains(f.Subtitle, "ln P = −2.08, P = 0.125") || !strings.Contains(f.Alt, "“fox” −0.693; “fox” −1.39; “fox” −2.08.") {
		t.Errorf("%s\n%s", f.Subtitle, f.Alt)
	}
	tr.Steps[1].CumLogProb = math.Inf(-1)
	if f, err = Chain(Input{Traces: []*argen.Trace{tr}}); err != nil || !strings.Contains(f.Alt, "−∞") {
		t.Errorf("%v, %v", f, err)
	}
}

func TestSurprisalSays(t *testing.T) {
	tr := poisoned("fox")
	tr.Steps[2].Surprisal = 4
	f, err := Surprisal(Input{Traces: []*argen.Trace{tr}})
	if err != nil {
		t.Fatal(err)
	}
	// (1 + 1 + 4) / 3 = 2 bits, 2² = 4
	if !strings.Contains(f.Subtitle, "mean 2.00 bits, perplexity 4.00") || !strings.Contains(f.Alt, "mean 2.00, greatest 4.00 at “fox” (t = 2)") {
		t.Errorf("%s\n%s", f.Subtitle, f.Alt)
	}
	if got := soFar([]float64{1, 1, 4}); got[0] != 1 || got[1] != 1 || got[2] != 2 {
		t.Errorf("running means %v, want 1 1 2", got)
	}
}

func TestEntropySays(t *testing.T) {
	tr := poisoned("fox")
	f, err := Entropy(Input{Traces: []*argen.Trace{tr}})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.keys) != 2 || !strings.Contains(f.Alt, "“fox” 1.00, after the chain 0.900") {
		t.Errorf("%d keys\n%s", len(f.keys), f.Alt)
	}
}

func TestStepsSays(t *testing.T) {
	tr := poisoned("fox")
	tr.Steps[2].Rank = 1200
	f, err := Steps(Input{Traces: []*argen.Trace{tr}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Alt, "“fox” 0.500, rank 1; “fox” 0.500, rank 1 (given); “fox” 0.500, rank 1200. 2 of 3 were the model’s first choice.") {
		t.Error(f.Alt)
	}
	if !strings.Contains(f.Caption, "Hatched or square: given, not drawn.") {
		t.Error(f.Caption)
	}
}

// Cells stand in lines, one after the other, and none leaves the page.
func TestHeatFlow(t *testing.T) {
	for _, words := range []string{"", "a", strings.Repeat("long", 40)} {
		tr := stretched(traces(t, 1)[0], 120, words)
		cells := heatCells(tr, tr.Steps)
		const width = 300.0
		lines := flow(cells, width)
		for i, k := range cells {
			if k.x < 0 || k.x+k.w > width || k.line >= lines {
				t.Errorf("cell %d %q from %v, %v wide, in line %d of %d", i, k.text, k.x, k.w, k.line, lines)
			}
			if i > 0 && (k.line < cells[i-1].line || k.line == cells[i-1].line && k.x < cells[i-1].x+cells[i-1].w) {
				t.Errorf("cell %d %q lies over the one before", i, k.text)
			}
		}
	}
}

func TestOrdersErrors(t *testing.T) {
	ok := [][]float64{{2}}
	for want, d := range map[string]OrdersData{
		"at least one model":       {},
		"has 1 perplexities for 2": {Order: []int{1, 2}, Perplexity: ok},
		"the order 0 is not":       {Order: []int{0}, Perplexity: ok},
		"not 1 or more":            {Order: []int{1}, Perplexity: [][]float64{{.5}}},
		"the entropy rate -1":      {Order: []int{1}, Perplexity: ok, TrueBits: -1},
		"at most 7 curves":         {Order: []int{1}, Perplexity: [][]float64{{2}, {2}, {2}, {2}, {2}, {2}, {2}, {2}}},
		"is a positive number":     {Order: []int{1}, Perplexity: [][]float64{{math.NaN()}}},
	} {
		if _, err := NgramOrders(Input{Orders: d}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	f, err := NgramOrders(Input{Orders: OrdersData{Order: []int{2}, Perplexity: ok, TrueBits: .5}})
	if err != nil || !strings.Contains(f.Alt, "order 2 2.00. The source itself has 1.41, an entropy rate of 0.500 bits a token.") {
		t.Errorf("%v, %v", f, err)
	}
}

// Of a text that is too long for a page its beginning is shown, and it says
// so.
func TestLongText(t *testing.T) {
	tr := stretched(traces(t, 1)[0], mostSteps+1, "")
	for _, c := range Charts {
		if c.Name == "next" || c.Name == "draw" || c.Name == "stages" || !ofTraces(c) {
			continue
		}
		f := drawn(t, c, Input{Traces: []*argen.Trace{tr}})
		if !strings.Contains(f.Caption, "The first 2,000 of 2,001 tokens are shown.") {
			t.Errorf("%s: %s", c.Name, f.Caption)
		}
		if n := len(svg(t, f)); n > 3<<20 {
			t.Errorf("%s has %d bytes", c.Name, n)
		}
	}
}

// A caption speaks of the prompt if there is one, and a chart of several
// traces of means.
func TestPromptAndMeansSaid(t *testing.T) {
	for prompt, want := range map[string]bool{"": false, "It was": true} {
		f := drawn(t, Charts[7], Input{Traces: []*argen.Trace{write(t, prompt, "", 7, 5)}})
		if strings.Contains(f.Caption, "Without a box: the prompt.") != want {
			t.Errorf("after %q: %s", prompt, f.Caption)
		}
	}
	for _, c := range []Chart{Charts[4], Charts[5]} {
		f := drawn(t, c, Input{Traces: traces(t, 2)})
		var all []string
		for _, w := range texts(t, f) {
			all = append(all, w.text)
		}
		if !strings.Contains(f.Title, "on the average so far") || !strings.Contains(f.Alt, "mean of the tokens so far") || !slices.Contains(all, "tokens so far") {
			t.Errorf("%s: %s\n%s\n%q", c.Name, f.Title, f.Alt, all)
		}
	}
}
