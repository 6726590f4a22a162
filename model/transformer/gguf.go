package transformer

import (
	"fmt"
	"math"
	"slices"

	"argen"
	"argen/model/gguf"
	"argen/model/paths"
)

// A metadata reads the configuration of a model from the metadata of its GGUF.
// The first error ends it; what it returns after that is not to be used.
type metadata struct {
	Config
	f      *gguf.File
	prefix string // of the keys: "llama."
	err    error
}

const keyArch = "general.architecture"

// The keys of the metadata that all architectures have, without their prefix.
const (
	keyVocab      = "vocab_size"
	keyContext    = "context_length"
	keyHidden     = "embedding_length"
	keyLayers     = "block_count"
	keyFFN        = "feed_forward_length"
	keyHeads      = "attention.head_count"
	keyKVHeads    = "attention.head_count_kv"
	keyHeadDim    = "attention.key_length"
	keyValueDim   = "attention.value_length"
	keyRotated    = "rope.dimension_count"
	keyWindow     = "attention.sliding_window"
	keyPattern    = "attention.sliding_window_pattern"
	keyTheta      = "rope.freq_base"
	keyScaling    = "rope.scaling.type"
	keyFactor     = "rope.scaling.factor"
	keyOriginal   = "rope.scaling.original_context_length"
	keyAttnFactor = "rope.scaling.attn_factor"
	keyRMSEps     = "attention.layer_norm_rms_epsilon"
	keyScoreCap   = "attn_logit_softcapping"
	keyLogitCap   = "final_logit_softcapping"
	keyLayerEps   = "attention.layer_norm_epsilon"
)

// ggufKeys are the keys for the fields of a config.json.
var ggufKeys = map[string]string{
	"vocab_size":  keyVocab,
	"hidden_size": keyHidden, "n_embd": keyHidden,
	"num_hidden_layers": keyLayers, "n_layer": keyLayers,
	"intermediate_size": keyFFN, "n_inner": keyFFN,
	"num_attention_heads": keyHeads, "n_head": keyHeads,
	"num_key_value_heads": keyKVHeads,
	"head_dim":            keyHeadDim,
	"rope_theta":          keyTheta,
	"n_positions":         keyContext,
}

// endKeys are the tokens that end a text: its end, that of a turn of a talk, and
// that of a message.
var endKeys = []string{"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}

// ParseGGUF takes the configuration of a model from a GGUF. What argen does not
// compute is refused by name, as [ParseConfig] does.
func ParseGGUF(f *gguf.File) (Config, error) {
	name, ok := f.Meta.String(keyArch)
	if !ok {
		return Config{}, fmt.Errorf("%s: missing", keyArch)
	}
	i := slices.IndexFunc(architectures, func(a architecture) bool { return a.gguf == name && a.metadata != nil })
	if i < 0 {
		return Config{}, fmt.Errorf("%s: %q is not supported in a GGUF: argen reads %s", keyArch, paths.Short(name), ggufNames())
	}
	arch := &architectures[i]
	g := &metadata{Config: Config{Arch: arch.name, BOS: argen.NoID}, f: f, prefix: name + "."}
	g.common()
	if g.err == nil {
		g.err = arch.metadata(g)
	}
	g.ends()
	g.refuseUnread()
	if g.err != nil {
		return Config{}, g.err
	}
	return g.Config, nil
}

// fail notes the first error, at a key.
func (g *metadata) fail(key, format string, args ...any) {
	if g.err == nil {
		g.err = fmt.Errorf("%s: "+format, append([]any{key}, args...)...)
	}
}

// size returns a size; without a default it must be given.
func (g *metadata) size(key string, otherwise int) int {
	key = g.prefix + key
	n, ok := g.f.Meta.Int(key)
	switch value := g.f.Meta.Value(key); {
	case ok && n >= 1 && n <= most:
		return n
	case value == nil && otherwise > 0:
		return otherwise
	case value == nil:
		g.fail(key, "missing")
	case !ok:
		g.fail(key, "%s is no size", paths.Short(fmt.Sprint(value)))
	default:
		g.fail(key, "%d, want a size from 1 to %d", n, most)
	}
	return 1
}

// number returns a number above 0; without a default it must be given.
func (g *metadata) number(key string, otherwise float64) float64 {
	key = g.prefix + key
	x, ok := g.f.Meta.Float(key)
	switch value := g.f.Meta.Value(key); {
	case ok && x > 0 && x <= math.MaxFloat32:
		return x
	case value == nil && otherwise > 0:
		return otherwise
	case value == nil:
		g.fail(key, "missing")
	default:
		g.fail(key, "%s, want a number above 0", paths.Short(fmt.Sprint(value)))
	}
	return 1
}

// has reports whether there is a tensor of that name.
func (g *metadata) has(name string) bool {
	_, ok := g.f.Tensor(name)
	return ok
}

// biases reports whether one of the first layer's matrices has a bias.
func (g *metadata) biases(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return g.has("blk.0." + name + ".bias") })
}

// rows is how many rows a tensor has, 0 if it is not there.
func (g *metadata) rows(name string) int {
	if t, ok := g.f.Tensor(name); ok && len(t.Shape) > 0 {
		return t.Shape[0]
	}
	return 0
}

