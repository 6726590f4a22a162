package tensor

import "math"

// SiLUMul computes the gated activation of a SwiGLU layer (Shazeer, GLU
// Variants Improve Transformer, 2020):
//
//	dst[i] = gate[i] / (1 + exp(−gate[i])) · up[i]
//
// dst may be gate or up.
func SiLUMul(dst, gate, up []float32) {
	sameLen(len(dst), len(gate), len(up))
	siluMul(dst, gate, up)
}

func siluMulGo(dst, gate, up []float32) {
	for i, g := range gate {
		dst[i] = g / (1 + expf(-g)) * up[i]
	}
}

// GELUTanh computes GELU by its approximation with tanh, in place, as GPT-2
// does (Hendrycks and Gimpel, Gaussian Error Linear Units, 2016):
//
//	x[i] = x[i]/2 · (1 + tanh(√(2/π)·(x[i] + 0.044715·x[i]³)))
func GELUTanh(x []float32) {
	const c = 2 * 0.7978845608028654 // 2·√(2/π), as (1 + tanh u)/2 = 1/(1 + exp(−2u))
	var e [256]float32
	for len(x) > 0 {
		n := min(len(x), len(e))
		for i, v := range x[:n] {
			cube := float32(float32(v*v) * v)
			e[i] = -float32(c * (v + float32(0.044715*cube)))
		}
		expSub(e[:n], e[:n], 0)
		for i, v := range x[:n] {
			x[i] = v / (1 + e[i])
		}
		x = x[n:]
	}
}

// GELUErf computes GELU exactly, in place: x[i] = x[i]/2 · (1 + erf(x[i]/√2)).
func GELUErf(x []float32) {
	for i, v := range x {
		x[i] = float32(float64(v) / 2 * math.Erfc(-float64(v)/math.Sqrt2))
	}
}
