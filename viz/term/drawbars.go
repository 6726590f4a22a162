package term

import (
	"math"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen/viz"
)

// eighths are the parts of a block.
var eighths = []rune(" ▏▎▍▌▋▊▉█")

// bars draws a line for each number: its name, its bar, the number with its
// interval. Where a bar has an interval it is solid up to its lower end, dense up
// to the number and light up to the upper end. Levels are uprights across.
func (d Drawing) bars(b *viz.BarsData) []string {
	if d.Bare {
		return d.bareBars(b)
	}
	var all, labels, texts []string
	of := func(k, i int) *viz.Series { return &b.Series[k] }
	lists := [][]float64{levelNumbers(b.Levels)}
	intervals := false
	for k := range b.Series {
		s := &b.Series[k]
		lists = append(lists, s.Y, s.Lo, s.Hi)
		for i := range s.Y {
			lo, hi, ok := interval(s, i)
			intervals = intervals || ok && lo < hi
		}
	}
	// The names of series stand below that of their group, where there are several.
	several := len(b.Series) > 1
	names, numbers := 0, 0
	list := func(text func(s *viz.Series, i int) string) {
		labels, texts = nil, nil
		names, numbers = 0, 0
		for i, g := range b.Groups {
			if several {
				labels, texts = append(labels, d.shown(g, d.Width)), append(texts, "")
			}
			for k := range b.Series {
				name := g
				if several {
					name = "  " + b.Series[k].Name
				}
				labels, texts = append(labels, d.shown(name, d.Width)), append(texts, text(of(k, i), i))
				names, numbers = max(names, ansi.StringWidth(labels[len(labels)-1])), max(numbers, ansi.StringWidth(texts[len(texts)-1]))
			}
		}
	}
	const leastBar = 8
	list(func(s *viz.Series, i int) string { return withInterval(b.Y.Unit, s, i) })
	if numbers > d.Width/2 {
		list(func(s *viz.Series, i int) string { return figures(b.Y.Unit, s.Y[i]) })
	}
	names = min(names, d.Width*2/5, d.Width-numbers-4-leastBar)
	room := d.Width - names - numbers - 4
	s, ok := over(b.Y.Log, true, room, lists...)
	if !ok {
		return nil
	}
	if head := b.Y.Head(&b.Words); head != "" {
		all = append(all, strings.Repeat(" ", names+2)+d.shown(head, d.Width-names-2))
	}
	at := 0
	for i := range b.Groups {
		if several {
			all = append(all, labels[at])
			at++
		}
		for k := range b.Series {
			line := pad(ansi.Truncate(labels[at], names, d.sign("…", "~")), names) + "  " + d.bar(s, of(k, i), i, b.Levels) + "  " + texts[at]
			all = append(all, strings.TrimRight(line, " "))
			at++
		}
	}
	return append(all, d.barLegend(b, intervals)...)
}

// bareBars are the numbers of bars in words.
func (d Drawing) bareBars(b *viz.BarsData) []string {
	var lines []string
	for i, g := range b.Groups {
		for k := range b.Series {
			name := g
			if len(b.Series) > 1 {
				name += ", " + b.Series[k].Name
			}
			lines = append(lines, d.wrapped(name+": "+withInterval(b.Y.Unit, &b.Series[k], i))...)
		}
	}
	for _, l := range b.Levels {
		lines = append(lines, d.wrapped(l.Name+": "+figures(b.Y.Unit, l.Y))...)
	}
	return append(d.wrapped(b.Y.Head(&b.Words)), lines...)
}

func levelNumbers(list []viz.Level) []float64 {
	var all []float64
	for _, l := range list {
		all = append(all, l.Y)
	}
	return all
}

// bar is the bar of number i of a series, as wide as the span.
func (d Drawing) bar(p span, s *viz.Series, i int, across []viz.Level) string {
	cells := []rune(strings.Repeat(" ", p.n))
	zero := 0.0
	if !p.log {
		zero = p.at(0)
	}
	for _, l := range across {
		if x := p.at(l.Y); finite(x) {
			cells[min(int(x), p.n-1)] = []rune(d.sign("│", "|"))[0]
		}
	}
	fill := func(from, to float64, r rune) {
		for x := int(math.Round(from)); x < int(math.Round(to)) && x < p.n; x++ {
			cells[max(x, 0)] = r
		}
	}
	value := p.at(s.Y[i])
	if !finite(value) {
		return string(cells)
	}
	solid, dense, light := '█', '▓', '░'
	if d.ASCII {
		solid, dense, light = '#', '=', '-'
	}
	lo, hi, ok := interval(s, i)
	from, to := p.at(lo), p.at(hi)
	switch {
	case ok && finite(from) && finite(to) && math.Round(to)-math.Round(from) >= 1 && from >= zero:
		fill(zero, from, solid)
		fill(from, value, dense)
		fill(value, to, light)
	case value < zero || d.ASCII:
		fill(min(zero, value), max(zero, value), solid)
	default:
		whole := int(value)
		fill(zero, float64(whole), solid)
		if part := int((value - float64(whole)) * 8); part > 0 && whole < p.n && zero == math.Trunc(zero) {
			cells[whole] = eighths[part]
		}
	}
	return string(cells)
}

// barLegend says what the signs are.
func (d Drawing) barLegend(b *viz.BarsData, intervals bool) []string {
	var parts []string
	if intervals {
		parts = append(parts, d.sign("▓░ ", "=- ")+d.Say("interval"))
	}
	for _, l := range b.Levels {
		parts = append(parts, d.sign("│ ", "| ")+l.Name+" "+figures(b.Y.Unit, l.Y))
	}
	if len(parts) == 0 {
		return nil
	}
	return d.wrapped(strings.Join(parts, "   "))
}
