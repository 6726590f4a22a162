package lesson

import (
	"slices"
	"strings"
	"testing"

	"argen"
)

// TestBestHead: the head with the highest mean over the texts is found, and
// where a name stands before a place.
func TestBestHead(t *testing.T) {
	list := []*looked{{name: [][]float64{{.5, 0}, {.25, .25}}}, {name: [][]float64{{0, .25}, {.25, .75}}}}
	layer, head, heads := bestHead(list)
	if want := [][]float64{{.25, .125}, {.25, .5}}; layer != 1 || head != 1 || !slices.EqualFunc(heads, want, slices.Equal[[]float64]) {
		t.Errorf("head %d of layer %d, all %v", head, layer, heads)
	}
	text := nameText{ids: []argen.ID{0, 7, 3, 8, 7, 4, 7}}
	if got := text.places(6, 7); !slices.Equal(got, []int{1, 4}) {
		t.Errorf("7 stands at %v before 6", got)
	}
	if got := text.places(6, 8, 3); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("8 and 3 stand at %v before 6", got)
	}
}

// TestNoLayers: a model that cannot be looked into is told which can.
func TestNoLayers(t *testing.T) {
	for _, l := range []*Lesson{attention, inside} {
		for _, ref := range []string{"truth", "story-ngram"} {
			_, err := l.Do(t.Context(), newLab(t, ref, "en"))
			if err == nil || !strings.Contains(err.Error(), ref+" has no") || !strings.Contains(err.Error(), "such as story") {
				t.Errorf("%s of %s: %v", l.Name, ref, err)
			}
		}
	}
}

// TestRankOf: equal logits rank by id.
func TestRankOf(t *testing.T) {
	logits := []float64{1, 3, 2, 3, 2}
	for id, want := range []int{5, 1, 3, 2, 4} {
		if got := rankOf(logits, argen.ID(id)); got != want {
			t.Errorf("rank of %d is %d, want %d", id, got, want)
		}
	}
}
