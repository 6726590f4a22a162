package model

import (
	"cmp"
	"maps"
	"slices"

	"argen"
	"argen/model/gguf"
	"argen/model/llama2c"
	"argen/model/transformer"
)

// A TensorInfo says what one tensor of a model is.
type TensorInfo struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"` // outermost dimension first
	Type  string `json:"type"`  // "F32", "Q4_1"
	Bytes int64  `json:"bytes"`
}

// A TypeInfo says how much of a model is stored as one type.
type TypeInfo struct {
	Type    string `json:"type"`
	Tensors int    `json:"tensors"`
	Bytes   int64  `json:"bytes"`

	numbers int64
}

// TypesOf says how much of some tensors is stored as which type, that of most
// numbers first.
func TypesOf(tensors []TensorInfo) []TypeInfo {
	var types []TypeInfo
	for _, one := range tensors {
		n := int64(1)
		for _, size := range one.Shape {
			n *= int64(size)
		}
		i := slices.IndexFunc(types, func(t TypeInfo) bool { return t.Type == one.Type })
		if i < 0 {
			i = len(types)
			types = append(types, TypeInfo{Type: one.Type})
		}
		t := &types[i]
		t.Tensors, t.Bytes, t.numbers = t.Tensors+1, t.Bytes+one.Bytes, t.numbers+n
	}
	slices.SortStableFunc(types, func(a, b TypeInfo) int { return cmp.Compare(b.numbers, a.numbers) })
	return types
}

// add adds a tensor to a description.
func (d *Description) add(name, kind string, shape []int, bytes int64) {
	d.Tensors = append(d.Tensors, TensorInfo{name, shape, kind, bytes})
}

// countTypes sums up the tensors.
func (d *Description) countTypes() {
	d.Types = TypesOf(d.Tensors)
	if len(d.Types) > 0 {
		d.Quantization = d.Types[0].Type
	}
}

// sizes takes what a configuration says.
func (d *Description) sizes(c transformer.Config) {
	d.Architecture, d.Family, d.Layers, d.Heads, d.KVHeads, d.HiddenSize = "transformer", c.Arch, c.Layers, c.Heads, c.KVHeads, c.Hidden
}

// transformer adds what the weights of a transformer are.
func (d *Description) transformer(m *transformer.Model) {
	d.sizes(m.Config())
	d.Parameters = m.Parameters()
	for _, name := range m.Tensors() {
		if t, ok := m.Tensor(name); ok {
			d.add(t.Name, string(t.DType), t.Shape, int64(len(t.Data)))
		}
	}
	d.countTypes()
	for key, value := range m.Meta {
		if key == "format" {
			continue // of the numbers, which readers other than argen ask for
		}
		if d.Meta == nil {
			d.Meta = map[string]string{}
		}
		d.Meta[key] = value
	}
}

// DescribeFile says what is in a GGUF or a checkpoint of llama2.c that cannot be
// opened as a model, for the reason why; ok is false for other files, and for
// those that are damaged.
func DescribeFile(path string, why error) (d Description, ok bool) {
	head, err := readHead(path)
	if err != nil || head.foreign() != "" {
		return d, false
	}
	d = Description{Ref: path, File: path, Bytes: head.size, Problem: why.Error()}
	switch {
	case isGGUF(head.raw, path):
		f, err := gguf.Open(path)
		if err != nil {
			return d, false
		}
		defer f.Close()
		d.gguf(f)
	case isBinary(head.raw, path):
		return d, false
	case isLlama2c(head.raw, path):
		f, err := llama2c.Open(path)
		if err != nil {
			return d, false
		}
		defer f.Close()
		d.SHA256 = f.SHA256()
		d.sizes(f.Config)
		d.VocabSize, d.ContextLength = f.Config.VocabSize, f.Config.Context
		for _, t := range f.Tensors() {
			d.add(t.Name, t.DType, t.Shape, t.Bytes)
		}
	default:
		return d, false
	}
	d.countTypes()
	for _, t := range d.Types {
		d.Parameters += t.numbers
	}
	return d, true
}

// gguf takes what the metadata of a GGUF says, of whatever model.
func (d *Description) gguf(f *gguf.File) {
	d.SHA256, d.Bytes = f.SHA256(), f.Size()
	d.Architecture = "transformer"
	d.Family, _ = f.Meta.String("general.architecture")
	prefix := d.Family + "."
	for key, dst := range map[string]*int{
		"context_length": &d.ContextLength, "block_count": &d.Layers, "embedding_length": &d.HiddenSize,
		"attention.head_count": &d.Heads, "attention.head_count_kv": &d.KVHeads,
	} {
		*dst, _ = f.Meta.Int(prefix + key)
	}
	d.VocabSize = f.Meta.Len("tokenizer.ggml.tokens")
	d.Tokenizer, _ = f.Meta.String("tokenizer.ggml.model")
	if source, ok := f.Meta.String(keyChatTemplate); ok {
		d.ChatTemplate, d.ChatFrom = source, keyChatTemplate
	}
	if tokens, ok := f.Meta.Value("tokenizer.ggml.tokens").([]string); ok {
		name := func(key string) (Named, bool) {
			id, ok := f.Meta.Int(key)
			if !ok || id >= len(tokens) {
				return Named{}, false
			}
			return Named{argen.ID(id), tokens[id]}, true
		}
		if bos, ok := name(keyBOS); ok {
			d.BOS = &bos
		}
		if eos, ok := name(keyEOS); ok {
			d.EOS = []Named{eos}
		}
	}
	for _, t := range f.Tensors {
		d.add(t.Name, t.Type.String(), t.Shape, int64(len(t.Data)))
	}
	d.Meta = map[string]string{}
	for _, key := range []string{"general.name", "general.license", keyPre} {
		if s, ok := f.Meta.String(key); ok {
			d.Meta[key] = s
		}
	}
	maps.DeleteFunc(d.Meta, func(_, s string) bool { return s == "" })
}

const keyPre = "tokenizer.ggml.pre"
