package tensor

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// Rounding is that of ggml: the same whole numbers, and its d and d·Σq once they
// are rounded to half precision as its are.
func TestInt8IsGgmls(t *testing.T) {
	f, err := os.Open("testdata/activations.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Activations []struct {
			Type  string    `json:"type"`
			Input []float32 `json:"input"`
			Raw   []byte    `json:"raw_base64"`
		} `json:"activations"`
	}
	if err := json.NewDecoder(z).Decode(&reference); err != nil {
		t.Fatal(err)
	}
	if len(reference.Activations) != 2 {
		t.Fatalf("%d kinds of activations, want 2", len(reference.Activations))
	}
	eachKernel(t, func(t *testing.T) {
		for _, kind := range reference.Activations {
			scales := map[string]int{"Q8_0": 1, "Q8_1": 2}[kind.Type]
			a := int8Of(kind.Input, 1, len(kind.Input))
			raw := kind.Raw
			for b := range a.d {
				if got, want := f32ToF16(a.d[b]), binary.LittleEndian.Uint16(raw); got != want {
					t.Errorf("%s: d of block %d is %#x, want %#x", kind.Type, b, got, want)
				}
				if scales == 2 {
					if got, want := f32ToF16(a.s[b]), binary.LittleEndian.Uint16(raw[2:]); got != want {
						t.Errorf("%s: s of block %d is %#x, want %#x", kind.Type, b, got, want)
					}
				}
				raw = raw[2*scales:]
				for i, q := range a.q[b*blockCols:][:blockCols] {
					if q != int8(raw[i]) {
						t.Errorf("%s: number %d of block %d is %d, want %d", kind.Type, i, b, q, int8(raw[i]))
					}
				}
				raw = raw[blockCols:]
			}
			if len(raw) != 0 {
				t.Errorf("%s: %d bytes are left", kind.Type, len(raw))
			}
		}
	})
}

// Kernels round to the bits of the plain Go: blocks of zeros, of ties, of numbers of
// any size and of none, wherever the panel has them.
func TestInt8Round(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(22)
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		for _, n := range []int{1, 3, 4, 8, 11} {
			const cols = 12 * blockCols
			x := make([]float32, n*cols)
			for i := range n {
				row := x[i*cols:][:cols]
				for j := range row {
					row[j] = float32(r.NormFloat64())
				}
				clear(row[:32])
				for j := range 32 {
					row[32+j] = float32(j) - 15.5   // ties, once 127 makes them whole and a half
					row[64+j] *= 0x1p-126           // subnormal
					row[96+j] *= 0x1p120            //
					row[128+j] = float32(j%2) * 127 // whole numbers
				}
				row[32+r.IntN(32)] = 127
				row[160+r.IntN(32)] = nan
				row[192+r.IntN(32)] = -inf
				row[224] = math.Float32frombits(leastBits)
				row[256], row[257] = math.MaxFloat32, -math.MaxFloat32
				clear(row[288:320])
				row[288+i%32] = math.Float32frombits(leastBits - 1)
				row[320] = math.Float32frombits(0x80000001)
			}
			got, want := int8Of(x, n, cols), int8Of(x, n, cols)
			for i := range n {
				at := want.at(i, 0)
				roundInt8Go(want.q[at*blockCols:], want.d[at:], want.s[at:], want.base[at:], x[i*cols:][:cols], want.wide)
			}
			sameBits(t, "d", got.d, want.d)
			sameBits(t, "s", got.s, want.s)
			for i, q := range got.q {
				if q != want.q[i] {
					t.Fatalf("n %d: q[%d] is %d, want %d", n, i, q, want.q[i])
				}
			}
			for i, b := range got.base {
				if b != want.base[i] {
					t.Fatalf("n %d: base[%d] is %d, want %d", n, i, b, want.base[i])
				}
			}
			for i := range n {
				roundsToNearest(t, got, i, x[i*cols:][:cols])
			}
		}
	})
}

// roundsToNearest compares a rounded vector with what it was.
func roundsToNearest(t *testing.T, a *Int8, i int, x []float32) {
	t.Helper()
	for b := range len(x) / blockCols {
		block, at := x[b*blockCols:][:blockCols], a.at(i, b)
		most, sum := 0.0, 0
		for _, v := range block {
			most = max(most, math.Abs(float64(v)))
		}
		for j, v := range block {
			q := a.q[at*blockCols+j]
			sum += int(q)
			switch {
			case math.IsNaN(most) || math.IsInf(most, 0) || most < 0x1p-120:
				if q != 0 || !math.IsNaN(most-most) != (a.d[at] == 0) {
					t.Errorf("block %d: q %d, d %g of a greatest number of %g", b, q, a.d[at], most)
				}
			case math.Abs(float64(v)*127/most-float64(q)) > 0.5+1e-4:
				t.Errorf("block %d: %g became %d where the greatest is %g", b, v, q, most)
			}
		}
		if want := -128 * sum; int(a.base[at]) != want {
			t.Errorf("block %d: base %d, want %d", b, a.base[at], want)
		}
	}
}

// A room that is used again, for more vectors or for fewer, holds nothing of before.
func TestInt8Resize(t *testing.T) {
	r := newRand(23)
	a := new(Int8)
	for _, n := range []int{9, 3, 12, 1, 5, 0, 8} {
		const cols = 64
		x := random(r, n*cols)
		a.Resize(n, cols)
		for i := range n {
			a.Round(i, x[i*cols:][:cols])
		}
		p := packRandom(r, int8Formats()[2], 32, cols)
		got, want := make([]float32, n*32), make([]float32, n*32)
		p.MultiplyInt8(got, 32, a, 0, 32)
		p.MultiplyInt8(want, 32, int8Of(x, n, cols), 0, 32)
		sameBits(t, "used again", got, want)
		for i := n; i < a.padded(); i++ {
			if at := a.at(i, 0); a.d[at] != 0 || a.s[at] != 0 || a.base[at] != 0 {
				t.Errorf("%d vectors: vector %d is not empty", n, i)
			}
		}
	}
}
