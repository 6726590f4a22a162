package transformer

import (
	"math"

	"argen/internal/tensor"
)

// gptneox is the architecture of GPT-NeoX and Pythia:
//
//	x = embedding of the token
//	each layer:  x += Wo · attention(RoPE(Wq·h), RoPE(Wk·h), Wv·h) + W4→1 · GELU(W1→4·g)
//	             h, g = two LayerNorms of x, or g of x + what attention adds
//	logits = Whead · LayerNorm(x)
//
// All of its matrices have biases, and only the first numbers of a head are
// rotated. Its files have query, key and value of a head after one another, then
// those of the next.
//
// (Black et al., GPT-NeoX-20B: An Open-Source Autoregressive Language Model, 2022.)
type gptneox struct {
	Config
	embedding *matrix // (V, C)
	layers    []gptneoxLayer
	last      layerNorm
	rotate    rotation
}

type gptneoxLayer struct {
	attnNorm, mlpNorm layerNorm
	qkv               []*matrix // query, key and value, (C, C) each
	o, up, down       *matrix
}

// gptneoxTensors are the tensors of a GPT-NeoX. A GGUF has all queries, then all
// keys, then all values.
var gptneoxTensors = []tensorName{
	{"gpt_neox.embed_in", "token_embd", nil},
	{"gpt_neox.layers.#.input_layernorm", "blk.#.attn_norm", nil},
	{"gpt_neox.layers.#.attention.query_key_value", "blk.#.attn_qkv", byHead},
	{"gpt_neox.layers.#.attention.dense", "blk.#.attn_output", nil},
	{"gpt_neox.layers.#.post_attention_layernorm", "blk.#.ffn_norm", nil},
	{"gpt_neox.layers.#.mlp.dense_h_to_4h", "blk.#.ffn_up", nil},
	{"gpt_neox.layers.#.mlp.dense_4h_to_h", "blk.#.ffn_down", nil},
	{"gpt_neox.final_layer_norm", "output_norm", nil},
	{"embed_out", "output", nil},
}

// byHead is where row i of query, key and value of each head is among all
// queries, keys and values.
func byHead(c *Config, i, rows int) int {
	d := rows / 3 / c.Heads
	if 3*d*c.Heads != rows { // its shape is wrong
		return i
	}
	head, kind := i/(3*d), i/d%3
	return (kind*c.Heads+head)*d + i%d
}

func gptneoxConfig(p *configParser) error {
	c := &p.Config
	err := p.sizes(
		sizeOf{"vocab_size", &c.VocabSize}, sizeOf{"hidden_size", &c.Hidden}, sizeOf{"num_hidden_layers", &c.Layers},
		sizeOf{"num_attention_heads", &c.Heads}, sizeOf{"intermediate_size", &c.FFN},
	)
	if err != nil {
		return err
	}
	c.Context = p.or("max_position_embeddings", 2048)
	c.KVHeads, c.HeadDim = c.Heads, c.Hidden/c.Heads
	if c.Hidden%c.Heads != 0 {
		return p.errorf("num_attention_heads", "%d: it must divide hidden_size, %d", c.Heads, c.Hidden)
	}
	c.Eps = float32(p.float("layer_norm_eps", 1e-5))
	c.Tied, c.Parallel = p.bools["tie_word_embeddings"], p.bool("use_parallel_residual", true)
	c.QKVBias, c.OutBias, c.MLPBias = p.bool("attention_bias", true), p.bool("attention_bias", true), true
	part := p.float("rotary_pct", p.float("partial_rotary_factor", 0.25))
	if c.Rope, err = p.rope(&p.scaling, p.float("rotary_emb_base", p.float("rope_theta", 10000)), part); err != nil {
		return err
	}
	return p.activation("hidden_act", "gelu", "gelu_new", "gelu_pytorch_tanh")
}

