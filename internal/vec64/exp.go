package vec64

import "math"

// ln 2/32 in two parts.
const (
	high = 0x1.62e42feep-6 // to 32 bits: times a whole number it is exact
	low  = math.Ln2/32 - high
)

// Exp is e^x for x ≤ 0, to 1.1 ulp; 0 for x < −746 and NaN.
//
// math.Exp is assembly on some platforms and another algorithm on others, so
// its last bits differ between them. This one is the same everywhere, and
// faster where a whole vocabulary is summed up.
//
//	x = (32k + j)·ln 2/32 + r, |r| ≤ ln 2/64,  e^x = 2^k · 2^(j/32) · e^r
//
// with Taylor's series of e^r to r⁶, the rest of which is below 2⁻⁵⁷. The
// conversions keep a compiler from fusing products into sums.
//
// Tang, Table-Driven Implementation of the Exponential Function in IEEE
// Floating-Point Arithmetic, 1989.
func Exp(x float64) float64 {
	if !(x > -708) {
		if !(x > Nothing) {
			return 0
		}
		return Exp(x/2) * Exp(x-x/2) // the result is denormal
	}
	n := int64(float64(x*(32/math.Ln2)) - 0.5) // nearest, as x ≤ 0
	r := (x - float64(float64(n)*high)) - float64(float64(n)*low)
	r2 := r * r
	p := r + float64(r2*((1./2+float64(r*(1./6)))+float64(r2*((1./24+float64(r*(1./120)))+float64(r2*(1./720))))))
	t := roots[n&31]
	return (t + float64(t*p)) * math.Float64frombits(uint64(1023+n>>5)<<52)
}

// roots[j] is 2^(j/32).
var roots = [32]float64{
	0x1p+0, 0x1.059b0d3158574p+0, 0x1.0b5586cf9890fp+0, 0x1.11301d0125b51p+0,
	0x1.172b83c7d517bp+0, 0x1.1d4873168b9aap+0, 0x1.2387a6e756238p+0, 0x1.29e9df51fdee1p+0,
	0x1.306fe0a31b715p+0, 0x1.371a7373aa9cbp+0, 0x1.3dea64c123422p+0, 0x1.44e086061892dp+0,
	0x1.4bfdad5362a27p+0, 0x1.5342b569d4f82p+0, 0x1.5ab07dd485429p+0, 0x1.6247eb03a5585p+0,
	0x1.6a09e667f3bcdp+0, 0x1.71f75e8ec5f74p+0, 0x1.7a11473eb0187p+0, 0x1.82589994cce13p+0,
	0x1.8ace5422aa0dbp+0, 0x1.93737b0cdc5e5p+0, 0x1.9c49182a3f09p+0, 0x1.a5503b23e255dp+0,
	0x1.ae89f995ad3adp+0, 0x1.b7f76f2fb5e47p+0, 0x1.c199bdd85529cp+0, 0x1.cb720dcef9069p+0,
	0x1.d5818dcfba487p+0, 0x1.dfc97337b9b5fp+0, 0x1.ea4afa2a490dap+0, 0x1.f50765b6e454p+0,
}
