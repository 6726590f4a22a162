package viz

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"argen"
)

// Data is what a chart is drawn from where it is no trace: what a lesson or a
// score has measured. In JSON it is a member of "charts", {"kind","data"}, so a
// chart can be drawn again from a file.
type Data interface {
	// Check says what cannot be drawn, nil if nothing: sizes that do not fit,
	// numbers that are none.
	Check() error
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
	Log   bool   `json:"log,omitempty"` // logarithmic
}

// Words are what a chart says around what it draws.
type Words struct {
	Title    string `json:"title"`
	Subtitle string `json:"subtitle,omitempty"`
	Caption  string `json:"caption,omitempty"` // how to read it, units included
}

// figure is an empty one with the words, and with what it shows in words.
func (w Words) figure(alt string) *Figure {
	text := func(s string) string { return strings.Join(strings.Fields(argen.Printable(s)), " ") }
	return &Figure{Title: text(w.Title), Subtitle: text(w.Subtitle), Caption: text(w.Caption), Alt: alt, Width: pageWidth}
}

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
	X      Axis     `json:"x"`
	Y      Axis     `json:"y"`
	Series []Series `json:"series"`
	Levels []Level  `json:"levels,omitempty"`
	Points bool     `json:"points,omitempty"` // a cloud of points, not joined
	Equal  bool     `json:"equal,omitempty"`  // with the line y = x
}

// BarsData is drawn by bars and by charts that are made of them: numbers of
// things, side by side.
type BarsData struct {
	Words
	Y      Axis     `json:"y"`
	Groups []string `json:"groups"` // the things, as long as each series' Y
	Series []Series `json:"series"` // a bar of each in every group
	Levels []Level  `json:"levels,omitempty"`
}

// MatrixData is drawn by matrix and by charts that are made of it: a number for
// each pair of a row and a column, as a shade.
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

// check says what is wrong with a series of n numbers.
func (s Series) check(n int) error {
	switch {
	case len(s.Y) != n:
		return fmt.Errorf("series %q has %d numbers, there must be %d", s.Name, len(s.Y), n)
	case len(s.Lo) != len(s.Hi) || len(s.Lo) != 0 && len(s.Lo) != n:
		return fmt.Errorf("series %q has %d numbers and %d and %d ends of intervals", s.Name, n, len(s.Lo), len(s.Hi))
	}
	return nil
}

// Check implements Data.
func (d *CurvesData) Check() error {
	if len(d.Series) == 0 {
		return fmt.Errorf("there is no series: nothing to draw")
	}
	for _, s := range d.Series {
		if err := s.check(len(s.X)); err != nil {
			return err
		}
	}
	return nil
}

// Check implements Data.
func (d *BarsData) Check() error {
	if len(d.Series) == 0 || len(d.Groups) == 0 {
		return fmt.Errorf("there are no bars: nothing to draw")
	}
	for _, s := range d.Series {
		if err := s.check(len(d.Groups)); err != nil {
			return err
		}
	}
	return nil
}

// Check implements Data.
func (d *MatrixData) Check() error {
	if len(d.Panels) == 0 || len(d.Rows) == 0 || len(d.Cols) == 0 {
		return fmt.Errorf("there are no cells: nothing to draw")
	}
	for _, p := range d.Panels {
		if len(p.Cells) != len(d.Rows) || p.Texts != nil && len(p.Texts) != len(d.Rows) {
			return fmt.Errorf("panel %q has %d rows of cells, there must be %d", p.Name, len(p.Cells), len(d.Rows))
		}
		for i := range p.Cells {
			if len(p.Cells[i]) != len(d.Cols) || p.Texts != nil && len(p.Texts[i]) != len(d.Cols) {
				return fmt.Errorf("panel %q, row %d has %d cells, there must be %d", p.Name, i+1, len(p.Cells[i]), len(d.Cols))
			}
		}
	}
	return nil
}
