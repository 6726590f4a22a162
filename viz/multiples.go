package viz

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// What a page of small multiples has room for.
const (
	mostMultiples = 12
	tileWidth     = 520.0 // of a chart that has another beside it
	tileGap       = 26.0
)

// multiples draws a chart once for each input, on one page: side by side where
// they are narrow, one below the other else. An axis of lengths that would
// differ is the same in all.
func (c Chart) multiples(ins []Input) (*Figure, error) {
	switch n := len(ins); {
	case n == 0:
		return nil, fmt.Errorf("%s: there is nothing to draw", c.Name)
	case n > mostMultiples:
		return nil, fmt.Errorf("%s draws at most %d side by side, there are %d: choose some", c.Name, mostMultiples, n)
	}
	figs := make([]*Figure, len(ins))
	most := 0.0
	for range 2 { // the second time as far as the greatest
		shared := most
		for i, in := range ins {
			in.most = shared
			if in.wide = tileWidth; in.Big {
				in.wide = 0
			}
			f, err := c.Draw(in)
			if err != nil {
				return nil, fmt.Errorf("number %d: %w", i+1, err)
			}
			figs[i], most = f, max(most, f.most)
		}
		if most == shared {
			break
		}
	}
	f := c.page(ins, figs)
	if ins[0].Big {
		f.zoom = bigZoom
	}
	return f, nil
}

// page puts figures on one.
func (c Chart) page(ins []Input, figs []*Figure) *Figure {
	tiles := make([]tile, len(figs))
	thing := "chart"
	if len(ins[0].Traces) > 0 {
		thing = "trace"
	}
	f := &Figure{Title: figs[0].Title, Subtitle: some(len(figs), thing) + " side by side"}
	f.language = figs[0].language
	shared := !slices.ContainsFunc(figs, func(g *Figure) bool { return g.Title != f.Title })
	if !shared {
		f.Title = strings.ToUpper(c.Doc[:1]) + c.Doc[1:]
	}
	// One legend holds for all if they have the same series; else each has its own.
	one := !slices.ContainsFunc(figs, func(g *Figure) bool {
		return !slices.EqualFunc(g.keys, figs[0].keys, func(a, b key) bool { return a.name == b.name })
	})
	if one {
		f.keys = figs[0].keys
	}
	wide := 0.0
	var alts []string
	for i, g := range figs {
		wide = max(wide, g.Width-2*margin)
		t := tile{Figure: g, name: g.Title, keyed: !one && len(g.keys) > 0}
		if len(ins[i].Traces) > 0 {
			t.name = named(i, ins[i].Traces[0])
			if !shared {
				t.title = g.Title
			}
		}
		tiles[i] = t
		alts = append(alts, strings.Join(strings.Fields(t.name+". "+t.title+" "+g.Subtitle+". "+g.Alt), " "))
	}
	f.Alt, f.Caption = strings.Join(alts, " "), once(figs)
	across := 1
	if wide <= tileWidth-2*margin && !ins[0].Big {
		across = 2
	}
	f.Width = wide*float64(across) + tileGap*float64(across-1) + 2*margin
	var tops []float64 // of rows, from the upper end
	high := 0.0
	for i := 0; i < len(tiles); i += across {
		row := 0.0
		for k := i; k < min(i+across, len(tiles)); k++ {
			tiles[k].head = tiles[k].heading(wide)
			row = max(row, tiles[k].height())
		}
		tops = append(tops, high)
		high += row + tileGap
	}
	f.setBody(high - tileGap)
	f.body = func(d draw.Canvas) {
		for i := range tiles {
			left := float64(d.Min.X) + float64(i%across)*(wide+tileGap)
			top := float64(d.Max.Y) - tops[i/across]
			tiles[i].draw(box(d, left, top-tiles[i].height(), left+wide, top))
		}
	}
	return f
}

// A tile is a figure on a page of several.
type tile struct {
	*Figure
	name, title string
	keyed       bool // it has a legend of its own
	head        []headLine
}

// A headLine is a line above a tile.
type headLine struct {
	text  string
	style draw.TextStyle
}

// heading is the lines that say what a tile is.
func (t *tile) heading(wide float64) (head []headLine) {
	add := func(s string, size float64, bold, soft bool) {
		sty := style(size, bold, 0, -1)
		if soft {
			sty.Color = quiet
		}
		for _, l := range wrap(clean(s), sty.Font, wide) {
			head = append(head, headLine{l, sty})
		}
	}
	add(t.name, bodySize, true, false)
	add(t.title, bodySize, false, false)
	add(t.Subtitle, smallSize, false, true)
	return head
}

const tileLine = bodySize * 1.3

func (t *tile) height() float64 {
	h := float64(len(t.head))*tileLine + 6 + t.Height - t.headed
	if t.keyed {
		h += t.legendHeight(t.Width - 2*margin)
	}
	return h
}

func (t *tile) draw(c draw.Canvas) {
	for _, l := range t.head {
		say(c, l.style, float64(c.Min.X), float64(c.Max.Y), l.text)
		c.Max.Y -= tileLine
	}
	c.Max.Y -= 6
	c.Max.X = min(c.Max.X, c.Min.X+vg.Length(t.Width-2*margin))
	if t.keyed {
		c.Max.Y -= vg.Length(t.legend(c))
	}
	t.body(c)
}

// once is the sentences of all captions, each once.
func once(figs []*Figure) string {
	var all []string
	for _, f := range figs {
		for _, s := range strings.SplitAfter(strings.Join(strings.Fields(f.Caption), " "), ". ") {
			s = strings.TrimSpace(s)
			if s != "" && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return strings.Join(all, " ")
}
