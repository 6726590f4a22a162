package transformer

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"argen/internal/quant"
	"argen/internal/tensor"
	"argen/model/safetensors"
)

// Products give the same bits with any number of helpers, for one position or
// many, in each precision.
func TestCrew(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(1, 2))
	const rows, cols, most = 517, 200, 9
	w := &matrix{rows: rows, cols: cols, f32: make([]float32, rows*cols), bias: make([]float32, rows)}
	for i := range w.f32 {
		w.f32[i] = rng.Float32() - 0.5
	}
	for i := range w.bias {
		w.bias[i] = rng.Float32()
	}
	half := make([]uint16, rows*cols)
	tensor.F32ToF16(half, w.f32)
	brain := make([]uint16, rows*cols)
	tensor.F32ToBF16(brain, w.f32)
	x := make([]float32, most*cols)
	for i := range x {
		x[i] = rng.Float32() - 0.5
	}
	var c crew
	alone, many := newPass(new(Model), nil), newPass(new(Model), nil)
	many.crew = &c
	for _, w := range []*matrix{
		w,
		{rows: rows, cols: cols, half: half, dtype: safetensors.F16},
		{rows: rows, cols: cols, half: brain, dtype: safetensors.BF16, bias: w.bias},
	} {
		want := make([]float32, most*rows)
		for i := range most {
			alone.multiply(x[i*cols:], 1, part{w, want[i*rows:]})
		}
		got := make([]float32, most*rows)
		for _, n := range []int{1, 2, most} {
			for _, threads := range []int{1, 2, 5} {
				runtime.GOMAXPROCS(threads)
				for range 20 {
					clear(got)
					many.multiply(x, n, part{w, got})
					if !slices.Equal(got[:n*rows], want[:n*rows]) {
						t.Fatalf("%d positions, %d threads, %s: the product differs", n, threads, w.dtype)
					}
				}
			}
		}
	}
	// Parts whose rows are no whole groups of packed ones, beside another.
	const width = 192
	blocks, err := quant.Quantize(nil, quant.Q8_0, w.f32[:rows*width])
	if err != nil {
		t.Fatal(err)
	}
	packed := func(rows int) *matrix {
		return &matrix{rows: rows, cols: width, packed: quant.Pack(quant.Q8_0, rows, width, blocks), bias: w.bias[:rows]}
	}
	x = x[:most*width]
	parts := func(dst []float32, n int) []part {
		return []part{
			{packed(37), dst[:n*37]},
			{&matrix{rows: 30, cols: width, f32: w.f32[:30*width]}, dst[n*37 : n*67]},
			{packed(450), dst[n*67 : n*517]},
		}
	}
	want := make([]float32, most*rows)
	alone.multiply(x, most, parts(want, most)...)
	for i := range most { // the last part has the bits of one position alone
		single := make([]float32, 450)
		alone.multiply(x[i*width:(i+1)*width], 1, part{packed(450), single})
		if !slices.Equal(single, want[most*67+i*450:][:450]) {
			t.Fatalf("position %d alone differs", i)
		}
	}
	for _, threads := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(threads)
		for range 20 {
			got := make([]float32, most*rows)
			many.multiply(x, most, parts(got, most)...)
			if !slices.Equal(got, want) {
				t.Fatalf("%d threads: packed products differ", threads)
			}
		}
	}
	for range 1000 { // helpers that find nothing to do end
		if c.alive.Load() == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d helpers are still waiting", c.alive.Load())
}

// A pace keeps to what was faster, and finds out when that changes.
func TestPace(t *testing.T) {
	var p pace
	alone := 0
	run := func(crew, single time.Duration) {
		alone = 0
		for range again {
			if p.alone() {
				alone++
				p.add(single)
			} else {
				p.add(crew)
			}
		}
	}
	run(2, 3)
	if alone != trial {
		t.Errorf("%d of %d tokens were computed alone, though a crew is faster", alone, again)
	}
	run(5, 3)
	if alone != again-trial {
		t.Errorf("%d of %d tokens were computed alone, though that is faster", alone, again)
	}
}

// What is taken of a work is all of it, once and in order, in pieces that become no
// smaller than they may, and for everybody the same.
func TestShare(t *testing.T) {
	for _, total := range []int{0, 1, 15, 64, 576, 960, 3072, 49152} {
		for _, some := range []int{1, 16, 64} {
			for hands := range 9 {
				c := crew{total: total, some: some, hands: hands}
				done, last := 0, total
				for i := 0; done < total; i++ {
					from, to := c.share(i)
					if from != done || to <= from {
						t.Fatalf("%d of %d in %d by %d: share %d is %d to %d, after %d", some, total, some, hands, i, from, to, done)
					}
					size := to - from
					if to < total && (size < some || size > last || hands == 0 && size != some) {
						t.Fatalf("%d, %d at least, by %d: share %d has %d, after one of %d", total, some, hands, i, size, last)
					}
					done, last = to, size
				}
				if from, _ := c.share(total + 1); from < total {
					t.Fatalf("%d by %d: there is more at %d", total, hands, from)
				}
			}
		}
	}
}
