package viz

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// compareData are made up.
func compareData() CompareData {
	nan, inf := math.NaN(), math.Inf(1)
	d := CompareData{Model: "story", Texts: 200, Metrics: []CompareMetric{
		{"coherent", "coherent stories", "share"},
		{"logprob", "ln P a token", "nats"},
		{"distinct_2", "distinct-2", "share"},
		{"self_bleu", "self-BLEU", ""},
		{"loops", "ends in a loop", "share"},
		{"length", "length", "tokens"},
		{"kl_truth", "KL from the truth", "bits"},
	}}
	add := func(name string, coherent, wide, logprob, distinct, bleu, length, kl, missing float64, differs bool) {
		one := func(x, half float64) CompareValue {
			return CompareValue{x, x - half, x + half, nan, nan, nan, 0, differs}
		}
		share := one(coherent, wide)
		share.Hi = min(share.Hi, 1)
		tokens := one(length, 3)
		tokens.Low, tokens.Middle, tokens.High = length-14, length+1, length+12
		divergence := one(kl, kl/20)
		if math.IsInf(kl, 1) {
			divergence = CompareValue{inf, inf, inf, nan, nan, nan, missing, true}
		}
		same := CompareValue{0, 0, .02, nan, nan, nan, 0, false}
		d.Strategies = append(d.Strategies, CompareStrategy{name, []CompareValue{
			share, one(logprob, .01), one(distinct, .005), one(bleu, .01), same, tokens, divergence,
		}})
	}
	add("temperature 1", .88, .05, -.403, .147, .853, 113, .0029, 0, false)
	add("temperature 0.7", .94, .03, -.368, .133, .876, 117, .0158, 0, true)
	add("temperature 1.3", .44, .07, -.504, .159, .831, 110, .0160, 0, true)
	add("greedy", 1, 0, -.243, .0037, 1, 130, inf, .29, true)
	add("top-p 0.9", .97, .02, -.389, .141, .865, 111, inf, .172, true)
	add("mirostat 2", .90, .04, -.401, .1467, .855, 113, .0029, 0, false)
	add("beams 4", 1, 0, -.282, .0045, 1, 113, nan, 0, true)
	d.Step = CompareStep{
		T: 2, Context: "It was", Tokens: []string{"a", "Omar", " Yuki", "Mia"}, Model: []float64{.839, .017, .0147, .0137}, Rest: .1156, Others: 682,
		After: []CompareAfter{
			{"temperature 1", []float64{.839, .017, .0147, .0137}, .1156, 686, 1.26},
			{"temperature 0.7", []float64{.97, .0037, .003, .0027}, .0206, 686, .304},
			{"greedy", []float64{1, 0, 0, 0}, 0, 1, 0},
			{"top-p 0.9", []float64{.923, .0187, .0162, 0}, .0421, 6, .569},
			{"mirostat 2", []float64{.84, .017, .0148, .0137}, .1145, 15, 1.24},
		},
	}
	return d
}

// compareInputs are those of the golden pictures.
func compareInputs(chart string) map[string]Input {
	in := Input{Compare: compareData()}
	close := in
	close.Quality, close.Diversity = "logprob", "self_bleu"
	close.Compare.Strategies = close.Compare.Strategies[:3]
	one := Input{Compare: compareData()}
	one.Compare.Strategies = one.Compare.Strategies[:1]
	switch chart {
	case "frontier":
		return map[string]Input{chart: in, "frontier-close": close, "frontier-one": one}
	case "metrics":
		return map[string]Input{chart: in, "metrics-one": one}
	}
	return map[string]Input{chart: in}
}

// poisonedCompare is a comparison whose every text is s.
func poisonedCompare(s string) CompareData {
	d := compareData()
	d.Model, d.Step.Context = s, s
	for i := range d.Metrics {
		d.Metrics[i].Label, d.Metrics[i].Unit = s, s
	}
	d.Metrics[6].Name = s
	for i := range d.Strategies {
		d.Strategies[i].Name = s
	}
	for i := range d.Step.Tokens {
		d.Step.Tokens[i] = s
	}
	for i := range d.Step.After {
		d.Step.After[i].Name = s
	}
	return d
}

