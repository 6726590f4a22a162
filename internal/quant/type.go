// Package quant has the number types of ggml, in which GGUF files store
// weights: their names and sizes, what their bytes mean, and rounding to them.
//
// A quantised type stores neighbouring numbers of a row as a block. Whatever its
// bytes look like, a block is a few runs of 16 or 32 numbers, each
//
//	x = Scale·q + Min
//
// with a small whole q of its own and a Scale and a Min shared by its run. A
// [Block] is that form. Dequantising multiplies it out, and the matrices that the
// model computes with are packed from it.
//
// (https://github.com/ggml-org/ggml, ggml-common.h and ggml-quants.c.)
package quant

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// A Type is how numbers are stored, by its number in ggml.
type Type uint32

// The types that are read.
const (
	F32    Type = 0
	F16    Type = 1
	Q4_0   Type = 2
	Q4_1   Type = 3
	Q5_0   Type = 6
	Q5_1   Type = 7
	Q8_0   Type = 8
	Q2_K   Type = 10
	Q3_K   Type = 11
	Q4_K   Type = 12
	Q5_K   Type = 13
	Q6_K   Type = 14
	IQ4_NL Type = 20
	IQ4_XS Type = 23
	BF16   Type = 30
	MXFP4  Type = 39
)

// Q8_F32 is no type of ggml: blocks of a float32 and 32 int8, in which the
// groups of a llama2.c checkpoint are computed as they are.
const Q8_F32 Type = ours

// ours is the number from which types are none of ggml.
const ours = 1 << 16

// An about says what a type is.
type about struct {
	name    string
	numbers int  // of a block
	bytes   int  // of a block
	run     int  // numbers that share a scale; 0 for types that are not quantised, or not read
	min     bool // whether runs have a Min
}

// types are all that ggml has, so that the sizes of a file's tensors are known
// also where argen cannot read their numbers.
var types = map[Type]about{
	F32: {"F32", 1, 4, 0, false}, F16: {"F16", 1, 2, 0, false}, BF16: {"BF16", 1, 2, 0, false},
	Q4_0: {"Q4_0", 32, 18, 32, false}, Q4_1: {"Q4_1", 32, 20, 32, true},
	Q5_0: {"Q5_0", 32, 22, 32, false}, Q5_1: {"Q5_1", 32, 24, 32, true}, Q8_0: {"Q8_0", 32, 34, 32, false},
	Q2_K: {"Q2_K", 256, 84, 16, true}, Q3_K: {"Q3_K", 256, 110, 16, false}, Q4_K: {"Q4_K", 256, 144, 32, true},
	Q5_K: {"Q5_K", 256, 176, 32, true}, Q6_K: {"Q6_K", 256, 210, 16, false},
	IQ4_NL: {"IQ4_NL", 32, 18, 32, false}, IQ4_XS: {"IQ4_XS", 256, 136, 32, false}, MXFP4: {"MXFP4", 32, 17, 32, false},

	Q8_F32: {"Q8_F32", 32, 36, 32, false},

	9: {"Q8_1", 32, 36, 0, false}, 15: {"Q8_K", 256, 292, 0, false},
	16: {"IQ2_XXS", 256, 66, 0, false}, 17: {"IQ2_XS", 256, 74, 0, false}, 18: {"IQ3_XXS", 256, 98, 0, false}, 19: {"IQ1_S", 256, 50, 0, false},
	21: {"IQ3_S", 256, 110, 0, false}, 22: {"IQ2_S", 256, 82, 0, false}, 29: {"IQ1_M", 256, 56, 0, false},
	24: {"I8", 1, 1, 0, false}, 25: {"I16", 1, 2, 0, false}, 26: {"I32", 1, 4, 0, false}, 27: {"I64", 1, 8, 0, false}, 28: {"F64", 1, 8, 0, false},
	34: {"TQ1_0", 256, 54, 0, false}, 35: {"TQ2_0", 256, 66, 0, false}, 40: {"NVFP4", 64, 36, 0, false}, 41: {"Q1_0", 128, 18, 0, false}, 42: {"Q2_0", 64, 18, 0, false},
}

// Readable are the types whose numbers can be read, as a message lists them.
const Readable = "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS and MXFP4"

// Writable are the types that [Quantize] makes.
var Writable = []Type{F32, F16, BF16, Q8_0, Q4_0}

// String is the type's name in ggml: "Q8_0".
func (t Type) String() string {
	if a, ok := types[t]; ok {
		return a.name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// TypeOf returns the type of a name, in upper or lower case.
func TypeOf(name string) (Type, bool) {
	for t, a := range types {
		if strings.EqualFold(a.name, name) {
			return t, true
		}
	}
	return 0, false
}

// Known reports whether ggml has the type.
func (t Type) Known() bool { return t < ours && types[t].numbers > 0 }

// Readable reports whether the numbers of the type can be read.
func (t Type) Readable() bool { return t == F32 || t == F16 || t == BF16 || t.Quantized() }

// Quantized reports whether the type is read and stores blocks.
func (t Type) Quantized() bool { return types[t].run > 0 }

// BlockLen is how many numbers a block has; those of a row must be a multiple.
// It is 1 for types that are not quantised and 0 for those that ggml lacks.
func (t Type) BlockLen() int { return types[t].numbers }

// BlockBytes is how many bytes a block has.
func (t Type) BlockBytes() int { return types[t].bytes }

// RunLen is how many numbers share a scale: 16 or 32, 0 if the type is not
// quantised.
func (t Type) RunLen() int { return types[t].run }

// HasMin reports whether runs of the type have a Min.
func (t Type) HasMin() bool { return types[t].min }

// Fits reports whether rows of n numbers can be stored as the type.
func (t Type) Fits(n int) bool { return t.BlockLen() > 0 && n%t.BlockLen() == 0 }

// RowBytes is how many bytes a row of n numbers needs; they must fit.
func (t Type) RowBytes(n int) int { return n / t.BlockLen() * t.BlockBytes() }

// Bytes returns how many bytes a tensor needs whose rows are along the last
// dimension of its shape; says is why it cannot be.
func (t Type) Bytes(shape []int) (size uint64, says string) {
	a, ok := types[t]
	if !ok {
		return 0, fmt.Sprintf("%s is not known", t)
	}
	n := uint64(1)
	for _, d := range shape {
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt64/16 {
			return 0, fmt.Sprintf("the shape %v is too large", shape)
		}
		n = lo
	}
	if row := shape[len(shape)-1]; row%a.numbers != 0 {
		return 0, fmt.Sprintf("rows of %d numbers, which %s stores by %d", row, t, a.numbers)
	}
	return n / uint64(a.numbers) * uint64(a.bytes), ""
}
