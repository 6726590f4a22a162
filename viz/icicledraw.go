package viz

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawIcicle draws the blocks, the marks on them and the axis below.
func drawIcicle(c draw.Canvas, list []block, rows int, prompt string) {
	wide := float64(c.Max.X - c.Min.X)
	place := func(b block) vg.Rectangle {
		x0, x1 := float64(c.Min.X)+wide*b.low, float64(c.Min.X)+wide*b.high
		if x1-x0 > 3 {
			x1-- // a line between neighbours
		}
		if b.row == 0 {
			return rect(x0, float64(c.Max.Y)-icicleTop, x1, float64(c.Max.Y))
		}
		top := rowTop(c, b.row)
		return rect(x0, top-float64(b.rows)*(icicleRow+icicleGap)+icicleGap, x1, top)
	}
	for row := 1; row <= rows; row++ {
		sty := style(smallSize, false, -1, -.5)
		sty.Color = quiet
		say(c, sty, float64(c.Min.X)-8, rowTop(c, row)-icicleRow/2, strconv.Itoa(row))
	}
	for _, b := range list {
		r := place(b)
		switch {
		case b.row == 0:
			drawPrompt(c, r, prompt)
		case b.ended:
			fill{color: fog}.paint(c, r)
		case b.n == nil:
			drawOthers(c, r, b)
		default:
			drawToken(c, r, b)
		}
	}
	for _, b := range list {
		if b.n == nil {
			continue
		}
		if r := place(b); b.n.Greedy {
			outlineGreedy(c, r)
		}
		if r := place(b); b.n.Best {
			outlineBest(c, r)
		}
		drawBeam(c, place(b), b.n.Beam)
	}
	drawJointAxis(c, rowTop(c, rows+1))
}

// rowTop is the upper border of a row, from 1.
func rowTop(c draw.Canvas, row int) float64 {
	return float64(c.Max.Y) - icicleTop - icicleGap - float64(row-1)*(icicleRow+icicleGap)
}

// drawPrompt draws the row of the text before.
func drawPrompt(c draw.Canvas, r vg.Rectangle, prompt string) {
	fill{color: fog}.paint(c, r)
	sty := style(bodySize, true, -.5, -.5)
	mid := center(r)
	say(c, sty, float64(mid.X), float64(mid.Y), fit(prompt, sty.Font, float64(r.Size().X)-12, true))
}

func center(r vg.Rectangle) vg.Point {
	return vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
}

// drawOthers draws the tokens that are not shown, and how many they are if
// that has room.
func drawOthers(c draw.Canvas, r vg.Rectangle, b block) {
	fillOthers.paint(c, r)
	sty := style(tinySize, false, -.5, -.5)
	sty.Color = quiet
	mid := center(vg.Rectangle{Min: vg.Point{X: r.Min.X, Y: r.Max.Y - icicleRow}, Max: r.Max})
	name, share := some(b.tokens, "other"), prob(b.high-b.low)
	half := max(measure(name, sty.Font), measure(share, sty.Font))/2 + 3
	if 2*half+4 > float64(r.Size().X) {
		return
	}
	x, y := float64(mid.X), float64(mid.Y)
	c.SetColor(paper)
	c.Fill(rect(x-half, y-15, x+half, y+15).Path())
	say(c, sty, x, y+6.5, name)
	say(c, sty, x, y-6.5, share)
}