// What the words say is what the numbers say.
func TestCompareSays(t *testing.T) {
	in := Input{Compare: compareData()}
	for name, want := range map[string][]string{
		"frontier": {
			"Quality is paid for with diversity", "coherent stories against distinct-2 · 200 texts",
			"temperature 1: 0.147 and 88 % (83 % to 93 %), on the frontier", "greedy: 0.004 and 100 %;", "a piece of the axis without any point is left out",
		},
		"metrics": {
			"29 of 41 numbers differ from those of temperature 1", "greedy ∞ at 29 % of places differs", "beams 4 none",
			"The same for all: ends in a loop 0 %.", "temperature 0.7 94 % (91 % to 97 %) differs", "mirostat 2 90 % (86 % to 94 %);",
		},
		"same-step": {
			"What comes after “It was”?", "top-p 0.9 (6 tokens · 0.569 bits): “a” 0.923; “Omar” 0.0187; “·Yuki” 0.0162; “Mia” removed; all others (682) 0.0421",
			"greedy (1 token · 0 bits): “a” 1; “Omar” removed", "A · is a blank.",
		},
	} {
		c, _ := Lookup(name)
		f := drawn(t, c, in)
		for _, w := range want {
			if !strings.Contains(Describe(f), w) {
				t.Errorf("%s: %q is missing in\n%s", name, w, Describe(f))
			}
		}
	}
	// Of those that a better one beats in both, none is on the frontier.
	f := drawn(t, Chart{Draw: Frontier, Name: "frontier"}, in)
	if strings.Count(f.Alt, "on the frontier") != 5 || strings.Contains(f.Alt, "0.133 and 94 % (91 % to 97 %), on") {
		t.Error(f.Alt)
	}
	in.Compare.Strategies = in.Compare.Strategies[3:5]
	in.Diversity = "length"
	if f := drawn(t, Chart{Draw: Frontier, Name: "frontier"}, in); f.Title != "Quality against diversity: greedy is best in both" {
		t.Error(f.Title)
	}
}

// The first strategy is seen where others have the same numbers.
func TestFrontierDrawsTheFirstOverOthers(t *testing.T) {
	d := compareData()
	d.Strategies = slices.Clone(d.Strategies[:3])
	for i := range d.Strategies {
		d.Strategies[i].Values = d.Strategies[0].Values
	}
	page := string(svg(t, drawn(t, Chart{Draw: Frontier, Name: "frontier"}, Input{Compare: d})))
	if first, others := strings.LastIndex(page, `fill="#d55e00"`), strings.LastIndex(page, `fill="#0072b2"`); first < others || others < 0 {
		t.Errorf("the first strategy's mark is at byte %d, the last of the others at %d", first, others)
	}
}

// What rounding alone makes differ is the same for all, and 0 if it is nothing else.
func TestMetricsTakeRoundingForNoDifference(t *testing.T) {
	d := compareData()
	for i := range d.Strategies {
		v := float64(i+1) * 1e-17
		d.Strategies[i].Values = slices.Clone(d.Strategies[i].Values)
		d.Strategies[i].Values[3] = CompareValue{Mean: v, Lo: v, Hi: v}
	}
	f := drawn(t, Chart{Draw: Metrics, Name: "metrics"}, Input{Compare: d})
	if want := "The same for all: " + d.Metrics[3].text() + " 0, "; !strings.Contains(f.Caption, want) {
		t.Errorf("%q is missing in %q", want, f.Caption)
	}
}

