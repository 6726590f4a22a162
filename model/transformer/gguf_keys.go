package transformer

import (
	"fmt"
	"math"
	"slices"

	"argen/model/paths"
)

// What else the metadata of a GGUF may say. llama.cpp reads these keys for some
// architectures only and passes them over for the others, whatever they say.

// unread are keys that argen does not compute with, each with the values at
// which it changes nothing.
var unread = []struct {
	key     string
	neutral []float64
}{
	{"expert_count", []float64{0}},
	{"logit_scale", []float64{0, 1}},
	{"residual_scale", []float64{0, 1}},
	{"embedding_scale", []float64{0, 1}},
	{"attention.clamp_kqv", []float64{0}},
	{"attention.max_alibi_bias", []float64{0}},
	{"rope.scaling.yarn_log_multiplier", []float64{0}},
	{"rope.scaling.yarn_ext_factor", []float64{1, -1}}, // −1 leaves it to the program
	{"rope.scaling.yarn_attn_factor", []float64{1}},
}

// refuseUnread refuses a model that says what argen would not compute.
func (g *metadata) refuseUnread() {
	for _, u := range unread {
		value := g.f.Meta.Value(g.prefix + u.key)
		if value == nil {
			continue
		}
		x, ok := g.f.Meta.Float(g.prefix + u.key)
		if n, whole := g.f.Meta.Int(g.prefix + u.key); whole {
			x, ok = float64(n), true
		}
		if !ok || !slices.Contains(u.neutral, x) {
			g.fail(g.prefix+u.key, "%s is not supported for this architecture", paths.Short(fmt.Sprint(value)))
		}
	}
	const causal, scale = "attention.causal", "attention.scale"
	if on, ok := g.f.Meta.Value(g.prefix + causal).(bool); ok && !on {
		g.fail(g.prefix+causal, "false is not supported: argen reads decoders only")
	}
	if x, ok := g.f.Meta.Float(g.prefix + keyAttnFactor); ok && x != 1 && g.Rope.Type != "yarn" && g.Rope.Type != "longrope" {
		g.fail(g.prefix+keyAttnFactor, "%v is not supported without yarn or longrope", x)
	}
	used := g.ScoreScale
	if used == 0 {
		used = 1 / math.Sqrt(float64(g.HeadDim))
	}
	if x, ok := g.f.Meta.Float(g.prefix + scale); ok && x != 0 && !(math.Abs(x/used-1) < 1e-3) {
		g.fail(g.prefix+scale, "%v is not supported for this architecture: scores are multiplied by %v", x, used)
	}
}

// pattern takes which layers slide: one number says that the last of every so
// many does not, a list says it for each layer.
func (g *metadata) pattern(otherwise []bool) []bool {
	key := g.prefix + keyPattern
	switch value := g.f.Meta.Value(key).(type) {
	case nil:
		return otherwise
	case []bool:
		if len(value) != g.Layers {
			g.fail(key, "%d layers, but %s is %d", len(value), g.prefix+keyLayers, g.Layers)
		}
		return value
	default:
		n, ok := g.f.Meta.Int(key)
		switch {
		case !ok || n > 1<<10:
			g.fail(key, "%s, want how many layers there are to one that does not slide, or a list", paths.Short(fmt.Sprint(value)))
		case n == 0:
			return nil // all slide
		}
		return pattern(n)
	}
}

// stretched returns how a file that names no kind of scaling stretches its
// wavelengths: by a factor, where it gives one, for which old files have another
// key.
func (g *metadata) stretched() (kind string, factor float64) {
	for _, key := range []string{keyFactor, "rope.scale_linear"} {
		if x, ok := g.f.Meta.Float(g.prefix + key); ok && x != 0 && x != 1 {
			return "linear", g.number(key, 0)
		}
	}
	return "", 0
}

// cap takes the number that scores or logits are bent below, 0 for none.
func (g *metadata) cap(key string) float64 {
	if x, ok := g.f.Meta.Float(g.prefix + key); ok && x == 0 || !g.f.Meta.Has(g.prefix+key) {
		return 0
	}
	return g.number(key, 0)
}
