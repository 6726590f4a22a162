package viz

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
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

// TestLabels: every number that is written on a chart of what was measured is
// one of its data, to the digits that are shown, or of an axis, or what the
// chart says that it makes of them.
func TestLabels(t *testing.T) {
	for _, c := range Charts {
		switch c.From {
		case FromTraces, FromStep, FromData:
		default:
			continue // these have numbers of their own tests
		}
		for name, in := range inputs(t, c.Name) {
			known := map[string]bool{}
			add := func(x float64) {
				for _, s := range []string{prob(x), short(x), short(-x), short(100 * x), percentage(x), tick(x), minus(tick(x)), Axis{}.number(x)} {
					known[strings.TrimSuffix(s, " %")] = true
				}
				if x >= 0 && x < 1 {
					known[decimals(x)] = true
				}
			}
			numbersOf(reflect.ValueOf(in.Traces), add)
			numbersOf(reflect.ValueOf(in.Data), add)
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
			f := drawn(t, c, in)
			known[""] = true
			for _, w := range texts(t, f) {
				if strings.Contains(f.Caption, w.text) || strings.Contains(f.Title, w.text) {
					continue
				}
				for _, n := range figures.FindAllString(w.text, -1) {
					n = strings.TrimRight(n, ",")
					if digits(n) >= 3 && !known[n] && !known[minus(n)] && !strings.Contains(said, n) {
						t.Errorf("%s: %q has %s, which is not in its data", name, w.text, n)
					}
				}
			}
		}
	}
}
