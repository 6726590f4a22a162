package model

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"argen"
	"argen/internal/quant"
	"argen/internal/safefile"
	"argen/model/gguf"
	"argen/model/paths"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

// A conversion is a transformer that is written in another format.
type conversion struct {
	*transformer.Model
	config transformer.Config
	tok    argen.Tokenizer
}

// convertible returns a model that can be converted.
func convertible(lm *LM) (conversion, error) {
	m, ok := Base(lm.Model).(*transformer.Model)
	if !ok {
		return conversion{}, fmt.Errorf("%s is no transformer: it has no weights to convert", paths.Quote(lm.Ref))
	}
	return conversion{m, m.Config(), lm.Tokenizer}, nil
}

// tokenizerJSON is its tokenizer.json.
func (m conversion) tokenizerJSON() ([]byte, error) {
	bos := argen.NoID
	if m.AddBOS {
		bos = m.config.BOS
	}
	return tokenizer.HuggingFace(m.tok, bos)
}

// numbers are those of a tensor as float32.
func numbers(t *safetensors.Tensor) ([]float32, error) {
	if as, ok := quant.TypeOf(string(t.DType)); ok && as.Quantized() {
		x := make([]float32, t.Len())
		quant.Dequantize(as, x, t.Data)
		return x, nil
	}
	return t.Float32()
}

// WriteFolder writes a transformer as a folder of Hugging Face, the matrices as
// float32, float16 or bfloat16 (F32, F16, BF16); vectors stay float32.
func WriteFolder(dir string, lm *LM, dtype safetensors.DType) error {
	m, err := convertible(lm)
	if err != nil {
		return err
	}
	file, err := m.tokenizerJSON()
	if err != nil {
		return err
	}
	var tensors []safetensors.Tensor
	for _, name := range m.Tensors() {
		t, _ := m.Tensor(name)
		x, err := numbers(t)
		if err != nil {
			return err
		}
		x, shape := m.config.FolderNumbers(name, x, t.Shape)
		as := dtype
		if len(shape) < 2 {
			as = safetensors.F32
		}
		s, err := asType(name, as, x, shape)
		if err != nil {
			return err
		}
		tensors = append(tensors, *s)
	}
	if err := transformer.WriteFolder(dir, m.config.InFolder(), tensors, file); err != nil {
		return err
	}
	c, err := lm.ChatTemplate()
	if err != nil {
		return nil // it has none
	}
	return safefile.Write(filepath.Join(dir, chatFile), func(w io.Writer) error { _, err := io.WriteString(w, c.Source); return err })
}

// asType returns a tensor whose numbers are rounded to a type.
func asType(name string, dtype safetensors.DType, x []float32, shape []int) (*safetensors.Tensor, error) {
	if dtype == safetensors.F32 {
		s := safetensors.FromFloat32(name, x, shape...)
		return &s, nil
	}
	q, err := gguf.Quantize(name, map[safetensors.DType]quant.Type{safetensors.F16: quant.F16, safetensors.BF16: quant.BF16}[dtype], x, shape...)
	if err != nil {
		return nil, err
	}
	return &safetensors.Tensor{Name: name, DType: dtype, Shape: shape, Data: q.Data}, nil
}

// WriteGGUF writes a transformer as a GGUF that llama.cpp loads, the matrices as
// F32, F16, BF16, Q8_0 or Q4_0; those whose rows do not fit into blocks of 32 as
// F16 instead of Q8_0 and Q4_0, which notes say. Vectors stay F32.
//
// The tokenizer stands there twice: as the tokenizer.json, which argen reads
// again, and in the nearest way that llama.cpp has, which notes tell (see
// gguf_tokenizer.go).
func WriteGGUF(w io.Writer, lm *LM, as quant.Type) (notes []string, err error) {
	m, err := convertible(lm)
	if err != nil {
		return nil, err
	}
	meta, tensors, notes, err := m.ggufMeta(as)
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
	if c, err := lm.ChatTemplate(); err == nil {
		meta = append(meta, gguf.KV{Key: keyChatTemplate, Value: c.Source})
		if len(c.Others) > 0 {
			notes = append(notes, "of the chat templates only the default is kept, not "+strings.Join(c.Others, ", "))
		}
	}

	r := rounding{as: as}
	for _, name := range m.Tensors() {
		t, _ := m.Tensor(name)
		shape := m.config.GGUFShape(name, t.Shape)
		there, _ := m.config.GGUFTensor(name, t.Shape[0])
		if there == "" {
			return nil, fmt.Errorf("tensor %s has no name in a GGUF", paths.Quote(name))
		}
		g := gguf.Tensor{Name: there, Shape: shape, Type: r.of(there, shape)}
		g.Make = func() ([]byte, error) {
			x, err := numbers(t)
			if err != nil {
				return nil, err
			}
			q, err := gguf.Quantize(there, g.Type, m.config.GGUFNumbers(name, x, t.Shape), shape...)
			return q.Data, err
		}
		tensors = append(tensors, g)
	}
	return append(notes, r.notes()...), gguf.Write(w, meta, tensors)
}

// ggufMeta is the metadata of a model, without its tokenizer, and the tensors
// that belong to it.
func (m conversion) ggufMeta(as quant.Type) (meta gguf.Meta, tensors []gguf.Tensor, notes []string, err error) {
	c := m.config
	if len(c.EOS) == 0 {
		return nil, nil, nil, errors.New("the model has no token that ends a text: llama.cpp would take one that is none")
	}
	if meta, tensors, notes, err = c.Metadata(); err != nil {
		return nil, nil, nil, err
	}
	meta = append(meta, typeKeys(as)...)
	if c.BOS != argen.NoID {
		meta = append(meta, gguf.KV{Key: keyBOS, Value: uint32(c.BOS)})
	}
	keys := []string{keyEOS, keyEOT, keyEOM}
	for i, id := range c.EOS[:min(len(c.EOS), len(keys))] {
		meta = append(meta, gguf.KV{Key: keys[i], Value: uint32(id)})
	}
	if n := len(c.EOS); n > len(keys) {
		notes = append(notes, fmt.Sprintf("a GGUF has keys for %d tokens that end a text, of which the model has %d: the others no longer end one", len(keys), n))
	}
	return append(meta,
		gguf.KV{Key: keyAddBOS, Value: m.AddBOS},
		gguf.KV{Key: "tokenizer.ggml.add_eos_token", Value: false},
	), tensors, notes, nil
}
