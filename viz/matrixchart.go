package viz

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Matrix draws a number for each pair of a row and a column as a shade.
func Matrix(in Input) (*Figure, error) {
	d, err := dataOf[*MatrixData](in, "matrix")
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}

// The sizes of a matrix.
const (
	cellHigh    = 21.0 // of a cell with a text
	cellLow     = 9.0  // of the lowest cell
	cellWide    = 12.0 // of the narrowest whose column has a name that is turned
	cellWidest  = 104.0
	longestTurn = 92.0 // of the name of a column that is turned
	panelGap    = 16.0
	matrixScale = 46.0 // the colours with their numbers
)

// A grille is how the cells of a matrix lie on the page: panels side by side,
// and panels with many columns in blocks one below the other.
type grille struct {
	*MatrixData
	names        float64 // the width of the names of rows
	wide, high   float64 // of a cell
	turned       bool    // the names of columns are
	heads        float64 // the height of the names of columns
	across       int     // panels side by side
	block        int     // columns side by side
	least, most  float64 // of the scale
	numbers      bool    // written in the cells
	panelsNamed  bool
	panelHeading float64
}

// grille lays the matrix out on a width.
func (d *MatrixData) grille(width float64) *grille {
	g := &grille{MatrixData: d, most: d.Most, across: 1, block: len(d.Cols)}
	r := reach{}
	for _, p := range d.Panels {
		g.panelsNamed = g.panelsNamed || p.Name != ""
		for _, row := range p.Cells {
			r.add(row...)
		}
	}
	if r.least < 0 {
		g.least = -1 // shades go both ways
		r.most = max(r.most, -r.least)
	}
	if g.most == 0 {
		if g.most = r.most; g.most <= 0 {
			g.most = 1
		}
	}
	for _, row := range d.Rows {
		g.names = max(g.names, measure(argen.Visible(row), face(smallSize, false))+8)
	}
	g.names = min(max(g.names, measure(argen.Visible(d.Row), face(tinySize, false))+8), width*.3)
	if g.panelsNamed {
		g.panelHeading = bodySize * 1.6
	}
	g.cells(width - g.names)
	return g
}

// cells finds how large cells are, and how many panels or columns lie side by
// side.
func (g *grille) cells(room float64) {
	n := float64(len(g.Cols))
	text, head := 0.0, 0.0
	for _, p := range g.Panels {
		for _, row := range p.Texts {
			for _, s := range row {
				text = max(text, measure(argen.Visible(s), face(tinySize, false))+8)
			}
		}
	}
	for _, s := range g.Cols {
		head = max(head, measure(argen.Visible(s), face(tinySize, false))+6)
	}
	if few := len(g.Rows)*len(g.Cols) <= 300; text == 0 && few && (len(g.Panels) == 1 || n <= 8) {
		for _, p := range g.Panels {
			for _, row := range p.Cells {
				for _, v := range row {
					text = max(text, measure(g.number(v), face(tinySize, false))+8)
				}
			}
		}
		g.numbers = true
	}
	text = min(text, cellWidest)
	least := max(text, cellWide)
	if least*n > room { // in blocks of equal size
		blocks := math.Ceil(least * n / room)
		g.block = int(math.Ceil(n / blocks))
		n = float64(g.block)
	}
	g.wide = min(room/n, max(least, min(head, cellWidest), 30))
	if len(g.Panels) > 1 && g.block == len(g.Cols) {
		g.wide = min(g.wide, max(least, 15))
		g.across = min(len(g.Panels), max(1, int((room+panelGap)/(g.wide*n+panelGap))))
		rows := math.Ceil(float64(len(g.Panels)) / float64(g.across)) // as even as can be
		g.across = int(math.Ceil(float64(len(g.Panels)) / rows))
		widest := (room - panelGap*float64(g.across-1)) / float64(g.across) / n
		g.wide = min(widest, max(g.wide, 34))
	} else if len(g.Panels) == 1 && text > 0 && g.block == len(g.Cols) {
		g.wide = min(room/n, 1.5*cellWidest)
	}
	g.high = cellHigh
	if text == 0 {
		g.high = min(cellHigh, max(cellLow, min(g.wide, 300/float64(len(g.Rows)))))
	}
	g.turned = head > g.wide
	g.heads = tinySize * 1.5
	if g.turned {
		g.heads = min(head, longestTurn)
	}
	g.heads += tinySize * 1.4 // what columns are
}

