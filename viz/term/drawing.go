package term

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/viz"
)

// A Drawing draws charts of data with characters: bars of blocks, curves of dots
// with a mark at each number, matrices of shades. The numbers stand beside, each
// as the data have it, so that nobody has to measure.
type Drawing struct {
	Width int  // columns, no line is wider; at least 40
	ASCII bool // signs of ASCII alone, but for what names hold
	Bare  bool // the numbers alone, nothing drawn: for who reads by ear

	// Say returns the words around the numbers: "interval", and "shades" and
	// "strongest" of matrices.
	Say func(key string) string
}

// Lines are the lines of a chart, its title first; nil if data is of no form that
// can be drawn so, or holds nothing to draw.
func (d Drawing) Lines(data viz.Data) []string {
	d.Width = max(d.Width, 40)
	if data.Check() != nil {
		return nil
	}
	var words viz.Words
	var body []string
	switch data := data.(type) {
	case *viz.BarsData:
		words, body = data.Words, d.bars(data)
	case *viz.CurvesData:
		words, body = data.Words, d.curves(data)
	case *viz.MatrixData:
		words, body = data.Words, d.matrix(data)
	}
	if len(body) == 0 {
		return nil
	}
	var lines []string
	for _, text := range []string{words.Title, words.Subtitle} {
		lines = append(lines, d.wrapped(text)...)
	}
	lines = append(append(lines, body...), d.wrapped(words.Caption)...)
	if d.ASCII {
		for i := range lines {
			lines[i] = strings.NewReplacer("−", "-", "–", "-").Replace(lines[i])
		}
	}
	return lines
}

// wrapped is a text in lines of the drawing's width.
func (d Drawing) wrapped(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(Wrap(argen.Printable(text), d.Width), "\n")
}

// sign chooses between a sign and its ASCII form.
func (d Drawing) sign(sign, ascii string) string {
	if d.ASCII {
		return ascii
	}
	return sign
}

// The marks of series, at their numbers and in the legend.
var (
	marks      = []rune("●○▲△■□◆◇")
	asciiMarks = []rune("ox+*#@%&")
)

// mark is that of a series.
func (d Drawing) mark(i int) rune {
	if d.ASCII {
		return asciiMarks[i%len(asciiMarks)]
	}
	return marks[i%len(marks)]
}

// figures writes a number of an axis: a whole number as it is, a share in % with
// two digits that count, anything else with three.
func figures(unit string, x float64) string {
	if unit != "share" && x == math.Trunc(x) && math.Abs(x) < 1e6 {
		return strings.Replace(strconv.FormatFloat(x, 'f', 0, 64), "-", "−", 1)
	}
	return digits(unit, x)
}

// digits is figures without the exception for whole numbers.
func digits(unit string, x float64) string {
	percent, least := "", 2
	if unit == "share" {
		x, percent, least = 100*x, " %", 1
	}
	var s string
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 0):
		s = strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "Inf", "∞", 1)
	case a == 0:
		s = "0"
	case a >= 1e6 || a < 1e-3:
		s = strconv.FormatFloat(x, 'e', 1, 64)
	default:
		s = strconv.FormatFloat(x, 'f', max(least-int(math.Floor(math.Log10(a)*(1+1e-12))), 0), 64)
	}
	return strings.ReplaceAll(s, "-", "−") + percent
}

// withInterval writes number i of a series with its interval, if it has one that
// is wider than the number's own digits.
func withInterval(unit string, s *viz.Series, i int) string {
	lo, hi, ok := interval(s, i)
	if !ok {
		return figures(unit, s.Y[i])
	}
	text, low, high := digits(unit, s.Y[i]), digits(unit, lo), digits(unit, hi)
	if low == text && high == text {
		return figures(unit, s.Y[i])
	}
	return fmt.Sprintf("%s [%s, %s]", text, strings.TrimSuffix(low, " %"), strings.TrimSuffix(high, " %"))
}

// interval is that of number i of a series.
func interval(s *viz.Series, i int) (lo, hi float64, ok bool) {
	if i >= len(s.Lo) || i >= len(s.Hi) || !finite(s.Lo[i]) || !finite(s.Hi[i]) {
		return 0, 0, false
	}
	return s.Lo[i], s.Hi[i], true
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// A span is the part of an axis that is drawn, over n cells.
type span struct {
	low, high float64
	log       bool
	n         int
}

// over is the span that holds all numbers; with zero it holds 0 too, unless it is
// logarithmic. Of a logarithmic one numbers that are not above 0 are left out.
func over(log, zero bool, n int, numbers ...[]float64) (span, bool) {
	s := span{math.Inf(1), math.Inf(-1), log, n}
	if zero && !log {
		s.low, s.high = 0, 0
	}
	any := false
	for _, list := range numbers {
		for _, x := range list {
			if finite(x) && (!log || x > 0) {
				s.low, s.high, any = min(s.low, x), max(s.high, x), true
			}
		}
	}
	return s, any
}

// at is where a number lies, from 0 to n; NaN where it has no place.
func (s span) at(x float64) float64 {
	low, high := s.low, s.high
	if s.log {
		if x <= 0 {
			return math.NaN()
		}
		x, low, high = math.Log(x), math.Log(low), math.Log(high)
	}
	if !finite(x) {
		return math.NaN()
	}
	if low == high {
		return float64(s.n) / 2
	}
	return (x - low) / (high - low) * float64(s.n)
}

// shown is a name on one line, cut to a width.
func (d Drawing) shown(name string, width int) string {
	return ansi.Truncate(argen.Visible(name), width, d.sign("…", "~"))
}
