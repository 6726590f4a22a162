package llama2c

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"argen/internal/quant"
)

// sizes are the sizes of a small checkpoint.
type sizes struct {
	dim, hidden, layers, heads, kvHeads, vocab, context int32
	tied                                                bool
	group                                               int
}

var small = sizes{dim: 8, hidden: 12, layers: 2, heads: 2, kvHeads: 1, vocab: 6, context: 5}

// checkpoint writes a checkpoint whose numbers count up from 1 in the order in
// which the export of llama2.c writes them; those of version 2 have whole numbers
// that count up from -100, and scales 1, 2, 3, ….
func checkpoint(version int, s sizes) []byte {
	var b []byte
	put := func(v any) { b, _ = binary.Append(b, binary.LittleEndian, v) }
	vocab := s.vocab
	if version == 0 && !s.tied {
		vocab = -vocab
	}
	if version > 0 {
		b = append(b, Magic...)
		put(int32(version))
	}
	put([]int32{s.dim, s.hidden, s.layers, s.heads, s.kvHeads, vocab, s.context})
	if version > 0 {
		put(s.tied)
		if version == 2 {
			put(int32(s.group))
		}
		b = append(b, make([]byte, headerLen-len(b))...)
	}
	next, scale, q := float32(1), float32(1), int8(-100)
	f32 := func(n int32) {
		for range n {
			put(next)
			next++
		}
	}
	matrix := func(n int32) {
		if version < 2 {
			f32(n)
			return
		}
		for range n {
			put(q)
			q = int8((int(q)+101)%201 - 100)
		}
		for range int(n) / s.group {
			put(scale)
			scale++
		}
	}
	layers := func(write func(int32), n int32) {
		for range s.layers {
			write(n)
		}
	}
	kv := s.dim / s.heads * s.kvHeads
	attention := func() {
		layers(matrix, s.dim*s.dim)
		layers(matrix, kv*s.dim)
		layers(matrix, kv*s.dim)
		layers(matrix, s.dim*s.dim)
	}
	mlp := func() {
		for range 3 {
			layers(matrix, s.hidden*s.dim)
		}
	}
	if version == 0 {
		matrix(s.vocab * s.dim)
		layers(f32, s.dim)
		attention()
		layers(f32, s.dim)
		mlp()
		f32(s.dim)
		f32(s.context * s.dim / s.heads)
	} else {
		layers(f32, s.dim)
		layers(f32, s.dim)
		f32(s.dim)
		matrix(s.vocab * s.dim)
		attention()
		mlp()
	}
	if !s.tied {
		matrix(s.vocab * s.dim)
	}
	return b
}

func read(t *testing.T, version int, s sizes) *File {
	t.Helper()
	f, err := Read("m.bin", checkpoint(version, s))
	if err != nil {
		t.Fatal(err)
	}
	if f.Version != version || f.Config.Tied != s.tied || f.Config.Layers != int(s.layers) || f.Config.HeadDim != int(s.dim/s.heads) {
		t.Fatalf("version %d, %+v", f.Version, f.Config)
	}
	return f
}

// numbers are those of a tensor.
func numbers(t *testing.T, f *File, name string) []float32 {
	t.Helper()
	tensor, ok := f.Tensor(name)
	if !ok {
		t.Fatalf("%s is missing", name)
	}
	typ, _ := quant.TypeOf(string(tensor.DType))
	x := make([]float32, tensor.Len())
	quant.Dequantize(typ, x, tensor.Data)
	return x
}

// Where the tensors of each version begin, counted by hand from the sizes above:
// dim 8, hidden_dim 12, 2 layers, 2 heads of 4, 1 of keys and values, 6 tokens.
func TestOrder(t *testing.T) {
	for version, first := range map[int]map[string]float32{
		0: {
			"model.embed_tokens.weight":                      1,   // 48 numbers
			"model.layers.0.input_layernorm.weight":          49,  // 2·8
			"model.layers.1.input_layernorm.weight":          57,  //
			"model.layers.0.self_attn.q_proj.weight":         65,  // 2·64
			"model.layers.0.self_attn.k_proj.weight":         193, // 2·32
			"model.layers.1.self_attn.v_proj.weight":         289, // 257 + 32
			"model.layers.0.self_attn.o_proj.weight":         321, // 2·64
			"model.layers.0.post_attention_layernorm.weight": 449, // 2·8
			"model.layers.0.mlp.gate_proj.weight":            465, // 2·96
			"model.layers.0.mlp.down_proj.weight":            657, // 2·96
			"model.layers.0.mlp.up_proj.weight":              849, // 2·96
			"model.norm.weight":                              1041,
			"lm_head.weight":                                 1069, // 1041 + 8 + 5·4 of the table of positions
		},
		1: {
			"model.layers.0.input_layernorm.weight":          1,  // 2·8
			"model.layers.0.post_attention_layernorm.weight": 17, // 2·8
			"model.norm.weight":                              33,
			"model.embed_tokens.weight":                      41, // 48
			"model.layers.0.self_attn.q_proj.weight":         89, // 2·64
			"model.layers.1.mlp.up_proj.weight":              89 + 128 + 64 + 64 + 128 + 192 + 192 + 96,
			"lm_head.weight":                                 89 + 128 + 64 + 64 + 128 + 3*192,
		},
	} {
		f := read(t, version, small)
		for name, want := range first {
			if x := numbers(t, f, name); x[0] != want || x[len(x)-1] != want+float32(len(x)-1) {
				t.Errorf("version %d, %s: %v to %v, want %v on", version, name, x[0], x[len(x)-1], want)
			}
		}
		if _, ok := f.Tensor("model.layers.2.mlp.up_proj.weight"); ok {
			t.Error("a tensor of a third layer")
		}
		if end := f.tensors[len(f.tensors)-1]; end.name != "lm_head.weight" || !slices.Equal(end.shape, []int{6, 8}) {
			t.Errorf("the last tensor is %+v", end)
		}
	}
}

