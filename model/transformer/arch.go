package transformer

import (
	"slices"
	"strings"
)

// A network is the weights of one architecture, and what it computes with them.
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

// An architecture is a kind of transformer. Each is one file, arch_*.go, and one
// line of the table.
type architecture struct {
	title string // "Llama"
	name  string // model_type of a config.json
	class string // what transformers calls it
	gguf  string // general.architecture of a GGUF
	// config takes from a config.json what this architecture has, and metadata
	// from a GGUF; it is nil where that is another architecture's.
	config   func(p *configParser) error
	metadata func(g *metadata) error
	// members are of a config.json that is written.
	members func(c *Config) members
	// tensors are the names of its tensors, and their order in a GGUF.
	tensors []tensorName
	// bind takes the weights, whose shapes the configuration says.
	bind func(b *binder) (net network, head *matrix)
}

// architectures are all that can be computed. They are set up in init, since
// reading a configuration names them in its errors.
var architectures []architecture

func init() {
	architectures = []architecture{
		{"Llama", "llama", "LlamaForCausalLM", "llama", llamaConfig, llamaMetadata, llamaMembers, llamaTensors, bindLlama},
		{"Mistral", "mistral", "MistralForCausalLM", "llama", mistralConfig, nil, mistralMembers, llamaTensors, bindLlama},
		{"Qwen 2", "qwen2", "Qwen2ForCausalLM", "qwen2", qwen2Config, llamaMetadata, qwenMembers, qwen2Tensors, bindLlama},
		{"Qwen 3", "qwen3", "Qwen3ForCausalLM", "qwen3", qwen3Config, llamaMetadata, qwenMembers, qwen3Tensors, bindQwen3},
		{"Gemma 2", "gemma2", "Gemma2ForCausalLM", "gemma2", gemma2Config, gemma2Metadata, gemmaMembers, gemma2Tensors, bindGemma2},
		{"Gemma 3", "gemma3_text", "Gemma3ForCausalLM", "gemma3", gemma3Config, gemma3Metadata, gemmaMembers, gemma3Tensors, bindGemma3},
		{"Gemma 3", "gemma3", "Gemma3ForConditionalGeneration", "gemma3", gemma3FullConfig, nil, gemmaMembers, gemma3Tensors, bindGemma3},
		{"Phi-3", "phi3", "Phi3ForCausalLM", "phi3", phi3Config, phi3Metadata, phi3Members, phi3Tensors, bindPhi3},
		{"GPT-NeoX", "gpt_neox", "GPTNeoXForCausalLM", "gptneox", gptneoxConfig, gptneoxMetadata, gptneoxMembers, gptneoxTensors, bindGPTNeoX},
		{"GPT-2", "gpt2", "GPT2LMHeadModel", "gpt2", gpt2Config, gpt2Metadata, gpt2Members, gpt2Tensors, bindGPT2},
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

// Architectures are the names of those that can be computed: "Llama", "GPT-2".
func Architectures() (titles []string) {
	for _, a := range architectures {
		if !slices.Contains(titles, a.title) {
			titles = append(titles, a.title)
		}
	}
	return titles
}

// archNames lists what can be read from a folder: "llama (LlamaForCausalLM), …".
func archNames() string {
	var list []string
	for _, a := range architectures {
		list = append(list, a.name+" ("+a.class+")")
	}
	return strings.Join(list, ", ")
}

// ggufNames lists what can be read from a GGUF: "llama, gpt2, …".
func ggufNames() string {
	var list []string
	for _, a := range architectures {
		if a.metadata != nil {
			list = append(list, a.gguf)
		}
	}
	return strings.Join(list, ", ")
}
