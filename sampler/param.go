package sampler

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
)

// A Kind says which values a parameter takes.
type Kind uint8

// The kinds of values.
const (
	Float  Kind = iota // any number
	Int                // a whole number
	Text               // any text
	Token              // a token, or several in a row: their text, or their ids as #12 #7
	Choice             // one of a few words
)

// A Param is a parameter of a stage.
type Param struct {
	Name  string // the stage's JSON field: "p"
	Flag  string // of the command line, without dashes: "top-p"; "" if there is none
	Alias string // a second flag with the same meaning, "" if there is none
	// Joined is set if the value stands in the flag of the parameter before it,
	// after a comma or a slash: "0.6,4".
	Joined bool
	Doc    string // what it is, a few words
	Kind   Kind

	Default float64 // where a chain names the stage without this value
	Off     float64 // the value that makes the stage do nothing; None if there is none
	Least   float64 // the range is Least ≤ value ≤ Most; Most may be +Inf
	Most    float64
	Above   bool // Least < value: the range is open below

	Words []string // of a Choice, the default first
	// Rule marks the choice of an engine's edge rules: its default is the word
	// that [Semantics] name, if it is among Words.
	Rule bool
	// By are the defaults of engines that have another one.
	By map[Semantics]Value
	// Optional is set for a Text or Token that may be empty.
	Optional bool
	// Takes names the value of a Text in the help of its flag, "" for TEXT.
	Takes string
	// File is set for a Text whose flag names the file that holds it.
	File bool
	// Named is set for one that stands in a chain under its name only, before or
	// after the list that its stage is about.
	Named bool
	// Shared is set where several stages have the Flag: alone it brings none of
	// them into a chain.
	Shared bool
	// Lowest is what the number −∞ does, which is a value too: "removes it".
	// It is written -inf, or false as in llama.cpp. "" where it is none.
	Lowest string
}

// None is an Off of parameters that cannot switch their stage off.
var None = math.NaN()

// A Value is what a parameter is set to: a number, or a text.
type Value struct {
	Number float64
	Text   string
}

// Args are the values of a stage's parameters in the order of [Form].Params,
// checked. Whole numbers are exact.
type Args []Value

// Float is the i-th value, a number.
func (a Args) Float(i int) float64 { return a[i].Number }

// Int is the i-th value, a whole number.
func (a Args) Int(i int) int { return int(a[i].Number) }

// Text is the i-th value, a text, a token or a word.
func (a Args) Text(i int) string { return a[i].Text }

// Rule is the i-th value, the engine whose edge rules hold; "" for our own.
func (a Args) Rule(i int) Semantics {
	if a[i].Text == argenRules {
		return ""
	}
	return Semantics(a[i].Text)
}

// argenRules is the word for our own rules, the first of [Param].Words of a
// rule.
const argenRules = "argen"

// numeric reports whether values are numbers.
func (p Param) numeric() bool { return p.Kind == Float || p.Kind == Int }

// value is the default.
func (p Param) value(by Semantics) Value {
	if v, differs := p.By[by]; differs {
		return v
	}
	switch {
	case p.Rule && slices.Contains(p.Words, string(by)):
		return Value{Text: string(by)}
	case p.Kind == Choice:
		return Value{Text: p.Words[0]}
	case p.numeric():
		return Value{Number: p.Default}
	}
	return Value{}
}

// Range is the range as text: "0 < p ≤ 1".
func (p Param) Range() string {
	switch p.Kind {
	case Choice:
		return p.Name + " of " + strings.Join(p.Words, ", ")
	case Text:
		return p.Name + " is text"
	case Token:
		return p.Name + " is text or #ID"
	}
	less := " ≤ "
	if p.Above {
		less = " < "
	}
	switch {
	case p.Lowest != "":
		return "any " + p.Name + " or -inf, which " + p.Lowest
	case math.IsInf(p.Least, -1) && math.IsInf(p.Most, 1):
		return "any " + p.Name
	case math.IsInf(p.Most, 1) && p.Above:
		return p.Name + " > " + number(p.Least)
	case math.IsInf(p.Most, 1):
		return p.Name + " ≥ " + number(p.Least)
	}
	return number(p.Least) + less + p.Name + " ≤ " + number(p.Most)
}

