package sampler

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Kind says which numbers a parameter takes.
type Kind uint8

// Float parameters take any finite number, Int parameters whole ones.
const (
	Float Kind = iota
	Int
)

// A Param is a parameter of a stage.
type Param struct {
	Name  string // the stage's JSON field: "p"
	Flag  string // of the command line, without dashes: "top-p"; "" if there is none
	Alias string // a second flag with the same meaning, "" if there is none
	Doc   string // what it is, a few words
	Kind  Kind

	Default float64 // where a chain names the stage without this value
	Off     float64 // the value that makes the stage do nothing
	Least   float64 // the range is Least ≤ value ≤ Most; Most may be +Inf
	Most    float64
	Above   bool // Least < value: the range is open below
}

// Range is the range as text: "0 < p ≤ 1".
func (p Param) Range() string {
	less := " ≤ "
	if p.Above {
		less = " < "
	}
	if math.IsInf(p.Most, 1) {
		if p.Above {
			return p.Name + " > " + number(p.Least)
		}
		return p.Name + " ≥ " + number(p.Least)
	}
	return number(p.Least) + less + p.Name + " ≤ " + number(p.Most)
}

// Check returns an error with the range unless v is within it.
func (p Param) Check(v float64) error {
	// Written so that NaN fails.
	if v >= p.Least && v <= p.Most && v <= math.MaxFloat64 && !(p.Above && v == p.Least) && (p.Kind == Float || v == math.Trunc(v)) {
		return nil
	}
	return fmt.Errorf("%s is out of range, %s", number(v), p.must())
}

// Parse reads a decimal number within the range.
func (p Param) Parse(text string) (float64, error) {
	var v float64
	var err error
	if p.Kind == Int {
		var i int64
		i, err = strconv.ParseInt(text, 10, 54) // exact as a float64
		v = float64(i)
	} else {
		v, err = strconv.ParseFloat(text, 64)
	}
	switch {
	case strings.Trim(text, "0123456789+-.eE") != "" || err != nil && !isRange(err):
		return 0, fmt.Errorf("%s is no %s, %s", quote(text), p.Kind, p.must())
	case err != nil:
		return 0, fmt.Errorf("%s is out of range, %s", quote(text), p.must())
	}
	if err := p.Check(v); err != nil {
		return 0, fmt.Errorf("%s is out of range, %s", quote(text), p.must())
	}
	return v + 0, nil // −0 becomes 0
}

// must says what a value has to be.
func (p Param) must() string { return "it must be a " + p.Kind.String() + " with " + p.Range() }

// String is "number" or "whole number".
func (k Kind) String() string {
	if k == Int {
		return "whole number"
	}
	return "number"
}

func isRange(err error) bool {
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}

// number is the shortest decimal that reads back as v.
func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// quote is text in quotes, cut where it is long.
func quote(text string) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(strings.ToValidUTF8(text[:most], "")) + "…"
	}
	return strconv.Quote(text)
}

// word is a stage as a chain has it.
func word(name string, values ...float64) string {
	b := []byte(name)
	for i, v := range values {
		b = append(b, "=/"[min(i, 1)])
		b = append(b, number(v)...)
	}
	return string(b)
}
