package viz

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/internal/strict"
)

// Data is what a chart is drawn from where it is no trace: what a lesson or a
// score has measured. In JSON it is a member of "charts", {"kind","data"}, so a
// chart can be drawn again from a file.
type Data interface {
	// Check says what cannot be drawn, nil if nothing: sizes that do not fit,
	// numbers that are none, more than a page has room for.
	Check() error
	// Read reads the data from JSON, strictly; Check is left to the caller.
	Read(j *strict.JSON) error
}

// Values are numbers some of which may be missing: NaN here, null in JSON.
type Values []float64

// MarshalJSON implements json.Marshaler.
func (v Values) MarshalJSON() ([]byte, error) {
	list := make([]*float64, len(v))
	for i := range v {
		if !math.IsNaN(v[i]) && !math.IsInf(v[i], 0) {
			list[i] = &v[i]
		}
	}
	return json.Marshal(list)
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Values) UnmarshalJSON(data []byte) error {
	var list []*float64
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*v = make(Values, len(list))
	for i, x := range list {
		(*v)[i] = math.NaN()
		if x != nil {
			(*v)[i] = *x
		}
	}
	return nil
}

// An Axis is what numbers along one side of a chart are.
type Axis struct {
	Label string `json:"label"`         // "tokens of context"
	Unit  string `json:"unit"`          // "bits", "share", "": of the numbers beside it; shares are shown in %
	Log   bool   `json:"log,omitempty"` // logarithmic; a 0 stands apart at its low end
}

// Words are what a chart says around what it draws.
type Words struct {
	Title    string `json:"title"`
	Subtitle string `json:"subtitle,omitempty"`
	Caption  string `json:"caption,omitempty"`  // how to read it, units included
	Language string `json:"language,omitempty"` // of what the chart says itself, see internal/words; "" for English
}

// figure is an empty one with the words, and with what it shows in words.
func (w Words) figure(in Input, alt string) *Figure {
	text := func(s string) string { return strings.Join(strings.Fields(argen.Printable(s)), " ") }
	return &Figure{Title: text(w.Title), Subtitle: text(w.Subtitle), Caption: text(w.Caption), Alt: alt, Width: in.page(), language: w.Language}
}

// SetLanguage sets in which language a chart says what it says by itself.
func (w *Words) SetLanguage(language string) { w.Language = language }

// A Series is a named row of numbers, maybe with intervals.
type Series struct {
	Name string `json:"name"`
	X    Values `json:"x,omitempty"` // of curves
	Y    Values `json:"y"`
	Lo   Values `json:"lo,omitempty"` // the interval of each number, of the same length as Y, or none
	Hi   Values `json:"hi,omitempty"`
}

// A Level is a line across a chart: the entropy rate, the control.
type Level struct {
	Name string  `json:"name"`
	Y    float64 `json:"y"`
}

// CurvesData is drawn by curves and by charts that are made of them: numbers
// over a number.
type CurvesData struct {
	Words
	X      Axis         `json:"x"`
	Y      Axis         `json:"y"`
	Series []Series     `json:"series"`
	Levels []Level      `json:"levels,omitempty"`
	Points bool         `json:"points,omitempty"` // a cloud of points, not joined
	Equal  bool         `json:"equal,omitempty"`  // with the line y = x
	Below  []CurvesData `json:"below,omitempty"`  // panels with axes of their own, where scales differ; their words are not shown
}

// BarsData is drawn by bars and by charts that are made of them: numbers of
// things, side by side.
type BarsData struct {
	Words
	Y      Axis       `json:"y"`
	Groups []string   `json:"groups"` // the things, as long as each series' Y
	Series []Series   `json:"series"` // a bar of each in every group
	Levels []Level    `json:"levels,omitempty"`
	Below  []BarsData `json:"below,omitempty"` // panels with an axis of their own; their words are not shown
}

// MatrixData is drawn by matrix and by charts that are made of it: a number for
// each pair of a row and a column, as a shade. Where some are below 0, shades
// go both ways from 0.
type MatrixData struct {
	Words
	Rows   []string `json:"rows"`
	Cols   []string `json:"cols"`
	Row    string   `json:"row"` // what rows are: "layer"
	Col    string   `json:"col"` // what columns are: "token"
	Unit   string   `json:"unit"`
	Panels []Panel  `json:"panels"`         // one or several of the same rows and columns: heads
	Most   float64  `json:"most,omitempty"` // the number with the brightest shade; 0 for the largest
}

// A Panel is one matrix.
type Panel struct {
	Name  string     `json:"name,omitempty"`
	Cells []Values   `json:"cells"`           // row × column; missing ones are left blank
	Texts [][]string `json:"texts,omitempty"` // written in the cells: the token
}

// What a page has room for.
const (
	mostNumbers = 50_000 // of one chart, intervals not counted
	mostGroups  = 60     // of bars
	mostBelow   = 2      // panels below the first
	mostPanels  = 600    // of a matrix: heads
	mostUnit    = 24     // bytes of a unit, which stands behind numbers
)

// check says what is wrong with a series of n numbers.
func (s Series) check(n int) error {
	switch {
	case len(s.Y) != n:
		return fmt.Errorf("series %q has %d numbers, there must be %d", argen.Visible(s.Name), len(s.Y), n)
	case len(s.Lo) != len(s.Hi) || len(s.Lo) != 0 && len(s.Lo) != n:
		return fmt.Errorf("series %q has %d numbers and %d and %d ends of intervals", argen.Visible(s.Name), n, len(s.Lo), len(s.Hi))
	}
	for _, list := range []Values{s.X, s.Y, s.Lo, s.Hi} {
		if i, found := farOff(list); found {
			return fmt.Errorf("series %q: number %d is %v, it must be from −1e12 to 1e12", argen.Visible(s.Name), i+1, list[i])
		}
	}
	for i, y := range s.Y {
		if len(s.Lo) > 0 && (s.Lo[i] > y+rounding*math.Abs(y) || s.Hi[i] < y-rounding*math.Abs(y)) {
			return fmt.Errorf("series %q: number %d is %v, not in its interval from %v to %v", argen.Visible(s.Name), i+1, y, s.Lo[i], s.Hi[i])
		}
	}
	return nil
}

