package tui

import (
	"fmt"
	"math"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// A curve is a number a step; NaN where there is none.
type curve struct {
	name, unit string
	values     []float64
	most       float64 // the top of its scale
	style      lipgloss.Style
}

// curves are entropy and surprisal on one scale, since the mean of surprisal
// is entropy, and P of the tokens tracked.
func (m *model) curves() []curve {
	b := m.cur()
	entropy := curve{name: "entropy", unit: "bits", style: m.s.entropy}
	surprisal := curve{name: "surprisal", unit: "bits", style: m.s.surprisal}
	for i := range b.steps {
		entropy.values = append(entropy.values, b.steps[i].Entropy)
		surprisal.values = append(surprisal.values, b.steps[i].Surprisal)
	}
	if b.next != nil {
		entropy.values = append(entropy.values, b.next.Entropy)
		last := math.NaN()
		if m.picked() {
			last = b.next.Surprisal
		}
		surprisal.values = append(surprisal.values, last)
	}
	all := []curve{entropy, surprisal}
	for _, id := range m.track {
		c := curve{name: "P(" + m.s.quote(m.piece(id)) + ")", style: m.s.sampled, most: 1}
		for t := range b.steps {
			c.values = append(c.values, b.prob(id, t))
		}
		if b.next != nil {
			c.values = append(c.values, b.prob(id, len(b.steps)))
		}
		all = append(all, c)
	}
	return all
}

// scaleTo sets the scale of curves in bits to what a line of w cells shows.
func scaleTo(cs []curve, w int) {
	most := 0.5
	for _, c := range cs {
		if c.unit == "bits" {
			for _, v := range last(c.values, w) {
				if v > most && !math.IsInf(v, 1) {
					most = v
				}
			}
		}
	}
	for i := range cs {
		if cs[i].unit == "bits" {
			cs[i].most = math.Ceil(most*2) / 2
		}
	}
}

func last(values []float64, n int) []float64 { return values[max(len(values)-max(n, 0), 0):] }

// value is the last number of a curve, or the one before where that is not
// known yet.
func (m *model) value(c *curve) string {
	for i := len(c.values) - 1; i >= 0 && i >= len(c.values)-2; i-- {
		if v := c.values[i]; !math.IsNaN(v) {
			if c.unit == "" {
				return prob(v)
			}
			return m.s.number(v, 2) + " " + c.unit
		}
	}
	return "not known yet"
}

// curveLine is a curve in one line.
func (m *model) curveLine(c curve, w int) string {
	name := m.s.fit(c.name, min(max(w/6, 10), 16))
	value := m.s.right(m.value(&c), 13)
	room := w - ansi.StringWidth(name) - ansi.StringWidth(value) - 2
	if room < 3 {
		return m.s.fit(c.name+" "+m.value(&c), w)
	}
	line := strings.Join(m.plot(c, room, 1), "")
	return m.s.dim.Render(name) + " " + line + " " + m.s.bold.Render(value)
}

// plot draws a curve as columns in h lines of w cells. While there are few
// steps each has several columns.
func (m *model) plot(c curve, w, h int) []string {
	values := last(c.values, w)
	each := min(max(w/max(len(values), 1), 1), 3)
	levels := m.s.g.levels
	n := len(levels)
	lines := make([]string, h)
	for y := range h {
		var b strings.Builder
		for _, v := range values {
			level := " "
			if !math.IsNaN(v) {
				height := max(int(math.Round(min(v/c.most, 1)*float64(h*n))), 1)
				if in := height - (h-1-y)*n; in > 0 { // of this line's cell
					level = levels[min(in, n)-1]
				}
			}
			b.WriteString(strings.Repeat(level, each))
		}
		lines[y] = c.style.Render(m.s.fit(b.String(), w))
	}
	return lines
}

// curvePanel draws the curves above each other in at most h lines of w cells.
func (m *model) curvePanel(w, h int) []string {
	cs := m.curves()
	scaleTo(cs, w)
	for len(cs) > 2 && h < 3*len(cs) {
		cs = cs[:len(cs)-1]
	}
	each := h / len(cs)
	var lines []string
	for _, c := range cs {
		lines = append(lines, m.s.ends(m.s.bold.Render(c.name)+" "+c.style.Render(m.value(&c)), m.s.dim.Render(scaleName(c)), w))
		lines = append(lines, m.plot(c, w, min(max(each-2, 1), 6))...)
		if each > 3 {
			lines = append(lines, strings.Repeat(" ", w))
		}
	}
	return lines[:min(len(lines), h)]
}

func scaleName(c curve) string {
	if c.unit == "" {
		return "0 to 1"
	}
	return fmt.Sprintf("0 to %g bits", c.most)
}
