package lesson

import (
	"slices"
	"testing"

	"argen"
	"argen/internal/words"
)

// TestPlaces: each block is of neighbours, each place has the context that the
// longest window needs, and texts that are too short are told.
func TestPlacesIn(t *testing.T) {
	text := func(n int) []argen.ID { return make([]argen.ID, n) }
	one, err := placesIn([][]argen.ID{text(contextMost + contextBlocks*contextPlaces)})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range one {
		if p.at != contextMost+i {
			t.Fatalf("place %d of a text that has just enough is at %d", i, p.at)
		}
	}
	var texts [][]argen.ID
	for i := range contextBlocks + 3 {
		texts = append(texts, text(contextMost+contextPlaces+i))
	}
	texts = slices.Insert(texts, 1, text(contextMost+contextPlaces-1)) // too short for a block
	many, err := placesIn(texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(many) != contextBlocks*contextPlaces {
		t.Fatalf("%d places", len(many))
	}
	for i, p := range many {
		if p.at < contextMost || p.at >= len(p.text) || len(p.text) == contextMost+contextPlaces-1 {
			t.Errorf("place %d of %d tokens", p.at, len(p.text))
		}
		if i%contextPlaces > 0 && (p.at <= many[i-1].at || len(p.text) != len(many[i-1].text)) {
			t.Errorf("place %d is not behind the one before it", i)
		}
	}
	if _, err := placesIn([][]argen.ID{text(200)}); err == nil {
		t.Error("200 tokens are enough")
	}
	if got := byBlock([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8, 8}); !slices.Equal(got, []float64{3.5, 8}) {
		t.Errorf("the blocks have the means %v", got)
	}
}

// TestBitsAfter: an n-gram that is shown all it sees predicts as if it were shown
// all of the text, and shuffled as the tokens stand then.
func TestBitsAfter(t *testing.T) {
	lab := newLab(t, "story-ngram", words.Languages[0])
	texts, err := lab.contextTexts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	places, err := placesIn(texts)
	if err != nil {
		t.Fatal(err)
	}
	places = places[:40]
	m := lab.LM.Model
	sees := m.Info().Order - 1
	var far []float64
	for _, p := range places {
		bits, err := lab.Surprisals(t.Context(), m, p.text, 0)
		if err != nil {
			t.Fatal(err)
		}
		far = append(far, bits[p.at])
	}
	for _, k := range []int{sees, contextMost} {
		got, err := lab.bitsAfter(t.Context(), m, places, k, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if d := got[i] - far[i]; d > 1e-9 || d < -1e-9 {
				t.Errorf("after %d tokens place %d has %v bits, after all %v", k, i, got[i], far[i])
			}
		}
	}
	one, err := lab.bitsAfter(t.Context(), m, places, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	mixed, err := lab.bitsAfter(t.Context(), m, places, 1, lab.Dice("shuffle"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(one, mixed) || slices.Equal(one, far) {
		t.Error("one token has an order, or is as good as all")
	}
}
