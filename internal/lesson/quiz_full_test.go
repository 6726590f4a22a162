//go:build full

package lesson

import (
	"testing"

	"argen/internal/words"
)

// TestQuizOfStoryModels: they hold on every embedded model and on several dice.
func TestQuizOfStoryModels(t *testing.T) {
	for _, ref := range []string{"story", "story-verdict", "story-ngram", "truth"} {
		for _, l := range Quiz {
			if l == quizSupervision && ref != "story" {
				continue // the same but for the identities, which others test
			}
			t.Run(ref+"/"+l.Name, func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(2) {
					lab := newLab(t, ref, words.Languages[0])
					lab.Seed = 2 + seed
					r, err := l.Do(t.Context(), lab)
					if err != nil {
						t.Fatal(err)
					}
					for _, v := range r.Verdicts {
						if n, _ := r.Number(v.Number); !v.Holds {
							t.Errorf("seed %d: %s does not hold: %s is %s, must be %s %v", lab.Seed, v.Name, v.Number, n.WithInterval(), v.Rule, v.Limit)
						}
					}
				}
			})
		}
	}
}

// TestProgressOfQuiz: each lesson of the quiz tells how far it is, never less than
// before, and comes to its end.
func TestProgressOfQuiz(t *testing.T) {
	for _, ref := range []string{"story", "truth"} {
		for _, l := range Quiz {
			lab := newLab(t, ref, words.Languages[0])
			last, of := 0, 0
			lab.Progress = func(done, all int) {
				if done < last || done > all || of != 0 && all != of {
					t.Errorf("%s: %d of %d after %d of %d", l.Name, done, all, last, of)
				}
				last, of = done, all
			}
			if _, err := l.Do(t.Context(), lab); err != nil {
				t.Fatal(err)
			}
			if last != of || of == 0 {
				t.Errorf("%s ends at %d of %d", l.Name, last, of)
			}
		}
	}
}
