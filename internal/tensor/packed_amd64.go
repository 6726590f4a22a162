//go:build amd64 && !noasm

package tensor

import "golang.org/x/sys/cpu"

// hasVNNI is whether there are instructions that multiply bytes and add them up.
var hasVNNI = cpu.X86.HasAVX512VNNI

// bytesAdd is whether the kernels that are used have such instructions.
func bytesAdd() bool { return active == avx512 && hasVNNI }

// wantsWide is whether kernels need the digits of vectors in 16 bits too.
func wantsWide() bool { return active != plain && !bytesAdd() }

// A packedKind is what there is a kernel for.
type packedKind uint8

const (
	noKind packedKind = iota // no type of ggml is of that
	kindN4                   // nibbles that count up from 0 or from −8
	kindN4x16
	kindT4 // other nibbles
	kindN8
	kindN8x16
)

func (f *Format) kind() packedKind {
	counts := f.Table[0] == 0 || f.Table[0] == -8
	for i, q := range f.Table {
		counts = counts && int(q) == i+int(f.Table[0])
	}
	switch {
	case f.Layout == N8 && f.Run == PackedCols:
		return kindN8
	case f.Layout == N8 && !f.Half:
		return kindN8x16
	case f.Layout == N8:
	case counts && f.Run == PackedCols:
		return kindN4
	case counts && !f.Half:
		return kindN4x16
	case !counts && f.Run == PackedCols:
		return kindT4
	}
	return noKind
}

// What kernels are told about a format.
const (
	halfFlag = 1 << iota
	minsFlag
)

// A packedJob is what kernels are told.
type packedJob struct {
	kind           packedKind
	x              *vectorBlock
	wide           *wideBlock // nil unless wantsWide
	step, wideStep int        // bytes from a block of the vector to the next
	blocks, groups int
	quants, size   int // where the whole numbers of a block are, and its bytes
	flags          int
	bias           int32 // ones if nibbles count from −8
	// lookup is bias eight times or, of kindT4, the table, 128 more where bytes
	// are without a sign.
	lookup [32]byte
}

func (p *Packed) newJob(kind packedKind) packedJob {
	j := packedJob{kind: kind, blocks: p.Cols / PackedCols, quants: p.quants(), size: p.BlockBytes()}
	if p.Half {
		j.flags |= halfFlag
	}
	if p.Mins {
		j.flags |= minsFlag
	}
	if kind == kindT4 {
		for i, q := range p.Table {
			if j.lookup[i] = byte(q); bytesAdd() {
				j.lookup[i] ^= 0x80
			}
		}
	} else if p.Table[0] < 0 {
		j.bias = -1
		for i := range j.lookup {
			j.lookup[i] = 0xff
		}
	}
	return j
}

func (p *Packed) multiply(dst []float32, stride int, x *Vectors, from, to int) {
	kind := p.kind()
	if active == plain || kind == noKind {
		p.multiplyGo(dst, stride, x, from, to)
		return
	}
	j := p.newJob(kind)
	i := 0
	if bytesAdd() {
		for ; i+panel <= x.n; i += panel {
			j.panel(p, dst[i*stride:], stride, x, i, from, to)
		}
	}
	for ; i < x.n; i++ {
		j.vector(p, dst[i*stride:][:to-from], x, i, from)
	}
}

// panel multiplies rows with the panel of vectors that begins with one.
func (j *packedJob) panel(p *Packed, dst []float32, stride int, x *Vectors, i, from, to int) {
	first, _ := x.place(i)
	j.x = &x.blocks[first]
	for row := from; row < to; row += PackedRows {
		data := &p.group(row)[0]
		if row+PackedRows <= to {
			_ = dst[row-from:][(panel-1)*stride+PackedRows-1]
			j.run8(&dst[row-from], 4*stride, data)
			continue
		}
		var last [panel * PackedRows]float32
		j.run8(&last[0], 4*PackedRows, data)
		for k := range panel {
			copy(dst[k*stride+row-from:][:to-row], last[k*PackedRows:])
		}
	}
}

