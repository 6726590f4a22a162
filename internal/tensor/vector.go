package tensor

// lanes is how many partial sums a sum has, one for each float32 of the widest
// register.
const lanes = 16

// reduce adds the partial sums pairwise: lane i and i+8, i and i+4, and so on.
func reduce(s *[lanes]float32) float32 {
	for half := lanes / 2; half > 0; half /= 2 {
		for i := range half {
			s[i] += s[i+half]
		}
	}
	return s[0]
}

// reduce64 is reduce in float64.
func reduce64(s *[lanes]float64) float64 {
	for half := lanes / 2; half > 0; half /= 2 {
		for i := range half {
			s[i] += s[i+half]
		}
	}
	return s[0]
}

// Dot returns Σ x[i]·y[i].
func Dot(x, y []float32) float32 {
	sameLen(len(x), len(y))
	return dot(x, y)
}

func dotGo(x, y []float32) float32 {
	var s [lanes]float32
	for len(x) >= lanes && len(y) >= lanes {
		a, b := (*[lanes]float32)(x), (*[lanes]float32)(y)
		for i := range s {
			s[i] += float32(a[i] * b[i]) // the conversion forbids a fused multiply-add
		}
		x, y = x[lanes:], y[lanes:]
	}
	for i, v := range x {
		s[i] += float32(v * y[i])
	}
	return reduce(&s)
}

// Axpy adds a·x to y.
func Axpy(a float32, x, y []float32) {
	sameLen(len(x), len(y))
	axpy(a, x, y)
}

func axpyGo(a float32, x, y []float32) {
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

// Add adds x to dst.
func Add(dst, x []float32) {
	sameLen(len(dst), len(x))
	axpy(1, x, dst)
}

// Scale multiplies x by a.
func Scale(a float32, x []float32) {
	scale(a, x)
}

func scaleGo(a float32, x []float32) {
	for i := range x {
		x[i] *= a
	}
}
