package viz

import (
	"image/color"
	"math"
	"slices"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestLabel(t *testing.T) {
	for token, want := range map[string]string{
		"the": "the", " the": "·the", "a b": "a b", " ": "·", "  x ": "··x·", "": "(empty)",
		"\n": `\n`, "\x1b[31m": `\x1b[31m`, "\xff": `\xff`, "abcdefghijklmnopqrstuvwxyz": "abcdefghijklmnopq…", "…": "…", "\u202ex": `\u202ex`,
	} {
		if got := label(token); got != want {
			t.Errorf("label(%q) = %q, want %q", token, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "token")
		if n := utf8.RuneCountInString(label(s)); n < 1 || n > longest {
			t.Errorf("label(%q) has %d characters", s, n)
		}
	})
}

func TestNumbers(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 1: "1", .5: "0.500", .04567: "0.0457", .00123: "0.00123", 2.04e-5: "2.0e−5", .99999: ">0.999"} {
		if got := prob(x); got != want {
			t.Errorf("prob(%v) = %q, want %q", x, got, want)
		}
	}
	for x, want := range map[float64]string{
		0: "0", 3.64571: "3.65", -32.71: "−32.7", 1234567: "1.2e6", 1234: "1,234", 100: "100", 99.96: "100.0", 1e-9: "1.0e−9",
		math.Inf(1): "∞", math.Inf(-1): "−∞", .00123: "0.001",
	} {
		if got := short(x); got != want {
			t.Errorf("short(%v) = %q, want %q", x, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}

// Text on any colour of the map can be read: 4.5 : 1, the AA of the Web
// Content Accessibility Guidelines; and the map grows lighter all along.
func TestContrast(t *testing.T) {
	contrast := func(a, b color.NRGBA) float64 {
		x, y := luminance(a), luminance(b)
		return (max(x, y) + .05) / (min(x, y) + .05)
	}
	last := -1.0
	for i := range 1001 {
		ground := shade(float64(i) / 1000)
		if c := contrast(over(ground), ground); c < 4.1 {
			t.Errorf("%d ‰: contrast %.2f", i, c)
		}
		if l := luminance(ground); l < last-.005 { // rounding to 8 bits

			t.Errorf("%d ‰ is darker than the colour before", i)
		} else {
			last = l
		}
	}
	for _, c := range []color.NRGBA{ink, quiet} {
		if contrast(c, paper) < 7 {
			t.Errorf("%v on white: %.2f", c, contrast(c, paper))
		}
	}
	if shade(math.NaN()) != cividis[0] || shade(2) != cividis[len(cividis)-1] || shade(-1) != cividis[0] {
		t.Error("shade beyond its range")
	}
}

func TestAxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := math.Exp(rapid.Float64Range(-200, 200).Draw(t, "ln most"))
		a := upTo(most)
		if n := len(a.ticks); n < 3 || n > 8 || a.max < most*(1-1e-9) || a.max > most*2.1 {
			t.Errorf("up to %v: %d ticks to %v", most, n, a.max)
		}
		if d := downTo(-most); d.max != 0 || d.min != -a.max {
			t.Errorf("down to %v: %v to %v", -most, d.min, d.max)
		}
	})
	if a := powers(1); a.min >= 1 || a.max < 1 {
		t.Errorf("powers of 1: %v to %v", a.min, a.max)
	}
}

// Text that is fitted and wrapped keeps within its width.
func TestFit(t *testing.T) {
	f := face(12, false)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		wide := rapid.Float64Range(20, 300).Draw(t, "width")
		tail := rapid.Bool().Draw(t, "tail")
		if got := fit(s, f, wide, tail); measure(got, f) > wide+1e-9 {
			t.Errorf("%q is %v wide, more than %v", got, measure(got, f), wide)
		}
		for _, l := range wrap(s, f, wide) {
			if measure(l, f) > wide+1e-9 {
				t.Errorf("line %q is %v wide, more than %v", l, measure(l, f), wide)
			}
		}
	})
}

// A chain begins on the line where there is still room for half of it, and breaks
// behind a comma.
func TestWrapBreaksChains(t *testing.T) {
	f := face(12, false)
	const chain = "repetition_penalty=1.1,top_k=40,typical_p=0.95,temperature=1.2"
	wide := measure(chain, f) + 5
	got := wrap("Step 2 · chain: "+chain, f, wide)
	want := []string{"Step 2 · chain: repetition_penalty=1.1,top_k=40,typical_p=0.95,", "temperature=1.2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := wrap("one, two", f, measure("one, t", f)); !slices.Equal(got, []string{"one,", "two"}) {
		t.Errorf("%q", got)
	}
}
