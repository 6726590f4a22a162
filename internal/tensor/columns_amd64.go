//go:build amd64 && !noasm

package tensor

func wantsColumns(cols, n int) bool { return active == avx512 && cols%lanes == 0 && n >= 4 }

// matVecsColumns takes four vectors at a time; the last may overlap those before.
func matVecsColumns(dst []float32, stride int, w, x []float32, cols int) {
	n := len(x) / cols
	if !wantsColumns(cols, n) {
		matVecsColumnsGo(dst, stride, w, x, cols)
		return
	}
	for i := 0; i < n; i += 4 {
		i := min(i, n-4)
		columns16x4AVX512(&dst[i*stride], stride, &w[0], cols, &x[i*cols], ColumnRows/lanes)
	}
}

//go:noescape
func columns16x4AVX512(dst *float32, stride int, w *float32, cols int, x *float32, groups int)
