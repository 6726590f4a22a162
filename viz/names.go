package viz

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"argen"
)

// slot is the width of a token on the axis of a text at which its name can be
// read, and slim that at which bars can still be told apart.
const (
	slot = 17.0
	slim = 3.0
)

// textWidth is the width of a figure whose axis has n tokens.
func (in Input) textWidth(n int) float64 {
	return math.Round(min(max(in.page(), float64(n)*slot+110), in.widest(widestText)))
}

// mostLeftOut is up to which n names of every nth token help to read a text.
const mostLeftOut = 4

// nths says that every nth is meant.
var nths = [mostLeftOut + 1]string{2: "second", 3: "third", 4: "fourth"}

// tokenTicks names the tokens of a text below their slots, the first at 0.5,
// in small print if there are many. Where not all names have room every
// second, third or fourth is written, and in longer texts numbers; the title
// of the axis says so.
func tokenTicks(p *plot.Plot, steps []argen.Step, width float64) {
	n := len(steps)
	p.X.Min, p.X.Max = 0, float64(n)
	room := (width - 110) / float64(n)
	size, every := smallSize, 1
	if room < slot*.75 {
		size = tinySize
		every = int(math.Ceil(size / room))
	}
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	var ticks []plot.Tick
	if every > mostLeftOut {
		every = int(round(max(2, 46/room)))
		for i := 0; i < n; i += every {
			ticks = append(ticks, plot.Tick{Value: float64(i) + .5, Label: strconv.Itoa(i)})
		}
		p.X.Label.Text = "t, the number of the token, from 0"
		p.X.Tick.Marker = plot.ConstantTicks(ticks)
		return
	}
	wide := 0.0
	for i := 0; i < n; i += every {
		name := label(steps[i].Token)
		wide = max(wide, measure(name, face(size, false)))
		ticks = append(ticks, plot.Tick{Value: float64(i) + .5, Label: name})
	}
	p.X.Tick.Label = style(size, false, -.5, -1)
	if wide+10 > room*float64(every) {
		p.X.Tick.Label = style(size, false, -1, -.5)
		p.X.Tick.Label.Rotation = math.Pi / 2
		p.X.Tick.Label.Handler = hanging{setter(), room * float64(every)}
	}
	if every > 1 {
		p.X.Label.Text = fmt.Sprintf("every %s token is named", nths[every])
	}
	p.X.Tick.Length = 4
	p.X.Tick.LineStyle.Color = faint
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
}

// hanging sets the names of tokens that are turned to go upwards: their ends
// hang below the tick. Signs stay upright, large and bold, if they fit in a
// width: a comma that is turned looks like a speck.
type hanging struct {
	typesetter
	room float64
}

// hangingGap is between the tick and the name.
const hangingGap = 3

// Box implements text.Handler.
func (h hanging) Box(line string, f font.Font) (width, height, depth vg.Length) {
	width, height, depth = h.typesetter.Box(line, f)
	return max(width+hangingGap, bodySize), height, depth
}

// Draw implements text.Handler.
func (h hanging) Draw(c vg.Canvas, s string, sty text.Style, at vg.Point) {
	// The axis puts names higher by the descent, which those that are turned
	// have at their side.
	at.Y -= h.Extents(sty.Font).Descent
	sty.Handler = h.typesetter
	if sign := face(bodySize, true); !strings.ContainsFunc(s, spelled) && measure(s, sign) <= h.room {
		sty.Font, sty.Rotation, sty.XAlign, sty.YAlign = sign, 0, -.5, -1
	} else {
		at.X -= .2 * sty.Font.Size // the middle of letters, not of the line
		at.Y -= hangingGap
	}
	h.typesetter.Draw(c, s, sty, at)
}

// spelled reports whether a character is one of words and numbers.
func spelled(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// blankTicks is the axis of a text whose names stand below another panel.
func blankTicks(p *plot.Plot, n int) {
	p.X.Min, p.X.Max = 0, float64(n)
	p.X.Tick.Marker = plot.ConstantTicks(nil)
}

// countTicks is the axis of texts that are compared: n tokens, counted.
func countTicks(p *plot.Plot, n int) {
	upTo(float64(n)).set(&p.X)
	p.X.Min, p.X.Max = 0, float64(n)
	p.X.Label.Text = "tokens so far"
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
}
