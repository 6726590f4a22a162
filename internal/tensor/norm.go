package tensor

import "math"

// RMSNorm scales x to a root mean square of 1, then by weight (Zhang and
// Sennrich, Root Mean Square Layer Normalization, 2019):
//
//	dst[i] = x[i] / √(mean x² + eps) · weight[i]
//
// dst may be x.
func RMSNorm(dst, x, weight []float32, eps float32) {
	sameLen(len(dst), len(x), len(weight))
	if len(x) == 0 {
		return
	}
	mean := sumSquares(x) / float64(len(x))
	scaleMul(dst, x, weight, float32(1/math.Sqrt(mean+float64(eps))))
}

// Finite reports whether all of x are numbers: none is NaN or infinite.
func Finite(x []float32) bool {
	s := sumSquares(x) // of finite float32 it cannot overflow float64
	return s <= math.MaxFloat64
}

func sumSquaresGo(x []float32) float64 {
	var s [lanes]float64
	for i, v := range x {
		s[i%lanes] += float64(v) * float64(v) // the product is exact
	}
	return reduce64(&s)
}

// scaleMulGo computes dst = x·c·weight.
func scaleMulGo(dst, x, weight []float32, c float32) {
	for i, v := range x {
		dst[i] = float32(v*c) * weight[i]
	}
}

// LayerNorm shifts x to a mean of 0 and scales it to a variance of 1, then
// scales by weight and shifts by bias (Ba et al., Layer Normalization, 2016):
//
//	dst[i] = (x[i] − mean x) / √(var x + eps) · weight[i] + bias[i]
//
// The variance is that of the population, n below the line. dst may be x.
func LayerNorm(dst, x, weight, bias []float32, eps float32) {
	sameLen(len(dst), len(x), len(weight), len(bias))
	if len(x) == 0 {
		return
	}
	var sum, squares float64
	for _, v := range x {
		sum += float64(v)
	}
	mean := sum / float64(len(x))
	for _, v := range x {
		d := float64(v) - mean
		squares += float64(d * d)
	}
	inv := 1 / math.Sqrt(squares/float64(len(x))+float64(eps))
	for i, v := range x {
		dst[i] = float32(float32((float64(v)-mean)*inv)*weight[i]) + bias[i]
	}
}
