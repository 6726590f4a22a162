package lesson

import (
	"encoding/json"
	"math"
	"testing"
)

// TestUnits writes numbers as texts have them.
func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		unit Unit
		x    float64
		want string
	}{
		{Share, 0, "0 %"},
		{Share, .00056, "0.056 %"},
		{Share, .00095, "0.095 %"},
		{Share, .0095, "0.95 %"},
		{Share, .031, "3.1 %"},
		{Share, -.064, "−6.4 %"},
		{Share, .5, "50 %"},
		{Share, .9953, "99.5 %"},
		{Share, 1, "100 %"},
		{Prob, .0125, "0.0125"},
		{Bits, 1.25, "1.250"},
		{Bits, 1695.42, "1695.4"},
		{Error, 3.4e-15, "3.4e−15"},
		{Count, 12356631, "12,356,631"},
		{Count, -1234, "−1,234"},
		{Count, 999.6, "1,000"},
		{Count, 1 << 60, "1.153e+18"},
		{Bits, math.Inf(1), "+∞"},
		{Share, math.Inf(-1), "−∞"},
		{Share, math.NaN(), "–"},
		// At the borders of each form.
		{Share, .0995, "10 %"},
		{Share, .0994, "9.9 %"},
		{Share, .00995, "1.0 %"},
		{Share, .00994, "0.99 %"},
		{Share, .9905, "99 %"},
		{Share, .9906, "99.1 %"},
		{Share, 1.5, "150.0 %"},
		{Bits, 0, "0"},
		{Bits, .0005, "0.001"},
		{Bits, .0004, "4.0e−04"},
		{Bits, 99.9994, "99.999"},
		{Bits, 100, "100.0"},
		{Prob, 1, "1.0000"},
		{Prob, .0004, "4.0e−04"},
		{Error, 2, "2.0e+00"},
	} {
		if got := tt.unit.format(tt.x); got != tt.want {
			t.Errorf("%s of %g: %q, want %q", tt.unit, tt.x, got, tt.want)
		}
	}
}

// TestVerdict: a claim holds where all of the interval keeps the rule, and is open
// where some of it does, or where nobody knows how wide it is.
func TestVerdict(t *testing.T) {
	var r Record
	r.Exact("exact", 2, Count)
	r.Estimate("wide", Interval{2, 1, 3}, 50, Bits)
	r.Estimate("single", Interval{2, math.NaN(), math.NaN()}, 1, Bits)
	r.Estimate("none", Interval{math.NaN(), math.NaN(), math.NaN()}, 0, Bits)
	r.Estimate("endless", Interval{math.Inf(1), math.Inf(1), math.Inf(1)}, 9, Bits)
	for _, c := range []struct {
		number, rule string
		limit        float64
		want         string
	}{
		{"exact", "<=", 2, "holds"},
		{"exact", "<", 2, "fails"},
		{"exact", ">=", 3, "fails"},
		{"wide", ">=", 1, "holds"},
		{"wide", ">", 1, "undecided"},
		{"wide", ">=", 2.5, "undecided"},
		{"wide", ">", 3, "fails"},
		{"wide", "<", 3, "undecided"},
		{"wide", "<=", 3, "holds"},
		{"wide", "<=", .5, "fails"},
		{"single", ">=", 1, "undecided"},
		{"none", ">=", 1, "fails"},
		{"none", "<=", 1, "fails"},
		{"endless", ">", 1, "holds"},
		{"endless", "<", 1, "fails"},
		{"missing", "<=", 1, "fails"},
	} {
		r.Verdict("x", c.number, c.rule, c.limit)
		if got := r.Verdicts[len(r.Verdicts)-1].Outcome(); got != c.want {
			t.Errorf("%s %s %v: %s, want %s", c.number, c.rule, c.limit, got, c.want)
		}
	}
}

// TestNumberJSON: what is no number, or has no end, is null and comes back as no
// number.
func TestNumberJSON(t *testing.T) {
	lo, hi := 1.0, math.Inf(1)
	for _, c := range []struct {
		n    Number
		want string
	}{
		{Number{Name: "a", Value: 1.5, Lo: &lo, Hi: &lo, Unit: Bits, N: 3}, `{"name":"a","value":1.5,"lo":1,"hi":1,"unit":"bits","n":3}`},
		{Number{Name: "b", Value: math.NaN(), Unit: Prob}, `{"name":"b","value":null,"unit":"prob"}`},
		{Number{Name: "c", Value: hi, Lo: &lo, Hi: &hi, Unit: Ratio}, `{"name":"c","value":null,"lo":1,"unit":"ratio"}`},
	} {
		data, err := json.Marshal(c.n)
		if err != nil || string(data) != c.want {
			t.Errorf("%s, %v, want %s", data, err, c.want)
		}
		var back Number
		if err := json.Unmarshal(data, &back); err != nil || back.Name != c.n.Name || back.N != c.n.N || back.Unit != c.n.Unit {
			t.Errorf("%s comes back as %v: %v", data, back, err)
		}
		if want := c.n.Value; back.Value != want && !(math.IsNaN(back.Value) && (math.IsNaN(want) || math.IsInf(want, 0))) {
			t.Errorf("%v comes back as %v", want, back.Value)
		}
	}
	var n Number
	if err := json.Unmarshal([]byte(`{"name":"a","value":"x"}`), &n); err == nil {
		t.Error("a text is read as a number")
	}
}

// TestLookup finds lessons by their names and by their numbers in the course.
func TestLookup(t *testing.T) {
	for i, l := range Course {
		if got, ok := Lookup(l.Name); !ok || got != l {
			t.Errorf("%s is not found", l.Name)
		}
		if got, ok := Lookup(thousands(i + 1)); !ok || got != l {
			t.Errorf("lesson %d is not %s", i+1, l.Name)
		}
	}
	for _, bad := range []string{"", "0", "-1", "22", "1.0", "chain"} {
		if l, ok := Lookup(bad); ok {
			t.Errorf("%q found %s", bad, l.Name)
		}
	}
}
