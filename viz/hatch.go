package viz

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// A hatching is parallel lines across an area.
type hatching struct {
	angle float64 // of the lines, in degrees
	apart float64 // points from line to line
}

// patterns tell areas apart in print, by the colour that they have on a screen.
// Lines that rise to the left are left to areas that are hatched on a screen.
var patterns = map[color.NRGBA][]hatching{
	blue:   {{0, 2.8}},
	sky:    {{90, 2.8}},
	green:  {{45, 5}, {-45, 5}},
	purple: {{45, 3.4}},
	orange: {{0, 4}, {90, 4}},
	quiet:  {{0, 5.6}},
	ink:    {{90, 1.7}},
	faint:  {},
	fog:    {},
}

// pattern is that of a colour in the theme, nil if it is painted as it is.
func (t *Theme) pattern(k color.Color) []hatching {
	n, ok := k.(color.NRGBA)
	if !t.print || !ok {
		return nil
	}
	return patterns[n]
}

// bounds is the rectangle around a path, and whether it has straight lines
// alone.
func bounds(p vg.Path) (r vg.Rectangle, straight bool) {
	for i, s := range p {
		if s.Type != vg.MoveComp && s.Type != vg.LineComp && s.Type != vg.CloseComp {
			return r, false
		}
		if i == 0 {
			r = vg.Rectangle{Min: s.Pos, Max: s.Pos}
		}
		if s.Type != vg.CloseComp {
			r.Min.X, r.Max.X = min(r.Min.X, s.Pos.X), max(r.Max.X, s.Pos.X)
			r.Min.Y, r.Max.Y = min(r.Min.Y, s.Pos.Y), max(r.Max.Y, s.Pos.Y)
		}
	}
	return r, true
}

// across is the lines of the hatching inside a path of straight lines, by the
// rule of even and odd. They lie at multiples of their distance on the page, so
// that areas side by side have one pattern.
func (h hatching) across(p vg.Path) vg.Path {
	sin, cos := math.Sincos(h.angle * math.Pi / 180)
	type point struct{ x, y float64 } // turned: lines are level
	turn := func(v vg.Point) point {
		x, y := float64(v.X), float64(v.Y)
		return point{x*cos + y*sin, y*cos - x*sin}
	}
	var edges [][2]point
	var begin, at point
	for _, s := range p {
		to := turn(s.Pos)
		switch s.Type {
		case vg.MoveComp:
			begin = to
		case vg.CloseComp:
			to = begin
			fallthrough
		default:
			edges = append(edges, [2]point{at, to})
		}
		at = to
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, e := range edges {
		low, high = min(low, e[0].y, e[1].y), max(high, e[0].y, e[1].y)
	}
	var path vg.Path
	for k := math.Ceil(low / h.apart); k*h.apart < high; k++ {
		y := k * h.apart
		var xs []float64
		for _, e := range edges {
			if a, b := e[0], e[1]; (a.y <= y) != (b.y <= y) {
				xs = append(xs, a.x+float64((b.x-a.x)*((y-a.y)/(b.y-a.y))))
			}
		}
		slices.Sort(xs)
		for i := 0; i+1 < len(xs); i += 2 {
			back := func(x float64) vg.Point { return vg.Point{X: vg.Length(x*cos - y*sin), Y: vg.Length(x*sin + y*cos)} }
			path.Move(back(xs[i]))
			path.Line(back(xs[i+1]))
		}
	}
	return path
}
