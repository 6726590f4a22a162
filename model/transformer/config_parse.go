package transformer

import (
	"math"
	"slices"

	"argen"
	"argen/internal/strict"
)

// A configParser reads a config.json member by member, since the members that
// say what others mean may stand behind them.
type configParser struct {
	Config
	j    *strict.JSON
	name string

	modelType, class string
	act              string
	scaling          string          // the type of rope scaling
	ints             map[string]int  // sizes, under their names in the file
	has              map[string]bool // true members of kind bool; and which there were, as "has NAME"
}

// intFields are the sizes that some architecture has.
var intFields = []string{
	"vocab_size",
	"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim", "max_position_embeddings",
	"n_embd", "n_inner", "n_layer", "n_head", "n_positions",
}

// boolFields are the switches that some architecture has.
var boolFields = []string{
	"tie_word_embeddings", "attention_bias", "mlp_bias",
	"scale_attn_weights", "scale_attn_by_inverse_layer_idx", "add_cross_attention",
}

// member reads one member. What does not change the numbers is skipped.
func (p *configParser) member(name string) (err error) {
	if p.j.Null() { // as if it were not there
		return nil
	}
	switch {
	case slices.Contains(intFields, name):
		var n int64
		n, err = p.j.Int(1, most)
		p.ints[name] = int(n)
		return err
	case slices.Contains(boolFields, name):
		p.has["has "+name] = true
		p.has[name], err = p.j.Bool()
		return err
	}
	switch name {
	case "model_type":
		p.modelType, err = p.j.String()
	case "architectures":
		err = p.j.Array(func(i int) error {
			s, err := p.j.String()
			if i == 0 {
				p.class = s
			}
			return err
		})
	case "hidden_act", "activation_function":
		p.act, err = p.j.String()
	case "rms_norm_eps", "layer_norm_epsilon":
		var eps float64
		eps, err = p.positive()
		p.Eps = float32(eps)
	case "rope_theta":
		p.Rope.Theta, err = p.positive()
	case "rope_scaling", "rope_parameters":
		err = p.rope()
	case "bos_token_id":
		p.BOS, err = p.id()
	case "eos_token_id":
		p.EOS, err = readIDs(p.j)
	case "quantization_config":
		err = p.j.Errorf("quantised weights are not supported: use the model in f32, f16 or bf16")
	default:
		err = p.j.Skip()
	}
	return err
}

func (p *configParser) id() (argen.ID, error) {
	id, err := p.j.Int(0, most)
	return argen.ID(id), err
}

// positive reads a number above 0.
func (p *configParser) positive() (float64, error) {
	f, err := p.j.Float()
	if err == nil && !(f > 0 && f <= math.MaxFloat32) {
		err = p.j.Errorf("%v, want a number above 0", f)
	}
	return f, err
}

// rope reads rope_scaling, or the rope_parameters that have all in one place.
func (p *configParser) rope() error {
	r := &p.Rope
	return p.j.Object(func(name string) (err error) {
		if p.j.Null() {
			return nil
		}
		switch name {
		case "type", "rope_type":
			var s string
			s, err = p.j.String()
			if err == nil && p.scaling != "" && s != p.scaling {
				err = p.j.Errorf("type is %q, but was %q before", s, p.scaling)
			}
			p.scaling = s
		case "rope_theta":
			r.Theta, err = p.positive()
		case "factor":
			r.Factor, err = p.positive()
		case "low_freq_factor":
			r.LowFreq, err = p.positive()
		case "high_freq_factor":
			r.HighFreq, err = p.positive()
		case "original_max_position_embeddings":
			var n int64
			n, err = p.j.Int(1, most)
			r.Original = int(n)
		case "partial_rotary_factor":
			var f float64
			if f, err = p.j.Float(); err == nil && f != 1 {
				err = p.j.Errorf("%v is not supported: argen rotates whole heads", f)
			}
		default:
			err = p.j.Skip()
		}
		return err
	})
}

// readIDs reads a token, or a list of tokens.
func readIDs(j *strict.JSON) (ids []argen.ID, err error) {
	one := func(int) error {
		id, err := j.Int(0, most)
		ids = append(ids, argen.ID(id))
		return err
	}
	if j.Kind() == strict.Array {
		err = j.Array(one)
	} else {
		err = one(0)
	}
	return ids, err
}

// size returns a size that must be given.
func (p *configParser) size(name string) (int, error) {
	n, ok := p.ints[name]
	if !ok {
		return 0, p.errorf(name, "missing")
	}
	return n, nil
}

// or returns a size, or its default if it is not given.
func (p *configParser) or(name string, otherwise int) int {
	if n, ok := p.ints[name]; ok {
		return n
	}
	return otherwise
}

// sizes reads sizes that must be given, each into its place.
func (p *configParser) sizes(list ...sizeOf) (err error) {
	for _, s := range list {
		if *s.dst, err = p.size(s.name); err != nil {
			return err
		}
	}
	return nil
}

type sizeOf struct {
	name string
	dst  *int
}

// checkScaling checks the way in which rope stretches wavelengths.
func (p *configParser) checkScaling() error {
	r := &p.Rope
	switch p.scaling {
	case "", "default":
		*r = Rope{Theta: r.Theta}
		return nil
	case "linear":
		*r = Rope{Theta: r.Theta, Type: "linear", Factor: r.Factor}
	case "llama3":
		r.Type = "llama3"
		if !(r.LowFreq > 0 && r.HighFreq > r.LowFreq) {
			return p.errorf("rope_scaling", "high_freq_factor %v must be above low_freq_factor %v", r.HighFreq, r.LowFreq)
		}
		if r.Original == 0 {
			return p.errorf("rope_scaling", "original_max_position_embeddings is missing")
		}
	default:
		return p.errorf("rope_scaling", "type %q is not supported: argen reads default, linear, llama3", p.scaling)
	}
	if r.Factor == 0 {
		return p.errorf("rope_scaling", "factor is missing")
	}
	return nil
}