// A title claims no more than the intervals show.
func TestFrontierTitles(t *testing.T) {
	for want, change := range map[string]func(*CompareData){
		// Two whose intervals overlap.
		"Quality against diversity of 2 strategies": func(d *CompareData) {
			d.Strategies = []CompareStrategy{d.Strategies[0], d.Strategies[5]}
		},
		// Where all are as coherent it is ln P that differs.
		"Probability is paid for with diversity": func(d *CompareData) {
			for i := range d.Strategies {
				d.Strategies[i].Values[0] = CompareValue{Mean: 0, Lo: 0, Hi: .02}
			}
		},
		// One is ahead in both by less than the noise in one.
		"Quality against diversity of 3 strategies": func(d *CompareData) {
			d.Strategies = d.Strategies[:3]
			for i, x := range []float64{.9, .91, .92} {
				d.Strategies[i].Values[0] = CompareValue{Mean: x, Lo: x - .05, Hi: x + .05}
				d.Strategies[i].Values[2] = CompareValue{Mean: x, Lo: x, Hi: x}
			}
		},
		// The one that pays is beaten by one that does not.
		"Quality against diversity of 4 strategies": func(d *CompareData) {
			d.Strategies = d.Strategies[:4]
			for i, v := range [][2]float64{{.5, .5}, {.9, .2}, {.6, .3}, {.9, .55}} {
				d.Strategies[i].Values[0] = CompareValue{Mean: v[0], Lo: v[0] - .1, Hi: v[0] + .1}
				d.Strategies[i].Values[2] = CompareValue{Mean: v[1], Lo: v[1] - .1, Hi: v[1] + .1}
			}
		},
		// Without intervals nothing is known.
		"Quality against diversity of 7 strategies": func(d *CompareData) {
			for i := range d.Strategies {
				for k := range d.Strategies[i].Values {
					d.Strategies[i].Values[k].Lo, d.Strategies[i].Values[k].Hi = math.NaN(), math.NaN()
				}
			}
		},
	} {
		d := compareData()
		change(&d)
		if f := drawn(t, Chart{Draw: Frontier, Name: "frontier"}, Input{Compare: d}); f.Title != want {
			t.Errorf("%q, want %q", f.Title, want)
		}
	}
	d := compareData()
	for i := range d.Step.After {
		d.Step.After[i] = d.Step.After[0]
	}
	if f := drawn(t, Chart{Draw: SameStep, Name: "same-step"}, Input{Compare: d}); f.Title != "What comes after “It was”? Here the strategies agree" {
		t.Error(f.Title)
	}
}

func TestCompareErrors(t *testing.T) {
	for _, test := range []struct {
		chart, want string
		change      func(*Input)
	}{
		{"frontier", "there is none", func(in *Input) { in.Compare = CompareData{} }},
		{"metrics", "there is none", func(in *Input) { in.Compare = CompareData{} }},
		{"same-step", "no step to show", func(in *Input) { in.Compare = CompareData{} }},
		{"frontier", "no metric “speed” was measured; there are coherent, logprob", func(in *Input) { in.Quality = "speed" }},
		{"frontier", "neither distinct_2 nor self_bleu was measured", func(in *Input) { in.Compare.Metrics[2].Name, in.Compare.Metrics[3].Name = "x", "y" }},
		{"frontier", "no strategy has both coherent and kl_truth", func(in *Input) {
			in.Compare.Strategies, in.Diversity = in.Compare.Strategies[6:], "kl_truth"
		}},
		{"metrics", "nothing to draw", func(in *Input) {
			in.Compare.Metrics = in.Compare.Metrics[4:5]
			for i := range in.Compare.Strategies {
				in.Compare.Strategies[i].Values = in.Compare.Strategies[i].Values[4:5]
			}
		}},
		{"metrics", "has 7 numbers for 1 metrics", func(in *Input) { in.Compare.Metrics = in.Compare.Metrics[:1] }},
		{"metrics", "outside of its interval", func(in *Input) { in.Compare.Strategies[1].Values[0].Lo = .99 }},
		{"metrics", "too large", func(in *Input) { in.Compare.Strategies[1].Values[0].Mean = 1e300 }},
		{"frontier", "a part of 2", func(in *Input) { in.Compare.Strategies[1].Values[0].Infinite = 2 }},
		{"frontier", "at most 24 strategies", func(in *Input) { in.Compare.Strategies = make([]CompareStrategy, 25) }},
		{"same-step", "at most 24 strategies", func(in *Input) { in.Compare.Step.After = make([]CompareAfter, 25) }},
		{"same-step", "at most 40 tokens", func(in *Input) { in.Compare.Step.Tokens = make([]string, 41) }},
		{"same-step", "2 is no probability", func(in *Input) { in.Compare.Step.After[0].Rest = 2 }},
		{"same-step", "3 probabilities for 4 tokens", func(in *Input) { in.Compare.Step.After[1].Probs = in.Compare.Step.After[1].Probs[:3] }},
		{"same-step", "leaves 0 tokens", func(in *Input) { in.Compare.Step.After[1].Kept = 0 }},
	} {
		c, _ := Lookup(test.chart)
		in := Input{Compare: compareData()}
		test.change(&in)
		if _, err := c.Draw(in); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.chart, err, test.want)
		}
	}
}

