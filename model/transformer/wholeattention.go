package transformer

import "argen/internal/tensor"

// With [Options].Fast keys, queries, values and weights of attention are whole
// numbers too, of 12 to 16 bits: a processor multiplies twice as many of them at a
// time as of float32, and a context takes half the memory. A vector of a head is
// rounded as a whole ([tensor.RoundInt16]); sums of products are exact:
//
//	scores = scale·unit(q)·unit(kⱼ) · Σ q·kⱼ
//	dst = Σ over blocks of unit · Σ wⱼ·vⱼ,  wⱼ ≈ exp(scoreⱼ − most)·unit(vⱼ) / unit,
//
// the whole divided by the sum of exp(scoreⱼ − most). The unit of a block's weights
// is that of the greatest value up to the position itself, which is the same
// whether positions are computed together or one by one.

// How large whole numbers become. A sum of products must fit 31 bits: of
// mostHeadDim numbers of a query and a key, of blockLen weights and values.
const (
	mostQuery   = 4095
	mostKey     = 2047
	mostWeight  = 32767
	mostValue   = 2047
	mostHeadDim = 256
)

// The units of a block's keys and values, of a head.
type wholeUnits [numUnits][blockLen]float32

const (
	keyUnits   = iota
	valueUnits // unit(vⱼ)
	mostUnits  // the greatest of the values from the block's first position on
	numUnits
)

// wholeHeads is whether keys and values can be whole numbers.
func (c *Config) wholeHeads() bool { return c.HeadDim%16 == 0 && c.HeadDim <= mostHeadDim }

// wholeCache is whether they are.
func (m *Model) wholeCache() bool { return m.options.Fast && m.int8 && m.config.wholeHeads() }

// A wholeAttention is the room that it needs.
type wholeAttention struct {
	wholeQueries []int16   // (rows, D), as scores
	weights      []int16   // (rows, room)
	units, most  []float32 // of all values, (KVHeads, room)
	scales       []float32 // what makes numbers of a block's weights whole, (KVHeads, room/blockLen)
}

// storeWhole is store of whole numbers.
func (p *pass) storeWhole(layer int, k, v []float32, from, to int) {
	c := &p.m.config
	d := c.HeadDim
	var room [mostHeadDim]int16
	row := room[:d]
	for i := from; i < to; i++ {
		at := (p.from + i) % blockLen
		for head := range c.KVHeads {
			keys, values, units := p.kv.wholeHead(layer, head, (p.from+i)/blockLen)
			of := (i*c.KVHeads + head) * d
			units[keyUnits][at] = tensor.RoundInt16(row, k[of:of+d], mostKey)
			for c := 0; c < len(row); c += 2 {
				to := keys[c*blockLen+2*at:][:2]
				to[0], to[1] = row[c], row[c+1]
			}
			units[valueUnits][at] = tensor.RoundInt16(row, v[of:of+d], mostValue)
			to := values[at/2*2*d+at%2:]
			for c, q := range row {
				to[2*c] = q
			}
		}
	}
}

// gatherWhole makes ready what all pieces of the layer need.
func (p *pass) gatherWhole(rows int) {
	c, a := &p.m.config, &p.attention
	a.wholeQueries, a.weights = growWhole(&a.wholeQueries, rows*c.HeadDim), growWhole(&a.weights, rows*a.room)
	a.units, a.most = grow(&a.units, c.KVHeads*a.room), grow(&a.most, c.KVHeads*a.room)
	a.scales = grow(&a.scales, c.KVHeads*a.room/blockLen)
	for head := range c.KVHeads {
		for b := range p.blocks() {
			_, _, units := p.kv.wholeHead(a.layer, head, b)
			for at := max(p.from-b*blockLen, 0); at < min(blockLen, p.from+len(p.ids)-b*blockLen); at++ {
				most := units[valueUnits][at]
				if at > 0 {
					most = greatest(units[mostUnits][at-1], most)
				}
				units[mostUnits][at] = most
			}
			at := head*a.room + b*blockLen
			copy(a.units[at:], units[valueUnits][:])
			copy(a.most[at:], units[mostUnits][:])
			a.scales[at/blockLen] = weightScale(units[mostUnits][blockLen-1])
		}
	}
}