// common takes what all architectures have.
func (g *metadata) common() {
	c := &g.Config
	c.Hidden = g.size(keyHidden, 0)
	c.Layers = g.size(keyLayers, 0)
	c.FFN = g.size(keyFFN, 0)
	c.Heads = g.size(keyHeads, 0)
	c.Context = g.size(keyContext, 0)
	c.KVHeads = g.size(keyKVHeads, c.Heads)
	c.HeadDim = g.size(keyHeadDim, c.Hidden/max(c.Heads, 1))
	c.VocabSize = g.size(keyVocab, g.rows("token_embd.weight"))
	if n := g.size(keyValueDim, c.HeadDim); n != c.HeadDim {
		g.fail(g.prefix+keyValueDim, "%d is not supported: the width of a head is %d", n, c.HeadDim)
	}
	if c.KVHeads > 0 && c.Heads%c.KVHeads != 0 {
		g.fail(g.prefix+keyKVHeads, "%d: it must divide %s, %d", c.KVHeads, g.prefix+keyHeads, c.Heads)
	}
	c.Tied = !g.has("output.weight")
}

// eps takes what is added under the root of a norm.
func (g *metadata) eps(key string) {
	if g.Eps = float32(g.number(key, 0)); g.Eps >= 1 {
		g.fail(g.prefix+key, "%v, want a number between 0 and 1", g.Eps)
	}
}

// ends takes the tokens that begin and end a text.
func (g *metadata) ends() {
	id := func(key string) argen.ID {
		value := g.f.Meta.Value(key)
		n, ok := g.f.Meta.Int(key)
		switch {
		case value == nil:
			return argen.NoID
		case !ok || n >= g.VocabSize:
			g.fail(key, "%s is outside the vocabulary of %d tokens", paths.Short(fmt.Sprint(value)), g.VocabSize)
			return argen.NoID
		}
		return argen.ID(n)
	}
	g.BOS = id("tokenizer.ggml.bos_token_id")
	for _, key := range endKeys {
		if end := id(key); end != argen.NoID && !slices.Contains(g.EOS, end) {
			g.EOS = append(g.EOS, end)
		}
	}
}

// rope returns the rotation that the keys describe.
func (g *metadata) rope() (r Rope) {
	r.Theta = g.number(keyTheta, 10000)
	rotated := g.size(keyRotated, g.HeadDim)
	switch {
	case rotated > g.HeadDim:
		g.fail(g.prefix+keyRotated, "%d is not supported: the width of a head is %d", rotated, g.HeadDim)
	case rotated%2 != 0 && g.f.Meta.Value(g.prefix+keyRotated) == nil:
		g.fail(g.prefix+keyHeadDim, "%d: it must be even, since numbers are rotated in pairs", rotated)
	case rotated%2 != 0:
		g.fail(g.prefix+keyRotated, "%d: it must be even, since numbers are rotated in pairs", rotated)
	case rotated < g.HeadDim:
		r.Dim = rotated
	}
	switch kind, _ := g.f.Meta.String(g.prefix + keyScaling); kind {
	case "":
		r.Type, r.Factor = g.stretched()
	case "none":
	case "linear":
		r.Type, r.Factor = kind, g.number(keyFactor, 0)
	case "yarn":
		r.Type, r.Factor, r.Original = kind, g.number(keyFactor, 0), g.size(keyOriginal, g.Context)
		r.BetaFast, r.BetaSlow = g.number("rope.scaling.yarn_beta_fast", 32), g.number("rope.scaling.yarn_beta_slow", 1)
		r.Magnitude = yarnMagnitude(r.Factor, 1) * g.number(keyAttnFactor, 1)
	case "longrope": // its tensors say it
	default:
		g.fail(g.prefix+keyScaling, "%q is not supported in a GGUF: argen reads none, linear, yarn and longrope", paths.Short(kind))
	}
	r.Stretch = g.factors("rope_freqs.weight", r.pairs(g.HeadDim))
	if g.has("rope_factors_long.weight") {
		pairs := r.pairs(g.HeadDim)
		r.Type, r.Original = "longrope", g.size(keyOriginal, g.Context)
		r.Short, r.Long = g.factors("rope_factors_short.weight", pairs), g.factors("rope_factors_long.weight", pairs)
		r.Factor = float64(g.Context) / float64(r.Original)
		r.Magnitude = g.number(keyAttnFactor, longMagnitude(r.Factor, r.Original))
		if r.Short == nil {
			g.fail("rope_factors_short.weight", "missing")
		}
	}
	return r
}

// factors returns the numbers of a tensor that has one for each pair, nil if
// there is none.
func (g *metadata) factors(name string, pairs int) []float32 {
	t, ok := g.f.Tensor(name)
	if !ok {
		return nil
	}
	x, err := t.Float32()
	switch {
	case err != nil:
		g.fail(name, "%w", err)
	case len(x) != pairs || len(t.Shape) != 1:
		g.fail(name, "shape %v, want one number for each of the %d pairs of a head", t.Shape, pairs)
	case slices.ContainsFunc(x, func(f float32) bool { return !(f > 0 && f <= math.MaxFloat32) }):
		g.fail(name, "%v, want numbers above 0", x)
	}
	return x
}
