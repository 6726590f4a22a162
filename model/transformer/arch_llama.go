package transformer

import (
	"math"
	"slices"

	"argen/internal/tensor"
)

// llama is the architecture of Llama and of most open models since, some of
// which have more norms or another activation:
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
	last      []float32                // weights of the last norm
	rotate    rotation                 // of all layers, or of those that do not slide
	long      rotation                 // the same in contexts beyond Rope.Original
	local     rotation                 // of layers that slide, if LocalRope is set
	scale     float32                  // of scores
	embedded  float32                  // what embeddings are multiplied by
	gated     func(gate, up []float32) // the activation of the MLP, which it leaves in gate
}

// A llamaLayer is the weights of a layer. Those that an architecture lacks are
// nil.
type llamaLayer struct {
	attnNorm, mlpNorm   []float32 // (C)
	q, k, v, o          *matrix
	qNorm, kNorm        []float32 // (D), of each head before it is rotated
	afterAttn, afterMLP []float32 // (C), of what is added to x
	gate, up, down      *matrix
	rotate              *rotation
}

// llamaRoot begins the names of a llama's tensors, but for its head.
const llamaRoot = "model."

// llamaTensors are the tensors of a llama; GGUFs have those that are rotated in
// an order of their own.
var llamaTensors = []tensorName{
	{"model.embed_tokens", "token_embd", nil},
	{"model.layers.#.input_layernorm", "blk.#.attn_norm", nil},
	{"model.layers.#.self_attn.q_proj", "blk.#.attn_q", func(c *Config, i, rows int) int { return halves(c.Heads, i, rows) }},
	{"model.layers.#.self_attn.k_proj", "blk.#.attn_k", func(c *Config, i, rows int) int { return halves(c.KVHeads, i, rows) }},
	{"model.layers.#.self_attn.v_proj", "blk.#.attn_v", nil},
	{"model.layers.#.self_attn.o_proj", "blk.#.attn_output", nil},
	{"model.layers.#.post_attention_layernorm", "blk.#.ffn_norm", nil},
	{"model.layers.#.mlp.gate_proj", "blk.#.ffn_gate", nil},
	{"model.layers.#.mlp.up_proj", "blk.#.ffn_up", nil},
	{"model.layers.#.mlp.down_proj", "blk.#.ffn_down", nil},
	{"model.norm", "output_norm", nil},
	{"lm_head", "output", nil},
}

func llamaConfig(p *configParser) error {
	if err := p.llamaLike(); err != nil {
		return err
	}
	p.QKVBias, p.OutBias, p.MLPBias = p.bools["attention_bias"], p.bools["attention_bias"], p.bools["mlp_bias"]
	return p.activation("hidden_act", "silu", "swish")
}

// llamaLike takes what the successors of llama have too.
func (p *configParser) llamaLike() (err error) {
	c := &p.Config
	err = p.sizes(
		sizeOf{"vocab_size", &c.VocabSize}, sizeOf{"hidden_size", &c.Hidden}, sizeOf{"num_hidden_layers", &c.Layers},
		sizeOf{"num_attention_heads", &c.Heads}, sizeOf{"intermediate_size", &c.FFN},
	)
	if err != nil {
		return err
	}
	if len(p.layerScaling) > 0 {
		return p.errorf("rope_parameters", "one for each type of layer is not supported for %s", c.Arch)
	}
	c.Context = p.or("max_position_embeddings", 2048)
	c.KVHeads = p.or("num_key_value_heads", c.Heads)
	c.HeadDim = p.or("head_dim", c.Hidden/c.Heads)
	if p.ints["head_dim"] == 0 && c.Hidden%c.Heads != 0 {
		return p.errorf("num_attention_heads", "%d: it must divide hidden_size, %d, since there is no head_dim", c.Heads, c.Hidden)
	}
	c.Eps = float32(p.float("rms_norm_eps", 1e-6))
	c.Tied = p.bools["tie_word_embeddings"]
	c.Rope, err = p.rope(&p.scaling, p.float("rope_theta", 10000), p.float("partial_rotary_factor", 1))
	if err == nil && c.Rope.Dim > 0 && c.Arch != "phi3" {
		return p.errorf("partial_rotary_factor", "not supported for %s: argen rotates its whole heads", c.Arch)
	}
	return err
}

func llamaMetadata(g *metadata) error {
	g.llamaLike()
	return g.err
}

