package lesson

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
)

// TestEach: every number is asked for once, whatever the jobs, the error is that
// of the lowest, and progress is told.
func TestEach(t *testing.T) {
	for _, jobs := range []int{0, 1, 3, 50} {
		lab := &Lab{Jobs: jobs}
		told := 0
		lab.Progress = func(done, all int) {
			if told++; done != told || all != 40 {
				t.Errorf("%d jobs: told %d of %d after %d", jobs, done, all, told)
			}
		}
		times := make([]int, 40)
		if err := lab.each(t.Context(), len(times), func(i int) error { times[i]++; return nil }); err != nil {
			t.Fatal(err)
		}
		if slices.Min(times) != 1 || slices.Max(times) != 1 || told != 40 {
			t.Errorf("%d jobs: asked %v, told %d times", jobs, times, told)
		}
	}
	lab := &Lab{Jobs: 1}
	err := lab.each(t.Context(), 10, func(i int) error {
		if i >= 3 {
			return fmt.Errorf("number %d", i)
		}
		return nil
	})
	if err == nil || err.Error() != "number 3" {
		t.Errorf("the error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := lab.each(ctx, 10, func(int) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestCoherent: the truth writes no story that it could not have, words drawn
// from all alike make none, and the number of jobs changes nothing.
func TestCoherent(t *testing.T) {
	lab := newLab(t, "truth", "en")
	if n, err := lab.Coherent(t.Context(), lab.LM, "x", "", 20); n != 20 || err != nil {
		t.Errorf("of 20 stories of the grammar %d are its own (%v)", n, err)
	}
	lab = newLab(t, "story", "en")
	if n, err := lab.Coherent(t.Context(), lab.LM, "x", "temperature=100", 20); n != 0 || err != nil {
		t.Errorf("of 20 heaps of words %d are stories (%v)", n, err)
	}
	one, err := lab.Coherent(t.Context(), lab.LM, "x", "temperature=1.3", 20)
	if err != nil {
		t.Fatal(err)
	}
	if lab.Jobs = 4; one == 0 || one == 20 {
		t.Errorf("%d of 20 stories: nothing to compare", one)
	}
	if four, err := lab.Coherent(t.Context(), lab.LM, "x", "temperature=1.3", 20); four != one || err != nil {
		t.Errorf("with four jobs %d, with one %d (%v)", four, one, err)
	}
	if _, err := lab.Coherent(t.Context(), lab.LM, "x", "top_q=1", 20); err == nil {
		t.Error("a chain with an unknown stage is taken")
	}
}

// TestRead: the rows are the model's own at each place, read in one pass or token
// by token.
func TestRead(t *testing.T) {
	for _, ref := range []string{"story", "story-ngram"} {
		lab := newLab(t, ref, "en")
		ids := story.Default().IDs(strings.Fields("It was a rainy afternoon , and Mia was alone")...)
		r, err := lab.Read(t.Context(), lab.LM.Model, ids)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Rows) != len(ids) || r.Begin != 1 || !slices.Equal(r.IDs[1:], ids) {
			t.Fatalf("%s: %d rows for %d tokens from %d on", ref, len(r.Rows), len(ids), r.Begin)
		}
		for i, row := range r.Rows {
			want := rowOf(t, lab.LM.Model, ids, i)
			for id := range row {
				a, errA := argen.LogProb(row, argen.ID(id))
				b, errB := argen.LogProb(want, argen.ID(id))
				if errA != nil || errB != nil || a-b > 1e-4 || b-a > 1e-4 {
					t.Fatalf("%s, place %d, token %d: %v, alone %v", ref, i, id, a, b)
				}
			}
		}
	}
}
