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

// MatVecs is MatVec of several vectors: x holds vectors of cols elements one after
// the other, and dst[i·stride+r] becomes row r of W times vector i, to the bit
// as MatVec has it.
func MatVecs(dst []float32, stride int, w, x []float32, cols int) {
	if cols <= 0 || len(w)%cols != 0 || len(x)%cols != 0 {
		panic("tensor: matrix is not rows x columns long")
	}
	rows, n := len(w)/cols, len(x)/cols
	if !fits(n, rows, stride, len(dst)) {
		panic("tensor: matrix does not fit its slice")
	}
	matVecs(dst, stride, w, x, rows, cols)
}

// eachVector is matVecs as a loop of matVec.
func eachVector(dst []float32, stride int, w, x []float32, rows, cols int) {
	for i := range len(x) / cols {
		matVec(dst[i*stride:][:rows], w, x[i*cols:(i+1)*cols])
	}
}

// AddRows adds to dst the rows of W, of len(dst) columns, each times its element of
// x: to the bit what Axpy does row after row.
func AddRows(dst, x, w []float32) {
	checkMatVec(len(x), len(w), len(dst))
	addRows(dst, x, w)
}

// AddRowsMany is AddRows of n vectors: to dst[i·stride:], of cols elements, are added
// the rows of W, each times its element of x[i·step:].
func AddRowsMany(dst []float32, stride int, x []float32, step, n int, w []float32, cols int) {
	if cols <= 0 || len(w)%cols != 0 {
		panic("tensor: matrix is not rows x columns long")
	}
	rows := len(w) / cols
	if !fits(n, cols, stride, len(dst)) || !fits(n, rows, step, len(x)) {
		panic("tensor: matrix does not fit its slice")
	}
	i := 0
	if rows > 0 && cols == 64 {
		i = addRowsMany64(dst, stride, x, step, n, w)
	}
	for ; i < n; i++ {
		addRows(dst[i*stride:][:cols], x[i*step:][:rows], w)
	}
}

func addRowsGo(dst, x, w []float32, from int) {
	for i, a := range x {
		axpyGo(a, w[i*len(dst)+from:(i+1)*len(dst)], dst[from:])
	}
}

func matVecGo(dst, w, x []float32) {
	for i := range dst {
		dst[i] = dotGo(w[i*len(x):(i+1)*len(x)], x)
	}
}

func matVecF16Go(dst []float32, w []uint16, x []float32) {
	for i := range dst {
		dst[i] = dotHalf(w[i*len(x):(i+1)*len(x)], x, false)
	}
}

func matVecBF16Go(dst []float32, w []uint16, x []float32) {
	for i := range dst {
		dst[i] = dotHalf(w[i*len(x):(i+1)*len(x)], x, true)
	}
}

// dotHalf is dotGo of a row of half precision or, if brain, of bfloat16 numbers. It
// widens some blocks at a time.
func dotHalf(w []uint16, x []float32, brain bool) float32 {
	var s [lanes]float32
	var row [16 * lanes]float32
	for len(w) > 0 {
		n := min(len(w), len(row))
		if brain {
			widenBF16Go(row[:n], w[:n])
		} else {
			widenF16Go(row[:n], w[:n])
		}
		accumulate(&s, row[:n], x[:n])
		w, x = w[n:], x[n:]
	}
	return reduce(&s)
}