// number writes the number of a cell.
func (g *grille) number(v float64) string { return Axis{Unit: g.Unit}.number(v) }

// blocks is how many blocks of columns lie one below the other.
func (g *grille) blocks() int { return (len(g.Cols) + g.block - 1) / g.block }

// blockHigh is the height of a block of columns with its names.
func (g *grille) blockHigh() float64 { return g.heads + g.high*float64(len(g.Rows)) }

// rowHigh is the height of a row of panels. The names of columns stand above
// the first of them.
func (g *grille) rowHigh(first bool) float64 {
	high := g.panelHeading + g.high*float64(len(g.Rows)) + panelGap
	if g.blocks() > 1 {
		return g.panelHeading + (g.blockHigh()+panelGap)*float64(g.blocks())
	}
	if first {
		high += g.heads
	}
	return high
}

// figure draws the panels side by side and one below the other.
func (d *MatrixData) figure(in Input) (*Figure, error) {
	f := d.Words.figure(in, d.alt())
	g := d.grille(f.Width - 2*margin)
	rows := (len(d.Panels) + g.across - 1) / g.across
	high := matrixScale - panelGap
	for i := range rows {
		high += g.rowHigh(i == 0)
	}
	f.setBody(high)
	f.body = func(c draw.Canvas) {
		g.scale(c)
		top := float64(c.Max.Y) - matrixScale
		for i, p := range d.Panels {
			row, col := i/g.across, i%g.across
			left := float64(c.Min.X) + g.names + float64(col)*(g.wide*float64(g.block)+panelGap)
			g.panel(c, p, left, top, col == 0, row == 0)
			if col == g.across-1 {
				top -= g.rowHigh(row == 0)
			}
		}
	}
	return f, nil
}

// panel draws one below top, with the names of its rows, of its columns or not.
func (g *grille) panel(c draw.Canvas, p Panel, left, top float64, rows, cols bool) {
	if g.panelsNamed {
		sty := style(smallSize, true, 0, -1)
		x, room := left, g.wide*float64(g.block)+panelGap-4
		if g.across == 1 {
			room = float64(c.Max.X) - x
		}
		if cols && rows && g.blocks() > 1 {
			x, room = float64(c.Min.X), float64(c.Max.X-c.Min.X)
		}
		say(c, sty, x, top, fit(argen.Visible(p.Name), sty.Font, room, false))
		top -= g.panelHeading
	}
	for from := 0; from < len(g.Cols); from += g.block {
		to := min(from+g.block, len(g.Cols))
		if cols || g.blocks() > 1 {
			g.colNames(c, from, to, left, top)
			top -= g.heads
		}
		if rows {
			g.rowNames(c, left, top)
		}
		for i := range g.Rows {
			for j := from; j < to; j++ {
				g.drawCell(c, p, i, j, left+g.wide*float64(j-from), top-g.high*float64(i))
			}
		}
		top -= g.high*float64(len(g.Rows)) + panelGap
	}
}

