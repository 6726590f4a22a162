package transformer

import (
	"bytes"
	"encoding/json"
	"fmt"

	"argen"
)

// members are those of a config.json, in order; none are null.
type members []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (m members) MarshalJSON() ([]byte, error) {
	if len(m) == 0 {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	for i, one := range m {
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], one.name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// JSON returns the configuration as a config.json that transformers and
// [ParseConfig] read; dtype is the type of its weights: "float32", "float16" or
// "bfloat16".
func (c Config) JSON(dtype string) ([]byte, error) {
	arch := architectureOf(c.Arch)
	switch {
	case arch == nil:
		return nil, fmt.Errorf("architecture %q is not known: argen computes %s", c.Arch, archNames())
	case c.Rope.Stretch != nil:
		return nil, fmt.Errorf("a config.json cannot say by how much each wavelength is stretched, as the GGUF does")
	case arch.name == "llama" && c.QKVBias != c.OutBias:
		return nil, fmt.Errorf("a config.json cannot say that only some matrices of attention have biases")
	}
	m := append(members{{"architectures", []string{arch.class}}, {"model_type", c.Arch}}, arch.members(&c)...)
	var bos *argen.ID
	if c.BOS != argen.NoID {
		bos = &c.BOS
	}
	return indented(append(m, members{{"bos_token_id", bos}, {"eos_token_id", c.EOS}, {"torch_dtype", dtype}}...))
}

// indented returns JSON for people: "<s>", not "\u003cs\u003e".
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// likeLlama are the members that the successors of llama have too.
func (c *Config) likeLlama() members {
	return members{
		{"vocab_size", c.VocabSize},
		{"hidden_size", c.Hidden},
		{"intermediate_size", c.FFN},
		{"num_hidden_layers", c.Layers},
		{"num_attention_heads", c.Heads},
		{"num_key_value_heads", c.KVHeads},
		{"head_dim", c.HeadDim},
		{"max_position_embeddings", c.Context},
		{"hidden_act", c.Act},
		{"rms_norm_eps", c.Eps},
		{"rope_theta", c.Rope.Theta},
		{"rope_scaling", c.Rope.scaling()},
		{"tie_word_embeddings", c.Tied},
	}
}

// sliding are the members that say which layers slide.
func (c *Config) sliding() members {
	if c.Window == 0 {
		return members{{"sliding_window", nil}}
	}
	m := members{{"sliding_window", c.Window}}
	if c.Slides == nil {
		return m
	}
	types := make([]string, c.Layers)
	for i := range types {
		if types[i] = fullLayer; c.window(i) > 0 {
			types[i] = slidingLayer
		}
	}
	return append(m, member{"layer_types", types})
}

// scaling is the rope_scaling of a config.json, nil for none.
func (r *Rope) scaling() members {
	m := members{{"rope_type", r.Type}, {"factor", r.Factor}}
	original := member{"original_max_position_embeddings", r.Original}
	switch r.Type {
	case "linear":
		return m
	case "llama3":
		return append(m, members{{"high_freq_factor", r.HighFreq}, {"low_freq_factor", r.LowFreq}, original}...)
	case "yarn":
		return append(m, members{{"attention_factor", r.Magnitude}, {"beta_fast", r.BetaFast}, {"beta_slow", r.BetaSlow}, original, {"truncate", !r.Exact}}...)
	case "longrope":
		return append(m, members{{"attention_factor", r.Magnitude}, {"long_factor", r.Long}, original, {"short_factor", r.Short}}...)
	}
	return nil
}

// orNull is a number, or null for 0.
func orNull(x float64) any {
	if x == 0 {
		return nil
	}
	return x
}

func llamaMembers(c *Config) members {
	return append(c.likeLlama(), members{{"attention_bias", c.QKVBias}, {"mlp_bias", c.MLPBias}}...)
}

func mistralMembers(c *Config) members { return append(c.likeLlama(), c.sliding()...) }

func qwenMembers(c *Config) members {
	m := append(c.likeLlama(), members{{"attention_bias", c.QKVBias}, {"use_sliding_window", c.Window > 0}, {"max_window_layers", c.Layers}}...)
	return append(m, c.sliding()...)
}

func gemmaMembers(c *Config) members {
	m := append(c.likeLlama(), members{
		{"hidden_activation", c.Act},
		{"attention_bias", c.QKVBias},
		{"query_pre_attn_scalar", 1 / (c.ScoreScale * c.ScoreScale)},
		{"attn_logit_softcapping", orNull(c.ScoreCap)},
		{"final_logit_softcapping", orNull(c.LogitCap)},
	}...)
	if c.LocalRope.Theta > 0 {
		m = append(m, member{"rope_local_base_freq", c.LocalRope.Theta})
	}
	return append(m, c.sliding()...)
}

func phi3Members(c *Config) members {
	m := c.likeLlama()
	if c.Rope.Dim > 0 {
		m = append(m, member{"partial_rotary_factor", float64(c.Rope.Dim) / float64(c.HeadDim)})
	}
	if c.Rope.Original > 0 {
		m = append(m, member{"original_max_position_embeddings", c.Rope.Original})
	}
	return append(m, c.sliding()...)
}

func gptneoxMembers(c *Config) members {
	return members{
		{"vocab_size", c.VocabSize},
		{"hidden_size", c.Hidden},
		{"intermediate_size", c.FFN},
		{"num_hidden_layers", c.Layers},
		{"num_attention_heads", c.Heads},
		{"max_position_embeddings", c.Context},
		{"hidden_act", c.Act},
		{"layer_norm_eps", c.Eps},
		{"rotary_emb_base", c.Rope.Theta},
		{"rotary_pct", float64(2*c.Rope.pairs(c.HeadDim)) / float64(c.HeadDim)},
		{"rope_scaling", c.Rope.scaling()},
		{"use_parallel_residual", c.Parallel},
		{"attention_bias", c.QKVBias},
		{"tie_word_embeddings", c.Tied},
	}
}

func gpt2Members(c *Config) members {
	return members{
		{"vocab_size", c.VocabSize},
		{"n_embd", c.Hidden},
		{"n_inner", c.FFN},
		{"n_layer", c.Layers},
		{"n_head", c.Heads},
		{"n_positions", c.Context},
		{"activation_function", c.Act},
		{"layer_norm_epsilon", c.Eps},
		{"scale_attn_by_inverse_layer_idx", c.ScaleByLayer},
		{"tie_word_embeddings", c.Tied},
	}
}