// drawToken draws a token on the colour of its probability, and as much of its
// name and numbers as has room.
func drawToken(c draw.Canvas, r vg.Rectangle, b block) {
	n := b.n
	ground := shade(n.SampledProb)
	fill{color: ground}.paint(c, r)
	marked := n.Beam > 0
	big, small := style(bodySize, false, -.5, -.5), style(tinySize, false, -.5, -.5)
	big.Color, small.Color = onto{ground}, onto{ground}
	wide, mid, name := float64(r.Size().X)-6, center(r), label(n.Token)
	switch {
	case n.Best:
		wide -= 9 // its frame
	case n.Greedy:
		wide -= 4
	}
	x, y := float64(mid.X), float64(mid.Y)
	switch {
	case measure(name, big.Font) <= wide:
		numbers := prob(n.SampledProb)
		if both := numbers + " → " + prob(n.Joint); b.row > 1 && measure(both, small.Font) <= wide {
			numbers = both
		}
		if measure(numbers, small.Font) > wide {
			say(c, big, x, y, name)
			return
		}
		say(c, big, x, y+6, name)
		say(c, small, x, y-10, numbers)
	case measure(name, small.Font) <= wide:
		say(c, small, x, y, name)
	case wide >= tinySize-3:
		room := icicleRow - 6
		switch {
		case marked && wide >= 24: // beside the mark
			x = float64(r.Max.X) - 9
		case marked: // below it
			room, y = room-16, y-8
		}
		if measure(name, small.Font) <= room {
			small.Rotation = math.Pi / 2
			c.FillText(small, vg.Point{X: vg.Length(x) - .12*tinySize, Y: vg.Length(y)}, name)
		}
	}
}

// drawBeam draws the place of a beam in the upper left corner of a token, or a
// dot in the middle of its upper end if a number has no room.
func drawBeam(c draw.Canvas, r vg.Rectangle, place int) {
	const radius = 6.5
	switch wide := float64(r.Size().X); {
	case place == 0 || wide < 7:
		return
	case wide < 2*radius+4 || place > 9:
		c.SetColor(paper)
		c.Fill(disk(float64(center(r).X), float64(r.Max.Y)-7, 2.5))
		return
	}
	x, y := float64(r.Min.X)+radius+2, float64(r.Max.Y)-radius-2
	c.SetColor(paper)
	c.Fill(disk(x, y, radius))
	c.SetLineStyle(line(ink, .75))
	c.Stroke(disk(x, y, radius))
	say(c, style(tinySize, true, -.5, -.5), x, y, strconv.Itoa(place))
}

// disk is a circle.
func disk(x, y, radius float64) vg.Path {
	var p vg.Path
	at := vg.Point{X: vg.Length(x), Y: vg.Length(y)}
	p.Move(at.Add(vg.Point{X: vg.Length(radius)}))
	p.Arc(at, vg.Length(radius), 0, 2*math.Pi)
	p.Close()
	return p
}

// outlineGreedy draws the frame of a token of the greedy path.
func outlineGreedy(c draw.Canvas, r vg.Rectangle) {
	c.SetLineStyle(line(vermillion, 2.5))
	c.Stroke(inside(r, 1.25).Path())
}

// outlineBest draws the frame of a token of the most probable text, within that
// of the greedy path: dashes that show on any colour.
func outlineBest(c draw.Canvas, r vg.Rectangle) {
	r = inside(r, 3.5)
	c.SetLineStyle(line(ink, 2))
	c.Stroke(r.Path())
	dashes := line(paper, 2)
	dashes.Dashes = []vg.Length{4, 4}
	c.SetLineStyle(dashes)
	c.Stroke(r.Path())
}

// inside is a rectangle without a border, of which a narrow one has less.
func inside(r vg.Rectangle, border float64) vg.Rectangle {
	by := vg.Length(min(border, float64(r.Size().X)/4))
	r.Min.X, r.Max.X = r.Min.X+by, r.Max.X-by
	r.Min.Y, r.Max.Y = r.Min.Y+by, r.Max.Y-by
	return r
}

// drawJointAxis draws the scale of widths below the rows.
func drawJointAxis(c draw.Canvas, top float64) {
	wide := float64(c.Max.X - c.Min.X)
	c.StrokeLine2(line(quiet, .75), c.Min.X, vg.Length(top-2), c.Max.X, vg.Length(top-2))
	for i := range 5 {
		v := float64(i) / 4
		x := float64(c.Min.X) + wide*v
		c.StrokeLine2(line(quiet, .75), vg.Length(x), vg.Length(top-6), vg.Length(x), vg.Length(top-2))
		sty := style(smallSize, false, -.5, -1)
		if i == 4 {
			sty.XAlign = draw.XRight
		}
		say(c, sty, x, top-7, tick(v))
	}
	say(c, style(smallSize, false, -.5, -1), float64(c.Min.X)+wide/2, top-21, "width: P(text so far)")
}
