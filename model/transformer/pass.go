package transformer

import (
	"argen"
	"argen/internal/tensor"
)

// A pass is the computation of n neighbouring tokens at once, with the room
// that it needs. Its arrays have a row for each of the n positions.
type pass struct {
	m    *Model
	kv   *cache
	ids  []argen.ID // the n tokens
	from int        // position of the first
	x    []float32  // the residual stream (n, C)

	bufs   [numBufs][]float32
	scores []float32 // of one query with all keys
	crew   *crew     // nil to compute alone
	look   *look     // what a view wants to see, nil if nothing
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
	bufLogits
	numBufs
)

// buf returns an array (n, width).
func (p *pass) buf(i, width int) []float32 { return grow(&p.bufs[i], len(p.ids)*width) }

// row returns a row of an array of that width.
func (p *pass) row(x []float32, i, width int) []float32 { return x[i*width : (i+1)*width] }

// apply computes dst = W·x + b at each position.
func (p *pass) apply(w *matrix, dst, x []float32) { w.apply(dst, x, len(p.ids), p.crew) }

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

// store puts keys and values, (n, KVHeads, D) each, into the cache.
func (p *pass) store(layer int, k, v []float32) {
	d := p.m.config.HeadDim
	for i := range p.ids {
		for head := range p.m.config.KVHeads {
			keys, values := p.kv.head(layer, head, (p.from+i)/blockLen)
			at := (p.from + i) % blockLen * d
			copy(keys[at:at+d], k)
			copy(values[at:at+d], v)
			k, v = k[d:], v[d:]
		}
	}
}

// attend computes attention: at each position, for each head, the mean of the
// values up to there, weighted by how well their keys fit the query.
//
//	w = softmax(scale · q·kⱼ),  dst = Σ wⱼ · vⱼ,  j ≤ position
//
// q and dst are (n, Heads, D). (Vaswani et al., Attention Is All You Need, 2017.)
func (p *pass) attend(layer int, dst, q []float32, scale float32) {
	c := &p.m.config
	d, group := c.HeadDim, c.Heads/c.KVHeads
	if need := p.from + len(p.ids); need > len(p.scores) {
		p.scores = make([]float32, max(need, 2*len(p.scores), 256))
	}
	for i := range p.ids {
		keys := p.from + i + 1
		scores := p.scores[:keys]
		for head := range c.Heads {
			at := (i*c.Heads + head) * d
			query, out := q[at:at+d], dst[at:at+d]
			tensor.Scale(scale, query)
			for b := 0; b*blockLen < keys; b++ {
				part := scores[b*blockLen : min((b+1)*blockLen, keys)]
				k, _ := p.kv.head(layer, head/group, b)
				tensor.MatVec(part, k[:len(part)*d], query)
			}
			tensor.Softmax(scores)
			if p.look != nil {
				p.look.attention(layer, head, scores)
			}
			clear(out)
			for b := 0; b*blockLen < keys; b++ {
				_, v := p.kv.head(layer, head/group, b)
				for j, w := range scores[b*blockLen : min((b+1)*blockLen, keys)] {
					tensor.Axpy(w, v[j*d:(j+1)*d], out)
				}
			}
		}
	}
}
