//go:build !race

// Under the race detector experiments take ten times as long; what they do with
// goroutines is tested there by TestJobs.

package lesson

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen/internal/words"
	"argen/viz"
)

// long are the lessons whose experiments take several seconds. The quick tests run
// them once; in every language they run in the full tests.
var long = []string{"temperature", "truncation", "greedy", "loops", "counterfactuals", "quiz-supervision"}

// TestLessons runs every lesson in every language, each with another number of
// texts written at once: all verdicts hold, all texts are there, each chart can
// be drawn, and the same seed gives the same numbers, those in testdata/figures.
func TestLessons(t *testing.T) {
	for _, list := range [][]*Lesson{Course, Quiz} {
		for _, l := range list {
			t.Run(l.Name, func(t *testing.T) {
				t.Parallel()
				var first []Number
				for i, language := range words.Languages {
					if i > 0 && !everyLanguage && slices.Contains(long, l.Name) {
						break
					}
					lab := newLab(t, "story", language)
					lab.Jobs = i + 1
					r, err := l.Do(t.Context(), lab)
					if err != nil {
						t.Fatal(err)
					}
					checkRecord(t, lab, l, r)
					checkShown(t, lab, l, r)
					if i == 0 {
						first = r.Numbers
						checkFigures(t, l, r)
					} else if diff := cmp.Diff(first, r.Numbers); diff != "" {
						t.Errorf("the same seed gave other numbers in %s (-%s, +%s):\n%s", language, words.Languages[0], language, diff)
					}
				}
			})
		}
	}
}

// checkRecord checks what must be true of every record.
func checkRecord(t *testing.T, lab *Lab, l *Lesson, r *Record) {
	t.Helper()
	language := lab.Words.Language
	claim, question, options := l.Ask(lab)
	if asked := claim + question + strings.Join(options, ""); strings.ContainsAny(asked, "⟨⟩") {
		t.Errorf("%s: what is asked before the experiment has places for its numbers: %s", language, asked)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexAny(string(data), "⟨⟩"); i >= 0 {
		t.Errorf("%s: a text or a value is missing: …%.80s", language, data[max(0, i-20):])
	}
	for _, v := range r.Verdicts {
		if !v.Holds {
			n, _ := r.Number(v.Number)
			t.Errorf("%s: %s does not hold: %s is %s, must be %s %v", language, v.Name, v.Number, n.WithInterval(), v.Rule, v.Limit)
		}
	}
	if len(r.Verdicts) == 0 || len(r.Charts) == 0 || r.Numbers[0].Name != r.Verdicts[0].Number {
		t.Errorf("%s: %d verdicts, %d charts, or the deciding number is not the first", language, len(r.Verdicts), len(r.Charts))
	}
	if n := len(r.Texts.Options); n > 0 && (r.Answer < 0 || r.Answer >= n) {
		t.Errorf("%s: the right one of %d options is %d", language, n, r.Answer)
	}
	for _, c := range r.Charts {
		f, err := c.Figure()
		if err != nil {
			t.Errorf("%s: chart %s: %v", language, c.Kind, err)
		} else if viz.Describe(f) == "" {
			t.Errorf("%s: chart %s has no words", language, c.Kind)
		}
	}
}
