package tensor

// checkMatVec panics unless w has len(dst) rows of len(x) columns.
func checkMatVec(dst, w, x int) {
	if w != dst*x {
		panic("tensor: matrix is not rows x columns long")
	}
}

// MatVec computes dst = W·x. W has len(dst) rows of len(x) columns. Each
// element is the Dot of a row and x, to the bit.
func MatVec(dst, w, x []float32) {
	checkMatVec(len(dst), len(w), len(x))
	matVec(dst, w, x)
}

// MatVecF16 is MatVec of weights in IEEE half precision.
func MatVecF16(dst []float32, w []uint16, x []float32) {
	checkMatVec(len(dst), len(w), len(x))
	matVecF16(dst, w, x)
}

// MatVecBF16 is MatVec of weights in bfloat16, the upper half of a float32.
func MatVecBF16(dst []float32, w []uint16, x []float32) {
	checkMatVec(len(dst), len(w), len(x))
	matVecBF16(dst, w, x)
}

func matVecGo(dst, w, x []float32) {
	for i := range dst {
		dst[i] = dotGo(w[i*len(x):(i+1)*len(x)], x)
	}
}

func matVecF16Go(dst []float32, w []uint16, x []float32) {
	for i := range dst {
		dst[i] = dotHalf(w[i*len(x):(i+1)*len(x)], x, f16ToF32)
	}
}

func matVecBF16Go(dst []float32, w []uint16, x []float32) {
	for i := range dst {
		dst[i] = dotHalf(w[i*len(x):(i+1)*len(x)], x, bf16ToF32)
	}
}

func dotHalf(w []uint16, x []float32, wide func(uint16) float32) float32 {
	var s [lanes]float32
	for i, v := range x {
		s[i%lanes] += float32(wide(w[i]) * v)
	}
	return reduce(&s)
}
