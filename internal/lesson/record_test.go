package lesson

import (
	"math"
	"strings"
	"testing"

	"argen/internal/words"
)

// TestKeeps: a rule holds of a number if it holds of all of its interval.
func TestKeeps(t *testing.T) {
	lo, hi := .25, .5
	exact, sampled := Number{Value: .5}, Number{Value: .4, Lo: &lo, Hi: &hi}
	outside := Number{Value: .75, Lo: &lo, Hi: &hi} // the mean of few may lie outside
	for _, c := range []struct {
		n     Number
		rule  string
		limit float64
		want  bool
	}{
		{exact, "<=", .5, true},
		{exact, "<", .5, false},
		{exact, ">=", .5, true},
		{exact, ">", .5, false},
		{exact, "<", .51, true},
		{exact, ">", .49, true},
		{exact, "<=", .49, false},
		{exact, ">=", .51, false},
		{sampled, "<=", .5, true},
		{sampled, "<=", .45, false},
		{sampled, "<", .5, false},
		{sampled, "<", .51, true},
		{sampled, ">=", .25, true},
		{sampled, ">=", .3, false},
		{sampled, ">", .25, false},
		{sampled, ">", .2, true},
		{outside, "<=", .6, false},
		{outside, ">=", .3, false},
		{exact, "=", .5, false},
		{Number{Value: math.NaN()}, "<=", 1, false},
		{Number{Value: math.NaN()}, ">", -1, false},
	} {
		if got, _ := c.n.keeps(c.rule, c.limit); got != c.want {
			t.Errorf("%s %s %v: %v", c.n.WithInterval(), c.rule, c.limit, got)
		}
	}
}

// TestRecord: the deciding number goes before the others, a verdict on a number
// that is not there does not hold, and a record holds if all verdicts do.
func TestRecord(t *testing.T) {
	c, err := words.In("en")
	if err != nil {
		t.Fatal(err)
	}
	new := func() *Record {
		r := &Record{lesson: chainRule, words: c, Facts: map[string]string{"model": "m"}}
		r.Exact("one", 1, Count)
		r.Estimate("two", Interval{.5, .25, .75}, 1200, Share)
		r.Estimate("three", exactly(3), 7, Count)
		return r
	}
	r := new()
	r.Verdict("a", "three", ">", 2)
	r.Verdict("b", "two", "<", .8)
	r.decide()
	if got := r.Numbers[0].Name + r.Numbers[1].Name + r.Numbers[2].Name; got != "threeonetwo" {
		t.Errorf("the numbers stand as %s", got)
	}
	if r.say(); !r.Holds {
		t.Error("a record whose verdicts hold does not")
	}
	values := r.values()
	for place, want := range map[string]string{"one": "1", "one#": "0", "two": "50 %", "two~": "50 % [25, 75]", "two#": "1,200", "three~": "3 [3, 3]", "three#": "7", "model": "m"} {
		if values[place] != want {
			t.Errorf("{%s} is %q, want %q", place, values[place], want)
		}
	}
	r.Verdict("c", "four", "<", 8)
	if r.say(); r.Holds || r.Verdicts[2].Holds {
		t.Error("a verdict on no number holds")
	}
	if r = new(); r.Holds {
		t.Error("a record without verdicts holds")
	}
	if r.say(); r.Holds {
		t.Error("a record without verdicts holds")
	}
	r.decide()
	if r.Numbers[0].Name != "one" {
		t.Error("without verdicts another number is the first")
	}
}

// TestTable: columns of numbers alone stand to the right, so that digits are below
// each other.
func TestTable(t *testing.T) {
	lo := .5
	number := func(x float64) Cell { return Number{Value: x, Unit: Count}.Cell() }
	table := Table{Title: "T", Columns: []string{"name", "n", "mixed", "interval"}, Rows: [][]Cell{
		{{Text: "a"}, number(5), number(5), Number{Value: 1, Unit: Bits, Lo: &lo, Hi: &lo}.Cell()},
		{{Text: "bbbbbb"}, number(12345), {Text: "x"}, {Text: "–"}, {Text: "too many"}},
		{{Text: "c"}},
	}}
	lines := strings.Split(table.text(80), "\n")
	for i, want := range []string{
		"T", "name         n  mixed  interval", "------  ------  -----  --------------------",
		"a            5  5      1.000 [0.500, 0.500]", "bbbbbb  12,345  x      –", "c",
	} {
		if got := strings.TrimRight(lines[i], " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
