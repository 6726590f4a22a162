package transformer

import (
	"fmt"
	"math"

	"argen/internal/quant"
	"argen/model/gguf"
)

// A ggufWriter says in a GGUF what a configuration says. The first error ends it.
type ggufWriter struct {
	*Config
	prefix  string
	meta    gguf.Meta
	tensors []gguf.Tensor
	notes   []string
	err     error
}

// Metadata returns what a GGUF says of a model, without its tokenizer, and the
// tensors that say the rest besides the weights. Notes are what is lost there. A
// configuration that none can say is an error.
func (c *Config) Metadata() (meta gguf.Meta, tensors []gguf.Tensor, notes []string, err error) {
	arch := architectureOf(c.Arch)
	if arch == nil {
		return nil, nil, nil, fmt.Errorf("architecture %q is not known: argen computes %s", c.Arch, archNames())
	}
	name := arch.gguf
	w := &ggufWriter{Config: c, prefix: name + "."}
	w.meta = gguf.Meta{{Key: keyArch, Value: name}}
	w.size(keyVocab, c.VocabSize)
	w.size(keyContext, c.Context)
	w.size(keyHidden, c.Hidden)
	w.size(keyLayers, c.Layers)
	w.size(keyFFN, c.FFN)
	w.size(keyHeads, c.Heads)
	w.size(keyKVHeads, c.KVHeads)
	switch name {
	case "gpt2":
		w.gpt2()
	case "gptneox":
		w.number(keyLayerEps, float64(c.Eps))
		w.add("use_parallel_residual", c.Parallel)
		w.rope()
	default:
		w.size(keyHeadDim, c.HeadDim)
		w.size(keyValueDim, c.HeadDim)
		w.number(keyRMSEps, float64(c.Eps))
		w.rope()
		w.sliding(name)
	}
	return w.meta, w.tensors, w.notes, w.err
}

// add adds a key of the architecture.
func (w *ggufWriter) add(key string, value any) {
	w.meta = append(w.meta, gguf.KV{Key: w.prefix + key, Value: value})
}

func (w *ggufWriter) size(key string, n int) { w.add(key, uint32(min(n, most))) }

func (w *ggufWriter) number(key string, x float64) { w.add(key, float32(x)) }

// cannot notes what a GGUF has no way to say.
func (w *ggufWriter) cannot(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("a GGUF of %s cannot say "+format, append([]any{w.Arch}, args...)...)
	}
}

func (w *ggufWriter) gpt2() {
	w.number(keyLayerEps, float64(w.Eps))
	switch {
	case w.ScaleByLayer:
		w.cannot("that scores are divided by the number of the layer")
	case w.Act == "gelu":
		w.cannot("that its activation is gelu, not gelu_new")
	}
}

// rope says how positions rotate queries and keys.
func (w *ggufWriter) rope() {
	r := &w.Rope
	pairs := r.pairs(w.HeadDim)
	w.size(keyRotated, 2*pairs)
	w.number(keyTheta, r.Theta)
	stretch := r.Stretch
	switch r.Type {
	case "linear":
		w.add(keyScaling, r.Type)
		w.number(keyFactor, r.Factor)
	case "llama3": // factors that were computed stand for it
		stretch = make([]float32, pairs)
		for i := range stretch {
			f := r.frequency(i, pairs)
			stretch[i] = f / r.stretch(f, i, pairs)
		}
	case "yarn":
		w.add(keyScaling, r.Type)
		w.number(keyFactor, r.Factor)
		w.size(keyOriginal, r.Original)
		w.number("rope.scaling.yarn_beta_fast", r.BetaFast)
		w.number("rope.scaling.yarn_beta_slow", r.BetaSlow)
		if plain := yarnMagnitude(r.Factor, 1); r.Magnitude != plain {
			w.number(keyAttnFactor, r.Magnitude/plain)
		}
		if r.Exact {
			w.cannot("that yarn does not round its bounds (truncate)")
		}
	case "longrope":
		w.add(keyScaling, r.Type)
		w.size(keyOriginal, r.Original)
		w.number(keyAttnFactor, r.Magnitude)
		w.vector("rope_factors_long.weight", r.Long)
		w.vector("rope_factors_short.weight", r.Short)
	}
	if stretch != nil {
		w.vector("rope_freqs.weight", stretch)
	}
}

func (w *ggufWriter) vector(name string, x []float32) {
	t, err := gguf.Quantize(name, quant.F32, x, len(x))
	if err != nil && w.err == nil {
		w.err = err
	}
	w.tensors = append(w.tensors, t)
}

// sliding says which layers slide, and what else Gemma has.
func (w *ggufWriter) sliding(name string) {
	every := len(slides[name])
	switch {
	case every > 0:
		w.size(keyWindow, w.Window)
		for layer := range w.Layers {
			if (w.window(layer) > 0) != ((layer+1)%every > 0) {
				w.cannot("which layers slide, but for all of %d without the last", every)
			}
		}
		w.gemma(name)
	case name == "phi3":
		w.size(keyWindow, w.Window)
	case w.Window > 0 && w.Window < w.Context:
		w.notes = append(w.notes, fmt.Sprintf("the window of %d positions is lost: in a GGUF of this kind every layer attends to all positions", w.Window))
	}
}

func (w *ggufWriter) gemma(name string) {
	if plain := w.gemmaScale(); math.Abs(w.ScoreScale/plain-1) > 1e-6 {
		w.cannot("that scores are multiplied by %g (query_pre_attn_scalar %g): they would be by %g", w.ScoreScale, 1/(w.ScoreScale*w.ScoreScale), plain)
	}
	switch {
	case name == "gemma2" && w.ScoreCap > 0 && w.LogitCap > 0:
		w.number(keyScoreCap, w.ScoreCap)
		w.number(keyLogitCap, w.LogitCap)
	case name == "gemma2" || w.ScoreCap > 0 || w.LogitCap > 0:
		w.cannot("that scores and logits are capped at %g and %g", w.ScoreCap, w.LogitCap)
	}
	if name == "gemma3" {
		w.number("rope.freq_base_swa", w.LocalRope.Theta)
		if w.LocalRope.Type != "" {
			w.cannot("that sliding layers stretch their wavelengths")
		}
	}
}
