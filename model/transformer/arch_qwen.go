package transformer

// Qwen 2's architecture is Llama's with biases for queries, keys and values; Qwen
// 3 has a norm of each query and key in their place.
//
// (Yang et al., Qwen2 Technical Report, 2024; Qwen3 Technical Report, 2025.)
func qwen2Config(p *configParser) error {
	p.QKVBias = true
	return p.qwen()
}

func qwen3Config(p *configParser) error {
	p.QKVBias, p.OutBias = p.bools["attention_bias"], p.bools["attention_bias"]
	return p.qwen()
}

// qwen takes what both have: layers from max_window_layers on slide, if any.
func (p *configParser) qwen() error {
	if err := p.llamaLike(); err != nil {
		return err
	}
	pattern := []bool{false}
	if p.bools["use_sliding_window"] {
		p.Window = p.window(4096)
		if from := p.or("max_window_layers", 28); from < p.Layers {
			if p.Layers > 1<<16 {
				return p.errorf("num_hidden_layers", "%d layers, of which some slide, are not supported", p.Layers)
			}
			pattern = make([]bool, p.Layers)
			for i := from; i < p.Layers; i++ {
				pattern[i] = true
			}
		}
	}
	if err := p.slides(pattern...); err != nil {
		return err
	}
	return p.activation("hidden_act", "silu", "swish")
}

// qwen2Tensors are the tensors of a Qwen 2, those of a llama in their own order.
var qwen2Tensors = unrotated(llamaTensors)

// qwen3Tensors are those of a Qwen 3.
var qwen3Tensors = append(unrotated(llamaTensors), headNorms...)

// headNorms are the norms of queries and keys.
var headNorms = []tensorName{
	{"model.layers.#.self_attn.q_norm", "blk.#.attn_q_norm", nil},
	{"model.layers.#.self_attn.k_norm", "blk.#.attn_k_norm", nil},
}

// unrotated are tensors whose rows have the same order in a GGUF.
func unrotated(list []tensorName) (same []tensorName) {
	for _, t := range list {
		same = append(same, tensorName{t.folder, t.gguf, nil})
	}
	return same
}

func bindQwen3(b *binder) (network, *matrix) {
	return b.llama(func(at string) llamaLayer {
		l := b.llamaLayer(at)
		b.headNorms(&l, at)
		return l
	})
}

// headNorms takes the norms of queries and keys.
func (b *binder) headNorms(l *llamaLayer, at string) {
	l.qNorm = b.rmsNorm(at+"self_attn.q_norm", "head_dim", b.HeadDim)
	l.kNorm = b.rmsNorm(at+"self_attn.k_norm", "head_dim", b.HeadDim)
}
