// Package llama2c reads the checkpoints of llama2.c, files that end in .bin: a
// header of seven whole numbers and then the weights of a llama, one after the
// other without names.
//
//	f, err := llama2c.Open("stories15M.bin")
//	defer f.Close()
//	f.Config.Layers, f.Version
//	t, ok := f.Tensor("model.norm.weight")
//
// There are three versions. The first has no magic number and its weights are
// float32; so are those of version 1, which lie in another order behind a header
// of 256 bytes; version 2 stores matrices as int8, with a float32 scale for each
// group of neighbours. The rows of queries and keys are in the order of Meta's
// Llama, as they are in a GGUF.
//
// (https://github.com/karpathy/llama2.c, export.py, run.c, runq.c.)
package llama2c

import (
	"errors"
	"math"
	"math/bits"
	"path/filepath"

	"argen"
	"argen/internal/mapped"
	"argen/internal/strict"
	"argen/model/transformer"
)

// Magic are the first bytes of a file of version 1 or 2.
const Magic = "24ka"

// headerLen is that of versions 1 and 2.
const headerLen = 256

// maxLayers is a hundred times what models have, so that the list of tensors
// stays small.
const maxLayers = 1 << 14

// The tokens that begin and end a text, as run.c has them.
const (
	BOS argen.ID = 1
	EOS argen.ID = 2
)

// A File is a checkpoint that was opened. It implements [transformer.File], by
// the names and row orders of a folder of Hugging Face. Close it after the last
// use of its tensors.
type File struct {
	Version int // 0, 1 or 2
	Config  transformer.Config
	Group   int // numbers of a matrix that share a scale in version 2, otherwise 0

	data    []byte
	tensors []place
	byName  map[string]int
	files   mapped.Files
}

// A place is where a tensor lies in the file.
type place struct {
	name   string
	shape  []int
	at     uint64
	scales uint64 // where its scales are, 0 if it is float32
}

// Open opens a checkpoint. It is mapped into memory, not read.
func Open(path string) (*File, error) {
	data, unmap, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := Read(filepath.Base(path), data)
	if err != nil {
		return nil, errors.Join(err, unmap())
	}
	f.files.OnClose(unmap)
	return f, nil
}

// SHA256 implements [transformer.File].
func (f *File) SHA256() string { return f.files.SHA256() }

// Size implements [transformer.File].
func (f *File) Size() int64 { return f.files.Size() }

// Close implements [transformer.File].
func (f *File) Close() error { return f.files.Close() }

// A header is what the file begins with: the sizes in order, each with its name
// in llama2.c and where it stands.
type header struct {
	*strict.Bytes
	dim, hidden, layers, heads, kvHeads, vocab, context size
	tied                                                bool
}

type size struct {
	name string
	at   int64
	n    uint64
}

// Read reads a checkpoint that is in memory; name stands in its errors, which
// are [*strict.Error]. The tensors are parts of data.
func Read(name string, data []byte) (*File, error) {
	if says := strict.Foreign(data); says != "" {
		return nil, &strict.Error{File: name, Offset: 0, Field: "header", Msg: says}
	}
	f := &File{data: data, byName: map[string]int{}}
	f.files.Add(data)
	h := &header{Bytes: strict.NewBytes(name, data)}
	if err := f.header(h); err != nil {
		return nil, err
	}
	headDim := int(h.dim.n / h.heads.n)
	f.Config = transformer.Config{
		Arch: "llama", VocabSize: int(h.vocab.n), Context: int(h.context.n), Hidden: int(h.dim.n), Layers: int(h.layers.n),
		Heads: int(h.heads.n), KVHeads: int(h.kvHeads.n), HeadDim: headDim, FFN: int(h.hidden.n),
		Eps: 1e-5, Act: "silu", Tied: h.tied, Rope: transformer.Rope{Theta: 10000}, BOS: argen.NoID,
	}
	if h.vocab.n > uint64(EOS) {
		f.Config.BOS, f.Config.EOS = BOS, []argen.ID{EOS}
	}
	if err := f.fits(h); err != nil {
		return nil, err
	}
	if end := f.lay(); end != uint64(len(data)) {
		return nil, h.ErrorAt(h.Offset(), "header", "by its sizes the file has %d bytes, but it has %d: it is no checkpoint of llama2.c, or cut short or damaged", end, len(data))
	}
	return f, nil
}

