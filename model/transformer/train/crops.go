package train

import (
	"fmt"

	"argen"
)

// Crops is a source some of whose sequences begin in their middle, so that the
// model learns what to make of a context whose beginning was cut off. The
// first token of such a sequence is any of the first three quarters but the
// very first, the begin of a text, which so stands at the beginning only.
type Crops struct {
	Source
	Part  float64 // of the sequences that are cut, 0 to 1
	After uint64  // the number of the first sequence that may be cut
	Seed  uint64
}

// Sequence implements [Source].
func (c Crops) Sequence(i uint64) ([]argen.ID, error) {
	s, err := c.Source.Sequence(i)
	if err != nil || i < c.After {
		return s, err
	}
	rng := stream(c.Seed, "crops", i)
	if last := len(s) * 3 / 4; rng.Float64() < c.Part && last > 1 {
		s = s[1+rng.IntN(last-1):]
	}
	return s, nil
}

// Fingerprint implements [Source].
func (c Crops) Fingerprint() string {
	return fmt.Sprintf("%s, %v of them cropped from number %d on, seed %d", c.Source.Fingerprint(), c.Part, c.After, c.Seed)
}