// llamaLike takes what the successors of llama have too.
func (g *metadata) llamaLike() {
	g.eps(keyRMSEps)
	g.Act = "silu"
	g.Rope = g.rope()
	g.QKVBias, g.OutBias = g.biases("attn_q", "attn_k", "attn_v"), g.biases("attn_output")
	g.MLPBias = g.biases("ffn_gate", "ffn_up", "ffn_down")
}

// What the shapes of a llama's matrices depend on.
const (
	attnSizes = "hidden_size, num_attention_heads, num_key_value_heads, head_dim"
	mlpSizes  = "hidden_size, intermediate_size"
)

func bindLlama(b *binder) (network, *matrix) { return b.llama(b.llamaLayer) }

// llama takes the weights of a llama whose layers layer takes.
func (b *binder) llama(layer func(at string) llamaLayer) (*llama, *matrix) {
	m := &llama{Config: b.Config, scale: float32(b.ScoreScale), embedded: 1, gated: siluGated}
	if m.scale == 0 {
		m.scale = 1 / float32(math.Sqrt(float64(b.HeadDim)))
	}
	m.embedding = b.matrix(b.root+"embed_tokens", "vocab_size, hidden_size", b.VocabSize, b.Hidden, false)
	for i := 0; i < b.Layers && b.err == nil; i++ {
		l := layer(layerName(b.root+"layers.", i))
		l.rotate = &m.rotate
		if b.LocalRope.Theta > 0 && b.window(i) > 0 {
			l.rotate = &m.local
		}
		m.layers = append(m.layers, l)
	}
	b.noMore(layerName(b.root+"layers.", b.Layers) + "input_layernorm.weight")
	m.last = b.norm(b.root + "norm")
	head := m.embedding
	if !b.Tied && b.has("lm_head.weight") {
		head = b.matrix("lm_head", "vocab_size, hidden_size", b.VocabSize, b.Hidden, false)
	}
	if b.err == nil { // the weights have confirmed head_dim
		m.rotate = b.rotation(b.Rope, false)
		if b.Rope.Long != nil {
			m.long = b.rotation(b.Rope, true)
		}
		if b.LocalRope.Theta > 0 {
			m.local = b.rotation(b.LocalRope, false)
			m.local.sin, m.local.cos = bufLocalSin, bufLocalCos
		}
	}
	return m, head
}

// llamaLayer takes the weights of a layer whose names begin so.
func (b *binder) llamaLayer(at string) llamaLayer {
	q, kv := b.Heads*b.HeadDim, b.KVHeads*b.HeadDim
	return llamaLayer{
		attnNorm: b.norm(at + "input_layernorm"),
		q:        b.matrix(at+"self_attn.q_proj", attnSizes, q, b.Hidden, b.QKVBias),
		k:        b.matrix(at+"self_attn.k_proj", attnSizes, kv, b.Hidden, b.QKVBias),
		v:        b.matrix(at+"self_attn.v_proj", attnSizes, kv, b.Hidden, b.QKVBias),
		o:        b.matrix(at+"self_attn.o_proj", attnSizes, b.Hidden, q, b.OutBias),
		mlpNorm:  b.norm(at + "post_attention_layernorm"),
		gate:     b.matrix(at+"mlp.gate_proj", mlpSizes, b.FFN, b.Hidden, b.MLPBias),
		up:       b.matrix(at+"mlp.up_proj", mlpSizes, b.FFN, b.Hidden, b.MLPBias),
		down:     b.matrix(at+"mlp.down_proj", mlpSizes, b.Hidden, b.FFN, b.MLPBias),
	}
}

// norm takes the weights of a norm over C numbers.
func (b *binder) norm(name string) []float32 { return b.rmsNorm(name, "hidden_size", b.Hidden) }

// rmsNorm takes the weights of a norm over n numbers, which what says.
func (b *binder) rmsNorm(name, what string, n int) []float32 {
	w := b.vector(name+".weight", what, n)
	if b.NormsLess1 && b.err == nil {
		w = slices.Clone(w)
		for i := range w {
			w[i]++
		}
	}
	return w
}

func siluGated(gate, up []float32) { tensor.SiLUMul(gate, gate, up) }

