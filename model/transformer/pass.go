package transformer

import "argen"

// A pass is the computation of n neighbouring tokens at once, with the room
// that it needs. Its arrays have a row for each of the n positions.
type pass struct {
	m    *Model
	kv   *cache
	ids  []argen.ID // the n tokens
	from int        // position of the first
	x    []float32  // the residual stream (n, C)

	bufs [numBufs][]float32
	look *look // what a view wants to see, nil if nothing

	crew *crew // nil to compute alone
	// What it is at, and the two kinds of work; made once, so that no token
	// allocates.
	product     product
	layer       int
	stage       stage
	attention   attention
	doPrepare   func(from, to int)
	doProduct   func(from, to int)
	doStage     func(from, to int)
	doTurn      func(from, to int)
	doAttention func(from, to int)
	// The same at positions from ≤ i < to, a tile, and what is done in areas.
	doAttentionAt func(from, to int)
	doPrepared    func(from, to int)
	tileWork      func(from, to int)
	doTile        func(area, piece int)
	doRows        func(area, piece int)
}

func newPass(m *Model, kv *cache) *pass {
	p := &pass{m: m, kv: kv}
	p.product.fast = m.options.Fast
	p.doPrepare, p.doProduct, p.doStage = p.product.prepare, p.product.rows, p.stageAt
	p.doTurn, p.doAttention, p.doAttentionAt = p.turnTo, p.attendTo, p.attendAt
	p.doPrepared, p.doTile, p.doRows = p.preparedAt, p.tileAt, p.rowsAt
	return p
}

// The arrays of a pass.
const (
	bufX = iota
	bufNorm
	bufQ
	bufK
	bufV
	bufMixed
	bufOut
	bufGate
	bufUp
	bufSin
	bufCos
	bufLocalSin
	bufLocalCos
	bufLogits
	numBufs
)

// buf returns an array (n, width).
func (p *pass) buf(i, width int) []float32 { return grow(&p.bufs[i], len(p.ids)*width) }

// row returns a row of an array of that width.
func (p *pass) row(x []float32, i, width int) []float32 { return x[i*width : (i+1)*width] }

// apply computes dst = W·x + b at each position.
func (p *pass) apply(w *matrix, dst, x []float32) { p.multiply(x, len(p.ids), part{w, dst}) }

// together is how many positions are dealt with at a time between products.
const together = tile

// multiply computes the products of matrices with the first n rows of x.
func (p *pass) multiply(x []float32, n int, parts ...part) {
	prepare := p.product.begin(x, n, parts)
	_, cols := p.product.size()
	switch {
	case prepare && n == len(p.ids) && p.spreads():
		p.inTiles(p.doPrepare)
	case prepare && p.crew != nil && n*cols >= crewWork:
		p.crew.run(n, together, p.doPrepare)
	case prepare:
		p.product.prepare(0, n)
	}
	p.allRows(n)
}

// multiplyAfter is multiply at all positions with what a stage leaves in x, which is
// prepared while it is in the nearest cache.
func (p *pass) multiplyAfter(layer int, do stage, x []float32, parts ...part) {
	p.product.begin(x, len(p.ids), parts)
	p.layer, p.stage = layer, do
	if p.spreads() {
		p.inTiles(p.doPrepared)
	} else if n := len(p.ids); p.crew != nil && n > together {
		p.crew.run(n, together, p.doPrepared)
	} else {
		for from := 0; from < n; from += together {
			p.preparedAt(from, min(from+together, n))
		}
	}
	p.allRows(len(p.ids))
}

// preparedAt does the stage and prepares what it leaves.
func (p *pass) preparedAt(from, to int) {
	p.stageAt(from, to)
	p.product.prepare(from, to)
}

// allRows computes all rows of the product at the first n positions.
func (p *pass) allRows(n int) {
	rows, cols := p.product.size()
	some := panelRows(cols)
	switch {
	case n == len(p.ids) && p.spreads() && p.product.allPacked():
		p.crew.spread(p.crew.size(), (rows+rowsTogether-1)/rowsTogether, p.doRows)
	case p.crew != nil && rows*cols*n >= crewWork && n == 1:
		p.crew.split(rows, 4*some, p.doProduct) // of less, memory is read more slowly
	case p.crew != nil && rows*cols*n >= crewWork:
		p.crew.run(rows, some, p.doProduct)
	case n == 1:
		p.product.rows(0, rows)
	default:
		for from := 0; from < rows; from += some {
			p.product.rows(from, min(from+some, rows))
		}
	}
}

// A stage is what a layer does between two products, at each position by itself:
// at positions from ≤ i < to of the pass.
type stage func(p *pass, layer, from, to int)

// each does a stage at all positions.
func (p *pass) each(layer int, do stage) {
	p.layer, p.stage = layer, do
	if n := len(p.ids); p.spreads() {
		p.inTiles(p.doStage)
	} else if p.crew != nil && n > together {
		p.crew.run(n, together, p.doStage)
	} else {
		do(p, layer, 0, n)
	}
}

func (p *pass) stageAt(from, to int) { p.stage(p, p.layer, from, to) }

// run computes x after the last layer, with the norm that follows it. Keys and
// values go to the cache.
func (p *pass) run(ids []argen.ID, from int) {
	p.ids, p.from = ids, from
	p.x = p.buf(bufX, p.m.config.Hidden)
	p.kv.reserve(from, len(ids))
	p.m.net.embed(p)
	for layer := range p.m.config.Layers {
		if p.look != nil {
			p.look.hidden(p)
		}
		p.m.net.block(p, layer)
	}
	p.m.net.norm(p.x, p.x)
	if p.look != nil {
		p.look.hidden(p)
	}
}

// store puts keys and values, (n, KVHeads, D) each, into the cache, those of
// positions from ≤ i < to of the pass.
func (p *pass) store(layer int, k, v []float32, from, to int) {
	if p.kv.whole {
		p.storeWhole(layer, k, v, from, to)
		return
	}
	d := p.m.config.HeadDim
	k, v = k[from*p.m.config.KVHeads*d:], v[from*p.m.config.KVHeads*d:]
	for i := from; i < to; i++ {
		for head := range p.m.config.KVHeads {
			keys, values := p.kv.head(layer, head, (p.from+i)/blockLen)
			at := (p.from + i) % blockLen * d
			copy(keys[at:at+d], k)
			copy(values[at:at+d], v)
			k, v = k[d:], v[d:]
		}
	}
}
