package train

import (
	"fmt"
	"math"
	"math/rand/v2"
)

type float interface{ float32 | float64 }

// A view names a stretch of the arena of weights: a matrix (rows, cols) in
// row-major order, or a vector if cols is 0. A matrix W is used as y = W·x,
// so rows is the number of outputs.
type view struct {
	name       string // Hugging Face's name
	rows, cols int
	at         int // where it begins in the arena
	zero       bool
}

func (v view) size() int { return v.rows * max(v.cols, 1) }

// layout lists all weights in the order of the arena. Query, key and value
// lie one after the other, gate and up too, so that each group is one matrix
// product.
func (c Config) layout() []view {
	var views []view
	at := 0
	add := func(rows, cols int, zero bool, format string, args ...any) {
		v := view{name: fmt.Sprintf(format, args...), rows: rows, cols: cols, at: at, zero: zero}
		views = append(views, v)
		at += v.size()
	}
	d, kv := c.Hidden, c.KVHeads*c.HeadDim()
	add(c.VocabSize, d, false, "model.embed_tokens.weight")
	for l := range c.Layers {
		layer := fmt.Sprintf("model.layers.%d.", l)
		add(d, 0, false, "%sinput_layernorm.weight", layer)
		add(d, d, false, "%sself_attn.q_proj.weight", layer)
		add(kv, d, false, "%sself_attn.k_proj.weight", layer)
		add(kv, d, false, "%sself_attn.v_proj.weight", layer)
		add(d, d, true, "%sself_attn.o_proj.weight", layer)
		add(d, 0, false, "%spost_attention_layernorm.weight", layer)
		add(c.FF, d, false, "%smlp.gate_proj.weight", layer)
		add(c.FF, d, false, "%smlp.up_proj.weight", layer)
		add(d, c.FF, true, "%smlp.down_proj.weight", layer)
	}
	add(d, 0, false, "model.norm.weight")
	return views
}

// params are the weights, or their gradients, as the layers use them: views
// of one arena.
type params[F float] struct {
	arena  []F
	embed  []F // (V, d)
	layers []layerParams[F]
	norm   []F // (d)
}

type layerParams[F float] struct {
	attnNorm []F // (d)
	qkv      []F // (heads + 2·kvHeads, headDim, d)
	out      []F // (d, d)
	mlpNorm  []F // (d)
	gateUp   []F // (2·ff, d)
	down     []F // (d, ff)
}

func newParams[F float](c Config) params[F] { return paramsOf(c, make([]F, c.Params())) }

// paramsOf are the views of an arena.
func paramsOf[F float](c Config, arena []F) params[F] {
	p := params[F]{arena: arena}
	rest := p.arena
	take := func(n int) []F {
		v := rest[:n:n]
		rest = rest[n:]
		return v
	}
	d := c.Hidden
	p.embed = take(c.VocabSize * d)
	for range c.Layers {
		p.layers = append(p.layers, layerParams[F]{
			attnNorm: take(d),
			qkv:      take(c.qkvWidth() * d),
			out:      take(d * d),
			mlpNorm:  take(d),
			gateUp:   take(2 * c.FF * d),
			down:     take(d * c.FF),
		})
	}
	p.norm = take(d)
	return p
}

// initialise draws the weights. Embeddings are N(0, 1/√d), other matrices
// N(0, 1/√fan-in), norms one, but for three things that make attention able to
// recall from the first step on, where customary weights take long to find out
// that it can (each kind of recall then appears late and suddenly, or never):
//
//   - Wdown = 0 and Wo is small: a block begins as almost the identity and does
//     not drown which token stands there.
//   - Wo = ½·Wvᵀ, head by head: what a head finds it writes back in the direction
//     it was read from. Embeddings are tied, so attending to a token makes that
//     token likelier, whichever it is.
//   - Wk = 0.9·Wq + √(1−0.9²)·noise: a head attends to tokens that resemble what
//     stands here, and what stands here comes to resemble what is expected next.
//
// That Wqᵀ·Wk and Wo·Wv begin near a multiple of the identity is the idea of
// Trockman and Kolter, Mimetic Initialization of Self-Attention Layers, 2023
// (for images, where the second is best negative).
func initialise(c Config, arena []float32, rng *rand.Rand) {
	for _, v := range c.layout() {
		w := arena[v.at : v.at+v.size()]
		switch {
		case v.zero:
			clear(w)
		case v.cols == 0:
			for i := range w {
				w[i] = 1
			}
		default: // the fan-in of a matrix is cols, and the embedding has d of them
			std := 1 / math.Sqrt(float64(v.cols))
			for i := range w {
				w[i] = float32(rng.NormFloat64() * std)
			}
		}
	}
	const alike, back = 0.9, 0.5
	d, width := c.Hidden, c.HeadDim()
	for _, l := range paramsOf(c, arena).layers {
		k := l.qkv[d*d:][:c.KVHeads*width*d]
		v := l.qkv[d*d+len(k):]
		group := c.Heads / c.KVHeads // query heads that share a head of keys and values
		for i := range k {
			q := l.qkv[i/(width*d)*group*width*d+i%(width*d)] // of the group's first head
			k[i] = float32(float64(alike*float64(q)) + float64(math.Sqrt(1-alike*alike)*float64(k[i])))
		}
		for row := range d {
			for col := range d { // column col of Wo is number col%width of head col/width
				from := col/width/group*width + col%width
				l.out[row*d+col] = back * v[from*d+row]
			}
		}
	}
}

// A Tensor is one weight under its name in a LlamaForCausalLM.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32 // row-major; not a copy
}

func (c Config) tensors(arena []float32) []Tensor {
	var all []Tensor
	for _, v := range c.layout() {
		shape := []int{v.rows}
		if v.cols > 0 {
			shape = append(shape, v.cols)
		}
		all = append(all, Tensor{Name: v.name, Shape: shape, Data: arena[v.at : v.at+v.size() : v.at+v.size()]})
	}
	return all
}
