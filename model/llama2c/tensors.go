package llama2c

import (
	"encoding/binary"
	"strconv"

	"argen/internal/quant"
	"argen/model/safetensors"
)

// kind is one tensor of the model, or one of each layer.
type kind struct {
	name       string
	rows, cols int // a vector has no rows
}

// lay finds the places of the tensors, in the order of the version, and returns
// where the file ends. Its sizes are known to be no larger than the file.
func (f *File) lay() uint64 {
	c := &f.Config
	kv := c.KVHeads * c.HeadDim
	embedding, last := kind{"model.embed_tokens", c.VocabSize, c.Hidden}, kind{"model.norm", 0, c.Hidden}
	attnNorm, mlpNorm := kind{"input_layernorm", 0, c.Hidden}, kind{"post_attention_layernorm", 0, c.Hidden}
	attention := []kind{
		{"self_attn.q_proj", c.Hidden, c.Hidden},
		{"self_attn.k_proj", kv, c.Hidden},
		{"self_attn.v_proj", kv, c.Hidden},
		{"self_attn.o_proj", c.Hidden, c.Hidden},
	}
	mlp := []kind{{"mlp.gate_proj", c.FFN, c.Hidden}, {"mlp.down_proj", c.Hidden, c.FFN}, {"mlp.up_proj", c.FFN, c.Hidden}}
	at := uint64(headerLen)
	if f.Version == 0 {
		at = 7 * 4
	}
	one := func(k kind) { at = f.add(k, at) }
	layers := func(kinds ...kind) {
		for _, k := range kinds {
			name := k.name
			for i := range c.Layers {
				k.name = "model.layers." + strconv.Itoa(i) + "." + name
				one(k)
			}
		}
	}
	if f.Version == 0 {
		one(embedding)
		layers(attnNorm)
		layers(attention...)
		layers(mlpNorm)
		layers(mlp...)
		one(last)
		at += 4 * uint64(c.Context) * uint64(c.HeadDim) // cosines and sines of all positions
	} else {
		layers(attnNorm, mlpNorm)
		one(last)
		one(embedding)
		layers(attention...)
		layers(mlp...)
	}
	if !c.Tied {
		one(kind{"lm_head", c.VocabSize, c.Hidden})
	}
	return at
}

// add notes a tensor and returns where the next begins.
func (f *File) add(k kind, at uint64) uint64 {
	p := place{name: k.name + ".weight", shape: []int{k.rows, k.cols}, at: at}
	n := uint64(k.rows) * uint64(k.cols)
	switch {
	case k.rows == 0:
		p.shape = []int{k.cols}
		at += 4 * uint64(k.cols)
	case f.Version < 2:
		at += 4 * n
	default:
		p.scales = at + n
		at += n + 4*(n/uint64(f.Group))
	}
	f.byName[p.name] = len(f.tensors)
	f.tensors = append(f.tensors, p)
	return at
}

// Tensor implements [transformer.Weights]. Matrices of version 2 are of the type
// Q8_F32 if their groups are whole blocks of it, and widened to F32 otherwise.
// Rows of queries and keys are copied into the order of a folder.
func (f *File) Tensor(name string) (*safetensors.Tensor, bool) {
	i, ok := f.byName[name]
	if !ok {
		return nil, false
	}
	p := &f.tensors[i]
	t := &safetensors.Tensor{Name: p.name, DType: safetensors.F32, Shape: p.shape}
	rows := p.shape[0]
	switch {
	case p.scales == 0:
		t.Data = f.data[p.at : p.at+4*uint64(t.Len())]
	case f.Group%quant.Q8_F32.BlockLen() == 0:
		t.DType, t.Data = safetensors.DType(quant.Q8_F32.String()), f.blocks(p)
	default:
		t.Data = f.widen(p)
	}
	if _, order := f.Config.GGUFTensor(name, rows); order != nil {
		data, width := make([]byte, len(t.Data)), len(t.Data)/rows
		for to, from := range order {
			copy(data[to*width:(to+1)*width], t.Data[from*width:])
		}
		t.Data = data
	}
	return t, true
}

// blocks are the numbers of a matrix as blocks, each with the scale of its group.
func (f *File) blocks(p *place) []byte {
	n, step := p.shape[0]*p.shape[1], quant.Q8_F32.BlockLen()
	q, scales := f.data[p.at:][:n], f.data[p.scales:]
	dst := make([]byte, 0, n/step*quant.Q8_F32.BlockBytes())
	for i := 0; i < n; i += step {
		dst = append(dst, scales[4*(i/f.Group):][:4]...)
		dst = append(dst, q[i:i+step]...)
	}
	return dst
}

// widen returns the numbers of a matrix as float32.
func (f *File) widen(p *place) []byte {
	n := p.shape[0] * p.shape[1]
	x := make([]float32, n)
	scales := make([]float32, n/f.Group)
	_, _ = binary.Decode(f.data[p.scales:], binary.LittleEndian, scales) // they are there
	for i, q := range f.data[p.at:][:n] {
		x[i] = float32(int8(q)) * scales[i/f.Group]
	}
	t := safetensors.FromFloat32(p.name, x, p.shape...)
	return t.Data
}

// An About is what a file says of a tensor.
type About struct {
	Name  string
	DType string // "F32", "I8"
	Shape []int
	Bytes int64 // of numbers and scales
}

// Tensors lists the tensors in the order of the file.
func (f *File) Tensors() []About {
	list := make([]About, len(f.tensors))
	for i, p := range f.tensors {
		n := int64(1)
		for _, d := range p.shape {
			n *= int64(d)
		}
		list[i] = About{p.name, "F32", p.shape, 4 * n}
		if p.scales > 0 {
			list[i].DType, list[i].Bytes = "I8", n+4*(n/int64(f.Group))
		}
	}
	return list
}
