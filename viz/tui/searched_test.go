package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"argen/internal/golden"
	"argen/sampler/search"
)

// A search picks the tokens; forks and steps back search anew from where they
// are, and a token of the user's own is gone on from.
func TestSearch(t *testing.T) {
	gen := truth(t, "")
	gen.MaxTokens = 6
	p := search.Beams{N: 3, Groups: 1, Length: 1, Early: "false"}
	gen.Search = p.String()
	d := drive(t, gen, "It was a", Options{Search: p})
	d.size(100, 30)
	if text := d.text(); !strings.Contains(text, "a search picks one of these") {
		t.Errorf("before the token is picked:\n%s", text)
	}
	want := d.m.cur().next.ID
	d.keys("enter").pass(1)
	text := d.text()
	if !strings.Contains(text, "beams=3, token 0: 3 of 5 candidates go on; * wins") || !strings.Contains(text, "* beam 1 -> ") {
		t.Errorf("the search is not shown:\n%s", text)
	}
	d.keys("enter").tokens(4)
	if text := d.keys("enter").pass(1).text(); !strings.Contains(text, "\n  2.  score -") {
		t.Errorf("the second of the texts found is not shown:\n%s", text)
	}
	d.keys("enter")
	steps := slices.Clone(d.m.cur().steps)
	if len(steps) != 6 || steps[0].ID != want || d.m.cur().next != nil {
		t.Fatalf("%d steps, the first %d, want %d", len(steps), steps[0].ID, want)
	}
	for _, s := range steps {
		if s.Choice == nil || s.Given() {
			t.Fatalf("step %d: no choice", s.T)
		}
	}
	if l := d.m.leaving(); l.ByHand {
		t.Error("the search is said to be done by hand")
	}
	d.keys("left", "c", "ctrl+u").typing("greedy").keys("enter")
	if text := d.text(); !strings.Contains(text, "greedy leaves one token, so that beams has nothing") {
		t.Errorf("greedy beams:\n%s", text)
	}
	d.keys("esc", "left", "left", "f").tokens(3)
	again := d.m.cur().steps
	if len(d.m.branches) != 2 || len(again) != 6 || again[3].Choice == nil {
		t.Fatalf("%d branches, %d steps", len(d.m.branches), len(again))
	}
	d.keys("left", "left")
	other := d.m.cur().next.Top[1].ID
	d.keys("i").typing(d.m.piece(other)).keys("enter")
	if s := d.m.cur().steps; !s[len(s)-1].Given() || d.m.cur().next == nil || d.m.cur().next.Choice == nil {
		t.Errorf("after a token of the user's own: %+v", s[len(s)-1])
	}
}

// What a search says is cut to the lines there are: the token's own, the texts
// found, what goes on, what falls, in the order of the table.
func TestSearched(t *testing.T) {
	rows := []string{"  beam 1 -> 1  a", "* beam 1 -> 2  b", "  beam 2 falls c", "  1.  score 2", " 10.  score 3"}
	for n, want := range [][]int{{}, {1}, {1, 3}, {1, 3, 4}, {0, 1, 3, 4}, {0, 1, 2, 3, 4}} {
		var all []string
		for _, i := range want {
			all = append(all, rows[i])
		}
		if got := searched(rows, n); !slices.Equal(got, all) {
			t.Errorf("%d lines: %q, want %q", n, got, all)
		}
	}
}

// The usual screen has place for the beams, however small it is.
func TestSearchScreens(t *testing.T) {
	for _, s := range []struct{ w, h int }{{80, 24}, {120, 40}, {60, 18}, {40, 12}} {
		gen := truth(t, "")
		gen.MaxTokens = 6
		p := search.Beams{N: 4, Groups: 1, Length: 1, Early: "false"}
		gen.Search = p.String()
		d := drive(t, gen, "One morning", Options{Search: p}).size(s.w, s.h).tokens(1)
		golden.String(t, fmt.Sprintf("beams-%dx%d.txt", s.w, s.h), d.keys(".", ".").text())
	}
}