func (m *llama) embed(p *pass) {
	for i, id := range p.ids {
		m.embedding.row(p.row(p.x, i, m.Hidden), int(id))
	}
	if m.embedded != 1 {
		tensor.Scale(m.embedded, p.x)
	}
	if m.Rope.Long != nil && p.m.config.Context > m.Rope.Original {
		m.long.angles(p)
	} else {
		m.rotate.angles(p)
	}
	if m.LocalRope.Theta > 0 {
		m.local.angles(p)
	}
}

func (m *llama) block(p *pass, layer int) {
	l := &m.layers[layer]
	q, k, v := p.buf(bufQ, m.Heads*m.HeadDim), p.buf(bufK, m.KVHeads*m.HeadDim), p.buf(bufV, m.KVHeads*m.HeadDim)
	h, out := p.buf(bufNorm, m.Hidden), p.buf(bufOut, m.Hidden)

	gate, up := p.buf(bufGate, m.FFN), p.buf(bufUp, m.FFN)
	mixed := p.buf(bufMixed, m.Heads*m.HeadDim)

	p.multiplyAfter(layer, beforeAttention, h, part{l.q, q}, part{l.k, k}, part{l.v, v})
	p.each(layer, rotated)
	p.attend(layer, mixed, q, m.scale)
	p.apply(l.o, out, mixed)
	p.multiplyAfter(layer, beforeMLP, h, part{l.gate, gate}, part{l.up, up})
	p.multiplyAfter(layer, activated, gate, part{l.down, out})
	p.each(layer, afterMLP)
}

// The stages of a layer.

func beforeAttention(p *pass, layer, from, to int) {
	m := p.m.net.(*llama)
	m.rms(m.slice(p, bufNorm, from, to), m.slice(p, bufX, from, to), m.layers[layer].attnNorm)
}

// rotated makes the queries and keys of the products, and stores keys and values.
func rotated(p *pass, layer, from, to int) {
	m := p.m.net.(*llama)
	l, queries, keys := &m.layers[layer], m.Heads*m.HeadDim, m.KVHeads*m.HeadDim
	q, k, v := p.buf(bufQ, queries), p.buf(bufK, keys), p.buf(bufV, keys)
	m.rmsIn(q[from*queries:to*queries], l.qNorm)
	m.rmsIn(k[from*keys:to*keys], l.kNorm)
	l.rotate.apply(p, q, m.Heads, from, to)
	l.rotate.apply(p, k, m.KVHeads, from, to)
	p.store(layer, k, v, from, to)
}

// beforeMLP adds what attention makes.
func beforeMLP(p *pass, layer, from, to int) {
	m := p.m.net.(*llama)
	l, x, out := &m.layers[layer], m.slice(p, bufX, from, to), m.slice(p, bufOut, from, to)
	m.rmsIn(out, l.afterAttn)
	tensor.Add(x, out)
	m.rms(m.slice(p, bufNorm, from, to), x, l.mlpNorm)
}

func activated(p *pass, _, from, to int) {
	m := p.m.net.(*llama)
	m.gated(p.buf(bufGate, m.FFN)[from*m.FFN:to*m.FFN], p.buf(bufUp, m.FFN)[from*m.FFN:to*m.FFN])
}

func afterMLP(p *pass, layer, from, to int) {
	m := p.m.net.(*llama)
	out := m.slice(p, bufOut, from, to)
	m.rmsIn(out, m.layers[layer].afterMLP)
	tensor.Add(m.slice(p, bufX, from, to), out)
}

// slice is what an array (n, C) has at positions from ≤ i < to of the pass.
func (m *llama) slice(p *pass, i, from, to int) []float32 {
	return p.buf(i, m.Hidden)[from*m.Hidden : to*m.Hidden]
}

func (m *llama) tables() []*matrix { return []*matrix{m.embedding} }

func (m *llama) norm(dst, x []float32) { m.rms(dst, x, m.last) }

// rms applies RMSNorm to rows of as many numbers as there are weights:
//
//	yᵢ = wᵢ · xᵢ / √(mean(x²) + eps)
func (m *llama) rms(dst, x, weight []float32) {
	for i := 0; i < len(x); i += len(weight) {
		tensor.RMSNorm(dst[i:i+len(weight)], x[i:i+len(weight)], weight, m.Eps)
	}
}

// rmsIn is rms in place, if the architecture has such a norm.
func (m *llama) rmsIn(x, weight []float32) {
	if weight != nil {
		m.rms(x, x, weight)
	}
}