// header reads the sizes and checks each for itself.
func (f *File) header(h *header) error {
	if string(f.data[:min(len(f.data), len(Magic))]) == Magic {
		_, _ = h.Take("magic", uint64(len(Magic)))
		v, err := h.U32("version")
		if err != nil {
			return err
		}
		if v != 1 && v != 2 {
			return h.Errorf("version", "%d is not supported: argen reads 1 and 2, and files without a version", v)
		}
		f.Version = int(v)
	}
	for _, s := range []struct {
		name string
		dst  *size
	}{
		{"dim", &h.dim},
		{"hidden_dim", &h.hidden},
		{"n_layers", &h.layers},
		{"n_heads", &h.heads},
		{"n_kv_heads", &h.kvHeads},
		{"vocab_size", &h.vocab},
		{"seq_len", &h.context},
	} {
		v, err := h.U32("header: " + s.name)
		if err != nil {
			return err
		}
		n := int64(int32(v))
		*s.dst = size{s.name, h.Offset() - 4, uint64(n)}
		if s.name == "vocab_size" && f.Version == 0 {
			h.tied = n > 0 // a negative size: the head is a matrix of its own
			s.dst.n = uint64(max(n, -n))
			if n != 0 {
				continue
			}
		}
		most := int64(math.MaxInt32)
		if s.dst == &h.layers {
			most = maxLayers
		}
		if n < 1 || n > most {
			return h.Errorf("header: "+s.name, "%d, want a size from 1 to %d", n, most)
		}
	}
	switch dim, heads := h.dim.n, h.heads.n; {
	case dim%heads != 0:
		return h.ErrorAt(h.heads.at, "header: n_heads", "%d: it must divide dim, %d", heads, dim)
	case dim/heads%2 != 0:
		return h.ErrorAt(h.heads.at, "header: n_heads", "%d: heads of %d numbers, which are rotated in pairs", heads, dim/heads)
	case heads%h.kvHeads.n != 0:
		return h.ErrorAt(h.kvHeads.at, "header: n_kv_heads", "%d: it must divide n_heads, %d", h.kvHeads.n, heads)
	}
	if f.Version == 0 {
		return nil
	}
	tied, err := h.U8("header: shared classifier")
	if err != nil {
		return err
	}
	if tied > 1 {
		return h.Errorf("header: shared classifier", "%d is neither 0 nor 1", tied)
	}
	h.tied = tied == 1
	if f.Version == 2 {
		group, err := h.U32("header: group size")
		if err != nil {
			return err
		}
		for _, row := range []uint64{h.dim.n, h.hidden.n} {
			if group < 1 || uint64(group) > row || row%uint64(group) != 0 {
				return h.Errorf("header: group size", "%d: it must divide rows of %d numbers", int32(group), row)
			}
		}
		f.Group = int(group)
	}
	_, err = h.Take("header", uint64(headerLen-h.Offset()))
	return err
}

// fits reports which size alone needs more bytes than the file has.
func (f *File) fits(h *header) error {
	width := uint64(4)
	if f.Version == 2 {
		width = 1
	}
	kv := h.dim.n / h.heads.n * h.kvHeads.n
	for _, s := range []struct {
		of    size
		count uint64
		each  uint64 // numbers
	}{
		{h.dim, h.dim.n, h.dim.n},
		{h.hidden, h.hidden.n, h.dim.n},
		{h.vocab, h.vocab.n, h.dim.n},
		{h.layers, h.layers.n, 2*h.dim.n + 2*h.dim.n*h.dim.n + 2*kv*h.dim.n + 3*h.hidden.n*h.dim.n},
		{h.context, h.context.n, 1},
	} {
		if s.of.name == h.context.name && f.Version > 0 {
			continue // only the first version has a table of positions
		}
		if hi, lo := bits.Mul64(s.count, s.each*width); hi != 0 || lo > uint64(len(f.data)) {
			return h.ErrorAt(s.of.at, "header: "+s.of.name, "%d needs more bytes than the %d of the file: it is no checkpoint of llama2.c, or cut short or damaged", s.of.n, len(f.data))
		}
	}
	return nil
}
