package transformer

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"argen"
	"argen/internal/quant"
)

// Areas cover each position once, in whole tiles, and are about as large.
func TestAreas(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	for _, n := range []int{64, 65, 72, 100, 127, 128, 300} {
		for threads := 1; threads < 9; threads++ {
			p := newPass(new(Model), nil)
			p.ids, p.crew = make([]argen.ID, n), &crew{threads: threads}
			seen, sizes := make([]int, n), make([]int, p.crew.size())
			var lock sync.Mutex
			p.inTiles(func(from, to int) {
				lock.Lock()
				defer lock.Unlock()
				if from%tile != 0 || to-from > tile {
					t.Errorf("a tile from %d to %d", from, to)
				}
				for i := from; i < to; i++ {
					seen[i]++
				}
			})
			for i, times := range seen {
				if times != 1 {
					t.Fatalf("%d positions, %d threads: position %d is done %d times", n, threads, i, times)
				}
			}
			total := 0
			for area := range sizes {
				for second := range 2 {
					from, to := p.areaBlock(area, second)
					sizes[area] += to - from
				}
				total += sizes[area]
			}
			if total != n || slices.Max(sizes) > (n+len(sizes)-1)/len(sizes)+2*tile {
				t.Errorf("%d positions, %d threads: areas of %d", n, threads, sizes)
			}
		}
	}
}

// Products of many positions, shared out, have the bits of each alone, of packed
// matrices with int8 or without and beside others.
func TestSpreadProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	const cols, rows, n = 96, 117, 77
	numbers := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		return x
	}
	weights, x := numbers(rows*cols), numbers(n*cols)
	blocks, err := quant.Quantize(nil, quant.Q8_0, weights)
	if err != nil {
		t.Fatal(err)
	}
	packed := &matrix{rows: rows, cols: cols, packed: quant.Pack(quant.Q8_0, rows, cols, blocks), bias: numbers(rows)}
	floats := &matrix{rows: rows, cols: cols, f32: weights}
	for _, fast := range []bool{false, true} {
		for _, ws := range [][]*matrix{{packed}, {packed, packed}, {packed, floats}} {
			parts := func(n int) (parts []part) {
				for _, w := range ws {
					parts = append(parts, part{w, make([]float32, n*rows)})
				}
				return parts
			}
			m := &Model{options: Options{Fast: fast}}
			many, alone := newPass(m, nil), newPass(m, nil)
			many.ids, many.crew, alone.ids = make([]argen.ID, n), &crew{threads: 2}, make([]argen.ID, 1)
			got := parts(n)
			many.multiply(x, n, got...)
			after := parts(n)
			left := make([]float32, len(x))
			many.multiplyAfter(0, func(_ *pass, _, from, to int) { copy(left[from*cols:to*cols], x[from*cols:]) }, left, after...)
			for i := range n {
				want := parts(1)
				alone.multiply(x[i*cols:][:cols], 1, want...)
				for k := range want {
					if row := want[k].dst; !slices.Equal(got[k].dst[i*rows:][:rows], row) || !slices.Equal(after[k].dst[i*rows:][:rows], row) {
						t.Fatalf("fast %v, part %d of %d: position %d differs", fast, k, len(ws), i)
					}
				}
			}
		}
	}
}
