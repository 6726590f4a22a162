package term

import "testing"

// TestWrap breaks lines at blanks, but not between a number and its %.
func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 7, "one two\nthree"},
		{"it is at 100 % of them", 13, "it is at\n100 % of them"},
		{"0 % [0, 0.8] of", 3, "0 %\n[0,\n0.8]\nof"},
		{"a\x00b c", 3, "a b\nc"},
	} {
		if got := Wrap(tt.text, tt.width); got != tt.want {
			t.Errorf("%q in %d columns: %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}
