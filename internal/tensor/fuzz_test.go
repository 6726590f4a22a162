package tensor

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// floats reads n numbers from data, over and over; any bits are a number.
func floats(data []byte, n, from int) []float32 {
	x := make([]float32, n)
	for i := range x {
		var b [4]byte
		for j := range b {
			if len(data) > 0 {
				b[j] = data[(from+4*i+j)%len(data)]
			}
		}
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[:]))
	}
	return x
}

// with runs f with a kernel.
func with(k kernel, f func()) {
	was := active
	defer func() { active = was }()
	active = k
	f()
}

// FuzzKernels compares every kernel with the plain Go to the bit, on numbers of
// any bits.
func FuzzKernels(f *testing.F) {
	f.Add([]byte{0, 0, 128, 63, 205, 204, 76, 62, 0, 0, 0, 192}, uint16(33), uint8(5))
	f.Add([]byte{0, 0, 128, 127, 1, 0, 192, 255, 1, 0, 0, 0, 255, 255, 127, 127}, uint16(100), uint8(4))
	f.Fuzz(func(t *testing.T, data []byte, columns uint16, rows uint8) {
		cols := int(columns % 300)
		x, y := floats(data, cols, 0), floats(data, cols, 1)
		w := floats(data, int(rows%9)*cols, 2)
		half := make([]uint16, len(w))
		for i, v := range w {
			half[i] = uint16(math.Float32bits(v) >> 8)
		}
		all := func() (out [][]float32) {
			next := func(n int) []float32 {
				out = append(out, make([]float32, n))
				return out[len(out)-1]
			}
			next(1)[0] = Dot(x, y)
			MatVec(next(int(rows%9)), w, x)
			MatVecF16(next(int(rows%9)), half, x)
			MatVecBF16(next(int(rows%9)), half, x)
			if cols > 0 {
				MatVecs(next(int(rows%9)*int(rows%9)), max(1, int(rows%9)), w, w, cols)
			}
			AddRows(next(cols), w[:int(rows%9)*min(cols, 1)], w)
			F16ToF32(next(len(half)), half)
			BF16ToF32(next(len(half)), half)
			a := next(cols)
			copy(a, y)
			Axpy(x0(x), x, a)
			Add(a, x)
			Scale(x0(y), a)
			Exp(next(cols), x)
			s := next(cols)
			copy(s, x)
			Softmax(s)
			SiLUMul(next(cols), x, y)
			g := next(cols)
			copy(g, x)
			GELUTanh(g)
			RMSNorm(next(cols), x, y, 1e-5)
			return out
		}
		var want [][]float32
		with(plain, func() { want = all() })
		for k := plain + 1; k <= best(); k++ {
			with(k, func() {
				for i, got := range all() {
					sameBits(t, Kernel(), got, want[i])
				}
			})
		}
	})
}

func x0(x []float32) float32 {
	if len(x) == 0 {
		return 0
	}
	return x[0]
}

// FuzzGemm compares Gemm with sums in float64, and SIMD with fused sums.
func FuzzGemm(f *testing.F) {
	f.Add(uint64(1), uint8(13), uint8(33), uint8(5), uint8(0))
	f.Add(uint64(2), uint8(24), uint8(64), uint8(16), uint8(15))
	f.Fuzz(func(t *testing.T, seed uint64, m, n, k, options uint8) {
		r := rand.New(rand.NewPCG(seed, 2))
		alpha, beta := float32(1), float32(0)
		if options&4 != 0 {
			alpha = r.Float32()
		}
		if options&8 != 0 {
			beta = r.Float32()
		}
		p := randomProduct(r, options&1 != 0, options&2 != 0, int(m%60), int(n%80), int(k), alpha)
		for kern := plain; kern <= best(); kern++ {
			with(kern, func() {
				c := append([]float32(nil), p.c...)
				p.gemm(beta, c)
				p.check(t, beta, c)
			})
		}
	})
}

func TestAllocations(t *testing.T) {
	x, w, dst := make([]float32, 100), make([]float32, 900), make([]float32, 9)
	half := make([]uint16, 900)
	packed := randomPacked(newRand(27), Format{N4, true, true, 32, [16]int8{1, 5}}, 25, 96)
	eachKernel(t, func(t *testing.T) {
		var vectors Vectors
		run := func() {
			vectors.Set(w[:288], 96)
			packed.Multiply(w[300:], 25, &vectors, 0, 25)
			Dot(x, x)
			MatVec(dst, w, x)
			MatVecs(w[:81], 9, w, w, 100)
			AddRows(x, dst, w)
			MatVecF16(dst, half, x)
			MatVecBF16(dst, half, x)
			Softmax(x)
			SiLUMul(x, x, x)
			RMSNorm(x, x, x, 1)
			GELUTanh(x)
			Gemm(false, true, 9, 9, 100, 1, w, 100, w, 100, 0, w[:81], 9)
		}
		run()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%g allocations, want none", n)
		}
	})
}
