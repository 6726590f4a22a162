package transformer

import (
	"math"

	"argen/internal/tensor"
)

// Gemma 2's architecture is Llama's with embeddings scaled by √C, GELU in place
// of SiLU, norms also of what a layer adds, scores and logits bent below a cap,
// and every other layer sliding, from the first on.
//
// (Gemma Team, Gemma 2: Improving Open Language Models at a Practical Size, 2024.)
func gemma2Config(p *configParser) error {
	if err := p.gemma(); err != nil {
		return err
	}
	p.ScoreCap, p.LogitCap = p.orNone("attn_logit_softcapping", 50), p.orNone("final_logit_softcapping", 30)
	return p.slides(pattern(2)...)
}

// gemma takes what Gemma 2 and 3 have.
func (p *configParser) gemma() error {
	p.defaults(map[string]int{"head_dim": 256})
	if err := p.llamaLike(); err != nil {
		return err
	}
	p.Tied, p.NormsLess1 = p.bool("tie_word_embeddings", true), true
	p.QKVBias, p.OutBias = p.bools["attention_bias"], p.bools["attention_bias"]
	p.ScoreScale = 1 / math.Sqrt(p.float("query_pre_attn_scalar", 256))
	p.Window = p.window(4096)
	if p.bools["use_bidirectional_attention"] {
		return p.errorf("use_bidirectional_attention", "not supported: argen reads decoders only")
	}
	return p.activation("hidden_activation", "gelu_pytorch_tanh")
}

func gemma2Metadata(g *metadata) error {
	g.gemma(2, 46)
	g.ScoreCap, g.LogitCap = g.number("attn_logit_softcapping", 50), g.number("final_logit_softcapping", 30)
	return g.err
}

// gemma takes what Gemma 2 and 3 have: one layer of every so many does not
// slide, the last. A GGUF does not say how scores are scaled: by the width of a
// head, but in the largest model, which has so many layers, by C/Heads.
func (g *metadata) gemma(every, largest int) {
	g.llamaLike()
	g.Act = "gelu_pytorch_tanh"
	g.Window = g.size(keyWindow, 4096)
	g.Slides = pattern(every)
	g.ScoreScale = 1 / math.Sqrt(float64(g.HeadDim))
	if g.Layers == largest {
		g.ScoreScale = 1 / math.Sqrt(float64(g.Hidden/g.Heads))
	}
}

// gemma2Tensors are the tensors of a Gemma 2.
var gemma2Tensors = append(unrotated(without(llamaTensors, "model.layers.#.post_attention_layernorm")),
	tensorName{"model.layers.#.post_attention_layernorm", "blk.#.post_attention_norm", nil},
	tensorName{"model.layers.#.pre_feedforward_layernorm", "blk.#.ffn_norm", nil},
	tensorName{"model.layers.#.post_feedforward_layernorm", "blk.#.post_ffw_norm", nil},
)

// without is a list of tensors but for one.
func without(list []tensorName, folder string) (rest []tensorName) {
	for _, t := range list {
		if t.folder != folder {
			rest = append(rest, t)
		}
	}
	return rest
}

func bindGemma2(b *binder) (network, *matrix) { return b.gemma(b.gemmaLayer) }

// gemma takes the weights of a Gemma whose layers layer takes.
func (b *binder) gemma(layer func(at string) llamaLayer) (network, *matrix) {
	m, head := b.llama(layer)
	m.embedded, m.gated = float32(math.Sqrt(float64(b.Hidden))), geluGated
	return m, head
}

// gemmaLayer takes the weights of a layer whose names begin so.
func (b *binder) gemmaLayer(at string) llamaLayer {
	l := b.llamaLayer(at)
	l.afterAttn, l.mlpNorm = l.mlpNorm, b.norm(at+"pre_feedforward_layernorm")
	l.afterMLP = b.norm(at + "post_feedforward_layernorm")
	return l
}

func geluGated(gate, up []float32) {
	tensor.GELUTanh(gate)
	tensor.Mul(gate, up)
}
