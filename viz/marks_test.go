package viz

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"argen"
	"argen/internal/golden"
)

// TestMarks: tokens that were given, and those that the model held impossible.
func TestMarks(t *testing.T) {
	tr := write(t, "It was", "top_p=0.5", 7, 20)
	tr.Steps[4].Forced = true
	fallen(tr, 9)
	for name, in := range map[string]Input{
		"surprisal-marked": {Traces: []*argen.Trace{tr}},
		"entropy-marked":   {Traces: []*argen.Trace{tr}},
		"chain-marked":     {Traces: []*argen.Trace{tr}},
		"surprisal-short":  {Traces: []*argen.Trace{write(t, "It was", "", 7, 20), write(t, "It was", "", 11, 1), tr}},
	} {
		chart, _, _ := strings.Cut(name, "-")
		c, _ := Lookup(chart)
		f := drawn(t, c, in)
		golden.Bytes(t, name+".svg", svg(t, f))
		checkTexts(t, name, f)
		all := fmt.Sprint(texts(t, f))
		if chart != "entropy" && !strings.Contains(all, "∞") {
			t.Errorf("%s shows no ∞", name)
		}
		if name == "entropy-marked" && (!strings.Contains(f.Caption, "Hatched at the foot: given, not drawn.") || strings.Contains(f.Caption, "quare")) {
			t.Error(f.Caption)
		}
	}
}

// fallen makes a token of a trace impossible.
func fallen(tr *argen.Trace, t int) {
	s := &tr.Steps[t]
	s.Prob, s.Surprisal, s.LogProb, s.Rank, s.Forced = 0, math.Inf(1), math.Inf(-1), 600, true
	for i := t; i < len(tr.Steps); i++ {
		tr.Steps[i].CumLogProb = math.Inf(-1)
	}
}

// TestModelsNamed: the caption names the model of all traces, or none; then
// the legend does.
func TestModelsNamed(t *testing.T) {
	one, two := write(t, "It was", "", 7, 5), write(t, "It was", "", 7, 5)
	two.Head.Model.Ref = "story-ngram"
	for _, c := range Charts {
		if c.Name != "surprisal" && c.Name != "entropy" && c.Name != "chain" {
			continue
		}
		f := drawn(t, c, Input{Traces: []*argen.Trace{one, two}})
		if strings.Contains(f.Caption, "Model ") {
			t.Errorf("%s of two models: %s", c.Name, f.Caption)
		}
		for i, want := range []string{"truth", "story-ngram"} {
			if !strings.Contains(f.keys[i].name, want) {
				t.Errorf("%s: key %q does not name %s", c.Name, f.keys[i].name, want)
			}
		}
		f = drawn(t, c, Input{Traces: []*argen.Trace{one, one}})
		if !strings.HasSuffix(f.Caption, " Model truth.") {
			t.Errorf("%s of one model: %s", c.Name, f.Caption)
		}
	}
}

// TestEntropyLines: where the chain changes nothing there is one line.
func TestEntropyLines(t *testing.T) {
	for chain, want := range map[string]int{"temperature=1": 0, "": 0, "top_k=3": 2} {
		f := drawn(t, Charts[5], Input{Traces: []*argen.Trace{write(t, "It was", chain, 7, 5)}})
		if len(f.keys) != want || (chain == "temperature=1") != strings.Contains(f.Caption, "one line is both") {
			t.Errorf("%q: %d lines in the legend, %s", chain, len(f.keys), f.Caption)
		}
	}
}

// TestLongTitle: a title that is set afterwards takes lines of its own.
func TestLongTitle(t *testing.T) {
	for _, c := range Charts {
		f := drawn(t, c, inputs(t, c.Name)[c.Name])
		_, before := f.size()
		f.Title = strings.Repeat("a long title ", 40)
		_, after := f.size()
		if before != f.Height || after < before+2*titleSize {
			t.Errorf("%s: the page is %v high, then %v", c.Name, before, after)
		}
		f.Height, f.headed = after, 0
		checkTexts(t, c.Name, f)
	}
}

