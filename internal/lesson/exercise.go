package lesson

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An Exercise is a question whose answer argen computes, for a worksheet.
type Exercise struct {
	Lesson   string   `json:"lesson"`
	Question string   `json:"question"`
	Tables   []Table  `json:"tables,omitempty"` // counts, a distribution
	Options  []string `json:"options,omitempty"`
	Answer   Answer   `json:"answer"`   // not on the worksheet
	Solution string   `json:"solution"` // how one gets there
}

// An Answer is what is right. One of the forms is used: a number within a
// tolerance, tokens in any order, or an option by its letter.
type Answer struct {
	Kind      string   `json:"kind"` // "number", "tokens" or "option"
	Number    float64  `json:"number,omitempty"`
	Tolerance float64  `json:"tolerance,omitempty"`
	Tokens    []string `json:"tokens,omitempty"`
	Option    int      `json:"option,omitempty"` // from 0
}

// check says what is wrong with an exercise, nil if nothing is: one whose answer
// nobody could give.
func (e *Exercise) check() error {
	a := e.Answer
	switch {
	case e.Question == "" || e.Solution == "":
		return fmt.Errorf("no question or no solution")
	case a.Kind == "number" && (math.IsNaN(a.Number) || math.IsInf(a.Number, 0) || !(a.Tolerance > 0)):
		return fmt.Errorf("the answer is %v, give or take %v", a.Number, a.Tolerance)
	case a.Kind == "tokens" && len(a.Tokens) == 0:
		return fmt.Errorf("the answer has no tokens")
	case a.Kind == "option" && (a.Option < 0 || a.Option >= len(e.Options)):
		return fmt.Errorf("the answer is option %d of %d", a.Option, len(e.Options))
	case a.Kind != "number" && a.Kind != "tokens" && a.Kind != "option":
		return fmt.Errorf("an answer of kind %q", a.Kind)
	}
	return nil
}

// String is the answer as a key has it.
func (a Answer) String() string {
	switch a.Kind {
	case "tokens":
		return strings.Join(a.Tokens, ", ")
	case "option":
		return string(rune('a' + a.Option))
	}
	return strconv.FormatFloat(a.Number, 'g', 4, 64)
}

// Right reports whether what a student wrote is the answer. A number may be a
// decimal, with a point or a comma, a share in % or a fraction; what cannot be
// read is an error.
func (a Answer) Right(given string) (bool, error) {
	given = strings.TrimSpace(given)
	switch a.Kind {
	case "tokens":
		var list []string
		for _, word := range strings.FieldsFunc(given, func(r rune) bool { return r == ',' || r == ';' }) {
			list = append(list, strings.Trim(strings.TrimSpace(word), `"“”„`))
		}
		want := slices.Clone(a.Tokens)
		slices.Sort(want)
		slices.Sort(list)
		return slices.Equal(slices.Compact(list), slices.Compact(want)), nil
	case "option":
		letter := strings.ToLower(strings.Trim(given, "().: "))
		if len(letter) != 1 || letter[0] < 'a' || letter[0] > 'z' {
			return false, fmt.Errorf("%q is no letter of an option", given)
		}
		return int(letter[0]-'a') == a.Option, nil
	}
	x, err := readNumber(given)
	if err != nil {
		return false, err
	}
	return math.Abs(x-a.Number) <= a.Tolerance, nil
}

// readNumber reads a decimal, a percentage or a fraction.
func readNumber(s string) (float64, error) {
	bad := fmt.Errorf("%q is no number: write 0.25, 25 %% or 1/4", s)
	body, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	over, under, fraction := strings.Cut(strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(body, ",", "."), "−", "-")), "/")
	x, err := strconv.ParseFloat(strings.TrimSpace(over), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, bad
	}
	if fraction {
		y, err := strconv.ParseFloat(strings.TrimSpace(under), 64)
		if err != nil || y == 0 || math.IsNaN(y) || math.IsInf(y, 0) {
			return 0, bad
		}
		x /= y
	}
	if percent {
		x /= 100
	}
	return x, nil
}
