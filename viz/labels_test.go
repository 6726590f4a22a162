package viz

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"argen/sampler/search"
)

// figures are the numbers in a text: with three digits or more that count, since
// those with less may be of an axis.
var figures = regexp.MustCompile(`[−-]?\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?`)

// digits is how many digits of a number count.
func digits(s string) int {
	mantissa, _, _ := strings.Cut(s, "e")
	mantissa = strings.TrimLeft(strings.NewReplacer("−", "", "-", "", ",", "", ".", "").Replace(mantissa), "0")
	return len(strings.TrimRight(mantissa, "0"))
}

// numbersOf calls add for all numbers in a value.
func numbersOf(v reflect.Value, add func(float64)) {
	switch v.Kind() {
	case reflect.Float64:
		add(v.Float())
	case reflect.Int, reflect.Int64, reflect.Int32:
		add(float64(v.Int()))
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			numbersOf(v.Elem(), add)
		}
	case reflect.Slice:
		for i := range v.Len() {
			numbersOf(v.Index(i), add)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			numbersOf(v.MapIndex(k), add)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			numbersOf(v.Field(i), add)
		}
	}
}

// TestLabels: every number that is written on a chart, whatever its kind, and
// every one of its description is one of its data, to the digits that are shown,
// or a tick of an axis, or what the chart says that it makes of them.
func TestLabels(t *testing.T) {
	const fewest = 2 // digits of a number that is looked up
	for _, c := range Charts {
		list := maps.Clone(inputs(t, c.Name))
		if c.From == FromData { // numbers with many digits
			list[c.Name+" scaled"] = Input{Data: scaled(copied(t, c, list[c.Name].Data))}
		}
		for name, in := range list {
			known := map[string]bool{}
			add := func(x float64) {
				for _, s := range []string{prob(x), short(x), short(-x), short(100 * x), percentage(x), tick(x), minus(tick(x)), Axis{}.number(x)} {
					known[strings.TrimPrefix(strings.TrimSuffix(s, " %"), ">")] = true
				}
				if x >= 0 && x < 1 {
					known[decimals(x)] = true
				}
			}
			numbersOf(reflect.ValueOf(in), add)
			said := ""
			if bars, ok := in.Data.(*BarsData); ok {
				said = strings.Join(bars.Groups, " ")
			}
			for _, tr := range in.Traces {
				bits, at := 0.0, 0.0
				for i := range tr.Steps {
					s := &tr.Steps[i]
					bits += s.Surprisal
					at = s.CumLogProb
					for _, p := range parts(s, mostRows) {
						add(p.high - p.low)
						add(p.low)
						add(p.high)
					}
					list := rows(s, 12)
					for _, r := range list {
						add(r.model)
						add(r.sampled)
					}
					for _, column := range flowOf(s, list).p {
						for _, p := range column {
							add(p)
						}
					}
					for _, r := range runners(tr, s, mostRows) {
						add(r.sum)
						add(r.noise)
						add(math.Log(r.prob))
					}
					if s.Choice != nil {
						data, err := json.Marshal(s.Choice)
						if err != nil {
							t.Fatal(err)
						}
						var spec search.Speculation
						if choiceOf(s, &spec) && spec.Guess != nil {
							add(min(1, spec.P/spec.Guess.Q))
						}
						if spec.Tally.Passes > 0 {
							add(float64(spec.Tally.Tokens) / float64(spec.Tally.Passes))
						}
						for _, s := range figures.FindAllString(string(data), -1) {
							var x float64
							if json.Unmarshal([]byte(s), &x) == nil {
								add(x)
							}
						}
					}
				}
				mean := bits / float64(len(tr.Steps))
				add(mean)
				add(math.Exp2(mean))
				add(at)
				add(math.Exp(at))
				said += tr.Head.Chain
			}
			add(95) // of 100 intervals hold the true number
			differ, measured := 0, 0
			for i, strategy := range in.Compare.Strategies {
				said += " " + strategy.Name
				for _, v := range strategy.Values {
					if i > 0 && !math.IsNaN(v.Mean) {
						measured++
						differ += map[bool]int{true: 1}[v.Differs]
					}
				}
			}
			add(float64(differ))
			add(float64(measured))
			for i := range in.Learning.Runs { // the mean recall, over words
				for _, step := range in.Learning.Runs[i].Steps {
					known[fmt.Sprintf("%.1f", 100*(step.Validation/in.Learning.Runs[i].Floor-1))] = true // % above the floor
					sum, n := 0.0, 0
					for _, r := range step.Recall {
						sum, n = sum+r.Prob*float64(r.Count), n+r.Count
					}
					add(sum / float64(n))
					known[strings.Fields(roughly(float64(step.Tokens)) + " ")[0]] = true // 22.8 million
				}
			}
			f := drawn(t, c, in)
			known[""] = true
			all := texts(t, f)
			onAxis, found := ticksOf(all), 0
			for i, w := range append(all, written{text: f.Title}, written{text: f.Subtitle}, written{text: f.Caption}, written{text: f.Alt}) {
				for _, n := range figures.FindAllString(w.text, -1) {
					n = strings.TrimRight(n, ",")
					if digits(n) >= fewest {
						found++
					}
					if digits(n) >= fewest && !known[n] && !known[minus(n)] && !strings.Contains(said, n) && !onAxis[i] {
						t.Errorf("%s: %q has %s, which is not in its data", name, w.text, n)
					}
				}
			}
			if found == 0 && (name == c.Name) == (c.From != FromData) {
				t.Errorf("%s has no number that could be wrong: give its input some with three digits", name)
			}
		}
	}
}

