package transformer

import (
	"fmt"

	"argen/internal/sysmem"
)

// availableMemory is sysmem.Available, but in tests.
var availableMemory = sysmem.Available

// CheckedMemory is how many bytes of weights a model has at least whose memory is
// looked after.
const CheckedMemory = 64 << 20

// tokenBytes is how many bytes of memory the keys and values of a token take, of
// whole numbers if they are.
func (c *Config) tokenBytes(whole bool) int64 {
	heads, d := int64(c.Layers)*int64(c.KVHeads), int64(c.HeadDim)
	if whole {
		return heads * (d*2*2 + numUnits*4)
	}
	return heads * d * 2 * 4
}

// TokenBytes is how many bytes of memory the keys and values of a token take.
func (m *Model) TokenBytes() int64 { return m.config.tokenBytes(m.wholeCache()) }

// CacheBytes is how many bytes the keys and values of the longest context take.
func (m *Model) CacheBytes() int64 { return m.TokenBytes() * int64(m.config.Context) }

// WeightBytes is how many bytes of memory the weights take: packed, as they are
// multiplied, some types take more than in a file.
func (m *Model) WeightBytes() int64 { return m.memory }

// fits refuses weights of so many bytes for which there is not enough memory. A
// context takes its memory as it grows, so only one that was asked for counts. Fast
// is whether [Options].Fast makes a difference, as far as is known.
func (c *Config) fits(weights int64, fast bool, o ...Options) error {
	if weights < CheckedMemory {
		return nil
	}
	have, known := availableMemory()
	var last Options
	if len(o) > 0 {
		last = o[len(o)-1]
	}
	context := min(last.Context, c.Context)
	cache := c.tokenBytes(last.Fast && fast && c.wholeHeads()) * int64(context)
	switch {
	case !known || weights+cache <= have:
		return nil
	case weights > have:
		return fmt.Errorf("the model's weights need %s of memory, and %s are available: take a smaller model or one with fewer bits a weight", megabytes(weights), megabytes(have))
	}
	return fmt.Errorf("the model needs %s of memory, %s for its weights and %s for a context of %d tokens, and %s are available: take a shorter context", megabytes(weights+cache), megabytes(weights), megabytes(cache), context, megabytes(have))
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }
