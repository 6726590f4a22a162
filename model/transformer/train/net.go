package train

import "argen"

// A batch is some sequences, one after the other without padding between
// them: the layers see n tokens, only attention sees where a sequence begins.
type batch struct {
	ids     []argen.ID // the tokens (n)
	targets []argen.ID // what follows each; below 0 it does not count
	starts  []int      // the first token of each sequence, and n
	keys    []uint64   // of each sequence, for dropout
	weights []float64  // of each target in the gradient; none if all are 1
}

func (b *batch) reset() {
	b.ids, b.targets, b.starts, b.keys, b.weights = b.ids[:0], b.targets[:0], append(b.starts[:0], 0), b.keys[:0], b.weights[:0]
}

// add appends a sequence: each token but the last is an input, each but the
// first a target. Padding at its end is any token as an input; as a target it
// does not count.
func (b *batch) add(sequence []argen.ID, key uint64) {
	last := len(sequence) - 1
	for _, id := range sequence[:last] {
		b.ids = append(b.ids, max(id, 0))
	}
	b.targets = append(b.targets, sequence[1:]...)
	b.starts = append(b.starts, len(b.ids))
	b.keys = append(b.keys, key)
}

// weigh scales the gradient of the sequence added last. Either all sequences
// of a batch are weighed or none.
func (b *batch) weigh(by float64) {
	for len(b.weights) < len(b.ids) {
		b.weights = append(b.weights, by)
	}
}

// A net holds the activations and gradients of one batch on its way through
// the layers and back, for at most tokens tokens. Its weights come from
// outside, and it is used by one goroutine at a time.
type net[F float] struct {
	cfg               Config
	k                 maths[F]
	dropout           float64
	headDim, qkvWidth int
	headRows          int
	rope              rotations[F]

	layers []layerState[F]
	x      []F // the residual stream after the last layer (n, d)
	inv    []F
	h      []F // its norm, the input of the head
	logits []F // (headRows, V)

	// Gradients, named as what they are the gradients of.
	dx, dsub, datt, dqkv, dgateUp, dact, dscores []F
}

// A layerState is what a layer keeps for the way back.
type layerState[F float] struct {
	x      []F // its input (n, d)
	attInv []F // 1/rms of x (n)
	attIn  []F // norm of x (n, d)
	qkv    []F // rotated (n, qkvWidth)
	probs  []F // sequence after sequence (heads, T, T)
	att    []F // what attention found (n, d)
	mid    []F // x + projected att (n, d)
	mlpInv []F
	mlpIn  []F
	gateUp []F // (n, 2·ff)
	act    []F // silu(gate)·up (n, ff)
}

func newNet[F float](c Config, k maths[F], tokens int, drop float64) *net[F] {
	d := c.Hidden
	n := &net[F]{
		cfg: c, k: k, dropout: drop, headDim: c.HeadDim(), qkvWidth: c.qkvWidth(),
		headRows: min(max(headNumbers/c.VocabSize, 16), tokens), rope: newRotations[F](c),
	}
	room := func(width int) []F { return make([]F, tokens*width) }
	for range c.Layers {
		n.layers = append(n.layers, layerState[F]{
			x: room(d), attInv: room(1), attIn: room(d), qkv: room(n.qkvWidth),
			probs: room(c.Heads * c.Context), att: room(d), mid: room(d),
			mlpInv: room(1), mlpIn: room(d), gateUp: room(2 * c.FF), act: room(c.FF),
		})
	}
	n.x, n.inv, n.h = room(d), room(1), room(d)
	n.logits = make([]F, n.headRows*c.VocabSize)
	n.dx, n.dsub, n.datt = room(d), room(d), room(d)
	n.dqkv, n.dgateUp, n.dact = room(n.qkvWidth), room(2*c.FF), room(c.FF)
	n.dscores = make([]F, blockRows*c.Context)
	return n
}

