package main

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"argen"
	"argen/internal/strict"
	"argen/viz"
)

// readComparison reads what compare --json prints, or keeps as compare.json, as
// far as charts show it.
func (a *app) readComparison(ctx context.Context, name string) (viz.CompareData, error) {
	data, err := a.readFile(ctx, name, largestTrace)
	if err != nil {
		return viz.CompareData{}, err
	}
	if name == "-" {
		name = "stdin"
	}
	c, err := parseComparison(argen.Visible(name), data)
	if err != nil {
		return viz.CompareData{}, err
	}
	return c.chart(), nil
}

// parseComparison reads a comparison from JSON. Fields that no chart shows are
// skipped.
func parseComparison(name string, data []byte) (*comparison, error) {
	r := compareReader{strict.NewJSON(name, bytes.TrimRight(data, " \t\r\n"), 16)}
	c := &comparison{}
	seen := map[string]bool{}
	err := r.Object(func(field string) (err error) {
		seen[field] = true
		switch field {
		case "type":
			err = wrongType(r.JSON, "no comparison: argen compare --json prints one, -o DIR keeps it as compare.json")
		case "model":
			c.Model, err = r.String()
		case "samples":
			c.Samples, err = r.count(1)
		case "prompts":
			err = r.Array(func(int) error {
				text, err := r.String()
				c.Prompts = append(c.Prompts, text)
				return err
			})
		case "metrics":
			err = r.Array(func(int) error { return r.metric(c) })
		case "strategies":
			err = r.Array(func(int) error { return r.strategy(c) })
		case "step":
			c.Step = &comparedStep{}
			err = r.step(c.Step)
		default:
			err = r.Skip()
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return nil, err
	}
	for _, field := range []string{"samples", "metrics", "strategies"} {
		if !seen[field] {
			return nil, r.Errorf("this is no comparison, it has no field %q: argen compare --json prints one, -o DIR keeps it as compare.json", field)
		}
	}
	return c, nil
}

// wrongType reads the type that the records of some commands begin with, where none of
// those can be read, and says what it is and what there should be instead.
func wrongType(j *strict.JSON, instead string) error {
	kind, err := j.String()
	if err != nil {
		return err
	}
	return j.Errorf("this is %s, %s", recordName(kind), instead)
}

// recordName says what a record of a type is.
func recordName(kind string) string {
	switch kind {
	case "header":
		return "a trace, or the log of a training"
	case "lesson", "quiz":
		return "a " + kind
	}
	return fmt.Sprintf("a record of type %q", kind)
}

// A compareReader reads the parts of a comparison.
type compareReader struct{ *strict.JSON }

func (r compareReader) count(least int64) (int, error) {
	n, err := r.Int(least, math.MaxInt32)
	return int(n), err
}

func (r compareReader) metric(c *comparison) error {
	var m comparedMetric
	err := r.Object(func(field string) (err error) {
		switch field {
		case "name":
			m.Name, err = r.String()
		case "label":
			m.Label, err = r.String()
		case "unit":
			m.Unit, err = r.String()
		default:
			err = r.Skip()
		}
		return err
	})
	if err == nil && m.Name == "" {
		err = r.Errorf("a metric has no name")
	}
	c.Metrics = append(c.Metrics, m)
	return err
}

func (r compareReader) strategy(c *comparison) error {
	s := comparedStrategy{Metrics: map[string]comparedNumber{}}
	err := r.Object(func(field string) (err error) {
		switch field {
		case "name":
			s.Name, err = r.String()
		case "metrics":
			err = r.Object(func(name string) error {
				x, err := r.number()
				s.Metrics[name] = x
				return err
			})
		default:
			err = r.Skip()
		}
		return err
	})
	c.Strategies = append(c.Strategies, s)
	return err
}

// number reads a number with its interval.
func (r compareReader) number() (comparedNumber, error) {
	nan := number(math.NaN())
	x := comparedNumber{Mean: nan, Lo: nan, Hi: nan}
	err := r.Object(func(field string) (err error) {
		switch field {
		case "mean":
			err = r.float(&x.Mean)
		case "lo":
			err = r.float(&x.Lo)
		case "hi":
			err = r.float(&x.Hi)
		case "infinite":
			err = r.float(&x.Infinite)
		case "texts":
			x.Texts = &[3]number{nan, nan, nan}
			err = r.Array(func(i int) error {
				if i >= len(x.Texts) {
					return r.Errorf("the quartiles are three numbers")
				}
				return r.float(&x.Texts[i])
			})
		case "difference":
			x.Diff = &difference{Noise: true}
			err = r.Object(func(field string) (err error) {
				if field == "noise" {
					x.Diff.Noise, err = r.Bool()
				} else {
					err = r.Skip()
				}
				return err
			})
		default:
			err = r.Skip()
		}
		return err
	})
	return x, err
}

func (r compareReader) float(to *number) error {
	x, err := logit(r.JSON)
	*to = number(x)
	return err
}

func (r compareReader) step(s *comparedStep) error {
	return r.Object(func(field string) (err error) {
		switch field {
		case "t":
			s.T, err = r.count(0)
		case "context":
			s.Context, err = r.String()
		case "others":
			s.Others, err = r.count(0)
		case "rest":
			err = r.float(&s.Rest)
		case "tokens":
			err = r.Array(func(int) error {
				var t comparedToken
				err := r.Object(func(field string) (err error) {
					switch field {
					case "token":
						t.Token, err = r.String()
					case "prob":
						err = r.float(&t.Prob)
					default:
						err = r.Skip()
					}
					return err
				})
				s.Tokens = append(s.Tokens, t)
				return err
			})
		case "strategies":
			err = r.Array(func(int) error { return r.after(s) })
		default:
			err = r.Skip()
		}
		return err
	})
}

func (r compareReader) after(s *comparedStep) error {
	var x comparedAfter
	err := r.Object(func(field string) (err error) {
		switch field {
		case "name":
			x.Name, err = r.String()
		case "kept":
			x.Kept, err = r.count(0)
		case "entropy":
			err = r.float(&x.Entropy)
		case "rest":
			err = r.float(&x.Rest)
		case "probs":
			err = r.Array(func(int) error {
				var p number
				err := r.float(&p)
				x.Probs = append(x.Probs, p)
				return err
			})
		default:
			err = r.Skip()
		}
		return err
	})
	s.Strategies = append(s.Strategies, x)
	return err
}
