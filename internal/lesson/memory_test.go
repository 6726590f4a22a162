package lesson

import (
	"slices"
	"testing"

	"argen"
	"argen/model/story"
)

// TestAsked: in a story whose hero has been named twice the third name is forced,
// and how far back it stood is known.
func TestAsked(t *testing.T) {
	lab := newLab(t, "story", "en")
	stories, err := lab.Stories(t.Context(), "asked", 20)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for _, ids := range stories {
		list, err := askedOf(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if p, err := argen.LogProb(rowOf(t, story.Truth(), ids, a.at), a.word); err != nil || p < -.06 {
				t.Errorf("%q is not forced: ln P = %v (%v)", story.Default().Words([]argen.ID{a.word}), p, err)
			}
			if a.back > 0 && (ids[a.at-a.back] != a.word || slices.Contains(ids[a.at-a.back+1:a.at], a.word)) {
				t.Errorf("%d back from %d does not stand the last %d", a.back, a.at, a.word)
			}
			if a.kind == "name" {
				names++
			}
		}
	}
	if names < 20 {
		t.Errorf("only %d names are forced", names)
	}
}

// rowOf are the logits of a model at a place of a story.
func rowOf(t *testing.T, m argen.Model, ids []argen.ID, at int) []float64 {
	t.Helper()
	logits, err := m.Start().Extend(t.Context(), append([]argen.ID{story.BOS}, ids[:at]...)...)
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

// TestRecallOf: the mean of each story that has such words, and of no other.
func TestRecallOf(t *testing.T) {
	list := [][]asked{{{kind: "name"}, {kind: "food"}, {kind: "name"}}, {{kind: "food"}}, {{kind: "name"}}}
	given := [][][]float64{{{.25, 1}, {.9, 1}, {.75, 1}}, {{.7, 1}}, {{.75, .5}}}
	r := recallOf(list, given, 2, func(a asked) bool { return a.kind == "name" })
	if want := [][]float64{{.5, .75}, {1, .5}}; r.words != 3 || !slices.EqualFunc(r.means, want, slices.Equal[[]float64]) {
		t.Errorf("%d words, means %v, want %v", r.words, r.means, want)
	}
}
