package transformer

import (
	"math"

	"argen/internal/tensor"
)

// llama is the architecture of Llama and of most open models since:
//
//	x = embedding of the token
//	each layer:  x += Wo · attention(RoPE(Wq·h), RoPE(Wk·h), Wv·h)   h = RMSNorm(x)
//	             x += Wdown · (SiLU(Wgate·h) ⊙ Wup·h)                 h = RMSNorm(x)
//	logits = Whead · RMSNorm(x)
//
// (Touvron et al., LLaMA: Open and Efficient Foundation Language Models, 2023;
// grouped queries: Ainslie et al., GQA, 2023; RMSNorm: Zhang and Sennrich,
// Root Mean Square Layer Normalization, 2019; SwiGLU: Shazeer, GLU Variants
// Improve Transformer, 2020; RoPE: see rope.go.)
type llama struct {
	Config
	embedding *matrix // (V, C)
	layers    []llamaLayer
	last      []float32 // weights of the last norm
	rotate    rotation
}

type llamaLayer struct {
	attnNorm, mlpNorm []float32 // (C)
	q, k, v, o        *matrix
	gate, up, down    *matrix
}

func llamaConfig(p *configParser) error {
	c := &p.Config
	err := p.sizes(
		sizeOf{"vocab_size", &c.VocabSize}, sizeOf{"hidden_size", &c.Hidden}, sizeOf{"num_hidden_layers", &c.Layers},
		sizeOf{"num_attention_heads", &c.Heads}, sizeOf{"intermediate_size", &c.FFN},
	)
	if err != nil {
		return err
	}
	c.Context = p.or("max_position_embeddings", 2048)
	c.KVHeads = p.or("num_key_value_heads", c.Heads)
	c.HeadDim = p.or("head_dim", c.Hidden/c.Heads)
	switch {
	case p.ints["head_dim"] == 0 && c.Hidden%c.Heads != 0:
		return p.errorf("num_attention_heads", "%d: it must divide hidden_size, %d, since there is no head_dim", c.Heads, c.Hidden)
	case c.HeadDim%2 != 0:
		return p.errorf("head_dim", "%d: it must be even, since numbers are rotated in pairs", c.HeadDim)
	}
	if c.Act = p.act; c.Act == "" {
		c.Act = "silu"
	}
	if c.Act != "silu" && c.Act != "swish" {
		return p.errorf("hidden_act", "%q is not supported for llama: argen computes silu", c.Act)
	}
	if c.Eps == 0 {
		c.Eps = 1e-6
	}
	if c.Rope.Theta == 0 {
		c.Rope.Theta = 10000
	}
	c.Tied, c.AttentionBias, c.MLPBias = p.has["tie_word_embeddings"], p.has["attention_bias"], p.has["mlp_bias"]
	return p.checkScaling()
}

func bindLlama(b *binder) (network, *matrix) {
	const attn = "hidden_size, num_attention_heads, num_key_value_heads, head_dim"
	const mlp = "hidden_size, intermediate_size"
	q, kv := b.Heads*b.HeadDim, b.KVHeads*b.HeadDim
	m := &llama{Config: b.Config}
	m.embedding = b.matrix("model.embed_tokens", "vocab_size, hidden_size", b.VocabSize, b.Hidden, false)
	for i := 0; i < b.Layers && b.err == nil; i++ {
		at := layerName("model.layers.", i)
		m.layers = append(m.layers, llamaLayer{
			attnNorm: b.vector(at+"input_layernorm.weight", "hidden_size", b.Hidden),
			q:        b.matrix(at+"self_attn.q_proj", attn, q, b.Hidden, b.AttentionBias),
			k:        b.matrix(at+"self_attn.k_proj", attn, kv, b.Hidden, b.AttentionBias),
			v:        b.matrix(at+"self_attn.v_proj", attn, kv, b.Hidden, b.AttentionBias),
			o:        b.matrix(at+"self_attn.o_proj", attn, b.Hidden, q, b.AttentionBias),
			mlpNorm:  b.vector(at+"post_attention_layernorm.weight", "hidden_size", b.Hidden),
			gate:     b.matrix(at+"mlp.gate_proj", mlp, b.FFN, b.Hidden, b.MLPBias),
			up:       b.matrix(at+"mlp.up_proj", mlp, b.FFN, b.Hidden, b.MLPBias),
			down:     b.matrix(at+"mlp.down_proj", mlp, b.Hidden, b.FFN, b.MLPBias),
		})
	}
	b.noMore(layerName("model.layers.", b.Layers) + "input_layernorm.weight")
	m.last = b.vector("model.norm.weight", "hidden_size", b.Hidden)
	head := m.embedding
	if !b.Tied && b.has("lm_head.weight") {
		head = b.matrix("lm_head", "vocab_size, hidden_size", b.VocabSize, b.Hidden, false)
	}
	if b.err == nil { // the weights have confirmed head_dim
		m.rotate = newRotation(b.Rope, b.HeadDim)
	}
	return m, head
}

func (m *llama) embed(p *pass) {
	for i, id := range p.ids {
		m.embedding.row(p.row(p.x, i, m.Hidden), int(id))
	}
	m.rotate.angles(p)
}

func (m *llama) block(p *pass, layer int) {
	l := &m.layers[layer]
	q, k, v := p.buf(bufQ, m.Heads*m.HeadDim), p.buf(bufK, m.KVHeads*m.HeadDim), p.buf(bufV, m.KVHeads*m.HeadDim)
	h := p.buf(bufNorm, m.Hidden)

	m.rms(h, p.x, l.attnNorm)
	p.multiply(h, len(p.ids), part{l.q, q}, part{l.k, k}, part{l.v, v})
	m.rotate.apply(p, q, m.Heads)
	m.rotate.apply(p, k, m.KVHeads)
	p.store(layer, k, v)
	mixed := p.buf(bufMixed, m.Heads*m.HeadDim)
	p.attend(layer, mixed, q, 1/float32(math.Sqrt(float64(m.HeadDim))))
	out := p.buf(bufOut, m.Hidden)
	p.apply(l.o, out, mixed)
	tensor.Add(p.x, out)

	m.rms(h, p.x, l.mlpNorm)
	gate, up := p.buf(bufGate, m.FFN), p.buf(bufUp, m.FFN)
	p.multiply(h, len(p.ids), part{l.gate, gate}, part{l.up, up})
	tensor.SiLUMul(gate, gate, up)
	p.apply(l.down, out, gate)
	tensor.Add(p.x, out)
}

func (m *llama) tables() []*matrix { return []*matrix{m.embedding} }

func (m *llama) norm(dst, x []float32) { m.rms(dst, x, m.last) }

// rms applies RMSNorm to rows of C numbers:
//
//	yᵢ = wᵢ · xᵢ / √(mean(x²) + eps)
func (m *llama) rms(dst, x, weight []float32) {
	for i := 0; i < len(x); i += m.Hidden {
		tensor.RMSNorm(dst[i:i+m.Hidden], x[i:i+m.Hidden], weight, m.Eps)
	}
}
