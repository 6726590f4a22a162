package viz

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"argen"
)

// round returns the least of 1, 2, 2.5, 5 and 10 times a power of ten that is
// x or more.
func round(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range [...]float64{1, 2, 2.5, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// tick writes the value of a tick.
func tick(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e7) {
		return short(v)
	}
	if math.Abs(v) >= 1000 {
		return count(int(math.Round(v)))
	}
	return strconv.FormatFloat(math.Round(v*1e9)/1e9, 'f', -1, 64)
}

// every returns the ticks of an axis at the multiples of a step.
func (a axis) every(step float64) []plot.Tick {
	var ticks []plot.Tick
	for i := math.Ceil(a.min / step); i*step <= a.max; i++ {
		v := i*step + 0 // −0 becomes 0
		ticks = append(ticks, plot.Tick{Value: v, Label: minus(tick(v))})
	}
	return ticks
}

// powers returns a logarithmic axis from 1 to most or more with ticks at
// powers of ten; the axis has room at both ends.
func powers(most float64) axis {
	a := axis{min: .8}
	top := math.Pow(10, math.Ceil(math.Log10(max(most, 2))-1e-9))
	for v := 1.0; v <= top*1.001; v *= 10 {
		a.ticks = append(a.ticks, plot.Tick{Value: v, Label: tick(v)})
		for m := 2.0; m < 10 && v < top; m++ {
			t := plot.Tick{Value: v * m}
			if top <= 100 && (m == 2 || m == 5) {
				t.Label = tick(t.Value)
			}
			a.ticks = append(a.ticks, t)
		}
	}
	a.max = top * 1.25
	return a
}

// logTicks returns the ticks of a logarithmic axis at 1, 2 and 5 times the
// powers of ten, or those of 1 if there are many.
func logTicks(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	first, last := math.Floor(math.Log10(least)), math.Ceil(math.Log10(most))
	every := max(1, math.Ceil((last-first)/6))
	for e := first; e <= last; e += every {
		for _, m := range []float64{1, 2, 5} {
			if m > 1 && last-first > 3 {
				break
			}
			if v := m * math.Pow(10, e); v >= least && v <= most {
				ticks = append(ticks, plot.Tick{Value: v, Label: tick(v)})
			}
		}
	}
	return ticks
}

// A tickLabel is the text of a tick and where it is to stand: its middle and
// half of its width.
type tickLabel struct {
	text     string
	at, half float64
}

// apart returns every label, or every second, or third, so that none touches the
// next: as many as have room, at equal distances.
func apart(labels []tickLabel) []tickLabel {
	const gap = 3
	for every := 1; ; every++ {
		var list []tickLabel
		fits := true
		for i := 0; i < len(labels); i += every {
			if n := len(list); n > 0 && labels[i].at-labels[i].half <= list[n-1].at+list[n-1].half+gap {
				fits = false
				break
			}
			list = append(list, labels[i])
		}
		if fits {
			return list
		}
	}
}

// most steps that a chart of a text shows: beyond, a line is thinner than a
// dot of print.
const mostSteps = 2000

// shown returns the steps that a chart of the text shows and what to say of
// the others.
func shown(tr *argen.Trace) ([]argen.Step, string) {
	if len(tr.Steps) <= mostSteps {
		return tr.Steps, ""
	}
	return tr.Steps[:mostSteps], " The first " + count(mostSteps) + " of " + count(len(tr.Steps)) + " tokens are shown."
}

// centred sets the title of a logarithmic axis: gonum/plot makes room for it
// where it would stand if its middle were that of the numbers.
type centred struct{ typesetter }

// Box implements text.Handler.
func (t centred) Box(line string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = t.typesetter.Box(line, f)
	return 0, height, depth
}
