//go:build amd64 && !noasm

package tensor

func roundInt16(q []int16, x []float32, most float32) float32 {
	switch {
	case active == plain || len(x) == 0 || len(x)%lanes != 0:
		return roundInt16Go(q, x, most)
	case active == avx512:
		return roundInt16AVX512(&q[0], &x[0], len(x)/lanes, most)
	}
	return roundInt16AVX2(&q[0], &x[0], len(x)/lanes, most)
}

func scaleInt16(q []int16, x, units, scales []float32) {
	switch active {
	case avx512:
		scaleInt16AVX512(&q[0], &x[0], &units[0], &scales[0], len(scales))
	case avx2:
		scaleInt16AVX2(&q[0], &x[0], &units[0], &scales[0], len(scales))
	default:
		scaleInt16Go(q, x, units, scales)
	}
}

func pairScores(dst []float32, stride int, w []int16, rows int, units []float32, q []int16, vectors []float32) {
	if active == plain {
		pairScoresGo(dst, stride, w, rows, units, q, vectors)
		return
	}
	cols, i := len(w)/ColumnRows, 0
	for ; bytesAdd() && i+8 <= len(vectors); i += 8 {
		pairScores8AVX512(&dst[i*stride], stride, &w[0], &q[i*cols], cols/2, &units[0], &vectors[i], rows/lanes)
	}
	for ; i < len(vectors); i++ {
		if bytesAdd() {
			pairScoresAVX512(&dst[i*stride], &w[0], &q[i*cols], cols/2, &units[0], vectors[i], rows/lanes)
		} else {
			pairScoresAVX2(&dst[i*stride], &w[0], &q[i*cols], cols/2, &units[0], vectors[i], rows/lanes)
		}
	}
}

func pairSums(dst []float32, stride int, w []int16, pairs int, x []int16, step int, units []float32) {
	if active == plain {
		pairSumsGo(dst, stride, w, pairs, x, step, units)
		return
	}
	cols, i := len(w)/ColumnRows, 0
	for ; bytesAdd() && i+8 <= len(units); i += 8 {
		pairSums8AVX512(&dst[i*stride], stride, &w[0], cols, &x[i*step], step, pairs, &units[i])
	}
	for ; i < len(units); i++ {
		if bytesAdd() {
			pairSumsAVX512(&dst[i*stride], &w[0], cols, &x[i*step], units[i])
		} else {
			pairSumsAVX2(&dst[i*stride], &w[0], cols, &x[i*step], pairs, units[i])
		}
	}
}

//go:noescape
func roundInt16AVX512(q *int16, x *float32, blocks int, most float32) float32

//go:noescape
func roundInt16AVX2(q *int16, x *float32, blocks int, most float32) float32

//go:noescape
func scaleInt16AVX512(q *int16, x, units, scales *float32, blocks int)

//go:noescape
func scaleInt16AVX2(q *int16, x, units, scales *float32, blocks int)

//go:noescape
func pairScores8AVX512(dst *float32, stride int, w, q *int16, pairs int, units, vectors *float32, groups int)

//go:noescape
func pairScoresAVX512(dst *float32, w, q *int16, pairs int, units *float32, vector float32, groups int)

//go:noescape
func pairScoresAVX2(dst *float32, w, q *int16, pairs int, units *float32, vector float32, groups int)

//go:noescape
func pairSums8AVX512(dst *float32, stride int, w *int16, cols int, x *int16, step, pairs int, units *float32)

//go:noescape
func pairSumsAVX512(dst *float32, w *int16, cols int, x *int16, unit float32)

//go:noescape
func pairSumsAVX2(dst *float32, w *int16, cols int, x *int16, pairs int, unit float32)
