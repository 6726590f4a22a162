package train

import (
	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// Export describes the model as package transformer and Hugging Face's
// LlamaForCausalLM do. bos, or [argen.NoID], begins its texts, eos end them.
func (c Config) Export(bos argen.ID, eos ...argen.ID) transformer.Config {
	return transformer.Config{
		Arch: "llama", VocabSize: c.VocabSize, Context: c.Context, Hidden: c.Hidden,
		Layers: c.Layers, Heads: c.Heads, KVHeads: c.KVHeads, HeadDim: c.HeadDim(), FFN: c.FF,
		Eps: float32(c.NormEps), Act: "silu", Tied: true,
		Rope: transformer.Rope{Theta: c.RopeTheta}, BOS: bos, EOS: eos,
	}
}

// Model returns the model of weights, of which it holds a copy, so that training
// can go on while it writes. Prompts begin with its BOS token if it has one.
func Model(c transformer.Config, weights []Tensor) (*transformer.Model, error) {
	held := safetensors.Tensors{}
	for _, w := range weights {
		t := safetensors.FromFloat32(w.Name, w.Data, w.Shape...)
		held[w.Name] = &t
	}
	m, err := transformer.New(c, held)
	if err != nil {
		return nil, err
	}
	m.AddBOS = true
	return m, nil
}

// WriteFolder writes weights as a folder that [transformer.Open] and Hugging
// Face's transformers load. tokenizer is its tokenizer.json, which
// tokenizer.HuggingFace makes, or nil for none.
func WriteFolder(dir string, c transformer.Config, weights []Tensor, tokenizer []byte) error {
	var tensors []safetensors.Tensor
	for _, w := range weights {
		tensors = append(tensors, safetensors.FromFloat32(w.Name, w.Data, w.Shape...))
	}
	return transformer.WriteFolder(dir, c, tensors, tokenizer)
}
