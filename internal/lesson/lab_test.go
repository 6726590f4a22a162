package lesson

import (
	"context"
	"errors"
	"testing"
	"time"

	"argen/internal/words"
	"argen/model"
)

// newLab returns a lab with an embedded model.
func newLab(t testing.TB, ref, language string) *Lab {
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

// TestJobs: texts that are written at once are those that are written one after
// the other, and an error ends the others.
func TestJobs(t *testing.T) {
	counts := map[int]int{}
	for _, jobs := range []int{1, 4} {
		lab := newLab(t, "story", "en")
		lab.Jobs = jobs
		told := 0
		lab.Progress = func(done, all int) {
			if done > told && all == 12 {
				told = done
			}
		}
		good, err := lab.Coherent(t.Context(), lab.LM, "jobs", "temperature=1.3", 12)
		if err != nil {
			t.Fatal(err)
		}
		if counts[jobs] = good; told != 12 {
			t.Errorf("%d jobs: told of %d texts of 12", jobs, told)
		}
	}
	if counts[1] != counts[4] {
		t.Errorf("%d good stories by 1 job, %d by 4", counts[1], counts[4])
	}
	broken := errors.New("broken")
	lab := newLab(t, "story", "en")
	lab.Jobs = 3
	if err := lab.each(t.Context(), 100, func(i int) error {
		if i == 7 {
			return broken
		}
		return nil
	}); !errors.Is(err, broken) {
		t.Errorf("an error of one of many: %v", err)
	}
}

// TestFormat: numbers as texts have them, at the ends of what a unit has.
func TestFormat(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		x    float64
		want string
	}{
		{Count, 49152, "49,152"},
		{Count, -1234567, "−1,234,567"},
		{Count, 1e300, "1e+300"},
		{Share, .5, "50 %"},
		{Share, .0123, "1.2 %"},
		{Share, 1e-5, "0.001 %"},
		{Prob, .12345, "0.1235"},
		{Bits, 123.45, "123.5"},
		{Error, 1.9e-15, "1.9e−15"},
	} {
		if got := c.unit.format(c.x); got != c.want {
			t.Errorf("%v in %s is %s, want %s", c.x, c.unit, got, c.want)
		}
	}
}