func gptneoxMetadata(g *metadata) error {
	g.eps(keyLayerEps)
	g.Act, g.Parallel, g.MLPBias = "gelu", true, true
	if parallel, ok := g.f.Meta.Value(g.prefix + "use_parallel_residual").(bool); ok {
		g.Parallel = parallel
	}
	g.QKVBias, g.OutBias = g.biases("attn_qkv"), g.biases("attn_output")
	if g.HeadDim*g.Heads != g.Hidden || g.KVHeads != g.Heads {
		g.fail(g.prefix+keyHeads, "%d heads of %d numbers, %d of keys, are not supported in a width of %d", g.Heads, g.HeadDim, g.KVHeads, g.Hidden)
	}
	g.Rope = g.rope()
	return g.err
}

func bindGPTNeoX(b *binder) (network, *matrix) {
	const sizes = "hidden_size, intermediate_size"
	m, c := &gptneox{Config: b.Config}, b.Hidden
	m.embedding = b.matrix("gpt_neox.embed_in", "vocab_size, hidden_size", b.VocabSize, c, false)
	for i := 0; i < b.Layers && b.err == nil; i++ {
		at := layerName("gpt_neox.layers.", i)
		m.layers = append(m.layers, gptneoxLayer{
			attnNorm: b.layerNorm(at+"input_layernorm", "hidden_size"),
			qkv:      b.stack(at+"attention.query_key_value", "hidden_size", c, b.QKVBias, byHead, c, c, c),
			o:        b.matrix(at+"attention.dense", "hidden_size", c, c, b.OutBias),
			mlpNorm:  b.layerNorm(at+"post_attention_layernorm", "hidden_size"),
			up:       b.matrix(at+"mlp.dense_h_to_4h", sizes, b.FFN, c, true),
			down:     b.matrix(at+"mlp.dense_4h_to_h", sizes, c, b.FFN, true),
		})
	}
	b.noMore(layerName("gpt_neox.layers.", b.Layers) + "input_layernorm.weight")
	m.last = b.layerNorm("gpt_neox.final_layer_norm", "hidden_size")
	head := m.embedding
	if !b.Tied && b.has("embed_out.weight") {
		head = b.matrix("embed_out", "vocab_size, hidden_size", b.VocabSize, c, false)
	}
	if b.err == nil { // the weights have confirmed the width of a head
		m.rotate = b.rotation(b.Rope, false)
	}
	return m, head
}

func (m *gptneox) embed(p *pass) {
	for i, id := range p.ids {
		m.embedding.row(p.row(p.x, i, m.Hidden), int(id))
	}
	m.rotate.angles(p)
}

func (m *gptneox) block(p *pass, layer int) {
	l := &m.layers[layer]
	h, out := p.buf(bufNorm, m.Hidden), p.buf(bufOut, m.Hidden)
	q, k, v := p.buf(bufQ, m.Hidden), p.buf(bufK, m.Hidden), p.buf(bufV, m.Hidden)

	l.attnNorm.apply(h, p.x, m.Eps)
	p.multiply(h, len(p.ids), part{l.qkv[0], q}, part{l.qkv[1], k}, part{l.qkv[2], v})
	m.rotate.apply(p, q, m.Heads, 0, len(p.ids))
	m.rotate.apply(p, k, m.Heads, 0, len(p.ids))
	p.store(layer, k, v, 0, len(p.ids))
	mixed := p.buf(bufMixed, m.Hidden)
	p.attend(layer, mixed, q, 1/float32(math.Sqrt(float64(m.HeadDim))))
	p.apply(l.o, out, mixed)

	if m.Parallel { // the MLP does not see what attention adds
		l.mlpNorm.apply(h, p.x, m.Eps)
		tensor.Add(p.x, out)
	} else {
		tensor.Add(p.x, out)
		l.mlpNorm.apply(h, p.x, m.Eps)
	}
	inner := p.buf(bufGate, m.FFN)
	p.apply(l.up, inner, h)
	m.gelu(inner)
	p.apply(l.down, out, inner)
	tensor.Add(p.x, out)
}

func (m *gptneox) tables() []*matrix { return []*matrix{m.embedding} }

func (m *gptneox) norm(dst, x []float32) { m.last.apply(dst, x, m.Eps) }