// Rows of a head of queries come as 0, 2, 1, 3: Meta turns neighbours together,
// transformers number i and number i + half.
func TestRows(t *testing.T) {
	q := numbers(t, read(t, 1, small), "model.layers.0.self_attn.q_proj.weight")
	for row, theirs := range []int{0, 2, 1, 3, 4, 6, 5, 7} {
		if want := float32(89 + 8*theirs); q[8*row] != want {
			t.Errorf("row %d begins with %v, want %v", row, q[8*row], want)
		}
	}
}

// A matrix of version 2 is whole numbers times the scale of their group, also
// where groups are smaller than the blocks that they are computed in.
func TestGroups(t *testing.T) {
	for group, dim := range map[int]int32{4: 8, 64: 64, 32: 64} {
		s := small
		s.dim, s.hidden, s.group, s.tied = dim, dim, group, true
		f := read(t, 2, s)
		x := numbers(t, f, "model.embed_tokens.weight")
		q, scale := int8(-100), float32(1)
		for i := range x {
			if i > 0 && i%group == 0 {
				scale++
			}
			if want := float32(q) * scale; x[i] != want {
				t.Fatalf("groups of %d: number %d is %v, want %v", group, i, x[i], want)
			}
			q = int8((int(q)+101)%201 - 100)
		}
		bytes := int64(headerLen)
		for _, t := range f.Tensors() {
			bytes += t.Bytes
		}
		if bytes != f.Size() {
			t.Errorf("the tensors have %d bytes, the file %d", bytes, f.Size())
		}
	}
}

func TestRefuses(t *testing.T) {
	change := func(version int, s sizes, at int, v int32) []byte {
		b := checkpoint(version, s)
		binary.LittleEndian.PutUint32(b[at:], uint32(v))
		return b
	}
	quantized := small
	quantized.group = 4
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, "the file is empty"},
		{checkpoint(0, small)[:27], "byte 24: header: seq_len: it needs 4 bytes"},
		{change(0, small, 0, -8), "byte 0: header: dim: -8, want a size"},
		{change(0, small, 0, 0), "byte 0: header: dim: 0, want a size"},
		{change(0, small, 4, math.MaxInt32), "byte 4: header: hidden_dim: 2147483647 needs more bytes"},
		{change(0, small, 8, 1<<14), "byte 8: header: n_layers: 16384 needs more bytes"},
		{change(0, small, 8, 1<<30), "byte 8: header: n_layers: 1073741824, want a size from 1 to 16384"},
		{change(0, small, 12, 3), "byte 12: header: n_heads: 3: it must divide dim, 8"},
		{change(0, small, 12, 8), "byte 12: header: n_heads: 8: heads of 1 numbers"},
		{change(0, small, 16, 3), "byte 16: header: n_kv_heads: 3: it must divide n_heads, 2"},
		{change(0, small, 20, 0), "byte 20: header: vocab_size: 0, want a size"},
		{change(0, small, 20, math.MinInt32), "byte 20: header: vocab_size: 2147483648 needs more bytes"},
		{change(0, small, 24, 0), "byte 24: header: seq_len: 0, want a size"},
		{change(0, small, 24, 6), "by its sizes the file has"},
		{checkpoint(0, small)[:4000], "by its sizes the file has"},
		{append(checkpoint(1, small), 0), "by its sizes the file has"},
		{checkpoint(1, small)[:100], "byte 37: header: it needs 219 bytes and 63 are left"},
		{change(1, small, 4, 3), "byte 4: version: 3 is not supported"},
		{change(1, small, 28, -6), "byte 28: header: vocab_size: -6, want a size"},
		{change(1, small, 36, 2), "shared classifier: 2 is neither 0 nor 1"},
		{change(2, quantized, 37, 0), "group size: 0: it must divide rows of 8 numbers"},
		{change(2, quantized, 37, 8), "group size: 8: it must divide rows of 12 numbers"},
	} {
		f, err := Read("m.bin", c.data)
		if err == nil || f != nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "m.bin") {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}

// What is read holds all tensors that its configuration promises, within the
// file.
func FuzzRead(f *testing.F) {
	for version := range 3 {
		s := small
		s.group, s.tied = 4, version == 1
		f.Add(checkpoint(version, s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read("f", data)
		if err != nil {
			if m != nil {
				t.Fatal("a file with an error")
			}
			return
		}
		n := 0
		for _, about := range m.Tensors() {
			tensor, ok := m.Tensor(about.Name)
			if !ok || !slices.Equal(tensor.Shape, about.Shape) || len(tensor.Data) == 0 {
				t.Fatalf("%s: %v", about.Name, tensor)
			}
			n++
		}
		want := 2 + 9*m.Config.Layers
		if !m.Config.Tied {
			want++
		}
		if n != want {
			t.Fatalf("%d tensors of %d", n, want)
		}
	})
}
