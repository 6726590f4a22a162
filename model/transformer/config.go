package transformer

import (
	"fmt"
	"math"

	"argen"
	"argen/internal/strict"
)

// ConfigFile is the name of a model's configuration in its folder.
const ConfigFile = "config.json"

// A Config describes a model as its config.json does, or the metadata of its
// GGUF. Sizes are numbers of elements; C is Hidden, T is Context, V is VocabSize
// in comments.
type Config struct {
	Arch string // "llama", "gpt2": model_type in the file

	VocabSize int // V
	Context   int // T, the longest context
	Hidden    int // C, the width of the residual stream
	Layers    int
	Heads     int // query heads of a layer
	KVHeads   int // key and value heads, each shared by Heads/KVHeads query heads
	HeadDim   int // width of a head; Heads*HeadDim need not be C
	FFN       int // width between the two halves of the MLP

	Eps  float32 // added under the root of a norm
	Act  string  // the activation of the MLP, as transformers names it: "silu"
	Tied bool    // the output head is the embedding

	Rope      Rope // how positions rotate queries and keys; gpt2 has none
	LocalRope Rope // gemma3: the same in layers that slide
	QKVBias   bool // q, k and v have biases
	OutBias   bool // the matrix after attention has one
	MLPBias   bool // gate, up and down have biases
	Parallel  bool // gptneox: attention and MLP of a layer read the same x

	Window int    // how many positions a sliding layer attends to, its own included; 0: no layer slides
	Slides []bool // which layers slide, over and over from the first on; nil: all

	ScoreScale   float64 // scores are q·k times this; 0: 1/√HeadDim
	ScaleByLayer bool    // gpt2: scores of layer i are divided by i+1 besides
	ScoreCap     float64 // scores s become ScoreCap·tanh(s/ScoreCap); 0: they stay
	LogitCap     float64 // the same for logits

	// How a folder has weights that lie differently in a GGUF.
	Transposed bool // gpt2: matrices are (in, out)
	NormsLess1 bool // gemma: norms multiply by 1 + weight

	BOS argen.ID   // NoID if there is none
	EOS []argen.ID // the tokens that end a text
}

// window returns how many positions, its own included, a layer attends to at
// most, 0 for all.
func (c *Config) window(layer int) int {
	if len(c.Slides) > 0 && !c.Slides[layer%len(c.Slides)] {
		return 0
	}
	return c.Window
}

// Rope says how positions rotate queries and keys.
type Rope struct {
	Theta float64 // base of the wavelengths, usually 10,000 and more
	Dim   int     // the first numbers of a head that are rotated; 0: all
	// Type is how wavelengths are stretched: "" for not at all, "linear",
	// "llama3", "yarn" or "longrope".
	Type   string
	Factor float64 // by how much

	// Original is the longest context before they were stretched; not of
	// "linear".
	Original int
	// Of "llama3": wavelengths above Original/LowFreq are stretched, those
	// below Original/HighFreq are not, those between partly.
	LowFreq, HighFreq float64
	// Of "yarn": wavelengths of which Original holds more than BetaFast are not
	// stretched, those of which it holds less than BetaSlow are, those between
	// partly; Exact: the bounds are not rounded to whole numbers of a head.
	BetaFast, BetaSlow float64
	Exact              bool
	// Of "yarn" and "longrope": queries and keys are multiplied by Magnitude.
	Magnitude float64
	// Of "longrope": what each wavelength is multiplied by, in contexts up to
	// Original and in longer ones.
	Short, Long []float32
	// Stretch is what each wavelength is multiplied by besides, nil if nothing:
	// in a GGUF it stands for "llama3".
	Stretch []float32
}

// most is the largest size that a configuration may give; the weights must
// confirm each of them anyway.
const most = math.MaxInt32

// ParseConfig reads a config.json, in the layout of transformers 4 or of
// transformers 5; name stands in its errors. An architecture or an option that
// argen does not compute is refused by name: the numbers would be wrong
// without a sign.
func ParseConfig(name string, data []byte) (Config, error) {
	p := newConfigParser(name)
	if says := strict.Foreign(data); says != "" {
		return Config{}, &strict.Error{File: name, Offset: 0, Msg: says}
	}
	p.j = strict.NewJSON(name, data, 64)
	err := p.j.Object(p.member)
	if err == nil {
		err = p.j.End()
	}
	if err != nil {
		return Config{}, err
	}
	arch, err := p.arch()
	if err != nil {
		return Config{}, err
	}
	p.Arch = arch.name
	if err := arch.config(p); err != nil {
		return Config{}, err
	}
	return p.Config, p.check()
}

// arch finds the architecture that the file names.
func (p *configParser) arch() (*architecture, error) {
	if p.modelType == "" && p.class == "" {
		return nil, p.errorf("model_type", "missing: argen reads %s", archNames())
	}
	for i := range architectures {
		a := &architectures[i]
		if p.modelType != "" && a.name != p.modelType || p.modelType == "" && a.class != p.class {
			continue
		}
		if p.class != "" && a.class != p.class {
			return nil, p.errorf("architectures", "%q is not known with model_type %q: argen reads %s", p.class, a.name, a.class)
		}
		return a, nil
	}
	if p.modelType == "" {
		return nil, p.errorf("architectures", "%q is not known: argen reads %s", p.class, archNames())
	}
	return nil, p.errorf("model_type", "%q is not known: argen reads %s", p.modelType, archNames())
}

// check finds sizes that contradict each other.
func (p *configParser) check() error {
	c := &p.Config
	switch {
	case c.Heads%c.KVHeads != 0:
		return p.errorf("num_key_value_heads", "%d: it must divide num_attention_heads, %d", c.KVHeads, c.Heads)
	case c.BOS != argen.NoID && int(c.BOS) >= c.VocabSize:
		return p.errorf("bos_token_id", "%d is outside the vocabulary of vocab_size %d", c.BOS, c.VocabSize)
	}
	for _, id := range c.EOS {
		if int(id) >= c.VocabSize {
			return p.errorf("eos_token_id", "%d is outside the vocabulary of vocab_size %d", id, c.VocabSize)
		}
	}
	return nil
}

// errorf returns an error at a field that was read before.
func (p *configParser) errorf(field, format string, args ...any) error {
	return &strict.Error{File: p.name, Offset: -1, Field: field, Msg: fmt.Sprintf(format, args...)}
}
