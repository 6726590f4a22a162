package tensor

// SoftCap bends numbers so that none is beyond c, in place, as Gemma 2 does
// (Bello et al., Neural Combinatorial Optimization with Reinforcement Learning,
// 2016):
//
//	x[i] = c · tanh(x[i]/c)
func SoftCap(c float32, x []float32) {
	var e [256]float32
	for len(x) > 0 {
		n := min(len(x), len(e))
		for i, v := range x[:n] {
			e[i] = 2 * v / c
		}
		expSub(e[:n], e[:n], 0)
		for i, t := range e[:n] { // tanh u = 1 − 2/(1 + exp 2u)
			if u := x[i] / c; u > -0.25 && u < 0.25 { // where that would cancel, its series
				w := u * u
				tail := float32(w * (-1.0/3 + float32(w*(2.0/15+float32(w*(-17.0/315+float32(w*(62.0/2835))))))))
				x[i] += float32(x[i] * tail)
			} else {
				x[i] = c - float32(2*c/(1+t))
			}
		}
		x = x[n:]
	}
}

// Mul computes dst[i] *= x[i].
func Mul(dst, x []float32) {
	sameLen(len(dst), len(x))
	for i, v := range x {
		dst[i] *= v
	}
}
