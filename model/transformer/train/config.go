package train

import (
	"fmt"
	"math"
)

// A Config is the shape of a model. Its JSON names are those of a
// LlamaForCausalLM's config.json.
type Config struct {
	VocabSize int     `json:"vocab_size"`              // V
	Hidden    int     `json:"hidden_size"`             // d, the width of the residual stream
	Layers    int     `json:"num_hidden_layers"`       // L
	Heads     int     `json:"num_attention_heads"`     // query heads; d is a multiple of them
	KVHeads   int     `json:"num_key_value_heads"`     // key and value heads; 0 means Heads
	FF        int     `json:"intermediate_size"`       // width inside the SwiGLU
	Context   int     `json:"max_position_embeddings"` // the longest context in tokens
	RopeTheta float64 `json:"rope_theta"`              // base of the rotations; 0 means 10000
	NormEps   float64 `json:"rms_norm_eps"`            // 0 means 1e-5
}

// maxParams is how many weights a model may have: its gradients and moments
// must fit in memory beside it.
const maxParams = 1 << 28

// complete fills in the defaults and checks that the sizes go together.
func (c Config) complete() (Config, error) {
	if c.KVHeads == 0 {
		c.KVHeads = c.Heads
	}
	if c.RopeTheta == 0 {
		c.RopeTheta = 10000
	}
	if c.NormEps == 0 {
		c.NormEps = 1e-5
	}
	for _, size := range []struct {
		name        string
		value, most int
	}{
		{"vocab_size", c.VocabSize, 1 << 20},
		{"hidden_size", c.Hidden, 1 << 14},
		{"num_hidden_layers", c.Layers, 1 << 8},
		{"num_attention_heads", c.Heads, 1 << 10},
		{"num_key_value_heads", c.KVHeads, 1 << 10},
		{"intermediate_size", c.FF, 1 << 16},
		{"max_position_embeddings", c.Context, 1 << 14},
	} {
		if size.value < 1 || size.value > size.most {
			return c, fmt.Errorf("model: %s is %d, want 1 to %d", size.name, size.value, size.most)
		}
	}
	switch {
	case c.Hidden%c.Heads != 0:
		return c, fmt.Errorf("model: hidden_size %d is not a multiple of num_attention_heads %d", c.Hidden, c.Heads)
	case c.HeadDim()%2 != 0:
		return c, fmt.Errorf("model: a head has %d numbers (hidden_size %d / num_attention_heads %d), which rotary positions need to be even", c.HeadDim(), c.Hidden, c.Heads)
	case c.Heads%c.KVHeads != 0:
		return c, fmt.Errorf("model: num_attention_heads %d is not a multiple of num_key_value_heads %d", c.Heads, c.KVHeads)
	case !(c.RopeTheta >= 1 && c.RopeTheta <= math.MaxFloat32):
		return c, fmt.Errorf("model: rope_theta is %v, want at least 1", c.RopeTheta)
	case !(c.NormEps > 0 && c.NormEps < 1):
		return c, fmt.Errorf("model: rms_norm_eps is %v, want above 0 and below 1", c.NormEps)
	case c.Params() > maxParams:
		return c, fmt.Errorf("model: %d parameters are too many, want at most %d", c.Params(), maxParams)
	}
	return c, nil
}

// HeadDim is the width of one head.
func (c Config) HeadDim() int { return c.Hidden / c.Heads }

// qkvWidth is how many numbers of query, key and value a token has.
func (c Config) qkvWidth() int { return (c.Heads + 2*c.KVHeads) * c.HeadDim() }

// Params is the number of weights.
func (c Config) Params() int {
	layer := 2*c.Hidden + c.qkvWidth()*c.Hidden + c.Hidden*c.Hidden + 3*c.FF*c.Hidden
	return c.VocabSize*c.Hidden + c.Layers*layer + c.Hidden
}
