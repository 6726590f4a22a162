package tensor

import "os"

// A kernel is a set of SIMD instructions, ordered from least to most.
type kernel uint8

const (
	plain  kernel = iota // portable Go
	avx2                 // amd64: AVX2, FMA and F16C
	avx512               // amd64: AVX-512 F, BW, DQ and VL besides
)

var kernelNames = [...]string{plain: "go", avx2: "avx2", avx512: "avx512"}

// active is what the functions of this package run on.
var active = choose(os.Getenv("ARGEN_KERNEL"), best())

// choose returns the kernel of that name, or best if there is none of that name
// or this machine cannot run it.
func choose(name string, best kernel) kernel {
	for k := plain; k < best; k++ {
		if kernelNames[k] == name {
			return k
		}
	}
	return best
}

// Kernel returns the name of the kernels in use: "avx512", "avx2" or "go". They
// are the best this machine can run, or what the environment variable
// ARGEN_KERNEL names if it can run that. A program built with the tag noasm
// has "go" only.
func Kernel() string { return kernelNames[active] }

// sameLen panics unless all lengths are n.
func sameLen(n int, lengths ...int) {
	for _, l := range lengths {
		if l != n {
			panic("tensor: slices differ in length")
		}
	}
}