// checkSeries says what is wrong with all series and levels of a panel.
func checkSeries(list []Series, levels []Level, axis Axis, n func(Series) int) error {
	all := 0
	for _, s := range list {
		if err := s.check(n(s)); err != nil {
			return err
		}
		all += len(s.Y)
	}
	switch {
	case len(list) == 0 || all == 0:
		return fmt.Errorf("there is no series with numbers: nothing to draw")
	case len(list) > len(looks):
		return fmt.Errorf("at most %d series are drawn, there are %d: leave some out", len(looks), len(list))
	case all > mostNumbers:
		return fmt.Errorf("at most %s numbers are drawn, there are %s", count(mostNumbers), count(all))
	}
	if len(axis.Unit) > mostUnit {
		return fmt.Errorf("the unit %.20q… has %d bytes, at most %d are drawn", axis.Unit, len(axis.Unit), mostUnit)
	}
	for _, l := range levels {
		if axis.Log && l.Y < 0 {
			return fmt.Errorf("the level %q is at %v, and the axis is logarithmic", argen.Visible(l.Name), l.Y)
		}
		if !finite(l.Y) {
			return fmt.Errorf("the level %q is at %v, which has no place", argen.Visible(l.Name), l.Y)
		}
	}
	return nil
}

// checkBelow says what is wrong with the panels below the first.
func checkBelow(n int, of func(i int) (deeper int, err error)) error {
	if n > mostBelow {
		return fmt.Errorf("at most %d panels are drawn below the first, there are %d", mostBelow, n)
	}
	for i := range n {
		if deeper, err := of(i); err != nil {
			return fmt.Errorf("panel %d: %w", i+2, err)
		} else if deeper > 0 {
			return fmt.Errorf("panel %d has panels below it: list all of them below the first", i+2)
		}
	}
	return nil
}

// Check implements Data.
func (d *CurvesData) Check() error {
	if err := checkSeries(d.Series, d.Levels, d.Y, func(s Series) int { return len(s.X) }); err != nil {
		return err
	}
	for _, a := range []struct {
		log  bool
		name string
		of   func(Series) Values
	}{{d.X.Log, "x", func(s Series) Values { return s.X }}, {d.Y.Log, "y", func(s Series) Values { return s.Y }}} {
		for _, s := range d.Series {
			if a.log && slices.ContainsFunc(a.of(s), func(v float64) bool { return v > 0 && v < nearly0 }) {
				return fmt.Errorf("series %q: a number of %s is nearer to 0 than any that can be drawn", argen.Visible(s.Name), a.name)
			}
			if err := s.within(notBelow0, a.name+", which is logarithmic,", a.of(s)); a.log && err != nil {
				return err
			}
		}
	}
	return checkBelow(len(d.Below), func(i int) (int, error) { return len(d.Below[i].Below), d.Below[i].Check() })
}

// Check implements Data.
func (d *BarsData) Check() error {
	switch n := len(d.Groups); {
	case n == 0:
		return fmt.Errorf("there are no groups of bars: nothing to draw")
	case n > mostGroups:
		return fmt.Errorf("at most %d groups of bars are drawn, there are %d", mostGroups, n)
	}
	if err := checkSeries(d.Series, d.Levels, d.Y, func(Series) int { return len(d.Groups) }); err != nil {
		return err
	}
	return checkBelow(len(d.Below), func(i int) (int, error) { return len(d.Below[i].Below), d.Below[i].Check() })
}

// Check implements Data.
func (d *MatrixData) Check() error {
	panels, rows, cols := len(d.Panels), len(d.Rows), len(d.Cols)
	switch {
	case panels == 0 || rows == 0 || cols == 0:
		return fmt.Errorf("there are no cells: nothing to draw")
	case panels > mostPanels || rows > mostNumbers || cols > mostNumbers || panels*rows*cols > mostNumbers:
		return fmt.Errorf("at most %s cells in %d panels are drawn, there are %d panels of %s × %s", count(mostNumbers), mostPanels, panels, count(rows), count(cols))
	case len(d.Unit) > mostUnit:
		return fmt.Errorf("the unit %.20q… has %d bytes, at most %d are drawn", d.Unit, len(d.Unit), mostUnit)
	case d.Most != 0 && !(d.Most > 0 && finite(d.Most)):
		return fmt.Errorf("most is %v, it must be above 0", d.Most)
	}
	for _, p := range d.Panels {
		if len(p.Cells) != rows || p.Texts != nil && len(p.Texts) != rows {
			return fmt.Errorf("panel %q has %d rows of cells and %d of texts, there must be %d", argen.Visible(p.Name), len(p.Cells), len(p.Texts), rows)
		}
		for i := range p.Cells {
			if len(p.Cells[i]) != cols || p.Texts != nil && len(p.Texts[i]) != cols {
				return fmt.Errorf("panel %q, row %q has %d cells, there must be %d, and a text for each or none", argen.Visible(p.Name), argen.Visible(d.Rows[i]), len(p.Cells[i]), cols)
			}
			if j, found := farOff(p.Cells[i]); found {
				return fmt.Errorf("panel %q, row %q: cell %d is %v, it must be from −1e12 to 1e12", argen.Visible(p.Name), argen.Visible(d.Rows[i]), j+1, p.Cells[i][j])
			}
		}
	}
	return nil
}
