package train

import "math"

// blockRows is how many rows of a score matrix are computed at a time. A block
// ends at its last row's position, which saves most of what the causal mask
// would throw away.
const blockRows = 64

// attend computes the attention of one sequence of T tokens at row t0 of a
// layer's qkv, and keeps its probabilities for the way back:
//
//	P = softmax(Q·Kᵀ/√k), causal;  O = P·V
//
// Heads share keys and values in groups of Heads/KVHeads. Vaswani et al.,
// Attention Is All You Need, 2017; Ainslie et al., GQA, 2023.
func (n *net[F]) attend(s *layerState[F], t0, length int, probs []F) {
	k, width, scale := n.headDim, n.qkvWidth, n.scale()
	for h := range n.cfg.Heads {
		q, key, value := n.headsOf(s.qkv[t0*width:], h)
		p := probs[h*length*length:]
		for i0 := 0; i0 < length; i0 += blockRows {
			i1 := min(i0+blockRows, length)
			block := p[i0*length:]
			n.k.gemm(false, true, i1-i0, i1, k, scale, q[i0*width:], width, key, width, 0, block, length)
			for i := range i1 - i0 {
				row := block[i*length : i*length+i1]
				n.k.softmax(row[:i0+i+1])
				clear(row[i0+i+1:])
			}
			out := s.att[(t0+i0)*n.cfg.Hidden+h*k:]
			n.k.gemm(false, false, i1-i0, k, i1, 1, block, length, value, width, 0, out, n.cfg.Hidden)
		}
	}
}

// attendBack is the derivative of attend: from ∂O in datt to dqkv, whose rows
// of this sequence must be zero.
//
//	∂V = Pᵀ·∂O,  ∂P = ∂O·Vᵀ,  ∂S = P·(∂P − Σ∂P·P),  ∂Q = ∂S·K/√k,  ∂K = ∂Sᵀ·Q/√k
func (n *net[F]) attendBack(s *layerState[F], t0, length int, probs []F) {
	k, d, width, scale := n.headDim, n.cfg.Hidden, n.qkvWidth, n.scale()
	for h := range n.cfg.Heads {
		q, key, value := n.headsOf(s.qkv[t0*width:], h)
		dq, dkey, dvalue := n.headsOf(n.dqkv[t0*width:], h)
		p := probs[h*length*length:]
		for i0 := 0; i0 < length; i0 += blockRows {
			i1 := min(i0+blockRows, length)
			rows, block, ds := i1-i0, p[i0*length:], n.dscores
			dout := n.datt[(t0+i0)*d+h*k:]
			n.k.gemm(true, false, i1, k, rows, 1, block, length, dout, d, 1, dvalue, width)
			n.k.gemm(false, true, rows, i1, k, 1, dout, d, value, width, 0, ds, i1)
			for i := range rows {
				row, seen := ds[i*i1:i*i1+i1], i0+i+1
				pr := block[i*length : i*length+seen]
				dot := n.k.dot(row[:seen], pr)
				for j, p := range pr {
					row[j] = p * (row[j] - dot)
				}
				clear(row[seen:])
			}
			n.k.gemm(false, false, rows, k, i1, scale, ds, i1, key, width, 0, dq[i0*width:], width)
			n.k.gemm(true, false, i1, k, rows, scale, ds, i1, q[i0*width:], width, 1, dkey, width)
		}
	}
}

func (n *net[F]) scale() F { return F(1 / math.Sqrt(float64(n.headDim))) }

// headsOf cuts out query head h with the key and value heads it looks at; the
// rows of qkv stay qkvWidth apart.
func (n *net[F]) headsOf(qkv []F, h int) (q, key, value []F) {
	group := n.cfg.Heads / n.cfg.KVHeads
	kv := n.cfg.Heads + h/group
	return qkv[h*n.headDim:], qkv[kv*n.headDim:], qkv[(kv+n.cfg.KVHeads)*n.headDim:]
}
