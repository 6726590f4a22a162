package viz

import (
	"fmt"
	"strings"

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

// figure draws the panels one below the other.
func (d *MatrixData) figure(in Input) (*Figure, error) {
	f := d.Words.figure(in, d.alt())
	most := d.Most
	if most == 0 {
		r := reach{}
		for _, p := range d.Panels {
			for _, row := range p.Cells {
				r.add(row...)
			}
		}
		if most = r.most; most <= 0 {
			most = 1
		}
	}
	names := 0.0
	sty := style(smallSize, false, -1, -.5)
	for _, row := range d.Rows {
		names = max(names, measure(argen.Visible(row), sty.Font))
	}
	const high = 20.0
	each := float64(len(d.Rows))*high + 40
	f.setBody(each * float64(len(d.Panels)))
	f.body = func(c draw.Canvas) {
		left := float64(c.Min.X) + names + 8
		wide := (float64(c.Max.X) - left) / float64(len(d.Cols))
		for k, p := range d.Panels {
			top := float64(c.Max.Y) - each*float64(k)
			say(c, style(bodySize, true, 0, -1), float64(c.Min.X), top, argen.Visible(p.Name))
			top -= 18
			for j, col := range d.Cols {
				say(c, style(tinySize, false, -.5, 0), left+wide*(float64(j)+.5), top-10, fit(argen.Visible(col), face(tinySize, false), wide-1, false))
			}
			top -= 14
			for i, row := range d.Rows {
				y := top - high*float64(i)
				say(c, sty, left-6, y-high/2, argen.Visible(row))
				for j, v := range p.Cells[i] {
					if !finite(v) {
						continue
					}
					k := shade(v / most)
					c.SetColor(k)
					c.Fill(rect(left+wide*float64(j), y-high, left+wide*float64(j+1), y).Path())
					if p.Texts != nil {
						t := style(tinySize, false, -.5, -.5)
						t.Color = onto{k}
						say(c, t, left+wide*(float64(j)+.5), y-high/2, fit(argen.Visible(p.Texts[i][j]), t.Font, wide-2, false))
					}
				}
			}
		}
	}
	return f, nil
}

func (d *MatrixData) alt() string {
	var b strings.Builder
	for _, p := range d.Panels {
		if p.Name != "" {
			b.WriteString(argen.Visible(p.Name) + ". ")
		}
		for i, row := range d.Rows {
			fmt.Fprintf(&b, "%s %s: ", argen.Visible(d.Row), argen.Visible(row))
			for j, v := range p.Cells[i] {
				if finite(v) {
					fmt.Fprintf(&b, "%s %s; ", argen.Visible(d.Cols[j]), short(v))
				}
			}
		}
	}
	return strings.TrimSpace(b.String())
}