// loss runs the batch through the layers and returns the sum of the
// cross-entropies of its targets in nats.
func (n *net[F]) loss(w *params[F], b *batch) float64 {
	n.forward(w, b, 0)
	return n.head(w, nil, b, nil, 0)
}

// learn is loss, with dropout, and adds the gradient of the loss times scale,
// each sequence with its weight, to grad.
func (n *net[F]) learn(w, grad *params[F], b *batch, scale F) float64 {
	n.forward(w, b, n.dropout)
	size := len(b.ids)
	dh := n.dsub[:size*n.cfg.Hidden]
	loss := n.head(w, grad, b, dh, scale)
	dx := n.dx[:len(dh)]
	clear(dx)
	rmsNormBack(dx, grad.norm, dh, n.x, n.inv[:size], w.norm)
	for l := n.cfg.Layers - 1; l >= 0; l-- {
		n.layerBack(l, &w.layers[l], &grad.layers[l], b)
	}
	n.drop(dx, b, 2*n.cfg.Layers, n.dropout)
	d := n.cfg.Hidden
	for i, id := range b.ids {
		add(grad.embed[int(id)*d:int(id)*d+d], dx[i*d:])
	}
	return loss
}

// forward leaves the input of the head in n.h.
func (n *net[F]) forward(w *params[F], b *batch, drop float64) {
	d, size := n.cfg.Hidden, len(b.ids)
	x := n.input(0)
	for i, id := range b.ids {
		copy(x[i*d:i*d+d], w.embed[int(id)*d:])
	}
	n.drop(x[:size*d], b, 2*n.cfg.Layers, drop)
	for l := range n.cfg.Layers {
		n.layer(l, &w.layers[l], b, drop)
	}
	rmsNorm(n.h, n.inv[:size], n.x, w.norm, n.cfg.NormEps)
}

// input is where the input of layer l goes, the output of the last for l = L.
func (n *net[F]) input(l int) []F {
	if l == len(n.layers) {
		return n.x
	}
	return n.layers[l].x
}

// layer computes
//
//	mid = x + attention(norm(x))·Wo,  out = mid + (silu(norm(mid)·Wg) · norm(mid)·Wu)·Wd
func (n *net[F]) layer(l int, w *layerParams[F], b *batch, drop float64) {
	s, size, d, ff, width := &n.layers[l], len(b.ids), n.cfg.Hidden, n.cfg.FF, n.qkvWidth
	rmsNorm(s.attIn, s.attInv[:size], s.x, w.attnNorm, n.cfg.NormEps)
	n.k.gemm(false, true, size, width, d, 1, s.attIn, d, w.qkv, d, 0, s.qkv, width)
	n.rotate(s.qkv, b, false)
	n.sequences(b, func(t0, length, at int) { n.attend(s, t0, length, s.probs[at:]) })
	n.k.gemm(false, true, size, d, d, 1, s.att, d, w.out, d, 0, s.mid, d)
	n.drop(s.mid[:size*d], b, 2*l, drop)
	add(s.mid[:size*d], s.x)

	rmsNorm(s.mlpIn, s.mlpInv[:size], s.mid, w.mlpNorm, n.cfg.NormEps)
	n.k.gemm(false, true, size, 2*ff, d, 1, s.mlpIn, d, w.gateUp, d, 0, s.gateUp, 2*ff)
	for i := range size {
		gu := s.gateUp[i*2*ff : (i+1)*2*ff]
		n.k.siluMul(s.act[i*ff:(i+1)*ff], gu[:ff], gu[ff:])
	}
	out := n.input(l + 1)[:size*d]
	n.k.gemm(false, true, size, d, ff, 1, s.act, ff, w.down, ff, 0, out, d)
	n.drop(out, b, 2*l+1, drop)
	add(out, s.mid)
}

