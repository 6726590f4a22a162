package lesson

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen/internal/words"
)

// An Exercise is a question whose answer argen computes, for a worksheet.
type Exercise struct {
	Lesson   string   `json:"lesson"`
	Question string   `json:"question"`
	Tables   []Table  `json:"tables,omitempty"` // counts, a distribution
	Options  []string `json:"options,omitempty"`
	Tokens   []string `json:"tokens,omitempty"` // from which the answer lists some
	Answer   Answer   `json:"answer"`           // not on the worksheet
	Solution string   `json:"solution"`         // how one gets there
}

// An Answer is what is right. One of the forms is used: a number within a
// tolerance, tokens in any order, or an option by its letter.
type Answer struct {
	Kind      string   `json:"kind"` // "number", "tokens" or "option"
	Number    float64  `json:"number,omitempty"`
	Tolerance float64  `json:"tolerance,omitempty"`
	Tokens    []string `json:"tokens,omitempty"`
	Option    int      `json:"option,omitempty"` // from 0, which JSON leaves out
}

// Title is what stands above the exercise: that of its lesson, or its own where
// the lesson's is a statement that the exercise asks about.
func (e *Exercise) Title(c *words.Catalogue) string {
	if own := "lessons." + e.Lesson + ".exercise.title"; c.Has(own) {
		return c.Say(own, nil)
	}
	return c.Say("lessons."+e.Lesson+".title", nil)
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

// mark compares what a student wrote with the answer: [Right], [Wrong] or
// [Unreadable]. Why is a remark on what is unclear in it, a key of the catalogue
// under worksheet.unclear, "" where nothing is.
func (e *Exercise) mark(given string) (mark, why string, values words.Map) {
	switch e.Answer.Kind {
	case "tokens":
		return e.markTokens(given)
	case "option":
		return e.markOption(given)
	}
	x, err := readNumber(given)
	switch a := e.Answer; {
	case err != nil:
		return Unreadable, "number", nil
	case math.Abs(x-a.Number) <= a.Tolerance*(1+1e-9): // .025 rounded to .03 is half a hundredth away, but for the last bit
		return Right, "", nil
	case a.Number <= 1 && x > 1 && x <= 100:
		return Wrong, "share", words.Map{"given": clip(strings.TrimSpace(given))}
	}
	return Wrong, "", nil
}

// markOption reads the letter of an option, with brackets or with the option
// itself behind it, or the option in its own words.
func (e *Exercise) markOption(given string) (mark, why string, values words.Map) {
	text := plain(given)
	letter, rest, _ := strings.Cut(strings.TrimLeft(text, "([ "), ")")
	i, ok := ReadOption(letter, len(e.Options))
	if ok && rest != "" && fold(rest) != fold(e.Options[i]) {
		ok = strings.Trim(rest, ".: ") == ""
	}
	for k, o := range e.Options {
		if fold(text) == fold(o) {
			i, ok = k, true
		}
	}
	switch {
	case !ok:
		return Unreadable, "option", words.Map{"letters": Letters(len(e.Options))}
	case i == e.Answer.Option:
		return Right, "", nil
	}
	return Wrong, "", nil
}

// fold is a token or an option as it is compared: without quotation marks,
// brackets, capital letters and the full stop behind it.
func fold(s string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(plain(s)), "\"'`()[]{}. "))
}

// listMarks part the tokens of a list.
var listMarks = compiled(`[,;|\n]|\s[&+/]\s`)

// markTokens reads tokens in any order: with commas between them, or with blanks
// where no token of the exercise has one.
func (e *Exercise) markTokens(given string) (mark, why string, values words.Map) {
	known, want, found := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, t := range e.Tokens {
		known[fold(t)] = true
	}
	for _, t := range e.Answer.Tokens {
		known[fold(t)], want[fold(t)] = true, true
	}
	var list []string
	for _, part := range listMarks().Split(plain(given), -1) {
		if known[fold(part)] {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	for _, word := range list {
		switch w := fold(word); {
		case known[w]:
			found[w] = true
		case w == "" || slices.Contains([]string{"and", "und", "&", "+", "-", "∅", "none", "nothing", "keine", "keins", "nichts"}, w):
		default:
			return Wrong, "token", words.Map{"given": clip(strings.TrimSpace(word))}
		}
	}
	if maps.Equal(found, want) {
		return Right, "", nil
	}
	return Wrong, "", nil
}
