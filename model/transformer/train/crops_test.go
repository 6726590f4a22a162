package train

import (
	"math"
	"slices"
	"testing"

	"argen"
)

// counted has the sequence 0 … n−1 under every number.
type counted int

func (n counted) Sequence(uint64) ([]argen.ID, error) {
	s := make([]argen.ID, n)
	for i := range s {
		s[i] = argen.ID(i)
	}
	return s, nil
}

func (n counted) Fingerprint() string { return "counted" }

func TestCrops(t *testing.T) {
	const n, tries = 40, 4000
	c := Crops{Source: counted(n), Part: 0.25, After: 100, Seed: 7}
	begins := make([]int, n)
	for i := range uint64(tries) {
		s, err := c.Sequence(i)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := c.Sequence(i)
		if !slices.Equal(s, again) {
			t.Fatalf("sequence %d is another the second time", i)
		}
		if s[len(s)-1] != n-1 || int(s[0]) != n-len(s) {
			t.Fatalf("sequence %d is %v", i, s)
		}
		if i < c.After && s[0] != 0 {
			t.Fatalf("sequence %d is cropped", i)
		}
		if i >= c.After {
			begins[s[0]]++
		}
	}
	// A quarter of the 3900 is cropped, evenly at 29 places; within 5 standard
	// deviations.
	if got, want := float64(tries-100-begins[0]), 0.25*(tries-100); math.Abs(got-want) > 5*math.Sqrt(want*0.75) {
		t.Errorf("%v sequences are cropped, want about %v", got, want)
	}
	each := 0.25 * (tries - 100) / 29
	for at, got := range begins[1:] {
		if want := each; at+1 >= n*3/4 {
			if got > 0 {
				t.Errorf("%d sequences begin at %d", got, at+1)
			}
		} else if math.Abs(float64(got)-want) > 5*math.Sqrt(want) {
			t.Errorf("%d sequences begin at %d, want about %.0f", got, at+1, want)
		}
	}
}

// What is too short to be cut stays, and what was cut has a token to predict.
func TestCropsOfShortSequences(t *testing.T) {
	for n := 2; n < 8; n++ {
		c := Crops{Source: counted(n), Part: 1}
		for i := range uint64(50) {
			s, err := c.Sequence(i)
			if err != nil || len(s) < 2 {
				t.Fatalf("%d tokens: %v, error %v", n, s, err)
			}
		}
	}
}

func TestCropsHaveTheirFingerprint(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range []Crops{{Part: 0.1}, {Part: 0.2}, {Part: 0.1, After: 1}, {Part: 0.1, Seed: 1}} {
		c.Source = counted(5)
		seen[c.Fingerprint()] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d fingerprints of 4 sources", len(seen))
	}
}