// greatest is the greater of two numbers, or the one that is none.
func greatest(a, b float32) float32 {
	if a != a || b <= a {
		return a
	}
	return b
}

// weightScale is what exp(…)·unit(vⱼ) is multiplied by where the greatest value has
// that unit.
func weightScale(most float32) float32 {
	if most == 0 {
		return 0
	}
	return mostWeight / most
}

// attendWhole is attendTile of whole numbers.
func (p *pass) attendWhole(i, n, head, row int) {
	c, a := &p.m.config, &p.attention
	d, kv := c.HeadDim, head/(c.Heads/c.KVHeads)
	queries := a.wholeQueries[row*d:][:n*d]
	var units [tile]float32
	for k := range n {
		units[k] = a.scale * tensor.RoundInt16(queries[k*d:][:d], a.q[((i+k)*c.Heads+head)*d:][:d], mostQuery)
	}
	first := p.from + i + 1 // how many keys the first of them has
	keys := first + n - 1
	window := c.window(a.layer)
	if window == 0 {
		window = keys
	}
	begin := max(first-window, 0) &^ (blockLen - 1) // the first block that one of them sees
	end := (keys + blockLen - 1) &^ (blockLen - 1)
	scores, weights := a.scores[row*a.room:], a.weights[row*a.room:]
	for b := begin; b < keys; b += blockLen {
		k, _, of := p.kv.wholeHead(a.layer, kv, b/blockLen)
		tensor.PairScores(scores[b:], a.room, k, min(blockLen, keys-b), of[keyUnits][:], queries, units[:n])
	}
	most := a.most[kv*a.room:][:keys]
	for k := range n {
		scores, weights := scores[k*a.room:][:end], weights[k*a.room:][:end]
		sum := p.exponents(scores[:first+k], max(first+k-window, 0))
		last := (first + k - 1) &^ (blockLen - 1) // the block that it is in itself
		clear(scores[first+k : last+blockLen])
		scale := [1]float32{weightScale(most[first+k-1])}
		of := a.units[kv*a.room:]
		tensor.ScaleInt16(weights[begin:last], scores[begin:last], of[begin:last], a.scales[(kv*a.room+begin)/blockLen:][:(last-begin)/blockLen])
		tensor.ScaleInt16(weights[last:][:blockLen], scores[last:][:blockLen], of[last:][:blockLen], scale[:])
		clear(weights[first+k:])
		units[k] = 1 / sum
		if p.look != nil {
			tensor.Scale(1/sum, scores[:first+k])
			p.look.attention(a.layer, head, scores[:first+k])
		}
		clear(a.dst[((i+k)*c.Heads+head)*d:][:d])
	}
	for b := begin; b < keys; b += blockLen {
		_, v, _ := p.kv.wholeHead(a.layer, kv, b/blockLen)
		var of [tile]float32
		for k := range n {
			if own := first + k - 1; own >= b {
				of[k] = float32(most[min(own, b+blockLen-1)]/mostWeight) * units[k]
			}
		}
		tensor.PairSums(a.dst[(i*c.Heads+head)*d:], c.Heads*d, v, min(blockLen, keys-b), weights[b:], a.room, of[:n])
	}
}

// exponents makes scores of a position exp(score − most), those before the window 0,
// and returns their sum.
func (p *pass) exponents(scores []float32, from int) float32 {
	clear(scores[:from])
	seen := scores[from:]
	if bend := p.m.config.ScoreCap; bend > 0 {
		tensor.SoftCap(float32(bend), seen)
	}
	return tensor.Exponents(seen)
}

// growWhole is grow of whole numbers.
func growWhole(buf *[]int16, n int) []int16 {
	if cap(*buf) < n {
		*buf = make([]int16, n)
	}
	return (*buf)[:n]
}
