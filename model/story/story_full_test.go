//go:build full

package story

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The lint over what stories can reach: in 200,000 stories no draw is empty,
// no slot unbound, and every word of the vocabulary is written but one ("zero"
// would be what is left of two after two are given).
func TestManyStories(t *testing.T) {
	g := Default()
	rng := rand.New(rand.NewPCG(1, 2))
	counts := make([]int, len(g.vocab))
	total, shortest, longest := 0, math.MaxInt, 0
	const n = 200_000
	for range n {
		ids, err := g.Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			counts[id]++
		}
		total += len(ids)
		shortest, longest = min(shortest, len(ids)), max(longest, len(ids))
	}
	var never []string
	for id, c := range counts {
		if c == 0 {
			never = append(never, g.vocab[id])
		}
	}
	if !slices.Equal(never, []string{bosName, "zero"}) {
		t.Errorf("never written: %q, want <s> and zero", never)
	}
	// The prototype's 4,000 stories: 116.746 ± 0.285 tokens; here ± 0.04.
	near(t, "tokens per story", float64(total)/n, 116.746, 4*0.29)
	if shortest < 60 || longest > 220 {
		t.Errorf("stories have %d to %d tokens", shortest, longest)
	}
}

// Ten times the stories of the reference give its entropy rate.
func TestEntropyRateAtLength(t *testing.T) {
	got, err := Truth().EntropyRate(t.Context(), 40_000, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := readReference().MonteCarlo
	near(t, "bits per token", got.PerToken.Mean, want.PerToken[0], 4*math.Hypot(got.PerToken.StdErr, want.PerToken[1]))
	near(t, "bits per story", got.PerStory.Mean, want.PerStory[0], 4*math.Hypot(got.PerStory.StdErr, want.PerStory[1]))
	t.Logf("%+v", got)
}
