//go:build amd64 && !noasm

package vec64

import "math"

// constants are those of Exp, eight of each, and its roots.
type constants struct {
	factor, half, high, low, third, fourth, fifth, sixth, least, infinity [8]float64

	bias  [8]int64
	step  [8]float64 // 1/32
	roots [32]float64
}

var table = func() *constants {
	c := &constants{roots: roots}
	for i := range 8 {
		c.factor[i], c.half[i], c.high[i], c.low[i] = 32/math.Ln2, 0.5, high, low
		c.third[i], c.fourth[i], c.fifth[i], c.sixth[i] = 1./6, 1./24, 1./120, 1./720
		c.least[i], c.infinity[i], c.bias[i], c.step[i] = least, math.Inf(1), 1023, 1./32
	}
	return c
}()

//go:noescape
func sumLanesAVX512(s *sums, logits *float64, blocks int, most float64, c *constants)

//go:noescape
func sumLanesAVX2(s *sums, logits *float64, blocks int, most float64, c *constants)

//go:noescape
func divideAVX512(dst, x *float64, blocks int, by float64, c *constants) (overflow int)

//go:noescape
func divideAVX2(dst, x *float64, blocks int, by float64, c *constants) (overflow int)

//go:noescape
func countAboveAVX512(x *float64, blocks int, limit float64) (above, equal int)

//go:noescape
func countAboveAVX2(x *float64, blocks int, limit float64) (above, equal int)

//go:noescape
func firstAboveAVX512(x *float64, blocks int, limit float64) int

//go:noescape
func firstAboveAVX2(x *float64, blocks int, limit float64) int

//go:noescape
func finiteAVX512(x *float64, blocks int) (odd int)

//go:noescape
func finiteAVX2(x *float64, blocks int) (odd int)

func sumLanes(s *sums, logits []float64, most float64) {
	switch blocks := len(logits) / lanes; {
	case blocks == 0:
	case kernel == "avx512":
		sumLanesAVX512(s, &logits[0], blocks, most, table)
	case kernel == "avx2":
		sumLanesAVX2(s, &logits[0], blocks, most, table)
	default:
		sumLanesGo(s, logits, most)
	}
}

func divide(dst, x []float64, by float64) bool {
	switch blocks := len(x) / lanes; {
	case blocks == 0:
		return true
	case kernel == "avx512":
		return divideAVX512(&dst[0], &x[0], blocks, by, table) == 0
	case kernel == "avx2":
		return divideAVX2(&dst[0], &x[0], blocks, by, table) == 0
	}
	return divideGo(dst, x, by)
}

func countAbove(x []float64, limit float64) (above, equal int) {
	switch blocks := len(x) / lanes; {
	case blocks == 0:
		return 0, 0
	case kernel == "avx512":
		return countAboveAVX512(&x[0], blocks, limit)
	case kernel == "avx2":
		return countAboveAVX2(&x[0], blocks, limit)
	}
	return countAboveGo(x, limit)
}

func firstAbove(x []float64, limit float64) int {
	switch blocks := len(x) / lanes; {
	case blocks == 0:
		return 0
	case kernel == "avx512":
		return firstAboveAVX512(&x[0], blocks, limit)
	case kernel == "avx2":
		return firstAboveAVX2(&x[0], blocks, limit)
	}
	return firstAboveGo(x, limit)
}

func finite(x []float64) bool {
	switch blocks := len(x) / lanes; {
	case blocks == 0:
		return true
	case kernel == "avx512":
		return finiteAVX512(&x[0], blocks) == 0
	case kernel == "avx2":
		return finiteAVX2(&x[0], blocks) == 0
	}
	return finiteGo(x)
}
