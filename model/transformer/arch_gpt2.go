package transformer

import (
	"math"

	"argen/internal/tensor"
)

// gpt2 is the architecture of GPT-2:
//
//	x = embedding of the token + embedding of its position
//	each layer:  x += Wo · attention(Wq·h, Wk·h, Wv·h)   h = LayerNorm(x)
//	             x += Wproj · GELU(Wfc·h)                 h = LayerNorm(x)
//	logits = embedding · LayerNorm(x)
//
// All of its matrices have biases, and its files store them transposed.
//
// (Radford et al., Language Models are Unsupervised Multitask Learners, 2019;
// GELU: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.)
type gpt2 struct {
	Config
	embedding, positions *matrix // (V, C), (T, C)
	layers               []gpt2Layer
	last                 layerNorm
}

type gpt2Layer struct {
	attnNorm, mlpNorm layerNorm
	qkv               []*matrix // query, key and value, (C, C) each
	o, fc, proj       *matrix
}

type layerNorm struct{ weight, bias []float32 }

// gpt2Tensors are the tensors of a gpt2.
var gpt2Tensors = []tensorName{
	{"wte", "token_embd", nil},
	{"wpe", "position_embd", nil},
	{"h.#.ln_1", "blk.#.attn_norm", nil},
	{"h.#.attn.c_attn", "blk.#.attn_qkv", nil},
	{"h.#.attn.c_proj", "blk.#.attn_output", nil},
	{"h.#.ln_2", "blk.#.ffn_norm", nil},
	{"h.#.mlp.c_fc", "blk.#.ffn_up", nil},
	{"h.#.mlp.c_proj", "blk.#.ffn_down", nil},
	{"ln_f", "output_norm", nil},
	{"lm_head", "output", nil},
}

func gpt2Config(p *configParser) error {
	c := &p.Config
	err := p.sizes(
		sizeOf{"vocab_size", &c.VocabSize}, sizeOf{"n_embd", &c.Hidden}, sizeOf{"n_layer", &c.Layers},
		sizeOf{"n_head", &c.Heads}, sizeOf{"n_positions", &c.Context},
	)
	if err != nil {
		return err
	}
	c.KVHeads, c.HeadDim = c.Heads, c.Hidden/c.Heads
	if c.Hidden%c.Heads != 0 {
		return p.errorf("n_head", "%d: it must divide n_embd, %d", c.Heads, c.Hidden)
	}
	c.FFN = p.or("n_inner", 4*c.Hidden)
	c.Eps = float32(p.float("layer_norm_epsilon", 1e-5))
	switch {
	case p.bools["add_cross_attention"]:
		return p.errorf("add_cross_attention", "not supported: argen reads decoders only")
	case !p.bool("scale_attn_weights", true):
		return p.errorf("scale_attn_weights", "false is not supported")
	}
	c.ScaleByLayer, c.Tied, c.Transposed = p.bools["scale_attn_by_inverse_layer_idx"], p.bool("tie_word_embeddings", true), true
	return p.activation("activation_function", "gelu_new", "gelu_pytorch_tanh", "gelu")
}

func gpt2Metadata(g *metadata) error {
	g.eps(keyLayerEps)
	g.Act = "gelu_new"
	if n := g.rows("blk.0.ffn_up.weight"); n > 0 { // llama.cpp's converter always says four times the width
		g.FFN = n
	}
	if g.HeadDim*g.Heads != g.Hidden || g.KVHeads != g.Heads {
		g.fail(g.prefix+keyHeads, "%d heads of %d numbers, %d of keys, are not supported in a width of %d", g.Heads, g.HeadDim, g.KVHeads, g.Hidden)
	}
	return g.err
}

