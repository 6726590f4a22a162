package viz

import (
	"strings"
	"testing"
)

// TestFarNumbers: what a file has may be as far off as numbers go. It is refused,
// or drawn with all places known.
func TestFarNumbers(t *testing.T) {
	curve := func(log bool, unit string, x, y Values, levels ...Level) Data {
		return &CurvesData{X: Axis{Log: log}, Y: Axis{Log: log, Unit: unit}, Series: []Series{{X: x, Y: y}}, Levels: levels}
	}
	bar := func(y Values) Data {
		return &BarsData{Groups: make([]string, len(y)), Series: []Series{{Y: y}}}
	}
	cells := func(v float64) Data {
		return &MatrixData{Rows: []string{"r"}, Cols: []string{"c"}, Panels: []Panel{{Cells: []Values{{v}}}}}
	}
	for _, c := range []struct {
		kind string
		data Data
		says string // "" where it is drawn
	}{
		{"bars", bar(Values{5e-324}), ""},
		{"bars", bar(Values{5e-324, 0}), ""},
		{"bars", bar(Values{1e12, -1e12}), ""},
		{"bars", bar(Values{1e308}), "from −1e12 to 1e12"},
		{"curves", curve(false, "", Values{1e12 - 1e-4, 1e12}, Values{5e-324, 0}), ""},
		{"curves", curve(false, "", Values{0, -1e308}, Values{1, 2}), "from −1e12 to 1e12"},
		{"curves", curve(true, "", Values{1, 2}, Values{5e-324, 1}), "nearer to 0"},
		{"curves", curve(true, "", Values{1, 2}, Values{1e-289, 1e12}), ""},
		{"curves", curve(true, "", Values{1, 2}, Values{1, 2}, Level{"l", -5}), "the axis is logarithmic"},
		{"curves", curve(false, strings.Repeat("x", 25), Values{1}, Values{1}), "25 bytes"},
		{"matrix", cells(1e308), "from −1e12 to 1e12"},
		{"matrix", cells(5e-324), ""},
	} {
		f, err := DrawData(c.kind, c.data)
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s %+v: %v, want %q", c.kind, c.data, err, c.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %+v: %v", c.kind, c.data, err)
			continue
		}
		if s := string(svg(t, f)); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Errorf("%s %+v: a place is not known", c.kind, c.data)
		}
	}
}
