package lesson

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSlipped: what slips add up to is the product over the places, and the numbers
// of the texts have the spread that it has from sample to sample.
func TestSlipped(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 1))
	sample := func(n int) []drifting {
		list := make([]drifting, n)
		for i := range list {
			own := .02 * dice.Float64() // texts slip alike at all their places
			for range driftLong {
				list[i].slip = append(list[i].slip, own*dice.Float64())
			}
		}
		return list
	}
	list := sample(40)
	values := slipped(list)
	left := 1.0
	for at := range driftLong {
		sum := 0.0
		for _, d := range list {
			sum += d.slip[at] / 40
		}
		left *= 1 - sum
		got := 0.0
		for _, v := range values {
			got += v[at] / 40
		}
		if math.Abs(got-left) > 1e-12 {
			t.Fatalf("at %d: %v, want %v", at, got, left)
		}
	}
	const samples = 400
	sum, square, said := 0.0, 0.0, 0.0
	for range samples {
		mean, spread := 0.0, 0.0
		values := slipped(sample(40))
		for _, v := range values {
			mean += v[driftLong-1] / 40
		}
		for _, v := range values {
			spread += math.Pow(v[driftLong-1]-mean, 2) / (39 * 40)
		}
		sum, square, said = sum+mean/samples, square+mean*mean/samples, said+spread/samples
	}
	if real := math.Sqrt(square - sum*sum); math.Abs(math.Sqrt(said)/real-1) > .15 {
		t.Errorf("spread %v, said to be %v", real, math.Sqrt(said))
	}
}
