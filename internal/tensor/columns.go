package tensor

// ColumnRows is how many rows a matrix has that lies in columns.
const ColumnRows = 32

// WantsColumns reports whether MatVecsColumns is faster than MatVecs for matrices
// of so many columns and n vectors.
func WantsColumns(cols, n int) bool { return wantsColumns(cols, n) }

// Columns makes dst the columns of w, a matrix of ColumnRows rows: (cols, rows) of
// (rows, cols).
func Columns(dst, w []float32) {
	sameLen(len(dst), len(w))
	cols := len(w) / ColumnRows
	for c := range cols {
		to := dst[c*ColumnRows:][:ColumnRows]
		for r := range to {
			to[r] = w[r*cols+c]
		}
	}
}

// MatVecsColumns is MatVecs, to the bit, of a matrix that lies in columns.
func MatVecsColumns(dst []float32, stride int, w, x []float32, cols int) {
	if cols <= 0 || len(w) != ColumnRows*cols || len(x)%cols != 0 {
		panic("tensor: matrix is not rows x columns long")
	}
	if !fits(len(x)/cols, ColumnRows, stride, len(dst)) {
		panic("tensor: matrix does not fit its slice")
	}
	matVecsColumns(dst, stride, w, x, cols)
}

func matVecsColumnsGo(dst []float32, stride int, w, x []float32, cols int) {
	for i := range len(x) / cols {
		for r := range ColumnRows {
			var s [lanes]float32
			for c, v := range x[i*cols:][:cols] {
				s[c%lanes] += float32(w[c*ColumnRows+r] * v)
			}
			dst[i*stride+r] = reduce(&s)
		}
	}
}
