package edits

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"kitten", "sitting", 3},
		{"top_k", "top_p", 1},
		{"Zoë", "Zoe", 1},
		{"flaw", "lawn", 2},
		{"plto", "plot", 1},
		{"stroy", "story", 1},
		{"ca", "abc", 2},
		{"abcd", "badc", 2},
		{strings.Repeat("a", 300), "a", 301},
	} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%.9q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

// A distance is symmetric, zero for equal words alone, and no way over a third
// word is shorter.
func TestDistanceIsAMetric(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abé_")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		ab := Distance(a, b)
		if ab != Distance(b, a) || (ab == 0) != (a == b) || Distance(a, c) > ab+Distance(b, c) {
			t.Fatalf("%q %q %q: %d", a, b, c, ab)
		}
	})
}