// colNames writes the names of columns above the cells, turned where they are
// long, and what they are.
func (g *grille) colNames(c draw.Canvas, from, to int, left, top float64) {
	small := style(tinySize, false, 0, -1)
	small.Color = quiet
	say(c, small, left, top, fit(argen.Visible(g.Col), small.Font, g.wide*float64(to-from), false))
	low := top - g.heads + 3
	for j := from; j < to; j++ {
		name, mid := argen.Visible(g.Cols[j]), left+g.wide*(float64(j-from)+.5)
		if !g.turned {
			say(c, style(tinySize, false, -.5, 0), mid, low, fit(name, face(tinySize, false), g.wide-2, false))
			continue
		}
		sty := style(tinySize, false, 0, -.5)
		sty.Rotation = math.Pi / 2
		c.FillText(sty, vg.Point{X: vg.Length(mid) - .12*tinySize, Y: vg.Length(low)}, fit(name, sty.Font, g.heads-tinySize*1.4-4, false))
	}
}

// rowNames writes the names of rows beside the cells, as many as have room, and
// what they are.
func (g *grille) rowNames(c draw.Canvas, left, top float64) {
	small := style(tinySize, false, -1, 0)
	small.Color = quiet
	say(c, small, left-6, top+3, fit(argen.Visible(g.Row), small.Font, g.names-6, false))
	sty := style(min(smallSize, g.high+1), false, -1, -.5)
	every := int(math.Ceil(sty.Font.Size.Points() / (g.high + 1)))
	for i := 0; i < len(g.Rows); i += every {
		say(c, sty, left-6, top-g.high*(float64(i)+.5), fit(argen.Visible(g.Rows[i]), sty.Font, g.names-6, false))
	}
}

// level is the shade of a number.
func (g *grille) level(v float64) level {
	return level{min(max(v/g.most, g.least), 1), g.least < 0}
}

// drawCell draws a cell with its upper left corner at a place.
func (g *grille) drawCell(c draw.Canvas, p Panel, i, j int, left, top float64) {
	v := p.Cells[i][j]
	if !finite(v) {
		return
	}
	gap := 0.0
	if g.wide > 6 && g.high > 6 {
		gap = .6
	}
	ground := g.level(v)
	c.SetColor(ground)
	c.Fill(rect(left+gap, top-g.high+gap, left+g.wide-gap, top-gap).Path())
	text := ""
	switch {
	case p.Texts != nil:
		text = argen.Visible(p.Texts[i][j])
	case g.numbers:
		text = g.number(v)
	}
	sty := style(tinySize, false, -.5, -.5)
	sty.Color = onto{ground}
	say(c, sty, left+g.wide/2, top-g.high/2, fit(text, sty.Font, g.wide-3, false))
}

// scale draws the shades from the least to the greatest with their numbers.
func (g *grille) scale(c draw.Canvas) {
	const wide, high, parts = 260.0, 12.0, 52
	x, y := float64(c.Min.X), float64(c.Max.Y)-high
	at := func(share float64) float64 { return g.most * (g.least + share*(1-g.least)) }
	for i := range parts {
		c.SetColor(g.level(at((float64(i) + .5) / parts)))
		c.Fill(rect(x+wide*float64(i)/parts, y, x+wide*float64(i+1)/parts+.3*float64(min(1, parts-1-i)), y+high).Path())
	}
	c.SetLineStyle(line(quiet, .5))
	c.Stroke(rect(x, y, x+wide, y+high).Path())
	ends := axis{min: at(0), max: at(1)}
	for i, t := range ends.every(round((ends.max - ends.min) / 4)) {
		to := x + wide*(t.Value-ends.min)/(ends.max-ends.min)
		c.StrokeLine2(line(quiet, .75), vg.Length(to), vg.Length(y-3), vg.Length(to), vg.Length(y))
		sty := style(tinySize, false, -.5, -1)
		if i == 0 && to == x {
			sty.XAlign = draw.XLeft
		}
		say(c, sty, to, y-4, g.number(t.Value))
	}
	unit := g.unit(g.Unit)
	switch unit {
	case "share": // its numbers have it
		unit = ""
	case "prob":
		unit = "P"
	}
	say(c, style(smallSize, false, 0, -.5), x+wide+22, y+high/2, argen.Visible(unit))
}
