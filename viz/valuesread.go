package viz

import (
	"maps"
	"math"
	"slices"
	"strings"

	"argen/internal/strict"
)

// members reads an object whose members are those of a table and no others: a
// name that is misspelled would else be a chart without what it names.
func members(j *strict.JSON, table map[string]func() error) error {
	return j.Object(func(name string) error {
		read, ok := table[name]
		if !ok {
			return j.Errorf("there is no such member: it may have %s", strings.Join(slices.Sorted(maps.Keys(table)), ", "))
		}
		return read()
	})
}

// into reads a value with a method of the reader.
func into[T any](to *T, read func() (T, error)) func() error {
	return func() (err error) {
		*to, err = read()
		return err
	}
}

// list reads an array, a value at a time.
func list[T any](to *[]T, j *strict.JSON, read func(*T) error) func() error {
	return func() error {
		return j.Array(func(int) error {
			var x T
			err := read(&x)
			*to = append(*to, x)
			return err
		})
	}
}

// numbers reads numbers; null is one that is missing.
func numbers(to *Values, j *strict.JSON) func() error {
	return list((*[]float64)(to), j, func(x *float64) (err error) {
		if *x = math.NaN(); !j.Null() {
			*x, err = j.Float()
		}
		return err
	})
}

func readTexts(to *[]string, j *strict.JSON) func() error {
	return list(to, j, func(s *string) error { return into(s, j.String)() })
}

// with is a table of members with those of words.
func (w *Words) with(j *strict.JSON, table map[string]func() error) map[string]func() error {
	table["title"] = into(&w.Title, j.String)
	table["subtitle"] = into(&w.Subtitle, j.String)
	table["caption"] = into(&w.Caption, j.String)
	table["language"] = into(&w.Language, j.String)
	return table
}

func (a *Axis) read(j *strict.JSON) func() error {
	return func() error {
		return members(j, map[string]func() error{
			"label": into(&a.Label, j.String), "unit": into(&a.Unit, j.String), "log": into(&a.Log, j.Bool),
		})
	}
}

func readSeries(to *[]Series, j *strict.JSON) func() error {
	return list(to, j, func(s *Series) error {
		return members(j, map[string]func() error{
			"name": into(&s.Name, j.String),
			"x":    numbers(&s.X, j), "y": numbers(&s.Y, j), "lo": numbers(&s.Lo, j), "hi": numbers(&s.Hi, j),
		})
	})
}

func readLevels(to *[]Level, j *strict.JSON) func() error {
	return list(to, j, func(l *Level) error {
		return members(j, map[string]func() error{"name": into(&l.Name, j.String), "y": into(&l.Y, j.Float)})
	})
}

// Read implements Data.
func (d *CurvesData) Read(j *strict.JSON) error {
	return members(j, d.with(j, map[string]func() error{
		"x": d.X.read(j), "y": d.Y.read(j), "series": readSeries(&d.Series, j), "levels": readLevels(&d.Levels, j),
		"points": into(&d.Points, j.Bool), "equal": into(&d.Equal, j.Bool),
		"below": list(&d.Below, j, func(b *CurvesData) error { return b.Read(j) }),
	}))
}

// Read implements Data.
func (d *BarsData) Read(j *strict.JSON) error {
	return members(j, d.with(j, map[string]func() error{
		"y": d.Y.read(j), "groups": readTexts(&d.Groups, j), "series": readSeries(&d.Series, j), "levels": readLevels(&d.Levels, j),
		"below": list(&d.Below, j, func(b *BarsData) error { return b.Read(j) }),
	}))
}

// Read implements Data.
func (d *MatrixData) Read(j *strict.JSON) error {
	return members(j, d.with(j, map[string]func() error{
		"rows": readTexts(&d.Rows, j), "cols": readTexts(&d.Cols, j), "row": into(&d.Row, j.String), "col": into(&d.Col, j.String),
		"unit": into(&d.Unit, j.String), "most": into(&d.Most, j.Float),
		"panels": list(&d.Panels, j, func(p *Panel) error {
			return members(j, map[string]func() error{
				"name":  into(&p.Name, j.String),
				"cells": list(&p.Cells, j, func(v *Values) error { return numbers(v, j)() }),
				"texts": list(&p.Texts, j, func(s *[]string) error { return readTexts(s, j)() }),
			})
		}),
	}))
}
