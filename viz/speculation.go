package viz

import (
	"encoding/json"
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
	"argen/sampler/search"
)

// A ribbon is the tokens of one pass of the target in speculative decoding.
type ribbon struct {
	pass  int
	cells []ribbonCell
	wide  float64
}

// A ribbonCell is a token that was guessed, or that came instead.
type ribbonCell struct {
	text, number string
	what         string // an outcome of package search, or one of these
	wide         float64
}

// What becomes of a guess that is no token of the text.
const (
	refused  = "refused"
	untested = "untested"
)

// The sizes of a ribbon.
const (
	mostPasses  = 40
	ribbonText  = 13.0
	ribbonRow   = 38.0
	ribbonCellH = 19.0
	ribbonNames = 58.0
	ribbonGap   = 20.0 // between columns
)

// ribbonFills are how cells are filled.
var ribbonFills = map[string]fill{
	search.Accepted:  {color: blue},
	search.Resampled: {color: vermillion},
	search.Bonus:     {color: green},
	search.Drawn:     {color: quiet},
	refused:          {color: vermillion, hatched: true},
	untested:         {color: fog},
}

// Speculated draws a run of speculative decoding: a line a pass of the model, in
// it the guesses that it took, the one that it refused with the token that came
// instead, and what one pass gave.
func Speculated(in Input) (*Figure, error) {
	tr, err := in.one("speculation")
	if err != nil {
		return nil, err
	}
	list, last, err := ribbons(tr)
	if err != nil {
		return nil, err
	}
	shown, cut := list, ""
	if len(list) > mostPasses {
		shown, cut = list[:mostPasses], fmt.Sprintf(" The first %d of %s passes are shown.", mostPasses, count(len(list)))
	}
	t := last.Tally
	f := &Figure{
		Title:    fmt.Sprintf("%s tokens a pass of the model", short(float64(t.Tokens)/float64(t.Passes))),
		Subtitle: fmt.Sprintf("%s · %s in %s, %d of %d guesses accepted, %s", argen.Visible(last.Search), some(t.Tokens, "token"), passes(t.Passes), t.Accepted, t.Drafted, percentage(t.Rate())),
		Caption: "A row is a pass of the model over all guesses at once. Below each guess is the probability that it stands, min(1, p/q): p of the model, q of the draft. " +
			"Where one is refused the token is drawn from what p has more than q, so the law of the text is p." + cut + dotted(pieces(tr.Steps)...) + source(tr),
		Alt:   altRibbons(shown, t),
		Width: in.page(),
	}
	for _, k := range []struct{ what, name string }{
		{search.Accepted, "accepted guess"},
		{refused, "× refused guess"},
		{search.Resampled, "drawn instead"},
		{search.Bonus, "bonus token, all guesses stand"},
		{search.Drawn, "nothing guessed"},
		{untested, "lost untested"},
	} {
		if has(shown, k.what) {
			f.keys = append(f.keys, key{k.name, ribbonFills[k.what].swatch})
		}
	}
	width := f.Width - 2*margin
	columns, each := ribbonColumns(shown, width), len(shown)
	if columns > 1 {
		each = (len(shown) + columns - 1) / columns
		width = (width - ribbonGap*float64(columns-1)) / float64(columns)
	}
	lines := ribbonLines(shown, width-ribbonNames)
	rows := 0
	for _, n := range lines[:each] { // the first column is the longest
		rows += n
	}
	f.setBody(ribbonRow * float64(rows))
	f.body = func(c draw.Canvas) {
		top := float64(c.Max.Y)
		for i := range shown {
			if i > 0 && i%each == 0 { // the next column
				top = float64(c.Max.Y)
				c.Min.X += vg.Length(width + ribbonGap)
			}
			shown[i].draw(c, top)
			top -= ribbonRow * float64(lines[i])
		}
	}
	return f, nil
}

// ribbonColumns is in how many columns passes lie, read from above: several where
// they are many and each has room in one line of a column.
func ribbonColumns(list []ribbon, width float64) int {
	widest := 0.0
	for i := range list {
		wide := 0.0
		for _, k := range list[i].cells {
			wide += k.wide + 3
		}
		widest = max(widest, wide)
	}
	const few = 8 // passes that one column has
	return max(1, min(int((width+ribbonGap)/(ribbonNames+widest+ribbonGap)), (len(list)+few-1)/few))
}

func passes(n int) string {
	if n == 1 {
		return "1 pass"
	}
	return count(n) + " passes"
}

// has reports whether a cell is of a kind.
func has(list []ribbon, what string) bool {
	for i := range list {
		for _, k := range list[i].cells {
			if k.what == what {
				return true
			}
		}
	}
	return false
}

