package transformer

import (
	"math"
	"slices"
	"strings"

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

	// Members of a kind under their names; a null is in given alone.
	given   map[string]bool
	ints    map[string]int
	floats  map[string]float64
	bools   map[string]bool
	strings map[string]string

	layerTypes   []string
	scaling      ropeFields            // of rope_scaling or rope_parameters
	layerScaling map[string]ropeFields // of rope_parameters with one for each type of layer
	text         *configParser         // what text_config says
}

func newConfigParser(name string) *configParser {
	return &configParser{
		Config: Config{BOS: argen.NoID}, name: name,
		given: map[string]bool{}, ints: map[string]int{}, floats: map[string]float64{}, bools: map[string]bool{}, strings: map[string]string{},
		layerScaling: map[string]ropeFields{},
	}
}

// intFields are the sizes that some architecture has.
var intFields = []string{
	"vocab_size",
	"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim", "max_position_embeddings",
	"original_max_position_embeddings", "sliding_window", "max_window_layers", "sliding_window_pattern", "_sliding_window_pattern",
	"n_embd", "n_inner", "n_layer", "n_head", "n_positions",
}

// floatFields are the numbers that some architecture has; all are above 0.
var floatFields = []string{
	"rms_norm_eps", "layer_norm_epsilon", "layer_norm_eps",
	"rope_theta", "rotary_emb_base", "rope_local_base_freq", "rotary_pct", "partial_rotary_factor",
	"query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping",
}

// boolFields are the switches that some architecture has.
var boolFields = []string{
	"tie_word_embeddings", "attention_bias", "mlp_bias", "use_sliding_window", "use_parallel_residual", "use_bidirectional_attention",
	"scale_attn_weights", "scale_attn_by_inverse_layer_idx", "add_cross_attention",
}

// stringFields are the names that some architecture has.
var stringFields = []string{"hidden_act", "activation_function", "hidden_activation"}

// member reads one member. What does not change the numbers is skipped.
func (p *configParser) member(name string) (err error) {
	p.given[name] = true
	if p.j.Null() {
		return nil
	}
	switch {
	case slices.Contains(intFields, name):
		var n int64
		n, err = p.j.Int(1, most)
		p.ints[name] = int(n)
		return err
	case slices.Contains(floatFields, name):
		p.floats[name], err = positive(p.j)
		return err
	case slices.Contains(boolFields, name):
		p.bools[name], err = p.j.Bool()
		return err
	case slices.Contains(stringFields, name):
		p.strings[name], err = p.j.String()
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
	case "layer_types":
		p.layerTypes, err = readStrings(p.j)
	case "rope_scaling", "rope_parameters":
		err = p.ropes()
	case "text_config":
		p.text = newConfigParser(p.name)
		p.text.j = p.j
		err = p.j.Object(p.text.member)
	case "bos_token_id":
		p.BOS, err = p.id()
	case "eos_token_id":
		p.EOS, err = readIDs(p.j)
	case "quantization_config":
		err = p.j.Errorf("quantised weights are not supported: use the model in f32, f16 or bf16, or a GGUF")
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
func positive(j *strict.JSON) (float64, error) {
	f, err := j.Float()
	if err == nil && !(f > 0 && f <= math.MaxFloat32) {
		err = j.Errorf("%v, want a number above 0", f)
	}
	return f, err
}

// readStrings reads a list of strings.
func readStrings(j *strict.JSON) (list []string, err error) {
	err = j.Array(func(int) error {
		s, err := j.String()
		list = append(list, s)
		return err
	})
	return list, err
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

// float returns a number, or its default if it is not given.
func (p *configParser) float(name string, otherwise float64) float64 {
	if x, ok := p.floats[name]; ok {
		return x
	}
	return otherwise
}

// bool returns a switch, or its default if it is not given.
func (p *configParser) bool(name string, otherwise bool) bool {
	if b, ok := p.bools[name]; ok {
		return b
	}
	return otherwise
}

// orNone returns a number, 0 where it is null, or its default if it is not given.
func (p *configParser) orNone(name string, otherwise float64) float64 {
	if _, ok := p.floats[name]; !ok && p.given[name] {
		return 0
	}
	return p.float(name, otherwise)
}

// window returns the window of layers that slide, 0 where it is null, or its
// default if it is not given.
func (p *configParser) window(otherwise int) int {
	if _, ok := p.ints["sliding_window"]; !ok && p.given["sliding_window"] {
		return 0
	}
	return p.or("sliding_window", otherwise)
}

// defaults sets sizes that are not given.
func (p *configParser) defaults(sizes map[string]int) {
	for name, n := range sizes {
		if _, ok := p.ints[name]; !ok {
			p.ints[name] = n
		}
	}
}

// activation takes the activation under one of its names, if it is one of those
// that the architecture computes, the first of which is the default.
func (p *configParser) activation(field string, computed ...string) error {
	p.Act = computed[0]
	if act, ok := p.strings[field]; ok {
		p.Act = act
	}
	if !slices.Contains(computed, p.Act) {
		return p.errorf(field, "%q is not supported for %s: argen computes %s", p.Act, p.Arch, strings.Join(computed, ", "))
	}
	return nil
}

// slides says which layers slide if there is a window: those that layer_types
// names, otherwise those of a pattern, which repeats.
func (p *configParser) slides(pattern ...bool) error {
	if p.layerTypes != nil {
		if len(p.layerTypes) != p.Layers {
			return p.errorf("layer_types", "%d types, but num_hidden_layers is %d", len(p.layerTypes), p.Layers)
		}
		pattern = nil
		for i, kind := range p.layerTypes {
			if kind != slidingLayer && kind != fullLayer {
				return p.errorf("layer_types", "type %d is %q, which is not supported: argen computes %s and %s", i, kind, fullLayer, slidingLayer)
			}
			pattern = append(pattern, kind == slidingLayer)
		}
	}
	switch {
	case len(pattern) > 0 && !slices.Contains(pattern, true):
		p.Window = 0
	case p.Window > 0 && slices.Contains(pattern, false):
		p.Slides = pattern
	}
	return nil
}

// pattern is one layer of every so many that does not slide, the last.
func pattern(every int) (slides []bool) {
	for i := range every {
		slides = append(slides, i < every-1)
	}
	return slides
}

// The types of layers.
const (
	fullLayer    = "full_attention"
	slidingLayer = "sliding_attention"
)
