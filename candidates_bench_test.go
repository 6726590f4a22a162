package argen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Vocabularies of SmolLM2 and Qwen2.5.
var vocabularies = []int{49_152, 151_936}

func benchmark(b *testing.B, f func(c *Candidates, logits []float64)) {
	for _, v := range vocabularies {
		b.Run(fmt.Sprintf("V=%d", v), func(b *testing.B) {
			logits := normal(rand.New(rand.NewPCG(7, 8)), v)
			c := must(logits)
			for range 8 {
				f(c, logits) // warm
			}
			b.ReportAllocs()
			for b.Loop() {
				f(c, logits)
			}
		})
	}
}

func reset(c *Candidates, logits []float64) {
	if err := c.Reset(logits); err != nil {
		panic(err)
	}
}

func BenchmarkReset(b *testing.B) { benchmark(b, reset) }

func BenchmarkSoftmax(b *testing.B) {
	benchmark(b, func(c *Candidates, _ []float64) {
		c.changed()
		c.LogSumExp()
	})
}

func BenchmarkTop(b *testing.B) {
	for _, n := range []int{16, 256, 4096, 1 << 20} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			benchmark(b, func(c *Candidates, _ []float64) {
				c.ranked.clear()
				c.Top(n)
			})
		})
	}
	b.Run("SortFunc", func(b *testing.B) {
		var ids []ID
		benchmark(b, func(c *Candidates, _ []float64) {
			ids = ids[:0]
			c.Each(func(id ID, _ float64) { ids = append(ids, id) })
			slices.SortFunc(ids, c.order)
		})
	})
}

func BenchmarkKeep(b *testing.B) {
	for _, n := range []int{40, 4096, 40_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			benchmark(b, func(c *Candidates, logits []float64) {
				reset(c, logits)
				c.Keep(n)
			})
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	benchmark(b, func(c *Candidates, logits []float64) {
		reset(c, logits)
		c.Filter(func(_ ID, l float64) bool { return l > 4 })
	})
}

func BenchmarkMap(b *testing.B) {
	benchmark(b, func(c *Candidates, _ []float64) { c.Map(func(_ ID, l float64) float64 { return l / 0.9999 }) })
}
