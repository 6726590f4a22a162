package main

import (
	"fmt"
	"math"
	"strings"

	"charm.land/lipgloss/v2"
)

// A lossChart draws the loss over the steps of a whole training, on a
// logarithmic scale, in dots of Braille: two by four a character.
type lossChart struct {
	steps int
	floor float64 // bits, 0 if it is not known

	sums   [chartBins]float64 // of the loss in bits, by part of the training
	counts [chartBins]int
	held   []heldPoint
}

// chartBins is finer than any screen.
const chartBins = 1000

// A heldPoint is a measurement on what is held out.
type heldPoint struct {
	step int
	bits float64
}

func (c *lossChart) add(n *trainingNews) {
	bin := min((n.Step-1)*chartBins/max(c.steps, 1), chartBins-1)
	if bits := float64(n.Bits); !math.IsNaN(bits) {
		c.sums[bin] += bits
		c.counts[bin]++
	}
	if n.ValidationBits != nil {
		c.held = append(c.held, heldPoint{n.Step, float64(*n.ValidationBits)})
	}
}

// columns are the mean losses in so many parts of the training, NaN where there
// is none yet.
func (c *lossChart) columns(n int) []float64 {
	sums, counts := make([]float64, n), make([]int, n)
	for i := range c.sums {
		sums[i*n/chartBins] += c.sums[i]
		counts[i*n/chartBins] += c.counts[i]
	}
	for i := range sums {
		sums[i] /= float64(counts[i]) // 0/0 is NaN
	}
	return sums
}

// chartLabel is the width of the numbers beside a chart.
const chartLabel = 7

// lines draws the chart w characters wide and h high.
func (c *lossChart) lines(w, h int, st *trainingStyles) []string {
	w = max(w-chartLabel, 10)
	loss := c.columns(2 * w)
	low, high := math.Inf(1), math.Inf(-1)
	see := func(x float64) {
		if x > 0 && !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	for _, x := range loss {
		see(x)
	}
	for _, p := range c.held {
		see(p.bits)
	}
	if c.floor > 0 && !math.IsInf(low, 1) {
		low = min(low, c.floor)
	}
	if math.IsInf(low, 1) {
		low, high = 1, 10
	}
	low, high = low*0.97, max(high*1.03, low*1.2)
	row := func(x float64, rows int) int { // 0 is the top
		y := math.Log(high/x) / math.Log(high/low) * float64(rows)
		return max(0, min(int(y), rows-1))
	}

	dots := make([][]byte, h)
	for y := range dots {
		dots[y] = make([]byte, w)
	}
	before := -1
	for x, v := range loss {
		if math.IsNaN(v) || v <= 0 {
			continue
		}
		y := row(v, 4*h)
		from, to := y, y
		if before >= 0 {
			from, to = min(y, before), max(y, before)
		}
		for ; from <= to; from++ {
			dots[from/4][x/2] |= brailleDot[from%4][x%2]
		}
		before = y
	}
	marks := map[[2]int]bool{}
	for _, p := range c.held {
		marks[[2]int{row(p.bits, h), min((p.step-1)*w/max(c.steps, 1), w-1)}] = true
	}
	floor := -1
	if c.floor > 0 {
		floor = row(c.floor, h)
	}
	lines := make([]string, h)
	for y := range lines {
		var b strings.Builder
		label := ""
		switch y {
		case floor:
			label = fmt.Sprintf("%.2f", c.floor)
		case 0:
			label = fmt.Sprintf("%.1f", high)
		case h - 1:
			label = fmt.Sprintf("%.2f", low)
		}
		b.WriteString(st.dim.Render(fmt.Sprintf("%*s ", chartLabel-1, label)))
		var cells []string
		var styles []*lipgloss.Style
		for x := range w {
			cell, style := " ", &st.text
			switch {
			case marks[[2]int{y, x}]:
				cell, style = "●", &st.held
			case dots[y][x] != 0:
				cell, style = string(rune(0x2800+int(dots[y][x]))), &st.loss
			case y == floor:
				cell, style = "┄", &st.floor
			}
			cells, styles = append(cells, cell), append(styles, style)
		}
		b.WriteString(inRuns(cells, styles))
		lines[y] = b.String()
	}
	return lines
}

// brailleDot is the bit of a dot by row and column (Unicode, Braille Patterns).
var brailleDot = [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// inRuns puts cells together, those of one style at once.
func inRuns(cells []string, styles []*lipgloss.Style) string {
	var b strings.Builder
	for from := 0; from < len(cells); {
		to := from + 1
		for to < len(cells) && styles[to] == styles[from] {
			to++
		}
		b.WriteString(styles[from].Render(strings.Join(cells[from:to], "")))
		from = to
	}
	return b.String()
}

// probBar is a bar of so many cells for a probability, in eighths.
func probBar(p float64, cells int) string {
	eighths := int(math.Round(max(0, min(p, 1)) * float64(cells) * 8))
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string(rune('█' + 8 - rest))
	}
	return bar + strings.Repeat(" ", cells-(eighths+7)/8)
}
