package train

import "math"

// headNumbers is about how many logits are held at a time.
const headNumbers = 1 << 18

// tinyProb is below which a probability's gradient counts as zero. Most words
// are all but impossible at most positions; their gradients would sink below
// the smallest normal numbers, with which processors are slow, and tell
// nothing.
const tinyProb = 1e-12

// head computes the cross-entropy of the batch's targets, in nats summed over
// those that count, and if dh is not nil its derivatives: to dh (n, d) and to
// the embedding's gradient, which is the head's too.
//
//	z = h·Eᵀ,  loss = ln Σ exp z − z[target],  ∂z = scale·(softmax z − 1[target])
//
// The weight that a target may have in the batch scales its derivative too.
// Logits are made for some rows at a time and never kept.
func (n *net[F]) head(w, grad *params[F], b *batch, dh []F, scale F) float64 {
	v, d, loss := n.cfg.VocabSize, n.cfg.Hidden, 0.0
	for i0 := 0; i0 < len(b.ids); i0 += n.headRows {
		rows := min(n.headRows, len(b.ids)-i0)
		z := n.logits[:rows*v]
		h := n.h[i0*d:]
		n.k.gemm(false, true, rows, v, d, 1, h, d, w.embed, d, 0, z, v)
		for i, target := range b.targets[i0 : i0+rows] {
			row := z[i*v : i*v+v]
			if target < 0 { // padding
				clear(row)
				continue
			}
			by := scale
			if len(b.weights) > 0 {
				by *= F(b.weights[i0+i])
			}
			loss += crossEntropy(&n.k, row, int(target), by, dh != nil)
		}
		if dh != nil {
			n.k.gemm(false, false, rows, d, v, 1, z, v, w.embed, d, 0, dh[i0*d:], d)
			n.k.gemm(true, false, v, d, rows, 1, z, v, h, d, 1, grad.embed, d)
		}
	}
	return loss
}

// crossEntropy returns −ln softmax(z)[target] and leaves in z its derivative,
// scaled, if that is wanted.
func crossEntropy[F float](k *maths[F], z []F, target int, scale F, wanted bool) float64 {
	best := 0
	for i, v := range z {
		if v > z[best] {
			best = i
		}
	}
	above := float64(z[best]) - float64(z[target])
	k.softmax(z) // exp(z[best] − z[best]) is 1, so z[best] becomes 1/Σ
	loss := above - math.Log(float64(z[best]))
	if wanted {
		for i, p := range z {
			if p < tinyProb {
				z[i] = 0
			} else {
				z[i] = p * scale
			}
		}
		z[target] -= scale
	}
	return loss
}