// Check returns an error with the range unless v is within it.
func (p Param) Check(v Value) error {
	switch p.Kind {
	case Choice:
		if !slices.Contains(p.Words, v.Text) {
			return fmt.Errorf("%s is none of %s", quote(v.Text), strings.Join(p.Words, ", "))
		}
		return nil
	case Text, Token:
		if v.Text == "" && !p.Optional {
			return fmt.Errorf("%s is no %s, it must not be empty", quote(""), p.Kind)
		}
		return nil
	}
	if p.Lowest != "" && math.IsInf(v.Number, -1) {
		return nil
	}
	// Written so that NaN fails.
	if x := v.Number; x >= p.Least && x <= p.Most && math.Abs(x) <= math.MaxFloat64 && !(p.Above && x == p.Least) && (p.Kind == Float || x == math.Trunc(x)) {
		return nil
	}
	return fmt.Errorf("%s is out of range, %s", number(v.Number), p.must())
}

// Parse reads a value within the range; of a text, the text itself.
func (p Param) Parse(text string) (Value, error) {
	if !p.numeric() {
		v := Value{Text: text}
		return v, p.Check(v)
	}
	if p.Lowest != "" && (text == "-inf" || text == "false") {
		return Value{Number: math.Inf(-1)}, nil
	}
	var x float64
	var err error
	if p.Kind == Int {
		var i int64
		i, err = strconv.ParseInt(text, 10, 54) // exact as a float64
		x = float64(i)
	} else {
		x, err = strconv.ParseFloat(text, 64)
	}
	switch {
	case strings.Trim(text, "0123456789+-.eE") != "" || err != nil && !isRange(err):
		return Value{}, fmt.Errorf("%s is no %s, %s", quote(text), p.Kind, p.must())
	case err != nil:
		return Value{}, fmt.Errorf("%s is out of range, %s", quote(text), p.must())
	}
	v := Value{Number: x + 0} // −0 becomes 0
	if err := p.Check(v); err != nil {
		return Value{}, fmt.Errorf("%s is out of range, %s", quote(text), p.must())
	}
	return v, nil
}

// must says what a value has to be.
func (p Param) must() string { return "it must be " + p.what() }

// what says what a value is: "a number with 0 < p ≤ 1".
func (p Param) what() string {
	limits := p.Range()
	if strings.HasPrefix(limits, "any ") {
		return "a " + p.Kind.String() + ", " + limits
	}
	return "a " + p.Kind.String() + " with " + limits
}

// String says what a value is: "number", "whole number".
func (k Kind) String() string {
	return [...]string{Float: "number", Int: "whole number", Text: "text", Token: "token", Choice: "word"}[k]
}

func isRange(err error) bool {
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}

// number is the shortest decimal that reads back as v.
func number(v float64) string {
	if math.IsInf(v, -1) {
		return "-inf"
	}
	if v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// prob is a probability as reasons have it, four digits of it.
func prob(p float64) string { return strconv.FormatFloat(p, 'g', 4, 64) }

// quote is text in quotes, cut where it is long.
func quote(text string) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(strings.ToValidUTF8(text[:most], "")) + "…"
	}
	return strconv.Quote(text)
}

// word is a stage as a chain has it; see [Form.Word].
func word(name string, values ...any) string {
	s, ok := Lookup(name)
	if !ok {
		panic("sampler: no stage is named " + name)
	}
	return s.Word(values...)
}

// Word writes the thing so that it can be read again: its name, its first
// value, and those of the others that are not their defaults, by name. Numbers
// are float64 or int, texts are strings. Those of the list that a form with
// Repeat ends in come last.
func (s Form[T]) Word(values ...any) string {
	b := []byte(s.Name)
	next, named := 0, false // the parameter that a value without a name would be
	for i, value := range values {
		p, _ := s.param(i)
		v := Value{}
		switch x := value.(type) {
		case float64:
			v.Number = x
		case int:
			v.Number = float64(x)
		case argen.ID:
			v.Number = float64(x)
		case string:
			v.Text = x
		case Semantics:
			v.Text = string(x)
		}
		if p.Kind == Choice && v.Text == "" { // a stage made without it, in Go
			v.Text = p.Words[0]
		}
		if (i > 0 || p.Named) && i < s.fixed() && v == p.value("") {
			continue
		}
		b = append(b, "=/"[b2i(named)])
		if i != s.unnamed(next) {
			b = append(append(b, p.Name...), ':')
		}
		b = append(b, p.text(v)...)
		next, named = i+1, true
	}
	return string(b)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// text writes a value as a chain has it.
func (p Param) text(v Value) string {
	switch {
	case p.numeric():
		return number(v.Number)
	case p.Kind == Choice:
		return v.Text
	}
	return strconv.Quote(v.Text)
}
