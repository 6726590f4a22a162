package transformer

// Phi-3's architecture is Llama's; its files have query, key and value in one
// tensor, gate and up in another.
//
// (Abdin et al., Phi-3 Technical Report, 2024.)
func phi3Config(p *configParser) error {
	if err := p.llamaLike(); err != nil {
		return err
	}
	p.Eps = float32(p.float("rms_norm_eps", 1e-5))
	p.Window = p.window(0)
	if err := p.slides(); err != nil {
		return err
	}
	return p.activation("hidden_act", "silu", "swish")
}

func phi3Metadata(g *metadata) error {
	g.llamaLike()
	if n, ok := g.f.Meta.Int(g.prefix + keyWindow); !ok || n > 0 {
		g.Window = g.size(keyWindow, most)
	}
	return g.err
}

// phi3Tensors are the tensors of a Phi-3.
var phi3Tensors = []tensorName{
	{"model.embed_tokens", "token_embd", nil},
	{"model.layers.#.input_layernorm", "blk.#.attn_norm", nil},
	{"model.layers.#.self_attn.qkv_proj", "blk.#.attn_qkv", nil},
	{"model.layers.#.self_attn.o_proj", "blk.#.attn_output", nil},
	{"model.layers.#.post_attention_layernorm", "blk.#.ffn_norm", nil},
	{"model.layers.#.mlp.gate_up_proj", "blk.#.ffn_up", nil},
	{"model.layers.#.mlp.down_proj", "blk.#.ffn_down", nil},
	{"model.norm", "output_norm", nil},
	{"lm_head", "output", nil},
}

func bindPhi3(b *binder) (network, *matrix) {
	return b.llama(func(at string) llamaLayer {
		q, kv := b.Heads*b.HeadDim, b.KVHeads*b.HeadDim
		qkv := b.stack(at+"self_attn.qkv_proj", attnSizes, b.Hidden, false, nil, q, kv, kv)
		mlp := b.stack(at+"mlp.gate_up_proj", mlpSizes, b.Hidden, false, nil, b.FFN, b.FFN)
		return llamaLayer{
			attnNorm: b.norm(at + "input_layernorm"),
			q:        qkv[0],
			k:        qkv[1],
			v:        qkv[2],
			o:        b.matrix(at+"self_attn.o_proj", attnSizes, b.Hidden, q, false),
			mlpNorm:  b.norm(at + "post_attention_layernorm"),
			gate:     mlp[0],
			up:       mlp[1],
			down:     b.matrix(at+"mlp.down_proj", mlpSizes, b.Hidden, b.FFN, false),
		}
	})
}
