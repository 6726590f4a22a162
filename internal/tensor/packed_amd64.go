//go:build amd64 && !noasm

package tensor

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// hasVNNI is whether there are instructions that multiply bytes and add them up.
var hasVNNI = cpu.X86.HasAVX512VNNI

// What kernels are told about a format.
const (
	halfFlag = 1 << iota
	minsFlag
)

func (f *Format) flags() (flags int) {
	if f.Half {
		flags |= halfFlag
	}
	if f.Mins {
		flags |= minsFlag
	}
	return flags
}

// nibbleBias returns how the table of a format counts: up from 0 or from −8, as
// the mask of what to subtract; ok is false if it does neither.
func (f *Format) nibbleBias() (mask int32, ok bool) {
	for i, q := range f.Table {
		if int(q) != i+int(f.Table[0]) {
			return 0, false
		}
	}
	return int32(f.Table[0]) >> 3, f.Table[0] == 0 || f.Table[0] == -8
}

// hasKernel reports whether there are kernels for the format. No type of ggml
// has others.
func (f *Format) hasKernel() bool {
	_, counts := f.nibbleBias()
	return f.Run == PackedCols || !f.Half && (f.Layout == N8 || counts)
}

func (p *Packed) multiply(dst []float32, stride int, x *Vectors, from, to int) {
	if active != avx512 || !hasVNNI || !p.hasKernel() {
		p.multiplyGo(dst, stride, x, from, to)
		return
	}
	whole := (to - from) / PackedRows
	for i := range x.n {
		if whole > 0 {
			p.one(dst[i*stride:][:whole*PackedRows], x, i, from, whole)
		}
		if rest := (to - from) % PackedRows; rest > 0 {
			var last [PackedRows]float32
			p.one(last[:], x, i, from+whole*PackedRows, 1)
			copy(dst[i*stride+whole*PackedRows:][:rest], last[:])
		}
	}
}

// one multiplies groups of rows with vector i.
func (p *Packed) one(dst []float32, x *Vectors, i, from, groups int) {
	first, step := x.place(i)
	d, data, v := &dst[0], &p.group(from)[0], &x.blocks[first]
	step *= vectorBlockBytes
	blocks, quants, size, flags := p.Cols/PackedCols, p.quants(), p.BlockBytes(), p.flags()
	bias, counts := p.nibbleBias()
	switch {
	case p.Layout == N8 && p.Run == PackedCols:
		packedN8AVX512(d, data, v, step, blocks, groups, quants, size, flags)
	case p.Layout == N8:
		packedN8x16AVX512(d, data, v, step, blocks, groups, quants, size, flags)
	case !counts:
		table := p.Table
		for i := range table {
			table[i] ^= -128 // 128 more, without a sign
		}
		packedT4AVX512(d, data, v, step, blocks, groups, quants, size, flags, (*byte)(unsafe.Pointer(&table[0])))
	case p.Run == PackedCols:
		packedN4AVX512(d, data, v, step, blocks, groups, quants, size, flags, bias)
	default:
		packedN4x16AVX512(d, data, v, step, blocks, groups, quants, size, flags, bias)
	}
}

func fillBlocks(blocks []vectorBlock, step int, x []float32) {
	if active == avx512 {
		fillBlocksAVX512(&blocks[0], step*vectorBlockBytes, &x[0], len(x)/PackedCols)
		return
	}
	fillBlocksGo(blocks, step, x)
}
