package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// A beamOption is a candidate of a beam search in a trace.
type beamOption struct {
	From  int      `json:"from"`
	ID    argen.ID `json:"id"`
	Text  string   `json:"text"`
	Score float64  `json:"score"`
	Final float64  `json:"final"`
	Fate  string   `json:"fate"`
	To    int      `json:"to"`
	Won   bool     `json:"won"`
	name  string
	place int // in its column
}

// finite reports whether its numbers have a place.
func (o *beamOption) finite() bool {
	return finite(o.Score) && finite(o.Final) && o.From >= 0 && o.To >= 0 && !math.IsNaN(o.Score)
}

// vgAt is a point.
func vgAt(x, y float64) vg.Point { return vg.Point{X: vg.Length(x), Y: vg.Length(y)} }

// What becomes of a candidate, as a trace has it.
const (
	beamEnds  = "ends"
	beamFalls = "falls"
)

// A beamColumn is the candidates for one token.
type beamColumn struct {
	t       int
	options []beamOption
}

// The sizes of beams.
const (
	mostBeamTokens = 60
	mostFallen     = 3 // of a column that are shown
	beamWide       = 88.0
	beamHigh       = 30.0
	beamBand       = 30.0 // between bands of columns
	beamHead       = 18.0
)

// Beams draws a beam search: the candidates for each token from left to right,
// from which beam each came, which went on and which fell, and the path of the
// text that was found.
func Beams(in Input) (*Figure, error) {
	tr, err := in.one("beams")
	if err != nil {
		return nil, err
	}
	columns, name, err := beamColumns(tr)
	if err != nil {
		return nil, err
	}
	cut := ""
	if len(columns) > mostBeamTokens {
		cut = fmt.Sprintf(" The first %d of %s tokens are shown.", mostBeamTokens, count(len(columns)))
		columns = columns[:mostBeamTokens]
	}
	b := &beamGraph{columns: columns}
	for i := range columns {
		b.rows = max(b.rows, len(columns[i].options))
	}
	f := &Figure{
		Title:    "How a beam search found the text",
		Subtitle: fmt.Sprintf("%s · %s after %s", argen.Visible(name), some(len(tr.Steps), "token"), ahead(tr, 0, 44)),
		Caption: "A column is a token. Each box is a candidate with Σ ln P of its text, the best above; lines lead to what goes on from it. " +
			"Thick is the text that was found, dashed what fell; ■ is a text that has ended, with its score." + cut + dotted(b.names()...) + source(tr),
		Alt:   b.alt(),
		Width: math.Round(min(max(in.page(), float64(len(columns))*beamWide+2*margin+20), in.widest(widestText))),
	}
	b.across = max(1, int((f.Width-2*margin-20)/beamWide))
	b.across = (len(columns) + b.bands() - 1) / b.bands()
	f.setBody(float64(b.bands())*(b.high()+beamBand) - beamBand)
	f.body = b.draw
	return f, nil
}

// beamColumns reads the candidates of a trace.
func beamColumns(tr *argen.Trace) (columns []beamColumn, name string, err error) {
	for i := range tr.Steps {
		s := &tr.Steps[i]
		var choice struct {
			Search  string       `json:"search"`
			Options []beamOption `json:"candidates"`
		}
		if !choiceOf(s, &choice) || len(choice.Options) == 0 {
			continue
		}
		col := beamColumn{t: s.T}
		fallen := 0
		for _, o := range choice.Options {
			if !o.finite() {
				return nil, "", fmt.Errorf("step %d of the trace: its candidates of the beam search cannot be: the trace is damaged", i)
			}
			if o.Fate == beamFalls {
				if fallen++; fallen > mostFallen {
					continue
				}
			}
			o.name = o.token(s)
			o.place = len(col.options)
			col.options = append(col.options, o)
		}
		if len(col.options) > 24 {
			return nil, "", fmt.Errorf("beams: %d candidates go on at step %d, at most 24 are drawn: search with fewer beams", len(col.options), i)
		}
		columns, name = append(columns, col), choice.Search
	}
	if len(columns) == 0 {
		return nil, "", fmt.Errorf("beams: the trace has no beam search: argen generate --beams 3 --log FILE writes one")
	}
	return columns, name, nil
}

// token is the last token of the candidate.
func (o *beamOption) token(s *argen.Step) string {
	if o.ID == s.ID {
		return label(s.Token)
	}
	for i := range s.Top {
		if s.Top[i].ID == o.ID {
			return label(s.Top[i].Token)
		}
	}
	words := strings.Fields(o.Text)
	if len(words) == 0 {
		return label(o.Text)
	}
	return label(words[len(words)-1])
}

// A beamGraph is columns in bands that have room.
type beamGraph struct {
	columns []beamColumn
	rows    int // candidates of the longest column
	across  int // columns of a band
}

