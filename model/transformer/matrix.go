package transformer

import (
	"argen/internal/tensor"
	"argen/model/safetensors"
)

// A matrix is a weight matrix (rows, cols) in the precision of its file, and
// maybe a bias (rows). It maps cols numbers to rows numbers: y = W·x + b.
type matrix struct {
	rows, cols int
	f32        []float32 // one of the two is set
	half       []uint16
	dtype      safetensors.DType
	bias       []float32 // nil if there is none
}

// panelBytes is about how many bytes of weights are taken for all positions at
// once, so that they are read from the nearest cache but for the first time.
const panelBytes = 32 << 10

// apply computes dst (n, rows) from x (n, cols), with a crew if there is one and
// it is worth it. Each number is the same to the bit however many positions
// there are, since each is one product of a row and a vector: tokens computed
// together and one by one give the same logits.
func (w *matrix) apply(dst, x []float32, n int, c *crew) {
	rows := max(panelBytes/(4*w.cols)&^15, 16)
	switch {
	case c != nil && w.rows*w.cols*n >= crewWork:
		c.run(w, dst, x, n, rows)
		return
	case n == 1:
		rows = w.rows
	}
	for from := 0; from < w.rows; from += rows {
		w.panel(dst, x, n, from, min(from+rows, w.rows))
	}
}

// panel computes rows from ≤ row < to of the product.
func (w *matrix) panel(dst, x []float32, n, from, to int) {
	for i := range n {
		y, x := dst[i*w.rows+from:i*w.rows+to], x[i*w.cols:(i+1)*w.cols]
		switch w.dtype {
		case safetensors.F16:
			tensor.MatVecF16(y, w.half[from*w.cols:to*w.cols], x)
		case safetensors.BF16:
			tensor.MatVecBF16(y, w.half[from*w.cols:to*w.cols], x)
		default:
			tensor.MatVec(y, w.f32[from*w.cols:to*w.cols], x)
		}
		if w.bias != nil {
			tensor.Add(y, w.bias[from:to])
		}
	}
}

// row copies one row, as an embedding does.
func (w *matrix) row(dst []float32, i int) { w.widen(dst[:w.cols], i, 1) }

// widen copies rows as float32.
func (w *matrix) widen(dst []float32, row, rows int) {
	from, to := row*w.cols, (row+rows)*w.cols
	switch w.dtype {
	case safetensors.F16:
		tensor.F16ToF32(dst, w.half[from:to])
	case safetensors.BF16:
		tensor.BF16ToF32(dst, w.half[from:to])
	default:
		copy(dst, w.f32[from:to])
	}
}

// grow returns a slice of n numbers, that of buf if it has room. What is in it
// is left over from the last use.
func grow(buf *[]float32, n int) []float32 {
	if cap(*buf) < n {
		*buf = make([]float32, n)
	}
	return (*buf)[:n]
}