// scaled is data with all its numbers a little nearer to 0, but for those along the
// lower side.
func scaled(d Data) Data {
	down := func(lists ...Values) {
		for _, v := range lists {
			for i := range v {
				v[i] *= .98731
			}
		}
	}
	var series []Series
	switch d := d.(type) {
	case *CurvesData:
		series = d.Series
	case *BarsData:
		series = d.Series
	case *MatrixData:
		for _, p := range d.Panels {
			down(p.Cells...)
		}
	}
	for _, s := range series {
		down(s.Y, s.Lo, s.Hi)
	}
	return d
}

// ticksOf are the places in a list of those texts that are numbers at equal
// distances, in a row or in a column of three or more, whose values are at equal
// distances too: ticks of an axis that is drawn to scale.
func ticksOf(list []written) map[int]bool {
	type place struct {
		i         int
		across    float64 // which row or column
		at, value float64
	}
	ticks := map[int]bool{}
	for _, level := range []bool{true, false} {
		var all []place
		for i, w := range list {
			v, err := strconv.ParseFloat(strings.NewReplacer("−", "-", ",", "", " %", "").Replace(w.text), 64)
			if err != nil {
				continue
			}
			mid := w.box.Min.Add(w.box.Max).Scale(.5)
			p := place{i, math.Round(float64(mid.Y)), float64(mid.X), v}
			if !level {
				p = place{i, math.Round(float64(w.box.Max.X)), float64(mid.Y), v}
			}
			all = append(all, p)
		}
		slices.SortFunc(all, func(a, b place) int { return cmp.Or(cmp.Compare(a.across, b.across), cmp.Compare(a.at, b.at)) })
		for i := 2; i < len(all); i++ {
			a, b, c := all[i-2], all[i-1], all[i]
			near := func(x, y, off float64) bool { return math.Abs(x-y) <= off }
			if a.across == c.across && near(b.at-a.at, c.at-b.at, 1.5) && near(b.value-a.value, c.value-b.value, 1e-9) && a.value != b.value {
				ticks[a.i], ticks[b.i], ticks[c.i] = true, true, true
			}
		}
	}
	return ticks
}
