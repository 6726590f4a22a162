package transformer

import (
	"math"
	"slices"
	"strings"

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
	g.gemma()
	g.ScoreCap, g.LogitCap = g.number(keyScoreCap, 50), g.number(keyLogitCap, 30)
	return g.err
}

// slides are the layers that slide in a GGUF that does not say which.
var slides = map[string][]bool{"gemma2": pattern(2), "gemma3": pattern(6)}

// gemma takes what Gemma 2 and 3 have.
func (g *metadata) gemma() {
	g.llamaLike()
	g.Act = "gelu_pytorch_tanh"
	g.Window = g.size(keyWindow, 4096)
	if g.Slides = g.pattern(slides[strings.TrimSuffix(g.prefix, ".")]); len(g.Slides) > 0 && !slices.Contains(g.Slides, true) {
		g.Window, g.Slides = 0, nil
	}
	g.ScoreScale = g.gemmaScale()
}

// gemmaScale is how the scores of a Gemma in a GGUF are scaled, which that does not
// say: by the width of a head, but in the largest Gemma 2 and 3, which have 46
// and 62 layers, by C/Heads.
func (c *Config) gemmaScale() float64 {
	if c.Layers == 46 && c.Arch == "gemma2" || c.Layers == 62 && c.Arch != "gemma2" {
		return 1 / math.Sqrt(float64(c.Hidden/c.Heads))
	}
	return 1 / math.Sqrt(float64(c.HeadDim))
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
