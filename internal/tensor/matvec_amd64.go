//go:build amd64 && !noasm

package tensor

func matVec(dst, w, x []float32) {
	if active == plain || len(x) == 0 {
		matVecGo(dst, w, x)
		return
	}
	if len(dst) < 4 {
		for i := range dst {
			dst[i] = dot(w[i*len(x):(i+1)*len(x)], x)
		}
		return
	}
	weights{f32: w, kind: f32}.times(dst, x)
}

func matVecF16(dst []float32, w []uint16, x []float32) {
	if active == plain || len(x) == 0 || len(dst) < 4 {
		matVecF16Go(dst, w, x)
		return
	}
	weights{u16: w, kind: f16}.times(dst, x)
}

func matVecBF16(dst []float32, w []uint16, x []float32) {
	if active == plain || len(x) == 0 || len(dst) < 4 {
		matVecBF16Go(dst, w, x)
		return
	}
	weights{u16: w, kind: bf16}.times(dst, x)
}

// matVecs takes four rows and four vectors at a time, or two and two. The last of
// both may overlap those before.
func matVecs(dst []float32, stride int, w, x []float32, rows, cols int) {
	n, side := len(x)/cols, 2
	if active == avx512 {
		side = 4
	}
	if active == plain || rows < side || n < side || cols%lanes != 0 {
		eachVector(dst, stride, w, x, rows, cols)
		return
	}
	for i := 0; i < n; i += side {
		i := min(i, n-side)
		square(dst[i*stride:], stride, w, cols, x[i*cols:], rows/side)
		if last := rows - side; rows%side != 0 {
			square(dst[i*stride+last:], stride, w[last*cols:], cols, x[i*cols:], 1)
		}
	}
}

func square(dst []float32, stride int, w []float32, cols int, x []float32, groups int) {
	if active == avx512 {
		rows4x4AVX512(&dst[0], stride, &w[0], cols, &x[0], groups)
	} else {
		rows2x2AVX2(&dst[0], stride, &w[0], cols, &x[0], groups)
	}
}

// addRows takes strips of 64, 32 and 16 columns.
func addRows(dst, x, w []float32) {
	if active == plain || len(x) == 0 || len(dst) < 16 {
		addRowsGo(dst, x, w, 0)
		return
	}
	ld, rows, from := len(dst), len(x), 0
	for ; active == avx512 && ld-from >= 64; from += 64 {
		addRows64AVX512(&dst[from], &x[0], &w[from], rows, ld)
	}
	for ; active == avx512 && ld-from >= 16; from += 16 {
		addRows16AVX512(&dst[from], &x[0], &w[from], rows, ld)
	}
	for ; active == avx2 && ld-from >= 32; from += 32 {
		addRows32AVX2(&dst[from], &x[0], &w[from], rows, ld)
	}
	for ; active == avx2 && ld-from >= 16; from += 16 {
		addRows16AVX2(&dst[from], &x[0], &w[from], rows, ld)
	}
	if from < ld {
		addRowsGo(dst, x, w, from)
	}
}

// addRowsMany64 does AddRowsMany of rows of 64 elements for four vectors at a time,
// and returns how many are done.
func addRowsMany64(dst []float32, stride int, x []float32, step, n int, w []float32) (done int) {
	for ; active == avx512 && done+4 <= n; done += 4 {
		addRows64x4AVX512(&dst[done*stride], stride, &x[done*step], step, &w[0], len(w)/64, 64)
	}
	return done
}

// weights is a matrix of one of three kinds of number.
type weights struct {
	f32  []float32
	u16  []uint16
	kind numberKind
}

type numberKind uint8

const (
	f32 numberKind = iota
	f16
	bf16
)

// tails holds the last columns, fewer than 16, of x and of four rows.
type tails [5][lanes]float32

// times computes dst = W·x for at least four rows and one column. The rows are
// read as four streams, one from each quarter of the matrix: from memory that is
// faster than one after the other, since the processor fetches each stream ahead
// by itself. What is left of rows makes a group that overlaps those before.
func (w weights) times(dst, x []float32) {
	rows, cols := len(dst), len(x)
	blocks, rest := cols/lanes, cols%lanes
	if rest == 0 {
		w.rows4(dst, 0, x, blocks, rows/4, rows/4, nil)
		if rows%4 != 0 {
			w.rows4(dst, rows-4, x, blocks, 1, 1, nil)
		}
		return
	}
	var t tails
	copy(t[0][:], x[cols-rest:])
	for row := 0; row < rows; row += 4 {
		row := min(row, rows-4)
		for r := range 4 {
			w.widen(t[1+r][:rest], (row+r+1)*cols-rest)
		}
		w.rows4(dst, row, x, blocks, 1, 1, &t)
	}
}

// widen copies elements from i on to dst.
func (w weights) widen(dst []float32, i int) {
	switch w.kind {
	case f32:
		copy(dst, w.f32[i:])
	case f16:
		widenF16Go(dst, w.u16[i:i+len(dst)])
	case bf16:
		widenBF16Go(dst, w.u16[i:i+len(dst)])
	}
}

// rows4 computes groups of four elements of dst, step apart, from row on.
func (w weights) rows4(dst []float32, row int, x []float32, blocks, groups, step int, t *tails) {
	cols := len(x)
	d, px, from, ld := &dst[row : row+3*step+groups][0], &x[0], row*cols, step*cols
	var tail *float32
	if t != nil {
		tail = &t[0][0]
	}
	switch {
	case w.kind == f32 && active == avx512:
		rows4F32AVX512(d, &w.f32[from], ld, px, blocks, groups, tail, step)
	case w.kind == f32:
		rows4F32AVX2(d, &w.f32[from], ld, px, blocks, groups, tail, step)
	case w.kind == f16: // 16 halves at a time are no faster to widen than 8 and 8
		rows4F16AVX2(d, &w.u16[from], ld, px, blocks, groups, tail, step)
	case active == avx512:
		rows4BF16AVX512(d, &w.u16[from], ld, px, blocks, groups, tail, step)
	default:
		rows4BF16AVX2(d, &w.u16[from], ld, px, blocks, groups, tail, step)
	}
}
