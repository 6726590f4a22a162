package lesson

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"argen/internal/words"
	"argen/model"
	"argen/viz"
)

// newLab returns a lab with an embedded model.
func newLab(t *testing.T, ref, language string) *Lab {
	t.Helper()
	open := func(ctx context.Context, ref string) (*model.LM, error) {
		lm, err := model.Open(ctx, ref, model.Options{Threads: 1})
		if err == nil {
			t.Cleanup(func() { lm.Close() })
		}
		return lm, err
	}
	lm, err := open(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	w, err := words.In(language)
	if err != nil {
		t.Fatal(err)
	}
	ticks := time.Duration(0)
	clock := func() time.Duration { ticks += time.Millisecond; return ticks }
	return &Lab{LM: lm, Words: w, Seed: 1, Jobs: 1, Open: open, Clock: clock}
}

// TestLessons runs every lesson in every language: all verdicts hold, all texts
// are there, each chart can be drawn, and the same seed gives the same bytes.
func TestLessons(t *testing.T) {
	for _, list := range [][]*Lesson{Course, Quiz} {
		for _, l := range list {
			t.Run(l.Name, func(t *testing.T) {
				t.Parallel()
				var first []byte
				for i, language := range append([]string{words.Languages[0]}, words.Languages...) {
					lab := newLab(t, "story", language)
					lab.Jobs = i + 1
					claim, question, options := l.Ask(lab)
					if asked := claim + question + strings.Join(options, ""); strings.ContainsAny(asked, "⟨⟩") {
						t.Errorf("%s: what is asked before the experiment has places for its numbers: %s", language, asked)
					}
					r, err := l.Do(t.Context(), lab)
					if err != nil {
						t.Fatal(err)
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
					if len(r.Verdicts) == 0 || len(r.Charts) == 0 {
						t.Errorf("%s: %d verdicts, %d charts", language, len(r.Verdicts), len(r.Charts))
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
					if i == 0 {
						first = data
					} else if i == 1 && string(first) != string(data) {
						t.Errorf("the same seed gave other bytes:\n%s\n%s", first, data)
					}
				}
			})
		}
	}
}
