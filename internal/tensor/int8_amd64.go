//go:build amd64 && !noasm

package tensor

func roundInt8(q []int8, d, s []float32, base []int32, x []float32, wide int) {
	last := (len(x)/blockCols - 1) * wide
	_, _, _, _ = q[last*blockCols+blockCols-1], d[last], s[last], base[last]
	switch active {
	case avx512:
		roundInt8AVX512(&q[0], &d[0], &s[0], &base[0], &x[0], len(x)/blockCols, wide)
	case avx2:
		roundInt8AVX2(&q[0], &d[0], &s[0], &base[0], &x[0], len(x)/blockCols, wide)
	default:
		roundInt8Go(q, d, s, base, x, wide)
	}
}

//go:noescape
func roundInt8AVX512(q *int8, d, s *float32, base *int32, x *float32, blocks, wide int)

//go:noescape
func roundInt8AVX2(q *int8, d, s *float32, base *int32, x *float32, blocks, wide int)

// An int8Job is a product for a kernel: groups of 16 rows times a vector, or a
// group times so many panels of vectors.
type int8Job struct {
	w       *byte // the first block
	q       *int8 // of the vectors
	d, s    *float32
	base    *int32
	dst     *float32
	table   *[16]uint8 // of 4-bit quants, 128 larger
	signed  *[16]int8  // the same as they are
	blocks  int        // of a row
	groups  int        // of rows; or panels
	step    int        // bytes of a block
	mins    int        // where they begin in a block
	quants  int
	stride  int // from one vector's results to the next one's
	flags   int
	half    int // of the group, 0 or 1, where it is computed in halves
	quarter int // of the panel, likewise, 4 vectors
}

// What is special about the weights of a job.
const (
	int8Bytes  = 1 << iota // quants are bytes
	int8Wide               // scales and minima are float32
	int8Mins               // there are minima
	int8Direct             // 4-bit quants are their value, or
	int8Less8              // 8 more
)

// multiplyInt8 gives kernels whole groups of rows and whole panels of vectors. What
// is left of either goes by way of a group of its own.
func (p *Packed) multiplyInt8(dst []float32, stride int, x *Int8, from, to int) {
	if active == plain || p.Cols == 0 {
		p.multiplyInt8Go(dst, stride, x, from, to)
		return
	}
	var raised [16]uint8
	j := int8Job{
		table: &raised, signed: &p.Table,
		blocks: p.Cols / PackedCols, step: p.BlockBytes(), quants: p.quants(), flags: p.int8Flags(),
	}
	for i, v := range p.Table {
		raised[i] = uint8(v) ^ 0x80
	}
	if p.Mins {
		j.mins = p.scaleBytes()
	}
	var out [panel * PackedRows]float32
	whole := (to - from) / PackedRows
	if x.wide == 1 {
		for i := range x.n {
			x.to(&j, i)
			if j.groups = whole; whole > 0 {
				j.w, j.dst = &p.group(from)[0], &dst[i*stride:][:whole*PackedRows][0]
				j.rows()
			}
			if last := from + whole*PackedRows; last < to {
				j.w, j.dst, j.groups = &p.group(last)[0], &out[0], 1
				j.rows()
				copy(dst[i*stride+last-from:][:to-last], out[:])
			}
		}
		return
	}
	for row := from; row < to; row += PackedRows {
		j.w = &p.group(row)[0]
		rows, done := min(to-row, PackedRows), 0
		if j.groups = x.n / panel; j.groups > 0 && rows == PackedRows {
			done = j.groups * panel
			x.to(&j, 0)
			j.dst, j.stride = &dst[row-from:][:(done-1)*stride+PackedRows][0], stride
			j.panels()
		}
		for ; done < x.n; done += panel {
			x.to(&j, done)
			j.dst, j.stride, j.groups = &out[0], PackedRows, 1
			j.panels()
			for k := range min(panel, x.n-done) {
				copy(dst[(done+k)*stride+row-from:][:rows], out[k*PackedRows:])
			}
		}
	}
}

// int8Flags returns what is special about a format.
func (f *Format) int8Flags() (flags int) {
	if f.Mins {
		flags |= int8Mins
	}
	if !f.Half {
		flags |= int8Wide
	}
	if f.Layout == N8 {
		return flags | int8Bytes
	}
	less := f.Table[0]
	for i, v := range f.Table {
		if less != 0 && less != -8 || v != int8(i)+less {
			return flags
		}
	}
	if less != 0 {
		flags |= int8Less8
	}
	return flags | int8Direct
}

// to points a job to vector i.
func (a *Int8) to(j *int8Job, i int) {
	at := a.at(i, 0)
	j.q, j.d, j.s, j.base = &a.q[at*blockCols], &a.d[at], &a.s[at], &a.base[at]
}

// rows computes groups of rows times a vector.
func (j *int8Job) rows() {
	if bytesAdd() {
		int8Dot16AVX512(j)
	} else {
		int8Dot16AVX2(j)
	}
}

// panels computes a group of rows times panels of vectors.
func (j *int8Job) panels() {
	if bytesAdd() {
		int8Dot16x8AVX512(j)
		return
	}
	for i := range 4 {
		j.half, j.quarter = i/2, i%2
		int8Dot8x4AVX2(j)
	}
}

//go:noescape
func int8Dot16AVX512(job *int8Job)

//go:noescape
func int8Dot16x8AVX512(job *int8Job)

//go:noescape
func int8Dot16AVX2(job *int8Job)

//go:noescape
func int8Dot8x4AVX2(job *int8Job)
