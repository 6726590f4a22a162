package model

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"argen"
	"argen/internal/quant"
	"argen/model/gguf"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

// A llama is what is converted.
type llama struct {
	*transformer.Model
	config transformer.Config
	tok    argen.Tokenizer
}

// asLlama returns a model that can be converted.
func asLlama(lm *LM) (llama, error) {
	m, ok := Base(lm.Model).(*transformer.Model)
	if !ok {
		return llama{}, fmt.Errorf("%s is no transformer: it has no weights to convert", quote(lm.Ref))
	}
	c := m.Config()
	switch {
	case c.Arch != "llama":
		return llama{}, fmt.Errorf("%s is a %s, which is not converted: argen converts llamas", quote(lm.Ref), c.Arch)
	case c.Rope.Type != "" && c.Rope.Type != "linear" || c.Rope.Stretch != nil:
		return llama{}, fmt.Errorf("%s: rope_scaling of type %q is not converted: argen converts plain and linear", quote(lm.Ref), cmp.Or(c.Rope.Type, "llama3"))
	}
	return llama{m, c, lm.Tokenizer}, nil
}

// tokenizerJSON is its tokenizer.json.
func (m llama) tokenizerJSON() ([]byte, error) {
	bos := argen.NoID
	if m.AddBOS {
		bos = m.config.BOS
	}
	return tokenizer.HuggingFace(m.tok, bos)
}

// WriteFolder writes a llama as a folder of Hugging Face, the matrices as float32,
// float16 or bfloat16 (F32, F16, BF16); vectors stay float32.
func WriteFolder(dir string, lm *LM, dtype safetensors.DType) error {
	m, err := asLlama(lm)
	if err != nil {
		return err
	}
	var tensors []safetensors.Tensor
	for _, name := range m.Tensors() {
		t, _ := m.Tensor(name)
		x, err := t.Float32()
		if err != nil {
			return err
		}
		as := dtype
		if len(t.Shape) < 2 {
			as = safetensors.F32
		}
		s, err := asType(name, as, x, t.Shape)
		if err != nil {
			return err
		}
		tensors = append(tensors, *s)
	}
	file, err := m.tokenizerJSON()
	if err != nil {
		return err
	}
	return transformer.WriteFolder(dir, m.config, tensors, file)
}

// WriteGGUF writes a llama as a GGUF that llama.cpp loads, the matrices as F32,
// F16, BF16, Q8_0 or Q4_0; those whose rows do not fit into blocks of 32 as F16
// instead of Q8_0 and Q4_0, which notes say. Vectors stay F32.
//
// The tokenizer stands there twice: as the tokenizer.json, which argen reads
// again, and in the nearest way that llama.cpp has, which notes tell (see
// gguf_tokenizer.go).
func WriteGGUF(w io.Writer, lm *LM, as quant.Type) (notes []string, err error) {
	m, err := asLlama(lm)
	if err != nil {
		return nil, err
	}
	meta, err := m.ggufMeta(as)
	if err != nil {
		return nil, err
	}
	vocab, note, err := ggufVocab(m.tok)
	if err != nil {
		return nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	meta = append(meta, vocab...)
	file, err := m.tokenizerJSON()
	if err != nil {
		return nil, err
	}
	meta = append(meta, gguf.KV{Key: keyTokenizer, Value: string(file)})

	var tensors []gguf.Tensor
	odd := 0
	for _, name := range m.Tensors() {
		t, _ := m.Tensor(name)
		x, err := t.Float32()
		if err != nil {
			return nil, err
		}
		there, order := m.config.GGUFTensor(name, t.Shape[0])
		x = reordered(x, len(x)/t.Shape[0], order)
		kind := as
		switch {
		case len(t.Shape) < 2:
			kind = quant.F32
		case !as.Fits(t.Shape[1]):
			kind = quant.F16
			odd++
		}
		g, err := gguf.Quantize(there, kind, x, t.Shape...)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, g)
	}
	if odd > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d tensors are F16: their rows are no multiple of 32, as %s needs", odd, len(tensors), as))
	}
	return notes, gguf.Write(w, meta, tensors)
}

// fileTypes are the numbers that llama.cpp gives to files by their matrices.
var fileTypes = map[quant.Type]uint32{quant.F32: 0, quant.F16: 1, quant.Q4_0: 2, quant.Q8_0: 7, quant.BF16: 32}

// ggufMeta is the metadata of a llama, without its tokenizer.
func (m llama) ggufMeta(as quant.Type) (gguf.Meta, error) {
	c := m.config
	if len(c.EOS) == 0 {
		return nil, errors.New("the model has no token that ends a text: llama.cpp would take one that is none")
	}
	meta := append(c.Metadata(),
		gguf.KV{Key: "general.file_type", Value: fileTypes[as]},
		gguf.KV{Key: "general.quantization_version", Value: uint32(2)},
	)
	if c.BOS != argen.NoID {
		meta = append(meta, gguf.KV{Key: keyBOS, Value: uint32(c.BOS)})
	}
	return append(meta,
		gguf.KV{Key: keyEOS, Value: uint32(c.EOS[0])},
		gguf.KV{Key: keyAddBOS, Value: m.AddBOS},
		gguf.KV{Key: "tokenizer.ggml.add_eos_token", Value: false},
	), nil
}
