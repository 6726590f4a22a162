package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/internal/lesson"
	"argen/internal/strict"
	"argen/viz"
)

// largestCharts is the largest file of lessons or scores that is drawn.
const largestCharts = 64 << 20

// readCharts reads the data of all charts of a kind from files that argen
// explain --json or argen score --inside --json wrote.
func (a *app) readCharts(ctx context.Context, chart viz.Chart, files []string) ([]viz.Data, error) {
	var all []viz.Data
	for _, name := range files {
		data, err := a.readFile(ctx, name, largestCharts)
		if err != nil {
			return nil, err
		}
		if name == "-" {
			name = "stdin"
		}
		list, err := parseCharts(argen.Visible(name), data, chart)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// parseCharts reads the charts of one file: of one value or of several, one
// after the other.
func parseCharts(name string, data []byte, chart viz.Chart) ([]viz.Data, error) {
	const deepest = 24
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fmt.Errorf("%s is empty: %s is drawn from what argen explain NAME --json prints%s", name, chart.Name, alsoInside(chart))
	}
	r := chartReader{JSON: strict.NewJSON(name, data, deepest), chart: chart}
	for {
		err := r.value()
		if err == nil && r.Kind() != strict.Invalid {
			continue
		}
		if err == nil {
			err = r.End()
		}
		if err == nil && len(r.found) == 0 {
			err = r.none(name)
		}
		if err != nil {
			return nil, err
		}
		return r.found, nil
	}
}

// A chartReader reads the data of charts of one kind.
type chartReader struct {
	*strict.JSON
	chart  viz.Chart
	found  []viz.Data
	others []string // the kinds of other charts, as often as they stand there
	scores bool     // what argen score printed
}

// other says that a file of a type is not what the chart is drawn from, and what
// makes that.
func (r *chartReader) other(kind string) error {
	what, makes := fmt.Sprintf("a %q", kind), "argen explain NAME --json prints a lesson"
	if kind == "header" || kind == "step" || kind == "end" {
		what = "a trace of a text"
		if r.chart.Inside != nil {
			makes = "argen score --inside T --json TEXT looks into the model where it predicts token T, " + makes
		}
	}
	return r.Errorf("this is %s, which %s is not drawn from: %s", what, r.chart.Name, makes)
}

// value reads a lesson, a quiz, a chart or a score.
func (r *chartReader) value() error {
	in := insideReader{JSON: r.JSON}
	kind := ""
	err := r.Object(func(name string) (err error) {
		switch name {
		case "type":
			if kind, err = r.String(); err == nil && kind != "lesson" && kind != "quiz" {
				err = r.other(kind)
			}
		case "version":
			n, err := r.Int(1, math.MaxInt32)
			if err == nil && n > lesson.Version {
				err = r.Errorf("version %d of the record of a lesson, this program reads up to %d: use the argen that wrote it", n, lesson.Version)
			}
			return err
		case "charts":
			err = r.Array(func(int) error { return r.one() })
		case "options": // of a quiz
			err = r.Array(func(int) error {
				return r.Object(func(name string) error {
					if name != "record" {
						return r.Skip()
					}
					return r.value()
				})
			})
		case "kind":
			kind, err = r.String()
		case "data":
			err = r.data(kind)
		case "error":
			text, bad := r.String()
			if err = bad; err == nil {
				err = r.Errorf("the command that wrote this failed: %s", argen.Visible(text))
			}
		case "model":
			in.model, err = r.String()
		case "tokens":
			if r.Kind() != strict.Array {
				return r.Skip()
			}
			r.scores = true
			err = r.Array(func(int) error { return in.token() })
		case "inside":
			err = in.read()
		default:
			err = r.Skip()
		}
		return err
	})
	if err != nil || in.found == nil || r.chart.Inside == nil {
		return err
	}
	d, err := r.chart.DataOf(in.inside())
	if err == nil {
		err = d.Check()
	}
	if err != nil {
		return r.Errorf("inside: %v", err)
	}
	r.found = append(r.found, d)
	return nil
}

// one reads a chart, {"kind", "data"}.
func (r *chartReader) one() error {
	kind := ""
	return r.Object(func(name string) (err error) {
		switch name {
		case "kind":
			kind, err = r.String()
		case "data":
			err = r.data(kind)
		default:
			err = r.Skip()
		}
		return err
	})
}

// data reads the data of a chart of a kind.
func (r *chartReader) data(kind string) error {
	switch kind {
	case "":
		return r.Errorf("the kind of a chart stands before its data")
	case r.chart.Name:
	default:
		r.others = append(r.others, kind)
		return r.Skip()
	}
	d := r.chart.Data()
	if err := d.Read(r.JSON); err != nil {
		return err
	}
	if err := d.Check(); err != nil {
		return r.Errorf("%v", err)
	}
	r.found = append(r.found, d)
	return nil
}

// none says which charts there are in a file that has none of the kind.
func (r *chartReader) none(name string) error {
	var kinds []string
	for _, k := range r.others {
		if k = argen.Visible(k); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	switch {
	case len(kinds) > 0:
		return fmt.Errorf("%s has no chart %s: it has %s", name, r.chart.Name, strings.Join(kinds, ", "))
	case r.scores && r.chart.Inside != nil:
		return fmt.Errorf(`%s has no "inside": argen score --inside T --json looks into the model where it predicts token T`, name)
	}
	return fmt.Errorf("%s has no charts: argen explain NAME --json prints some with their data%s", name, alsoInside(r.chart))
}

// alsoInside names the other command whose output a chart is drawn from, if there is
// one.
func alsoInside(chart viz.Chart) string {
	if chart.Inside == nil {
		return ""
	}
	return ", argen score --inside T --json too"
}

// An insideReader reads what score --inside prints.
type insideReader struct {
	*strict.JSON
	model  string
	pieces map[int]string // by t
	found  *viz.Inside
}

// token notes the piece of a token of the text.
func (r *insideReader) token() error {
	at, piece := -1, ""
	err := r.Object(func(name string) (err error) {
		switch name {
		case "t":
			at, err = r.count()
		case "token":
			piece, err = r.String()
		default:
			err = r.Skip()
		}
		return err
	})
	if r.pieces == nil {
		r.pieces = map[int]string{}
	}
	r.pieces[at] = piece
	return err
}

func (r *insideReader) count() (int, error) {
	n, err := r.Int(0, math.MaxInt32)
	return int(n), err
}

// read reads the member "inside". Logarithms to base e become probabilities.
func (r *insideReader) read() error {
	in := &viz.Inside{}
	r.found = in
	return r.Object(func(name string) (err error) {
		switch name {
		case "t":
			in.T, err = r.count()
		case "tokens":
			err = r.Array(func(int) error {
				s, err := r.String()
				in.Context = append(in.Context, s)
				return err
			})
		case "effects":
			in.Effects, err = r.floats()
		case "attention":
			err = r.Array(func(int) error {
				var heads [][]float64
				err := r.Array(func(int) error {
					list, err := r.floats()
					heads = append(heads, list)
					return err
				})
				in.Attention = append(in.Attention, heads)
				return err
			})
		case "lens":
			err = r.Array(func(int) error { return r.lens(in) })
		default:
			err = r.Skip()
		}
		return err
	})
}

func (r *insideReader) floats() (list []float64, err error) {
	err = r.Array(func(int) error {
		x, err := logit(r.JSON)
		list = append(list, x)
		return err
	})
	return list, err
}

// prob reads ln P and returns P.
func (r *insideReader) prob() (float64, error) {
	x, err := logit(r.JSON)
	if err == nil && !(x <= 1e-6) {
		err = r.Errorf("ln P is %v, it must be 0 or less", x)
	}
	return math.Exp(min(x, 0)), err
}

func (r *insideReader) lens(in *viz.Inside) error {
	var l viz.InsideLens
	err := r.Object(func(name string) (err error) {
		switch name {
		case "logprob":
			l.Prob, err = r.prob()
		case "top":
			err = r.Array(func(int) error {
				var t viz.InsideToken
				err := r.Object(func(name string) (err error) {
					switch name {
					case "token":
						t.Token, err = r.String()
					case "logprob":
						t.Prob, err = r.prob()
					default:
						err = r.Skip()
					}
					return err
				})
				l.Top = append(l.Top, t)
				return err
			})
		default:
			err = r.Skip()
		}
		return err
	})
	in.Lens = append(in.Lens, l)
	return err
}

// inside is what was found, with the token and the model.
func (r *insideReader) inside() *viz.Inside {
	r.found.Model, r.found.Token = r.model, r.pieces[r.found.T]
	return r.found
}
