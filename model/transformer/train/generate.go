package train

import (
	"math"
	"math/rand/v2"

	"argen"
)

// A generator draws sequences from weights in training, at temperature 1. All
// of them grow by a token at a time, so that each matrix is multiplied once
// for all; keys and values are kept. It is used by one goroutine at a time.
type generator[F float] struct {
	cfg    Config
	k      maths[F]
	rope   rotations[F]
	length int // most tokens a sequence has as inputs

	x, h, qkv, att, sub, gateUp, act []F // rows, as in a net
	inv                              []F
	logits                           []F // (rows, V)
	scores                           []F // (length)
	keys, values                     [][]F
	active                           []*drawing
}

// A drawing is a sequence on its way. Its ids begin with those it goes on from.
type drawing struct {
	ids  []argen.ID
	rng  *rand.Rand
	slot int // where its keys and values are
}

// newGenerator returns a generator of so many sequences at a time.
func newGenerator[F float](c Config, k maths[F], rows, length int) *generator[F] {
	room := func(width int) []F { return make([]F, rows*width) }
	g := &generator[F]{
		cfg: c, k: k, rope: newRotations[F](c), length: length,
		x: room(c.Hidden), h: room(c.Hidden), qkv: room(c.qkvWidth()), att: room(c.Hidden), sub: room(c.Hidden),
		gateUp: room(2 * c.FF), act: room(c.FF), inv: room(1), logits: room(c.VocabSize), scores: make([]F, length),
	}
	for range c.Layers {
		g.keys = append(g.keys, room(c.KVHeads*length*c.HeadDim()))
		g.values = append(g.values, room(c.KVHeads*length*c.HeadDim()))
	}
	return g
}

// run draws each sequence, all of which have one token, until eos or until
// length tokens are drawn.
func (g *generator[F]) run(w *params[F], all []drawing, eos argen.ID) {
	g.active = g.active[:0]
	for i := range all {
		all[i].slot = i
		g.active = append(g.active, &all[i])
	}
	v := g.cfg.VocabSize
	for position := 0; position < g.length && len(g.active) > 0; position++ {
		g.forward(w, position)
		going := g.active[:0]
		for i, d := range g.active {
			row := g.logits[i*v : i*v+v]
			g.k.softmax(row)
			id := draw(row, d.rng.Float64())
			d.ids = append(d.ids, id)
			if id != eos {
				going = append(going, d)
			}
		}
		g.active = going
	}
}

// draw returns the token at which the sum of the probabilities exceeds u of
// their total.
func draw[F float](probs []F, u float64) argen.ID {
	total := 0.0
	for _, p := range probs {
		total += float64(p)
	}
	u *= total
	sum, last := 0.0, 0
	for i, p := range probs {
		if p == 0 {
			continue
		}
		if sum += float64(p); sum > u {
			return argen.ID(i)
		}
		last = i
	}
	return argen.ID(last)
}

// forward leaves in logits what follows the last token of each active
// sequence, which stands at position. It computes what a net does, row by row.
func (g *generator[F]) forward(w *params[F], position int) {
	c, n := g.cfg, len(g.active)
	d, ff, width, headDim := c.Hidden, c.FF, c.qkvWidth(), c.HeadDim()
	turned := (c.Heads + c.KVHeads) * headDim
	x, sub, inv := g.x[:n*d], g.sub[:n*d], g.inv[:n]
	for i, s := range g.active {
		copy(x[i*d:i*d+d], w.embed[int(s.ids[position])*d:])
	}
	for l := range w.layers {
		layer := &w.layers[l]
		rmsNorm(g.h, inv, x, layer.attnNorm, c.NormEps)
		g.k.gemm(false, true, n, width, d, 1, g.h, d, layer.qkv, d, 0, g.qkv, width)
		for i, s := range g.active {
			qkv := g.qkv[i*width : i*width+width]
			g.rope.rotate(qkv[:turned], position, headDim, false)
			g.attend(l, s.slot, position, qkv, g.att[i*d:i*d+d])
		}
		g.k.gemm(false, true, n, d, d, 1, g.att, d, layer.out, d, 0, sub, d)
		add(x, sub)

		rmsNorm(g.h, inv, x, layer.mlpNorm, c.NormEps)
		g.k.gemm(false, true, n, 2*ff, d, 1, g.h, d, layer.gateUp, d, 0, g.gateUp, 2*ff)
		for i := range n {
			gu := g.gateUp[i*2*ff : (i+1)*2*ff]
			g.k.siluMul(g.act[i*ff:(i+1)*ff], gu[:ff], gu[ff:])
		}
		g.k.gemm(false, true, n, d, ff, 1, g.act, ff, layer.down, ff, 0, sub, d)
		add(x, sub)
	}
	rmsNorm(g.h, inv, x, w.norm, c.NormEps)
	g.k.gemm(false, true, n, c.VocabSize, d, 1, g.h, d, w.embed, d, 0, g.logits, c.VocabSize)
}

// attend keeps the key and value of a token and lets its query look at all so
// far. A head's keys lie one after the other.
func (g *generator[F]) attend(layer, slot, position int, qkv, out []F) {
	c, k := g.cfg, g.cfg.HeadDim()
	scale := F(1 / math.Sqrt(float64(k)))
	group := c.Heads / c.KVHeads
	scores := g.scores[:position+1]
	for kv := range c.KVHeads {
		from := (slot*c.KVHeads + kv) * g.length * k
		keys, values := g.keys[layer][from:], g.values[layer][from:]
		copy(keys[position*k:position*k+k], qkv[(c.Heads+kv)*k:])
		copy(values[position*k:position*k+k], qkv[(c.Heads+c.KVHeads+kv)*k:])
		for h := kv * group; h < (kv+1)*group; h++ {
			q, o := qkv[h*k:h*k+k], out[h*k:h*k+k]
			for t := range scores {
				scores[t] = scale * g.k.dot(q, keys[t*k:t*k+k])
			}
			g.k.softmax(scores)
			clear(o)
			for t, p := range scores {
				g.k.axpy(p, values[t*k:t*k+k], o)
			}
		}
	}
}