// layerBack turns n.dx from the gradient of the layer's output into that of
// its input, and adds those of its weights to grad.
func (n *net[F]) layerBack(l int, w, grad *layerParams[F], b *batch) {
	s, size, d, ff, width := &n.layers[l], len(b.ids), n.cfg.Hidden, n.cfg.FF, n.qkvWidth
	dx := n.dx[:size*d]

	dout := n.branch(dx, b, 2*l+1)
	n.k.gemm(true, false, d, ff, size, 1, dout, d, s.act, ff, 1, grad.down, ff)
	n.k.gemm(false, false, size, ff, d, 1, dout, d, w.down, ff, 0, n.dact, ff)
	for i := range size {
		gu, dgu := s.gateUp[i*2*ff:(i+1)*2*ff], n.dgateUp[i*2*ff:(i+1)*2*ff]
		siluMulBack(&n.k, dgu[:ff], dgu[ff:], n.dact[i*ff:(i+1)*ff], gu[:ff], gu[ff:], s.act[i*ff:(i+1)*ff])
	}
	n.k.gemm(true, false, 2*ff, d, size, 1, n.dgateUp, 2*ff, s.mlpIn, d, 1, grad.gateUp, d)
	n.k.gemm(false, false, size, d, 2*ff, 1, n.dgateUp, 2*ff, w.gateUp, d, 0, n.dsub, d)
	rmsNormBack(dx, grad.mlpNorm, n.dsub, s.mid, s.mlpInv[:size], w.mlpNorm)

	dout = n.branch(dx, b, 2*l)
	n.k.gemm(true, false, d, d, size, 1, dout, d, s.att, d, 1, grad.out, d)
	n.k.gemm(false, false, size, d, d, 1, dout, d, w.out, d, 0, n.datt, d)
	clear(n.dqkv[:size*width])
	n.sequences(b, func(t0, length, at int) { n.attendBack(s, t0, length, s.probs[at:]) })
	n.rotate(n.dqkv, b, true)
	n.k.gemm(true, false, width, d, size, 1, n.dqkv, width, s.attIn, d, 1, grad.qkv, d)
	n.k.gemm(false, false, size, d, width, 1, n.dqkv, width, w.qkv, d, 0, n.dsub, d)
	rmsNormBack(dx, grad.attnNorm, n.dsub, s.x, s.attInv[:size], w.attnNorm)
}

// branch is the gradient that goes into a branch whose output went through
// dropout before it was added to the residual stream.
func (n *net[F]) branch(dx []F, b *batch, site int) []F {
	if n.dropout == 0 {
		return dx
	}
	out := n.dsub[:len(dx)]
	copy(out, dx)
	n.drop(out, b, site, n.dropout)
	return out
}

// drop applies dropout to each sequence of x (n, d). Each site in the network
// has its own stream.
func (n *net[F]) drop(x []F, b *batch, site int, p float64) {
	if p == 0 {
		return
	}
	for s, key := range b.keys {
		part := x[b.starts[s]*n.cfg.Hidden : b.starts[s+1]*n.cfg.Hidden]
		dropout(part, p, mix(key+uint64(site)))
	}
}

// rotate turns queries and keys by their positions.
func (n *net[F]) rotate(qkv []F, b *batch, back bool) {
	turned := (n.cfg.Heads + n.cfg.KVHeads) * n.headDim
	for s := range b.keys {
		t0 := b.starts[s]
		for t := t0; t < b.starts[s+1]; t++ {
			n.rope.rotate(qkv[t*n.qkvWidth:t*n.qkvWidth+turned], t-t0, n.headDim, back)
		}
	}
}

// sequences calls do for each sequence: its first token, its length, and
// where its probabilities stand.
func (n *net[F]) sequences(b *batch, do func(t0, length, at int)) {
	at := 0
	for s := range b.keys {
		t0, length := b.starts[s], b.starts[s+1]-b.starts[s]
		do(t0, length, at)
		at += n.cfg.Heads * length * length
	}
}
