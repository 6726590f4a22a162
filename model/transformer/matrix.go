package transformer

import (
	"sync"

	"argen/internal/quant"
	"argen/internal/tensor"
	"argen/model/safetensors"
)

// A matrix is a weight matrix (rows, cols) in the precision of its file, and
// maybe a bias (rows). It maps cols numbers to rows numbers: y = W·x + b.
type matrix struct {
	rows, cols int
	f32        []float32 // of a table one of the three is set, else of the four
	half       []uint16
	blocks     []byte // of the type quant, as they lie in the file; tables keep them
	dtype      safetensors.DType
	quant      quant.Type
	packed     *tensor.Packed // of blocks, also of a table that is the head
	bias       []float32      // nil if there is none
}

// bytes is how many bytes the weights of a table take.
func (w *matrix) bytes() int64 { return int64(4*len(w.f32) + 2*len(w.half) + len(w.blocks)) }

// panelBytes is about how many bytes of weights are taken for all positions at
// once, so that they are read from the nearest cache but for the first time.
const panelBytes = 32 << 10

// A product is matrices that are being applied to the same x (n, cols), as if
// they were one on top of the other. Each number is the same to the bit however
// many positions there are, since each is one product of a row and a vector:
// tokens computed together and one by one give the same logits.
type product struct {
	parts   [maxParts]part
	x       []float32
	n       int
	fast    bool           // round x to int8 for the packed parts that can be multiplied so
	vectors tensor.Vectors // x for other packed parts
	int8s   tensor.Int8    // x rounded
	// Which of the two are needed.
	whole, rounded bool
}

// begin sets the matrices and what they are applied to. If it returns true, prepare
// must be called for all of x.
func (p *product) begin(x []float32, n int, parts []part) bool {
	p.parts, p.x, p.n = [maxParts]part{}, x, n
	copy(p.parts[:], parts)
	p.whole, p.rounded = false, false
	for _, part := range parts {
		if part.w.packed != nil {
			rounded := p.fast && part.w.packed.FitsInt8()
			p.rounded, p.whole = p.rounded || rounded, p.whole || !rounded
		}
	}
	cols := parts[0].w.cols
	if p.whole {
		p.vectors.Reset(n, cols)
	}
	if p.rounded {
		p.int8s.Resize(n, cols)
	}
	return p.whole || p.rounded
}

// prepare turns positions from ≤ i < to of x into what packed parts want.
func (p *product) prepare(from, to int) {
	cols := p.parts[0].w.cols
	if p.whole {
		p.vectors.Fill(p.x[:p.n*cols], from, to)
	}
	if p.rounded {
		for i := from; i < to; i++ {
			p.int8s.Round(i, p.x[i*cols:(i+1)*cols])
		}
	}
}

// allPacked reports whether all parts are.
func (p *product) allPacked() bool {
	for _, part := range p.parts {
		if part.w != nil && part.w.packed == nil {
			return false
		}
	}
	return true
}

// A part is a matrix with what it makes, dst (n, rows).
type part struct {
	w   *matrix
	dst []float32
}

// maxParts is how many matrices may be applied at once: query, key and value.
const maxParts = 3

// size returns the rows of all parts and their columns.
func (p *product) size() (rows, cols int) {
	for _, part := range p.parts {
		if part.w != nil {
			rows += part.w.rows
		}
	}
	return rows, p.parts[0].w.cols
}

// panelRows is how many rows are taken for all positions at once.
func panelRows(cols int) int { return max(panelBytes/(4*cols)&^15, 16) }

// rows computes rows from ≤ row < to.
func (p *product) rows(from, to int) { p.rowsAt(from, to, 0, p.n) }

// rowsAt computes these rows at positions first ≤ i < last, first a multiple of
// together. Others than all are for packed parts only.
func (p *product) rowsAt(from, to, first, last int) {
	for _, part := range p.parts {
		if part.w == nil {
			return
		}
		if from < part.w.rows && to > 0 {
			p.partRows(part.w, part.dst, max(from, 0), min(to, part.w.rows), first, last)
		}
		from, to = from-part.w.rows, to-part.w.rows
	}
}

func (p *product) partRows(w *matrix, dst []float32, from, to, first, last int) {
	switch {
	case w.packed != nil: // whole groups of rows, by whoever has the first of one
		from, to = groups(from), min(groups(to), w.rows)
		if from >= to {
			return
		}
		if p.fast && w.packed.FitsInt8() {
			x := p.int8s.Part(first, last)
			w.packed.MultiplyInt8(dst[first*w.rows+from:], w.rows, &x, from, to)
		} else {
			x := p.vectors.Part(first, last)
			w.packed.Multiply(dst[first*w.rows+from:], w.rows, &x, from, to)
		}
	case p.n == 1:
		w.times(dst[from:to], p.x, from, to)
	default:
		weights := w.f32
		if weights != nil {
			weights = weights[from*w.cols : to*w.cols]
		} else {
			room := wide.Get().(*[]float32)
			defer wide.Put(room)
			weights = grow(room, (to-from)*w.cols)
			w.widen(weights, from, to-from)
		}
		tensor.MatVecs(dst[from:], w.rows, weights, p.x[:p.n*w.cols], w.cols)
	}
	if w.bias != nil {
		for i := first; i < last; i++ {
			tensor.Add(dst[i*w.rows+from:i*w.rows+to], w.bias[from:to])
		}
	}
}

// groups rounds up to whole groups of packed rows.
func groups(rows int) int {
	return (rows + tensor.PackedRows - 1) / tensor.PackedRows * tensor.PackedRows
}

// wide is room for rows of a half-precision matrix as float32, which are used
// for many positions.
var wide = sync.Pool{New: func() any { return new([]float32) }}

// times computes dst = the rows from ≤ row < to of W·x.
func (w *matrix) times(dst, x []float32, from, to int) {
	from, to, x = from*w.cols, to*w.cols, x[:w.cols]
	switch w.dtype {
	case safetensors.F16:
		tensor.MatVecF16(dst, w.half[from:to], x)
	case safetensors.BF16:
		tensor.MatVecBF16(dst, w.half[from:to], x)
	default:
		tensor.MatVec(dst, w.f32[from:to], x)
	}
}

// row copies one row, as an embedding does.
func (w *matrix) row(dst []float32, i int) { w.widen(dst[:w.cols], i, 1) }

// widen copies rows as float32.
func (w *matrix) widen(dst []float32, row, rows int) {
	if w.blocks != nil {
		size := w.quant.RowBytes(w.cols)
		quant.Dequantize(w.quant, dst, w.blocks[row*size:(row+rows)*size])
		return
	}
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
