package transformer

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"argen/internal/mapped"
	"argen/internal/quant"
	"argen/internal/tensor"
)

// A quantised is a matrix of quantised numbers whose tensor has that name.
type quantised struct {
	*matrix
	name string
}

// packBytes is about how many bytes of a file are packed at a time.
const packBytes = 1 << 19

// A packing is rows of a matrix that are packed by one processor.
type packing struct {
	of       *quantised
	from, to int
	broken   int // the first row that is
	err      error
}

// pack lays the quantised matrices out for multiplying, on all processors, in
// memory that free gives back. Tables stay as they are in the file, unless they
// are the head too. What has been packed is not needed in the file's memory.
func (b *binder) pack(net network, head *matrix) (free func() error) {
	var pieces []packing
	total := 0
	b.memory = b.bytes
	for i := range b.blocks {
		w := &b.blocks[i]
		if w.matrix != head && slices.Contains(net.tables(), w.matrix) {
			continue
		}
		w.packed = &tensor.Packed{Format: w.quant.PackedFormat(), Rows: w.rows, Cols: w.cols}
		b.int8 = b.int8 || w.packed.FitsInt8()
		total += w.packed.Bytes(w.rows, w.cols)
		b.memory -= int64(len(w.blocks)) // of which rows at most are looked at again
		rows := groups(packBytes/w.quant.RowBytes(w.cols) + 1)
		for from := 0; from < w.rows; from += rows {
			pieces = append(pieces, packing{of: w, from: from, to: min(from+rows, w.rows)})
		}
	}
	b.memory += int64(total)
	if err := b.fits(b.memory, b.int8, b.options...); err != nil { // packed they may be larger than in the file
		b.fail("%w", err)
		return func() error { return nil }
	}
	arena, free := mapped.Anonymous(total)
	for _, w := range b.blocks {
		if w.packed != nil {
			n := w.packed.Bytes(w.rows, w.cols)
			w.packed.Data, arena = arena[:n:n], arena[n:]
		}
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(pieces)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(pieces); i = int(next.Add(1)) - 1 {
				pieces[i].pack()
			}
		})
	}
	wait.Wait()
	for _, w := range b.blocks {
		if !slices.Contains(net.tables(), w.matrix) {
			w.blocks = nil // where rows were put into another order it is a copy
		}
	}
	for _, p := range pieces {
		switch {
		case p.err != nil:
			b.fail("tensor %q: %w", p.of.name, p.err)
		case p.broken >= 0:
			b.fail("tensor %q: a scale of its row %d is not finite: the weights are damaged", p.of.name, p.broken)
		}
	}
	return free
}

func (p *packing) pack() {
	w, size := p.of, p.of.quant.RowBytes(p.of.cols)
	p.err = mapped.Guard(func() error {
		p.broken = quant.PackRows(w.packed, w.quant, w.blocks, p.from, p.to)
		return nil
	})
	mapped.Forget(w.blocks[p.from*size : p.to*size])
}
