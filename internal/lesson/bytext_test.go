package lesson

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestByText: of texts whose places are alike the interval holds the true mean as
// often as it says; one of all places taken for themselves would not.
func TestByText(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 1))
	lab := &Lab{Seed: 1}
	const times, texts, places = 100, 20, 10
	held, naive := 0, 0
	for range times {
		var b byText
		for range texts {
			b.next()
			own := dice.NormFloat64()
			for range places {
				b.add(own + .3*dice.NormFloat64())
			}
		}
		if b.places() != texts*places {
			t.Fatal(b.places())
		}
		if e := lab.Mean(b.means()); e.Lo <= 0 && e.Hi >= 0 {
			held++
		}
		if e := lab.Mean(slices.Concat(b...)); e.Lo <= 0 && e.Hi >= 0 {
			naive++
		}
	}
	if held < times*88/100 || naive > times*60/100 {
		t.Errorf("of %d intervals %d hold the mean, %d where each place counts for itself", times, held, naive)
	}
}
