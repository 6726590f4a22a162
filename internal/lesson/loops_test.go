package lesson

import (
	"slices"
	"testing"

	"argen"
)

// TestSeenBefore: P of a token goes to how often it and the three before it stood
// there, and beside what it had the first time.
func TestSeenBefore(t *testing.T) {
	text := written{begin: 1}
	for i := range mostSeen + 6 { // the same token, so the same run of four from the fourth on
		text.ids = append(text.ids, 7)
		if i > 0 {
			text.probs = append(text.probs, float64(i)/100)
		}
	}
	seen, first := seenBefore([]written{text, {}})
	for k, texts := range seen {
		want, began := []float64{float64(k+3) / 100}, []float64{.03}
		if k == mostSeen {
			want, began = append(want, float64(k+4)/100, float64(k+5)/100), append(began, .03, .03)
		}
		if len(texts) != 2 || len(texts[1]) > 0 || !slices.Equal(texts[0], want) || !slices.Equal(first[k][0], began) {
			t.Errorf("%d times before: %v, want %v and nothing; the first time %v, want %v", k, texts, want, first[k], began)
		}
	}
	if seen[0].enough() {
		t.Error("one place of one text is enough")
	}
}

// TestRepeatedIn: a text shares what another one of its group has, not what stands
// in another group, and of several groups there is a share for each.
func TestRepeatedIn(t *testing.T) {
	text := func(ids ...argen.ID) written { return written{ids: ids} }
	once, other, again := text(1, 2, 3, 4, 5), text(6, 7, 8, 9, 10), text(1, 2, 3, 4, 1, 2, 3, 4)
	within, shared := repeatedIn([]written{once, once, once, other}, 2)
	if !slices.Equal(within, []float64{0, 0, 0, 0}) || !slices.Equal(shared, []float64{1, 0}) {
		t.Errorf("two groups: within %v, shared %v", within, shared)
	}
	within, shared = repeatedIn([]written{once, again, other, text(1, 2)}, 4)
	// Of the five runs of again the last stood there before, which once has too.
	if !slices.Equal(within, []float64{0, .2, 0, 0}) || !slices.Equal(shared, []float64{.5, .4, 0, 0}) {
		t.Errorf("one group: within %v, shared %v", within, shared)
	}
}
