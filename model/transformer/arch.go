package transformer

// A network is the weights of one architecture, and what it computes with them.
// Each way of building a transformer is one file, arch_*.go, and one line here.
type network interface {
	// embed sets p.x to what the network begins with.
	embed(p *pass)
	// block reads and adds to p.x, as one of the layers does.
	block(p *pass, layer int)
	// norm applies the norm before the head to rows of C numbers.
	norm(dst, x []float32)
	// tables are the matrices of which a token needs only a row.
	tables() []*matrix
}

// An architecture is a kind of transformer.
type architecture struct {
	name  string // model_type of a config.json
	class string // what transformers calls it
	// config takes from a config.json what this architecture has.
	config func(p *configParser) error
	// bind takes the weights, whose shapes the configuration says.
	bind func(b *binder) (net network, head *matrix)
}

// architectures are all that can be computed. They are set up in init, since
// reading a configuration names them in its errors.
var architectures []architecture

func init() {
	architectures = []architecture{
		{"llama", "LlamaForCausalLM", llamaConfig, bindLlama},
		{"gpt2", "GPT2LMHeadModel", gpt2Config, bindGPT2},
	}
}

// architectureOf returns the architecture of a name that a Config has.
func architectureOf(name string) *architecture {
	for i := range architectures {
		if architectures[i].name == name {
			return &architectures[i]
		}
	}
	return nil
}
