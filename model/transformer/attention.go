package transformer

import "argen/internal/tensor"

// An attention is what a layer does with the n positions of a pass.
type attention struct {
	layer  int
	dst, q []float32 // (n, Heads, D)
	scale  float32
	scores []float32 // (n, room): of a position with all keys; (Heads, room) for a single position
	room   int
}

// attentionWork is about how many multiplications a number of a key stands for:
// one with the query, one of the value, and what softmax costs.
const attentionWork = 4

// attend computes attention: at each position, for each head, the mean of the
// values up to there, weighted by how well their keys fit the query.
//
//	w = softmax(scale · q·kⱼ),  dst = Σ wⱼ · vⱼ,  j ≤ position
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
	total := n * c.Heads
	if p.crew != nil && total*keys*c.HeadDim*attentionWork >= crewWork {
		p.crew.run(total, total/rows, p.doAttention)
	} else {
		p.attendTo(0, total)
	}
}

// attendTo computes the pieces from ≤ piece < to of attention; piece i·Heads+h
// is head h at position i of the pass.
func (p *pass) attendTo(from, to int) {
	c, a := &p.m.config, &p.attention
	d, group := c.HeadDim, c.Heads/c.KVHeads
	for piece := from; piece < to; piece++ {
		i, head := piece/c.Heads, piece%c.Heads
		keys, row := p.from+i+1, i
		if len(p.ids) == 1 {
			row = head
		}
		scores := a.scores[row*a.room:][:keys]
		query, out := a.q[piece*d:(piece+1)*d], a.dst[piece*d:(piece+1)*d]
		tensor.Scale(a.scale, query)
		for b := 0; b*blockLen < keys; b++ {
			part := scores[b*blockLen : min((b+1)*blockLen, keys)]
			k, _ := p.kv.head(a.layer, head/group, b)
			tensor.MatVec(part, k[:len(part)*d], query)
		}
		tensor.Softmax(scores)
		if p.look != nil {
			p.look.attention(a.layer, head, scores)
		}
		clear(out)
		for b := 0; b*blockLen < keys; b++ {
			_, v := p.kv.head(a.layer, head/group, b)
			part := scores[b*blockLen : min((b+1)*blockLen, keys)]
			tensor.AddRows(out, part, v[:len(part)*d])
		}
	}
}