// TestTextWidth: a text is no wider than a screen, and its tokens are named as
// far as there is room; the axis says if some are not.
func TestTextWidth(t *testing.T) {
	base := write(t, "It was", "", 7, 40)
	for n, named := range map[int]int{40: 40, 97: 97, 98: 49, 138: 69, 300: 75, 700: 0} {
		tr := stretched(base, n, "fox")
		f := drawn(t, Charts[4], Input{Traces: []*argen.Trace{tr}})
		if f.Width > 1080 {
			t.Errorf("%d tokens are %v points wide", n, f.Width)
		}
		got, says := 0, ""
		for _, w := range texts(t, f) {
			switch {
			case w.text == "fox":
				got++
			case strings.HasSuffix(w.text, "is named") || strings.HasPrefix(w.text, "t, "):
				says = w.text
			}
		}
		if want := map[int]string{98: "every second token is named", 138: "every second token is named", 300: "every fourth token is named", 700: "t, the number of the token, from 0"}[n]; says != want {
			t.Errorf("the axis of %d tokens says %q, want %q", n, says, want)
		}
		if got != named {
			t.Errorf("of %d tokens %d have names, want %d", n, got, named)
		}
	}
}

// TestBytesOfCharacters: each byte of a character looks the same in all charts.
func TestBytesOfCharacters(t *testing.T) {
	tr := poisoned("x")
	for i, b := range []string{"\xe2", "\x80", "\x9c"} {
		tr.Steps[i].Token, tr.Steps[i].Text = b, ""
	}
	tr.Steps[2].Text = "“"
	for _, c := range Charts[3:8] {
		f := drawn(t, c, Input{Traces: []*argen.Trace{tr}})
		if all := fmt.Sprint(texts(t, f)); c.Name != "chain" && (!strings.Contains(all, `\x9c`) || strings.Contains(all, "{“ ") || strings.Contains(all, "\ufffd")) {
			t.Errorf("%s: %s", c.Name, all)
		}
	}
}

func TestOrdersTitle(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		curves [][]float64
		want   string
	}{
		{[][]float64{{9, 5, 4}, {9, 5, 6}}, "A longer memory helps, as far as the data reach"},
		{[][]float64{{9, 5, 4}, {9, 10, 11}}, "A longer memory helps some models only: the data are few"},
		{[][]float64{{5, 6, 7}, {5, 5, 5}}, "A longer memory does not help: the data are too few"},
		{[][]float64{{9, 5, 4}, {7}}, "A longer memory helps, as far as the data reach"},
		{[][]float64{{9, 5}, {9, 9}}, "A longer memory helps some models only: the data are few"},
		{[][]float64{{nan, 5, 5}}, "Perplexity of n-gram models by order"},
	} {
		if got := titleOrders([]int{1, 2, 3}, c.curves); got != c.want {
			t.Errorf("%v: %s", c.curves, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	for token, want := range map[string]string{"fox": "“fox”", "“": "‹“›", "”": "‹”›"} {
		if got := quoted(token); got != want {
			t.Errorf("%q is quoted as %s", token, got)
		}
	}
	for u, want := range map[float64]string{0: "0.0000", .25: "0.2500", .99999: "0.99999", math.Nextafter(1, 0): "0.9999999999999999"} {
		if got := decimals(u); got != want {
			t.Errorf("%v is %s", u, got)
		}
	}
}

// TestSignsUpright: where names are turned, a comma is not, unless it is long.
func TestSignsUpright(t *testing.T) {
	tr := stretched(write(t, "It was", "", 7, 40), 40, "fox")
	tr.Steps[3].Token, tr.Steps[4].Token = ",", "........"
	f := drawn(t, Charts[4], Input{Traces: []*argen.Trace{tr}})
	axis, turned := 0.0, map[string]bool{}
	for _, w := range texts(t, f) {
		size := w.box.Size()
		turned[w.text] = size.Y > size.X*1.2
		if w.text == "0" {
			axis = float64(w.box.Min.Y+w.box.Max.Y) / 2
		}
	}
	if !turned["fox"] || !turned["........"] {
		t.Errorf("turned are %v", turned)
	}
	const tick = 4
	for _, w := range texts(t, f) {
		if w.text == "fox" && float64(w.box.Min.Y) < axis+tick+1 {
			t.Errorf("a name begins at %v, the tick ends at %v", w.box.Min.Y, axis+tick)
		}
	}
	if !strings.Contains(string(svg(t, f)), `font-size="13" font-weight="bold" fill="#1a1a1a" xml:space="preserve">,</text>`) {
		t.Error("the comma is turned")
	}
}
