//go:build full

package search

import (
	"fmt"
	"testing"

	"argen"
	"argen/sampler"
)

func TestSpeculationDrawsMany(t *testing.T) { checkDraws(t, 50_000) }

func TestSpeculationLeavesStagesTheirDiceMany(t *testing.T) { checkSamples(t, 50_000) }

// The transformer with drafts that it often refuses: texts of two tokens against
// the probabilities that its tree has.
func TestSpeculationOfATransformer(t *testing.T) {
	const n = 10_000
	for _, c := range []string{"none", "temperature=1.4,top_k=12"} {
		chain, err := sampler.Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		g := stories(t, "story")
		g.Chain, g.MaxTokens = chain, 2
		want := map[string]float64{}
		tr := tree(t, g, "It was a", TreeOptions{Depth: 2, Branch: 40})
		each(tr.Root, nil, func(node *Node, path []argen.ID) {
			if len(path) == 2 {
				want[fmt.Sprint(path)] = node.Joint
			}
		})
		for _, d := range []string{"story:500", "story-ngram"} {
			times, refused, draft := map[string]int{}, 0, stories(t, d)
			for seed := range uint64(n) {
				g.Seed = seed
				p := drafting(t, g, draft, 1)
				r := write(t, g, "It was a", p)
				times[fmt.Sprint(r.Context()[4:])]++
				tally := p.(Speculator).Tally()
				refused += tally.Tested - tally.Accepted
			}
			checkLaw(t, c+", "+d, want, times, n)
			if refused < n/50 {
				t.Errorf("%s: %d refused of %d", d, refused, n)
			}
		}
	}
}
