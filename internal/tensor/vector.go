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
	accumulate(&s, x, y)
	return reduce(&s)
}

// accumulate adds x[i]·y[i] to lane i mod 16. It takes 8 lanes at a time, as many
// as stay in registers.
func accumulate(s *[lanes]float32, x, y []float32) {
	n := len(x) / lanes * lanes
	if n > 0 {
		accumulate8((*[8]float32)(s[:]), x[:n], y[:n])
		accumulate8((*[8]float32)(s[8:]), x[8:n], y[8:n])
	}
	for i, v := range x[n:] {
		s[i] += float32(v * y[n+i]) // the conversion forbids a fused multiply-add
	}
}

// accumulate8 takes the first 8 of each 16 elements.
func accumulate8(s *[8]float32, x, y []float32) {
	s0, s1, s2, s3, s4, s5, s6, s7 := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	for len(x) >= 8 && len(y) >= 8 {
		a, b := (*[8]float32)(x), (*[8]float32)(y)
		s0 += float32(a[0] * b[0])
		s1 += float32(a[1] * b[1])
		s2 += float32(a[2] * b[2])
		s3 += float32(a[3] * b[3])
		s4 += float32(a[4] * b[4])
		s5 += float32(a[5] * b[5])
		s6 += float32(a[6] * b[6])
		s7 += float32(a[7] * b[7])
		x, y = x[min(lanes, len(x)):], y[min(lanes, len(y)):]
	}
	*s = [8]float32{s0, s1, s2, s3, s4, s5, s6, s7}
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
