//go:build full

package lesson

import (
	"testing"

	"argen/internal/words"
)

// TestCourseOfRealModel runs the lessons whose experiments ask the learner's model on
// SmolLM2: all that is claimed holds, but for what is known not to be decided there,
// and no place of a text is left open.
func TestCourseOfRealModel(t *testing.T) {
	// The texts have too few places where this model says 60 to 80 %.
	undecided := map[string]bool{"calibration gap_least": true, "calibration own": true}
	for _, l := range []*Lesson{
		loop, chainRule, tokens, attention, inside, temperature, truncation, order, greedy, loops,
		drift, cache, speculative, calibration, compression, counterfactuals, topKAPI,
	} {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			lab := newLab(t, "smollm2", words.Languages[0])
			r, err := l.Do(t.Context(), lab)
			if err != nil {
				t.Fatal(err)
			}
			open := 0
			for i := range r.Verdicts {
				v := &r.Verdicts[i]
				if !v.Holds && v.Undecided && undecided[l.Name+" "+v.Name] {
					v.Holds = true // what is checked of records asks for it
					open++
				}
			}
			if r.Holds != (open == 0) {
				t.Errorf("the claim is said to hold: %v, with %d verdicts undecided", r.Holds, open)
			}
			checkRecord(t, lab, l, r)
			checkShown(t, lab, l, r)
		})
	}
}