// ribbons reads the passes of a trace.
func ribbons(tr *argen.Trace) (list []ribbon, last search.Speculation, err error) {
	var draft []search.Guess
	for i := range tr.Steps {
		var s search.Speculation
		if !choiceOf(&tr.Steps[i], &s) || s.Tally.Passes == 0 {
			continue
		}
		switch q := guessed(&s); {
		case !share(s.P) || !(q > 0) || q > 1+1e-6 || s.Tally.Tokens < 1 || s.Tally.Drafted < s.Tally.Accepted:
			return nil, last, fmt.Errorf("step %d of the trace: its numbers of speculation cannot be: the trace is damaged", i)
		case len(list) == 0 || list[len(list)-1].pass != s.Pass:
			list, draft = append(list, ribbon{pass: s.Pass}), s.Draft
		}
		r, number := &list[len(list)-1], ""
		if s.Guess != nil {
			number = prob(min(1, s.P/s.Guess.Q))
		}
		switch s.Outcome {
		case search.Accepted:
			r.add(label(s.Token.Token), number, s.Outcome)
		case search.Resampled:
			if s.Guess != nil {
				r.add("× "+label(s.Guess.Token), number, refused)
			}
			r.add(label(s.Token.Token), "", s.Outcome)
			for k := s.Place; k < len(draft); k++ {
				r.add(label(draft[k].Token), "", untested)
			}
		case search.Bonus, search.Drawn:
			r.add(label(s.Token.Token), "", s.Outcome)
		default:
			return nil, last, fmt.Errorf("step %d of the trace: the outcome %q of speculation is unknown: it may come from a newer argen", i, s.Outcome)
		}
		last = s
	}
	if len(list) == 0 {
		return nil, last, fmt.Errorf("speculation: the trace has no speculative decoding: argen generate --draft REF --log FILE writes one")
	}
	return list, last, nil
}

// guessed is the q of the guess, 1 if there is none.
func guessed(s *search.Speculation) float64 {
	if s.Guess == nil {
		return 1
	}
	return s.Guess.Q
}

// choiceOf reads the record of a search into a value, false if the step has
// none.
func choiceOf(s *argen.Step, to any) bool {
	if s.Choice == nil {
		return false
	}
	data, err := json.Marshal(s.Choice)
	return err == nil && json.Unmarshal(data, to) == nil
}

func (r *ribbon) add(text, number, what string) {
	wide := max(measure(text, face(ribbonText, false))+10, measure(number, face(tinySize, false))+6)
	r.cells = append(r.cells, ribbonCell{text, number, what, wide})
}

// ribbonLines sets the width on which passes lie and returns how many lines each
// has.
func ribbonLines(list []ribbon, width float64) []int {
	lines := make([]int, len(list))
	for i := range list {
		list[i].wide = width
		list[i].flow(func(_ *ribbonCell, _ float64, line int) { lines[i] = line + 1 })
	}
	return lines
}

// flow gives each cell a place from the left end, in a line from 0.
func (r *ribbon) flow(at func(k *ribbonCell, x float64, line int)) {
	x, line := 0.0, 0
	for i := range r.cells {
		k := &r.cells[i]
		if k.wide = min(k.wide, r.wide); x > 0 && x+k.wide > r.wide {
			x, line = 0, line+1
		}
		at(k, x, line)
		x += k.wide + 3
	}
}

func (r *ribbon) draw(c draw.Canvas, top float64) {
	name := style(smallSize, false, 0, -.5)
	name.Color = quiet
	say(c, name, float64(c.Min.X), top-ribbonCellH/2, fmt.Sprintf("pass %d", r.pass))
	r.flow(func(k *ribbonCell, x float64, line int) {
		left, high := float64(c.Min.X)+ribbonNames+x, top-ribbonRow*float64(line)
		f := ribbonFills[k.what]
		f.paint(c, rect(left, high-ribbonCellH, left+k.wide, high))
		sty := style(ribbonText, false, -.5, -.5)
		switch {
		case k.what == untested:
			sty.Color = quiet
		case f.hatched: // on paper, so that no line crosses it
			half := min(measure(k.text, sty.Font), k.wide-6) / 2
			mid := left + k.wide/2
			c.SetColor(paper)
			c.Fill(rect(mid-half-2, high-ribbonCellH+2.5, mid+half+2, high-2.5).Path())
		default:
			sty.Color = onto{f.color}
		}
		say(c, sty, left+k.wide/2, high-ribbonCellH/2, fit(k.text, sty.Font, k.wide-4, false))
		number := style(tinySize, false, -.5, -1)
		number.Color = quiet
		say(c, number, left+k.wide/2, high-ribbonCellH-2, k.number)
	})
}

func altRibbons(list []ribbon, t search.Tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of the model gave %s: %d guesses, %d tested, %d accepted. ", passes(t.Passes), some(t.Tokens, "token"), t.Drafted, t.Tested, t.Accepted)
	for i := range list {
		if i == 12 {
			fmt.Fprintf(&b, "And %s more.", passes(len(list)-i))
			break
		}
		fmt.Fprintf(&b, "Pass %d:", list[i].pass)
		for j, k := range list[i].cells {
			if j > 0 {
				b.WriteByte(',')
			}
			name := inQuotes(strings.TrimPrefix(k.text, "× "))
			switch k.what {
			case search.Accepted:
				fmt.Fprintf(&b, " %s accepted with probability %s", name, k.number)
			case refused:
				fmt.Fprintf(&b, " %s refused, it stood with probability %s", name, k.number)
			case search.Resampled:
				fmt.Fprintf(&b, " %s instead", name)
			case search.Bonus:
				fmt.Fprintf(&b, " %s as a bonus", name)
			case untested:
				fmt.Fprintf(&b, " %s untested", name)
			default:
				fmt.Fprintf(&b, " %s drawn", name)
			}
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}
