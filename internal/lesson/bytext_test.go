package lesson

import (
	"math"
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

// TestPooled: places count the same, texts without any do not count.
func TestPooled(t *testing.T) {
	lab := &Lab{Seed: 1}
	b := byText{{1, 2, 3}, {}, {6}, nil, {2, 4}}
	if e := b.pooled(lab); math.Abs(e.Mean-3) > 1e-12 || e.Lo >= 3 || e.Hi <= 3 {
		t.Errorf("%v, want 3 within its interval", e)
	}
	if e := (byText{{}, nil}).pooled(lab); !math.IsNaN(e.Mean) || !math.IsNaN(e.Lo) {
		t.Errorf("of nothing: %v", e)
	}
	if e := lab.RatioByText([]float64{2, math.Inf(1)}, []float64{1, 1}); !math.IsInf(e.Mean, 1) || !math.IsInf(e.Lo, 1) {
		t.Errorf("without end: %v", e)
	}
	if e := lab.RatioByText([]float64{4}, []float64{2}); e.Mean != 2 || !math.IsNaN(e.Lo) {
		t.Errorf("of a single text: %v", e)
	}
}

// TestShareByText: where places of a text are alike the interval is wider than of
// as many that are not; where they are not it is about Wilson's; it is never
// narrower, and never beyond 0 and 1.
func TestShareByText(t *testing.T) {
	lab := newLab(t, "truth", "en")
	alike, mixed, of := make([]int, 40), make([]int, 40), make([]int, 40)
	dice := lab.Dice("share")
	for i := range of {
		of[i] = 50
		if i%2 == 0 {
			alike[i] = 50
		}
		for range of[i] {
			mixed[i] += dice.IntN(2)
		}
	}
	wilson := ShareOf(1000, 2000)
	if got := lab.ShareByText(alike, of); got.Mean != .5 || got.Hi-got.Lo < 5*(wilson.Hi-wilson.Lo) {
		t.Errorf("texts alike within themselves: %v, of places alone %v", got, wilson)
	}
	if got := lab.ShareByText(mixed, of); got.Hi-got.Lo > 1.6*(wilson.Hi-wilson.Lo) || got.Hi-got.Lo < .999*(wilson.Hi-wilson.Lo) {
		t.Errorf("independent places: %v, Wilson %v", got, wilson)
	}
	if got, want := lab.ShareByText(of, of), ShareOf(2000, 2000); got != want {
		t.Errorf("all: %v, want %v", got, want)
	}
	if got := lab.ShareByText([]int{0, 0}, []int{0, 0}); !math.IsNaN(got.Mean) {
		t.Errorf("no places: %v", got)
	}
}