func bindGPT2(b *binder) (network, *matrix) {
	const name = "wte.weight"
	if !b.has(name) { // the published files have no prefix
		if b.prefix = "transformer."; !b.has(name) {
			b.prefix = ""
		}
	}
	m, c := &gpt2{Config: b.Config}, b.Hidden
	m.embedding = b.matrix("wte", "vocab_size, n_embd", b.VocabSize, b.Hidden, false)
	m.positions = b.matrix("wpe", "n_positions, n_embd", b.Context, b.Hidden, false)
	for i := 0; i < b.Layers && b.err == nil; i++ {
		at := layerName("h.", i)
		m.layers = append(m.layers, gpt2Layer{
			attnNorm: b.layerNorm(at+"ln_1", "n_embd"),
			qkv:      b.conv1D(at+"attn.c_attn", "n_embd", c, c, c, c),
			o:        b.conv1D(at+"attn.c_proj", "n_embd", c, c)[0],
			mlpNorm:  b.layerNorm(at+"ln_2", "n_embd"),
			fc:       b.conv1D(at+"mlp.c_fc", "n_embd, n_inner", c, b.FFN)[0],
			proj:     b.conv1D(at+"mlp.c_proj", "n_embd, n_inner", b.FFN, c)[0],
		})
	}
	b.noMore(layerName("h.", b.Layers) + "ln_1.weight")
	m.last = b.layerNorm("ln_f", "n_embd")
	b.prefix = ""
	head := m.embedding
	if !b.Tied && b.has("lm_head.weight") {
		head = b.matrix("lm_head", "vocab_size, n_embd", b.VocabSize, b.Hidden, false)
	}
	return m, head
}

// layerNorm takes the weights of a norm over C numbers, which what says.
func (b *binder) layerNorm(name, what string) layerNorm {
	return layerNorm{b.vector(name+".weight", what, b.Hidden), b.vector(name+".bias", what, b.Hidden)}
}

func (m *gpt2) embed(p *pass) {
	position := p.buf(bufOut, m.Hidden)
	for i, id := range p.ids {
		x := p.row(p.x, i, m.Hidden)
		m.embedding.row(x, int(id))
		m.positions.row(position[:m.Hidden], p.from+i)
		tensor.Add(x, position[:m.Hidden])
	}
}

func (m *gpt2) block(p *pass, layer int) {
	l := &m.layers[layer]
	h, out := p.buf(bufNorm, m.Hidden), p.buf(bufOut, m.Hidden)

	q, k, v := p.buf(bufQ, m.Hidden), p.buf(bufK, m.Hidden), p.buf(bufV, m.Hidden)
	l.attnNorm.apply(h, p.x, m.Eps)
	p.multiply(h, len(p.ids), part{l.qkv[0], q}, part{l.qkv[1], k}, part{l.qkv[2], v})
	p.store(layer, k, v, 0, len(p.ids))
	scale := 1 / math.Sqrt(float64(m.HeadDim))
	if m.ScaleByLayer {
		scale /= float64(layer + 1)
	}
	mixed := p.buf(bufMixed, m.Hidden)
	p.attend(layer, mixed, q, float32(scale))
	p.apply(l.o, out, mixed)
	tensor.Add(p.x, out)

	l.mlpNorm.apply(h, p.x, m.Eps)
	inner := p.buf(bufGate, m.FFN)
	p.apply(l.fc, inner, h)
	m.gelu(inner)
	p.apply(l.proj, out, inner)
	tensor.Add(p.x, out)
}

// gelu is the activation, exact or by its approximation.
func (c *Config) gelu(x []float32) {
	if c.Act == "gelu" {
		tensor.GELUErf(x)
	} else {
		tensor.GELUTanh(x)
	}
}

func (m *gpt2) tables() []*matrix { return []*matrix{m.embedding, m.positions} }

func (m *gpt2) norm(dst, x []float32) { m.last.apply(dst, x, m.Eps) }

// apply normalises rows of C numbers:
//
//	yᵢ = wᵢ · (xᵢ − mean(x)) / √(var(x) + eps) + bᵢ
func (n *layerNorm) apply(dst, x []float32, eps float32) {
	c := len(n.weight)
	for i := 0; i < len(x); i += c {
		tensor.LayerNorm(dst[i:i+c], x[i:i+c], n.weight, n.bias, eps)
	}
}
