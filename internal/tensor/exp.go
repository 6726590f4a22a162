package tensor

import "math"

// Constants of exp: x = n·ln 2 + r with |r| ≤ ln 2 / 2, eˣ = 2ⁿ·eʳ. ln 2 is
// split so that n times its upper part is exact (Cody and Waite, Software
// Manual for the Elementary Functions, 1980).
const (
	expMost  = 89   // e⁸⁹ is more than the largest float32
	expLeast = -105 // e⁻¹⁰⁵ rounds to 0
	log2e    = 1 / math.Ln2
	ln2Hi    = 0.693359375 // 355/512
	ln2Lo    = -2.12194440e-4
	toInt    = 3 << 22 // added to a small number it rounds it to an integer in the last bits
)

// expPoly holds the coefficients of eʳ = 1 + r + r²·(c₅ + r·(c₄ + …)), highest
// power first: near 1/k!, fitted for the least relative error over |r| ≤ ln 2 / 2
// (Moshier's Cephes library, expf).
var expPoly = [6]float32{
	1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3,
	4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
}

// expf returns eˣ within 1 unit in the last place, 0 and +Inf beyond the range.
// Products are rounded before they are added.
func expf(x float32) float32 {
	if x > expMost {
		x = expMost
	}
	if x < expLeast {
		x = expLeast
	}
	t := float32(x*float32(log2e)) + toInt
	n := int32(math.Float32bits(t)) - int32(math.Float32bits(toInt))
	t -= toInt
	r := x - float32(t*ln2Hi)
	r -= float32(t * float32(ln2Lo))
	p := expPoly[0]
	for _, c := range expPoly[1:] {
		p = float32(p*r) + c
	}
	p = float32(p*float32(r*r)) + r + 1
	// 2ⁿ in two factors, as n may be below the least exponent or above the largest.
	half := n >> 1
	p *= math.Float32frombits(uint32(half+127) << 23)
	return p * math.Float32frombits(uint32(n-half+127)<<23)
}

// Exp computes dst[i] = e to the power x[i], within 1 unit in the last place.
func Exp(dst, x []float32) {
	sameLen(len(dst), len(x))
	expSub(dst, x, 0)
}

// expSubGo computes dst[i] = e to the power x[i] − c and returns the sum.
func expSubGo(dst, x []float32, c float32) float64 {
	var s [lanes]float64
	for i, v := range x {
		e := expf(v - c)
		dst[i] = e
		s[i%lanes] += float64(e)
	}
	return reduce64(&s)
}

// Softmax turns logits into probabilities, in place:
//
//	x[i] = exp(x[i] − max x) / Σ exp(x[j] − max x)
//
// −Inf becomes 0. If all are −Inf, or one is +Inf or not a number, nothing can
// be said and all become NaN.
func Softmax(x []float32) {
	if len(x) == 0 {
		return
	}
	sum := expSub(x, x, maximum(x))
	scale(float32(1/sum), x)
}

// Exponents is Softmax without its division: it makes logits exp(x[i] − max x), in
// place, and returns their sum.
func Exponents(x []float32) (sum float32) { return float32(expSub(x, x, maximum(x))) }

func maximumGo(x []float32) float32 {
	most := float32(math.Inf(-1))
	for _, v := range x {
		if v > most {
			most = v
		}
	}
	return most
}
