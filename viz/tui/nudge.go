package tui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"argen"
	"argen/sampler"
)

// A knob is a stage that a key turns.
type knob struct {
	stage string
	off   float64 // where there is no such stage, and where it leaves the chain
	turn  func(v float64, up bool) float64
}

var knobs = map[string]knob{
	"t": {"temperature", 1, func(v float64, up bool) float64 { return turn(v, up, 0.1, 0, 10) }},
	"k": {"top_k", 0, turnK},
	"p": {"top_p", 1, func(v float64, up bool) float64 { return turn(v, up, 0.05, 0.05, 1) }},
}

// turn goes a step up or down, to multiples of it.
func turn(v float64, up bool, step, least, most float64) float64 {
	n := math.Round(v / step)
	if up {
		n++
	} else {
		n--
	}
	return min(max(math.Round(n*step*1000)/1000, least), most)
}

// ks are what k and K go through; 0, no stage, is above all of them.
var ks = []float64{1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50, 100, 200, 500, 1000}

func turnK(v float64, up bool) float64 {
	switch i, found := slices.BinarySearch(ks, v); {
	case v == 0 && up:
		return 0
	case v == 0:
		return 40
	case up && found:
		i++
		fallthrough
	case up:
		if i >= len(ks) {
			return 0
		}
		return ks[i]
	default:
		return ks[max(i-1, 0)]
	}
}

// nudge turns a knob: a small letter down, a capital up.
func (m *model) nudge(letter string) tea.Cmd {
	k, ok := knobs[strings.ToLower(letter)]
	if !ok {
		return nil
	}
	up := letter != strings.ToLower(letter)
	return m.start(opChain(func(chain []argen.Transform) ([]argen.Transform, error) {
		at := slices.IndexFunc(chain, func(t argen.Transform) bool { return t.Name() == k.stage })
		v := k.off
		if at >= 0 {
			v = value(chain[at])
		}
		v = k.turn(v, up)
		if v == k.off && at >= 0 && k.stage != "temperature" {
			return slices.Delete(slices.Clone(chain), at, at+1), nil
		}
		text := k.stage + "=" + strconv.FormatFloat(v, 'g', -1, 64)
		if at >= 0 {
			text += otherValues(chain[at])
		}
		made, err := sampler.Parse(text)
		switch {
		case err != nil:
			return nil, err
		case at >= 0:
			chain = slices.Clone(chain)
			chain[at] = made[0]
			return chain, nil
		case v == k.off:
			return chain, nil
		}
		return slices.Insert(slices.Clone(chain), place(chain, k.stage), made[0]), nil
	}))
}

// value is a stage's first parameter.
func value(t argen.Transform) float64 {
	_, v, _ := strings.Cut(t.String(), "=")
	v, _, _ = strings.Cut(v, "/")
	x, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return 0
	}
	return x
}

// otherValues are a stage's parameters after the first, as a chain has them.
func otherValues(t argen.Transform) string {
	if _, rest, more := strings.Cut(t.String(), "/"); more {
		return "/" + rest
	}
	return ""
}

// place is where a stage enters a chain: before the first that the table has
// after it.
func place(chain []argen.Transform, stage string) int {
	order := func(name string) int {
		return slices.IndexFunc(sampler.Table, func(s sampler.Spec) bool { return s.Name == name })
	}
	for i, t := range chain {
		if order(t.Name()) > order(stage) {
			return i
		}
	}
	return len(chain)
}
