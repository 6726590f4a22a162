package transformer

import "argen/internal/tensor"

// An attention is what a layer does with the n positions of a pass. A piece of its
// work is a head at a tile of neighbouring positions: keys and values are read from
// the nearest cache for all of them but the first.
type attention struct {
	layer   int
	dst, q  []float32 // (n, Heads, D)
	scale   float32
	scores  []float32 // (n, room): of a position with all keys; (Heads, room) for a single position
	queries []float32 // (n, D): those of one head, side by side
	room    int
	columns []float32 // all keys of the layer in columns, (KVHeads, blocks, D, blockLen), where that is faster
	turned  bool      // they are there
	wholeAttention
}

// tile is how many positions a piece has at most.
const tile = 8

// valuesTogether is for how many positions values are added up together.
const valuesTogether = 4

// attentionWork is about how many multiplications a number of a key stands for:
// one with the query, one of the value, and what softmax costs.
const attentionWork = 4

// attend computes attention: at each position, for each head, the mean of the
// values up to there, weighted by how well their keys fit the query.
//
//	w = softmax(scale · q·kⱼ),  dst = Σ wⱼ · vⱼ,  j ≤ position
//
// A layer that slides takes the last keys of a window only; where the model has a
// cap, scores are bent to stay below it.
//
// q and dst are (n, Heads, D). (Vaswani et al., Attention Is All You Need, 2017.)
func (p *pass) attend(layer int, dst, q []float32, scale float32) {
	c, n := &p.m.config, len(p.ids)
	a := &p.attention
	a.layer, a.dst, a.q, a.scale = layer, dst, q, scale
	keys := p.from + n
	rows := n
	if n == 1 {
		rows = c.Heads
	}
	if keys > a.room || len(a.scores) < rows*a.room {
		a.room = max(a.room, (keys+255)&^255)
		a.scores = make([]float32, rows*a.room)
	}
	if p.kv.whole {
		p.gatherWhole(rows)
	} else {
		a.queries = grow(&a.queries, rows*c.HeadDim)
		p.turn()
	}
	total, some := (n+tile-1)/tile*c.Heads, c.Heads // what is at a position is for one head at a time
	if n == 1 {
		some = 1
	}
	if p.spreads() {
		p.inTiles(p.doAttentionAt)
	} else if p.crew != nil && n*c.Heads*keys*c.HeadDim*attentionWork >= crewWork {
		p.crew.run(total, some, p.doAttention)
	} else {
		p.attendTo(0, total)
	}
}

// minTurned is from how many positions on keys are turned.
const minTurned = 32

// turn puts the keys of the layer that the pass sees in columns, where there are
// enough positions that take them.
func (p *pass) turn() {
	c, a := &p.m.config, &p.attention
	a.turned = len(p.ids) >= minTurned && tensor.WantsColumns(c.HeadDim, tile)
	if !a.turned {
		return
	}
	total := c.KVHeads * p.blocks()
	a.columns = grow(&a.columns, total*blockLen*c.HeadDim)
	if p.crew != nil && total*blockLen*c.HeadDim >= crewWork {
		p.crew.run(total, 1, p.doTurn)
	} else {
		p.turnTo(0, total)
	}
}

// blocks is how many blocks of the cache the pass sees.
func (p *pass) blocks() int { return (p.from + len(p.ids) + blockLen - 1) / blockLen }

// turnTo turns the pieces from ≤ piece < to: a block of a head each.
func (p *pass) turnTo(from, to int) {
	for piece := from; piece < to; piece++ {
		keys, _ := p.kv.head(p.attention.layer, piece/p.blocks(), piece%p.blocks())
		tensor.Columns(p.turnedKeys(piece), keys)
	}
}

// turnedKeys returns a block of keys in columns.
func (p *pass) turnedKeys(piece int) []float32 {
	size := blockLen * p.m.config.HeadDim
	return p.attention.columns[piece*size:][:size]
}

// attendTo computes the pieces from ≤ piece < to of attention; piece t·Heads+h
// is head h at tile t of the pass.
func (p *pass) attendTo(from, to int) {
	c := &p.m.config
	for piece := from; piece < to; piece++ {
		i, head := piece/c.Heads*tile, piece%c.Heads
		row := i
		if len(p.ids) == 1 {
			row = head
		}
		if n := min(tile, len(p.ids)-i); p.kv.whole {
			p.attendWhole(i, n, head, row)
		} else {
			p.attendTile(i, n, head, row)
		}
	}
}

// attendAt computes attention at positions from ≤ i < to, a tile.
func (p *pass) attendAt(from, _ int) {
	heads := p.m.config.Heads
	p.attendTo(from/tile*heads, (from/tile+1)*heads)
}

// attendTile computes a head at n positions from the i-th of the pass on, in the
// rows of scores and queries from row on.
func (p *pass) attendTile(i, n, head, row int) {
	c, a := &p.m.config, &p.attention
	d, kv := c.HeadDim, head/(c.Heads/c.KVHeads)
	queries := a.queries[row*d:][:n*d]
	for k := range n {
		query := queries[k*d:][:d]
		copy(query, a.q[((i+k)*c.Heads+head)*d:])
		tensor.Scale(a.scale, query)
	}
	first := p.from + i + 1 // how many keys the first of them has
	keys := first + n - 1
	window := c.window(a.layer)
	if window == 0 {
		window = keys
	}
	begin := max(first-window, 0) &^ (blockLen - 1) // the first block that one of them sees
	scores := a.scores[row*a.room:]
	for b := begin; b < keys; b += blockLen {
		if a.turned && tensor.WantsColumns(d, n) { // scores of a whole block: there is room
			tensor.MatVecsColumns(scores[b:], a.room, p.turnedKeys(kv*p.blocks()+b/blockLen), queries, d)
			continue
		}
		k, _ := p.kv.head(a.layer, kv, b/blockLen)
		tensor.MatVecs(scores[b:], a.room, k[:min(blockLen, keys-b)*d], queries, d)
	}
	for k := range n {
		scores := scores[k*a.room:][:first+k]
		seen := scores[max(first+k-window, 0):]
		clear(scores[:len(scores)-len(seen)])
		if c.ScoreCap > 0 {
			tensor.SoftCap(float32(c.ScoreCap), seen)
		}
		tensor.Softmax(seen)
		if p.look != nil {
			p.look.attention(a.layer, head, scores)
		}
		clear(a.dst[((i+k)*c.Heads+head)*d:][:d])
	}
	for b := begin; b < keys; b += blockLen {
		_, v := p.kv.head(a.layer, kv, b/blockLen)
		for k := max(0, b+1-first); k < n; {
			// Several have the rows that the first of them has, the later ones more.
			some, rows := min(valuesTogether, n-k), min(blockLen, first+k-b)
			weights, out := scores[k*a.room+b:], a.dst[((i+k)*c.Heads+head)*d:]
			tensor.AddRowsMany(out, c.Heads*d, weights, a.room, some, v[:rows*d], d)
			for j := range some {
				if all := min(blockLen, first+k+j-b); all > rows {
					tensor.AddRows(out[j*c.Heads*d:][:d], weights[j*a.room:][rows:all], v[rows*d:all*d])
				}
			}
			k += some
		}
	}
}