// vector multiplies len(dst) rows with a vector.
func (j *packedJob) vector(p *Packed, dst []float32, x *Vectors, i, from int) {
	first, step := x.place(i)
	j.x, j.step = &x.blocks[first], step*vectorBlockBytes
	if wantsWide() {
		j.wide, j.wideStep = &x.wide[first], step*wideBlockBytes
	}
	if j.groups = len(dst) / PackedRows; j.groups > 0 {
		j.run(&dst[0], &p.group(from)[0])
	}
	if done := j.groups * PackedRows; done < len(dst) {
		var last [PackedRows]float32
		j.groups = 1
		j.run(&last[0], &p.group(from + done)[0])
		copy(dst[done:], last[:])
	}
}

// run8 multiplies a group of rows with a panel of vectors.
func (j *packedJob) run8(dst *float32, stride int, data *byte) {
	switch j.kind {
	case kindN4:
		packed8N4AVX512(dst, stride, data, j.x, j.blocks, j.quants, j.size, j.flags, j.bias)
	case kindN4x16:
		packed8N4x16AVX512(dst, stride, data, j.x, j.blocks, j.quants, j.size, j.flags, j.bias)
	case kindT4:
		packed8T4AVX512(dst, stride, data, j.x, j.blocks, j.quants, j.size, j.flags, &j.lookup[0])
	case kindN8:
		packed8N8AVX512(dst, stride, data, j.x, j.blocks, j.quants, j.size, j.flags)
	case kindN8x16:
		packed8N8x16AVX512(dst, stride, data, j.x, j.blocks, j.quants, j.size, j.flags)
	}
}

// run multiplies groups of rows with one vector.
func (j *packedJob) run(dst *float32, data *byte) {
	if !bytesAdd() {
		j.runAVX2(dst, data)
		return
	}
	switch j.kind {
	case kindN4:
		packedN4AVX512(dst, data, j.x, j.step, j.blocks, j.groups, j.quants, j.size, j.flags, j.bias)
	case kindN4x16:
		packedN4x16AVX512(dst, data, j.x, j.step, j.blocks, j.groups, j.quants, j.size, j.flags, j.bias)
	case kindT4:
		packedT4AVX512(dst, data, j.x, j.step, j.blocks, j.groups, j.quants, j.size, j.flags, &j.lookup[0])
	case kindN8:
		packedN8AVX512(dst, data, j.x, j.step, j.blocks, j.groups, j.quants, j.size, j.flags)
	case kindN8x16:
		packedN8x16AVX512(dst, data, j.x, j.step, j.blocks, j.groups, j.quants, j.size, j.flags)
	}
}

func (j *packedJob) runAVX2(dst *float32, data *byte) {
	switch j.kind {
	case kindN4:
		packedN4AVX2(dst, data, j.x, j.wide, j.step, j.wideStep, j.blocks, j.groups, j.quants, j.size, j.flags, &j.lookup[0])
	case kindN4x16:
		packedN4x16AVX2(dst, data, j.x, j.wide, j.step, j.wideStep, j.blocks, j.groups, j.quants, j.size, j.flags, &j.lookup[0])
	case kindT4:
		packedT4AVX2(dst, data, j.x, j.wide, j.step, j.wideStep, j.blocks, j.groups, j.quants, j.size, j.flags, &j.lookup[0])
	case kindN8:
		packedN8AVX2(dst, data, j.x, j.wide, j.step, j.wideStep, j.blocks, j.groups, j.quants, j.size, j.flags, nil)
	case kindN8x16:
		packedN8x16AVX2(dst, data, j.x, j.wide, j.step, j.wideStep, j.blocks, j.groups, j.quants, j.size, j.flags, nil)
	}
}

// fill sets the blocks of a vector.
func (x *Vectors) fill(first, step int, values []float32) {
	blocks := len(values) / PackedCols
	switch {
	case bytesAdd():
		fillBlocksAVX512(&x.blocks[first], step*vectorBlockBytes, &values[0], blocks)
	case wantsWide():
		fillBlocksAVX2(&x.blocks[first], &x.wide[first], step*vectorBlockBytes, step*wideBlockBytes, &values[0], blocks)
	default:
		x.fillGo(first, step, values)
	}
}
