package argen

import "math"

// ln is the natural logarithm of a positive number, to 2 ulp.
//
// math.Log is assembly on some platforms, and on others a compiler may fuse its
// products into its sums; this one gives the same bits everywhere.
//
//	x = 2^k · m, √½ ≤ m < √2,  s = (m−1)/(m+1),
//	ln x = k·ln 2 + 2·(s + s³/3 + s⁵/5 + …)
//
// As |s| ≤ 0.1716, the terms after s¹⁹ are below 2⁻⁵⁴ of the sum. ln 2 is taken
// in two parts, the first of which is exact times a whole number.
func ln(x float64) float64 {
	const (
		high = 0x1.62e42feep-1 // ln 2 to 32 bits
		low  = math.Ln2 - high
	)
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		k--
	}
	s := (m - 1) / (m + 1)
	s2 := s * s
	sum := 0.0
	for n := 19; n > 1; n -= 2 {
		sum = float64((sum + 1/float64(n)) * s2)
	}
	return float64(float64(k)*high) + (2*s + (float64(2*s*sum) + float64(float64(k)*low)))
}
