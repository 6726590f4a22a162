package lesson

import (
	"slices"
	"strings"
	"testing"

	"argen/internal/words"
	"argen/model"
	"argen/model/ngram"
	"argen/tokenizer"
)

// TestPieces: the pieces of the text are all of it, in order, whole sentences,
// and about as long as each other.
func TestPieces(t *testing.T) {
	for _, n := range []int{1, 2, 7, 20, 40, 1000} {
		parts := pieces(prose, n)
		if joined := strings.Join(parts, " "); strings.Join(strings.Fields(joined), " ") != strings.Join(strings.Fields(prose), " ") {
			t.Errorf("%d pieces are not the text", n)
		}
		if n <= 40 && len(parts) != n || n > 40 && (len(parts) < 50 || len(parts) >= n) {
			t.Errorf("%d pieces wanted, there are %d", n, len(parts))
		}
		for _, p := range parts {
			if !strings.HasSuffix(p, ".") || p != strings.TrimSpace(p) {
				t.Errorf("%d pieces: %q does not end with a sentence", n, p)
			}
			if mean := len(prose) / n; n <= 20 && (len(p) < mean/4 || len(p) > mean*2) {
				t.Errorf("%d pieces: one has %d bytes of %d", n, len(p), len(prose))
			}
		}
	}
	if parts := pieces("A b. C.\n\nD e f.", 99); !slices.Equal(parts, []string{"A b.", "C.", "D e f."}) {
		t.Errorf("%q", parts)
	}
}

// TestText: a model of stories gets stories, each with its end and other ones for
// other names; another one the prose, whose words it can put together again.
func TestText(t *testing.T) {
	lab := newLab(t, "story", words.Languages[0])
	one, err := lab.Text(t.Context(), "a", 3)
	if err != nil {
		t.Fatal(err)
	}
	two, err := lab.Text(t.Context(), "b", 3)
	if err != nil {
		t.Fatal(err)
	}
	stop := lab.LM.Model.Info().Stop[0]
	for i := range one {
		if one[i][len(one[i])-1] != stop || slices.Equal(one[i], two[i]) {
			t.Errorf("story %d: %v and %v", i, one[i], two[i])
		}
	}

	m, _, err := ngram.TrainText(t.Context(), strings.NewReader(prose), ngram.Options{Order: 1})
	if err != nil {
		t.Fatal(err)
	}
	tok, err := tokenizer.NewWords(m.Vocab().Words)
	if err != nil {
		t.Fatal(err)
	}
	lab.LM = &model.LM{Model: m, Tokenizer: tok}
	texts, err := lab.Text(t.Context(), "a", 4)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, ids := range texts {
		all = append(all, tok.Decode(ids))
	}
	if len(texts) != 4 || strings.Join(all, " ") != strings.Join(strings.Fields(prose), " ") {
		t.Errorf("%d texts", len(texts))
	}
}
