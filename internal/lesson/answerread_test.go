package lesson

import (
	"math"
	"strings"
	"testing"
)

// TestReadNumber: a number is read however people write it, and what is none is
// not.
func TestReadNumber(t *testing.T) {
	for given, want := range map[string]float64{
		"0.75": .75, " 0,75 ": .75, ".75": .75, ",75": .75, "75 %": .75, "75%": .75, "75\u00a0%": .75, "75 Prozent": .75, "75 percent": .75, "75,0 %": .75,
		"3/4": .75, "3 / 4": .75, "3⁄4": .75, "¾": .75, "3:4": .75, "3÷4": .75, "1 1/2": 1.5, "1½": 1.5, "-1/2": -.5, "3/(3+1)": .75,
		"= 3/4 = 0.75": .75, "P(b | a) = 3/4": .75, "≈0.75": .75, "ca. 0,75": .75, "about 0.75": .75, "0.75.": .75, "0.5 + 0.25": .75, "1 − 0.25": .75,
		"12 bits": 12, "12 Bit": 12, "12bits": 12, "12 Bits.": 12, "0.22 · 0.5": .11, "0.22 × 0.5": .11, "0.22 x 0.5": .11, "0,22*0,5": .11, "0.5 x 1 x 2x 0.3": .3,
		"1,234.5": 1234.5, "1.234,5": 1234.5, "1 234,5": 1234.5, "1'234.5": 1234.5, "1’234’567": 1234567, "1,234,567": 1234567, "1.234.567,25": 1234567.25, "1 234 567": 1234567,
		"1.96e-3": .00196, "1,96E-3": .00196, "1.96·10^-3": .00196, "1.96 × 10⁻³": .00196, "1,96 * 10^(-3)": .00196, "1.96 x 10−3": .00196,
		"2^-9": 1. / 512, "2⁻⁹": 1. / 512, "1/2^9": 1. / 512, "1/2⁹": 1. / 512, "2^3^2": 512, "-2^2": -4, "−3": -3, "–3": -3, "+3": 3, "０．７５": .75, "50%+25%": .75,
	} {
		if got, err := readNumber(given); err != nil || math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
			t.Errorf("%q is read as %v, %v; want %v", given, got, err, want)
		}
	}
	for _, given := range []string{
		"", " ", "x", "many", "%", "1/0", "0/0", "1/", "/2", "1 2", "1,2,3", "1.2.3", "1,23,456", "1.234.567.25", "1,2.3,4", "..", ".", ",", "1..2", "(1", "1)", "()", "2^", "1e", "NaN", "inf", "Infinity", "10b", "1_000",
		"1e999", "9^9^9^9", "0.5 or 0.6", "0.5, 0.6", "a = b", strings.Repeat("(", 500), "=", "10 apples", "1//2", "√2",
	} {
		if got, err := readNumber(given); err == nil {
			t.Errorf("%q is read as %v", given, got)
		}
	}
}

// TestMarks: answers as people write them, and one clear reason for those that are
// unclear.
func TestMarks(t *testing.T) {
	number := &Exercise{Answer: Answer{Kind: "number", Number: .25, Tolerance: .005}}
	tokens := &Exercise{Tokens: []string{"cat", "Dog", "lamp", "Fluss"}, Answer: Answer{Kind: "tokens", Tokens: []string{"cat", "Dog"}}}
	option := &Exercise{Options: []string{"cat dog", "dog cat", "Table C"}, Answer: Answer{Kind: "option", Option: 1}}
	for _, c := range []struct {
		e                *Exercise
		given, mark, why string
	}{
		{number, "1/4", Right, ""},
		{number, "0,25", Right, ""},
		{number, "0.255", Right, ""},
		{number, "0.2551", Wrong, ""},
		{number, "25", Wrong, "share"},
		{number, "250", Wrong, ""},
		{number, "a quarter", Unreadable, "number"},
		{tokens, "cat, Dog", Right, ""},
		{tokens, "dog; CAT", Right, ""},
		{tokens, `“Cat”, „dog“`, Right, ""},
		{tokens, `"cat" and 'dog'.`, Right, ""},
		{tokens, "dog und cat", Right, ""},
		{tokens, "{dog, cat}", Right, ""},
		{tokens, "dog cat", Right, ""},
		{tokens, "cat,dog,,cat,", Right, ""},
		{tokens, "dog\u00a0,\tcat", Right, ""},
		{tokens, "- dog & cat", Right, ""},
		{tokens, "dog", Wrong, ""},
		{tokens, "dog, cat, lamp", Wrong, ""},
		{tokens, "none", Wrong, ""},
		{tokens, "keine", Wrong, ""},
		{tokens, "–", Wrong, ""},
		{tokens, "dog, kat", Wrong, "token"},
		{tokens, "2, 3", Wrong, "token"},
		{option, "b", Right, ""},
		{option, " (B) ", Right, ""},
		{option, "b.", Right, ""},
		{option, "2", Right, ""},
		{option, "b) dog cat", Right, ""},
		{option, "“Dog cat”", Right, ""},
		{option, "c", Wrong, ""},
		{option, "Table C", Wrong, ""},
		{option, "b) cat dog", Unreadable, "option"},
		{option, "d", Unreadable, "option"},
		{option, "a or b", Unreadable, "option"},
		{option, "yes", Unreadable, "option"},
	} {
		if m, why, _ := c.e.mark(c.given); m != c.mark || why != c.why {
			t.Errorf("%q is %s (%s), want %s (%s)", c.given, m, why, c.mark, c.why)
		}
	}
}

// FuzzMark: no answer makes what reads it panic, and what is unclear has a reason.
func FuzzMark(f *testing.F) {
	for _, seed := range []string{"3/4", "0,75 %", "1.96 × 10⁻³", "b) dog", "„cat“, dog", "1'234.5", "½", "((1", "^^", "none"} {
		f.Add(seed)
	}
	list := []*Exercise{
		{Answer: Answer{Kind: "number", Number: .25, Tolerance: .005}},
		{Tokens: []string{"cat", "dog"}, Answer: Answer{Kind: "tokens", Tokens: []string{"cat"}}},
		{Options: []string{"cat", "dog"}, Answer: Answer{Kind: "option", Option: 1}},
	}
	f.Fuzz(func(t *testing.T, given string) {
		for _, e := range list {
			m, why, _ := e.mark(given)
			if m != Right && m != Wrong && m != Unreadable || (m == Unreadable) && why == "" || m == Right && why != "" {
				t.Errorf("%q is %s: %q", given, m, why)
			}
		}
		if x, err := readNumber(given); err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
			t.Errorf("%q is %v", given, x)
		}
	})
}