func (b *beamGraph) bands() int { return (len(b.columns) + b.across - 1) / b.across }

func (b *beamGraph) high() float64 { return beamHead + beamHigh*float64(b.rows) }

func (b *beamGraph) names() (all []string) {
	for i := range b.columns {
		for _, o := range b.columns[i].options {
			all = append(all, strings.ReplaceAll(o.name, "·", " "))
		}
	}
	return all
}

// draw draws lines first, then boxes over them.
func (b *beamGraph) draw(c draw.Canvas) {
	for _, boxes := range []bool{false, true} {
		for i := range b.columns {
			top := float64(c.Max.Y) - float64(i/b.across)*(b.high()+beamBand)
			left := float64(c.Min.X) + 20 + float64(i%b.across)*beamWide
			b.column(c, i, left, top, boxes)
		}
	}
}

func (b *beamGraph) column(c draw.Canvas, i int, left, top float64, boxes bool) {
	const wide = beamWide - 22
	if boxes {
		sty := style(tinySize, false, -.5, -1)
		sty.Color = quiet
		say(c, sty, left+wide/2, top, fmt.Sprintf("t = %d", b.columns[i].t))
	}
	mid := func(place int) float64 { return top - beamHead - beamHigh*(float64(place)+.5) }
	for j := range b.columns[i].options {
		o := &b.columns[i].options[j]
		if boxes {
			o.draw(c, left, mid(o.place), wide)
			continue
		}
		from, ok := b.origin(i, o.From)
		if !ok && i > 0 {
			continue
		}
		x0 := left - 22
		if i%b.across == 0 {
			x0 = left - 14
		}
		sty := line(quiet, 1)
		switch {
		case o.Won:
			sty = line(vermillion, 2.5)
		case o.Fate == beamFalls:
			sty.Dashes = []vg.Length{2, 2}
		}
		if i == 0 {
			from = o.place
		}
		c.StrokeLines(sty, []vg.Point{vgAt(x0, mid(from)), vgAt(x0+4, mid(from)), vgAt(left-4, mid(o.place)), vgAt(left, mid(o.place))})
	}
}

// origin is the place in the column before of the beam that a candidate comes
// from.
func (b *beamGraph) origin(i, from int) (place int, ok bool) {
	if i == 0 {
		return 0, false
	}
	for _, o := range b.columns[i-1].options {
		if o.Fate != beamFalls && o.Fate != beamEnds && o.To == from {
			return o.place, true
		}
	}
	return 0, false
}

// draw draws the box of a candidate.
func (o *beamOption) draw(c draw.Canvas, left, mid, wide float64) {
	const half = beamHigh/2 - 3
	r := rect(left, mid-half, left+wide, mid+half)
	name, number := style(smallSize, o.Won, -.5, -.5), style(tinySize, false, -.5, -.5)
	number.Color = quiet
	ground, edge := paper, line(quiet, .75)
	switch {
	case o.Won:
		ground, edge = paper, line(vermillion, 2)
	case o.Fate == beamFalls:
		name.Color = quiet
		edge.Dashes = []vg.Length{2, 2}
	}
	c.SetColor(ground)
	c.Fill(r.Path())
	c.SetLineStyle(edge)
	c.Stroke(r.Path())
	text, score := o.name, o.Score
	if o.Fate == beamEnds {
		text, score = "■ "+text, o.Final
	}
	say(c, name, left+wide/2, mid+half/2-.5, fit(text, name.Font, wide-4, false))
	say(c, number, left+wide/2, mid-half/2-.5, short(score))
}

func (b *beamGraph) alt() string {
	var s strings.Builder
	found := []string{}
	fell := 0
	for i := range b.columns {
		for _, o := range b.columns[i].options {
			if o.Won {
				found = append(found, inQuotes(o.name)+" "+short(o.Score))
			}
			if o.Fate == beamFalls {
				fell++
			}
		}
	}
	fmt.Fprintf(&s, "A graph of candidates, a column a token. The text that was found, with Σ ln P up to each token: %s. ", strings.Join(found, "; "))
	for i := range b.columns {
		if i == 12 {
			fmt.Fprintf(&s, "And %s more.", some(len(b.columns)-i, "token"))
			break
		}
		fmt.Fprintf(&s, "t = %d:", b.columns[i].t)
		for j, o := range b.columns[i].options {
			if j > 0 {
				s.WriteByte(',')
			}
			fate := "goes on"
			switch o.Fate {
			case beamEnds:
				fate = "ends"
			case beamFalls:
				fate = "falls"
			}
			fmt.Fprintf(&s, " %s %s %s", inQuotes(o.name), short(o.Score), fate)
		}
		s.WriteString(". ")
	}
	return strings.TrimSpace(s.String())
}