// Names find a place where all points are one, and where they are many; none
// lies over another.
func TestPlaceNames(t *testing.T) {
	area := rect(0, 0, 600, 300)
	for _, apart := range []float64{0, 7, 30} {
		var list []tag
		for i := range mostCompared {
			list = append(list, tag{x: 300 + apart*float64(i%5), y: 150 + apart*float64(i/5), name: strings.Repeat("m", 5+i%9)})
		}
		if left := placeNames(list, nil, []vg.Rectangle{rect(100, 0, 130, 300)}, area); len(left) > 0 {
			t.Errorf("%v apart: no place for %q", apart, left)
		}
		for i, a := range list {
			for _, b := range list[:i] {
				blank := rect(float64(a.at.Min.X)-3, float64(a.at.Min.Y), float64(a.at.Max.X)+3, float64(a.at.Max.Y))
				if overlap(blank, b.at) {
					t.Errorf("%v apart: %v lies over %v, or next to it", apart, a.at, b.at)
				}
			}
			if overlap(a.at, rect(100, 0, 130, 300)) {
				t.Errorf("%v lies where something is", a.at)
			}
		}
	}
	// The line to a name goes around the others.
	list := []tag{{x: 300, y: 150, name: "nearest"}, {x: 300, y: 150, name: "a name that is longer"}, {x: 300, y: 150, name: "third"}, {x: 290, y: 150, name: "fourth"}}
	placeNames(list, nil, nil, area)
	for i := range list {
		for _, piece := range list[i].leader(list[i].at) {
			for k := range list[:i] {
				if overlap(piece, list[k].at) {
					t.Errorf("the line to %q goes through %q", list[i].name, list[k].name)
				}
			}
		}
	}
	if left := placeNames([]tag{{x: 5, y: 5, name: "far too long for this"}}, nil, nil, rect(0, 0, 50, 50)); len(left) != 1 {
		t.Errorf("%q are left", left)
	}
}

// An axis with a rift keeps order and ends.
func TestRift(t *testing.T) {
	d := compareData()
	var list []frontierPoint
	for _, s := range d.Strategies {
		list = append(list, frontierPoint{x: s.Values[2]})
	}
	r := acrossOf(list)
	if r.from >= r.to || r.axis.min > .0037-.005 || r.axis.max < .159+.005 {
		t.Fatalf("%+v", r)
	}
	last := -1.0
	for i := range 1001 {
		x := r.axis.min + (r.axis.max-r.axis.min)*float64(i)/1000
		y := r.Normalize(r.axis.min, r.axis.max, x)
		if y < last || y < 0 || y > 1 {
			t.Fatalf("%v is at %v, after %v", x, y, last)
		}
		last = y
	}
	// Both sides have one scale.
	left, right := r.low/(r.from-r.axis.min), (1-r.high)/(r.axis.max-r.to)
	if math.Abs(left/right-1) > .01 {
		t.Errorf("scales %v and %v", left, right)
	}
	if r := acrossOf(list[:3]); r.from < r.to {
		t.Errorf("points without a gap have a rift: %+v", r)
	}
}

// The page of a step is as wide as its panels need.
func TestSameStepWidth(t *testing.T) {
	last := 0.0
	for n := 1; n <= 6; n++ {
		d := compareData()
		d.Step.After = d.Step.After[:min(n, len(d.Step.After))]
		f, err := SameStep(Input{Compare: d})
		if err != nil {
			t.Fatal(err)
		}
		if f.Width < last || f.Width > stepWidth || n == 1 && f.Width > 0.7*stepWidth {
			t.Errorf("%d strategies: %v wide, before %v", n, f.Width, last)
		}
		last = f.Width
		checkTexts(t, "same-step", f)
	}
}
