package viz

import (
	"math"
	"slices"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A tag is a point with a name that is to stand beside it.
type tag struct {
	x, y float64 // in points of the page
	name string
	bold bool
	at   vg.Rectangle // where the name stands, set by placeNames
}

// markRadius is that of the mark of a tag.
const markRadius = 4.5

// placeNames finds a place for the name of each point within an area, near to
// it, where it lies over no mark, no other name, nothing that is taken, and as few
// of the lines as can be: the nearest of those on rings around the point. Nor does
// the line to its point go through another name if that can be. A name for which
// there is no place stands nowhere and is returned.
func placeNames(list []tag, lines, taken []vg.Rectangle, area vg.Rectangle) (left []string) {
	for _, n := range list {
		const r = markRadius + 1
		taken = append(taken, rect(n.x-r, n.y-r, n.x+r, n.y+r))
	}
	for i := range list {
		n := &list[i]
		wide, high := measure(n.name, n.font()), smallSize*1.15
		best := math.Inf(1)
		for ring := range 16 {
			radius := markRadius + 3 + 9*float64(ring)
			if radius > best {
				break // farther ones are worse
			}
			const directions = 16
			for k := range directions {
				// To the right first, then to both sides of it.
				turn := float64((k+1)/2) * [2]float64{1, -1}[k%2] * 2 * math.Pi / directions
				box := around(n.x, n.y, wide, high, radius, turn)
				if box.Min.X < area.Min.X || box.Max.X > area.Max.X || box.Min.Y < area.Min.Y || box.Max.Y > area.Max.Y {
					continue
				}
				cost := radius + float64(k)*.3
				free := true
				for _, t := range taken {
					free = free && !overlap(box, t)
				}
				for _, l := range lines {
					if overlap(box, l) {
						cost += 40
					}
				}
				for _, l := range n.leader(box) {
					if slices.ContainsFunc(list[:i], func(other tag) bool { return overlap(l, other.at) }) {
						cost += 40
					}
				}
				if free && cost < best {
					best, n.at = cost, box
				}
			}
		}
		if math.IsInf(best, 1) {
			left = append(left, n.name)
			continue
		}
		const blank = smallSize * .3 // at both ends, so that two names do not read as one
		taken = append(taken, rect(float64(n.at.Min.X)-blank, float64(n.at.Min.Y), float64(n.at.Max.X)+blank, float64(n.at.Max.Y)))
		lines = append(lines, n.leader(n.at)...)
	}
	return left
}

// around is a box of a size whose side that faces the point x, y is at a
// distance from it in a direction.
func around(x, y, wide, high, radius, turn float64) vg.Rectangle {
	sin, cos := math.Sincos(turn)
	mx, my := x+cos*(radius+wide/2*math.Abs(cos)), y+sin*(radius+high/2*math.Abs(sin))
	mx += wide / 2 * cos * (1 - math.Abs(cos))
	return rect(mx-wide/2, my-high/2, mx+wide/2, my+high/2)
}

// overlap reports whether two rectangles have an area in common, or touch.
func overlap(a, b vg.Rectangle) bool {
	return a.Min.X <= b.Max.X && b.Min.X <= a.Max.X && a.Min.Y <= b.Max.Y && b.Min.Y <= a.Max.Y
}

func (n *tag) font() font.Font { return face(smallSize, n.bold) }

// draw writes the name, with a thin line to its point where that is not the
// nearest.
func (n *tag) draw(c draw.Canvas) {
	if n.at.Max.X <= n.at.Min.X {
		return
	}
	if from, to, ok := n.line(n.at); ok {
		c.StrokeLine2(line(quiet, .5), from.X, from.Y, to.X, to.Y)
	}
	sty := style(smallSize, n.bold, 0, -.5)
	say(c, sty, float64(n.at.Min.X), float64(n.at.Min.Y+n.at.Max.Y)/2, n.name)
}

// line is that from the mark to the name in a box, which none has that is near.
func (n *tag) line(box vg.Rectangle) (from, to vg.Point, ok bool) {
	// The point of the box that is nearest to the mark.
	x := min(max(n.x, float64(box.Min.X)), float64(box.Max.X))
	y := min(max(n.y, float64(box.Min.Y)), float64(box.Max.Y))
	away := math.Hypot(x-n.x, y-n.y)
	f := (markRadius + 1) / away
	from = vg.Point{X: vg.Length(n.x + (x-n.x)*f), Y: vg.Length(n.y + (y-n.y)*f)}
	return from, vg.Point{X: vg.Length(x), Y: vg.Length(y)}, away > markRadius+6
}

// leader is the line to a box in pieces.
func (n *tag) leader(box vg.Rectangle) (pieces []vg.Rectangle) {
	from, to, ok := n.line(box)
	for k := range 20 {
		if f := vg.Length(k) / 20; ok {
			x, y := float64(from.X+f*(to.X-from.X)), float64(from.Y+f*(to.Y-from.Y))
			pieces = append(pieces, rect(x-1, y-1, x+1, y+1))
		}
	}
	return pieces
}
