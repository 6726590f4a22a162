package transformer

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"argen/internal/quant"
	"argen/internal/tensor"
)

// A quantised is a matrix of quantised numbers whose tensor has that name.
type quantised struct {
	*matrix
	name string
}

// packRows is how many rows are packed at a time.
const packRows = 128

// pack lays the quantised matrices out for multiplying, on all processors. Tables
// are left as they are in the file, unless they are the head too.
func (b *binder) pack(net network, head *matrix) {
	type piece struct{ of, from, to int }
	var pieces []piece
	for i, w := range b.blocks {
		if w.matrix != head && slices.Contains(net.tables(), w.matrix) {
			continue
		}
		w.packed = &tensor.Packed{Format: w.quant.PackedFormat(), Rows: w.rows, Cols: w.cols}
		b.int8 = b.int8 || w.packed.FitsInt8()
		w.packed.Data = make([]byte, w.packed.Bytes(w.rows, w.cols))
		for from := 0; from < w.rows; from += packRows {
			pieces = append(pieces, piece{i, from, min(from+packRows, w.rows)})
		}
	}
	broken := make([]int, len(pieces))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(pieces)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(pieces); i = int(next.Add(1)) - 1 {
				p := &pieces[i]
				w := b.blocks[p.of]
				broken[i] = quant.PackRows(w.packed, w.quant, w.blocks, p.from, p.to)
			}
		})
	}
	wait.Wait()
	for i, row := range broken {
		if row >= 0 {
			b.fail("tensor %q: a scale of its row %d is not finite: the weights are damaged", b.blocks[pieces[i].of].name, row)
		}
	}
}
