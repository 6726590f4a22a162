package transformer

import (
	"cmp"
	"regexp"
	"strings"
	"sync"

	"argen/model/gguf"
	"argen/model/safetensors"
)

// A tensorName pairs the names of tensors in a folder and in a GGUF, without
// .weight or .bias; # is the number of a layer.
type tensorName struct {
	folder, gguf string
	// row is where row i of the folder's tensor lies in that of a GGUF, of as
	// many rows; nil: at i.
	row func(c *Config, i, rows int) int
}

// FromGGUF is [New] for the weights in a GGUF, which the model's Close closes.
// After an error it is still open.
func FromGGUF(c Config, f *gguf.File, o ...Options) (*Model, error) {
	return FromFile(c, &ggufWeights{File: f, config: c}, o...)
}

// layerNumber finds the number of the layer in a tensor's name.
var layerNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\.\d+\.`) })

// ggufTensor finds the name that a tensor of a folder has in a GGUF, and its order
// there; ok is false if it has none.
func (c *Config) ggufTensor(folder string) (name string, row func(c *Config, i, rows int) int, ok bool) {
	arch := architectureOf(c.Arch)
	if arch == nil {
		return "", nil, false
	}
	pattern, layer := folder, ""
	if at := layerNumber().FindStringIndex(folder); at != nil {
		layer = folder[at[0]+1 : at[1]-1]
		pattern = folder[:at[0]+1] + "#" + folder[at[1]-1:]
	}
	for _, n := range arch.tensors {
		kind, ok := strings.CutPrefix(pattern, n.folder+".")
		if ok && (kind == "weight" || kind == "bias") {
			return strings.Replace(n.gguf+"."+kind, "#", layer, 1), n.row, true
		}
	}
	return "", nil, false
}

// GGUFTensor returns the name that a tensor of a folder has in a GGUF, "" if it
// has none. Order is for each of its rows the row that it is there, nil if they
// have the same order.
func (c *Config) GGUFTensor(folder string, rows int) (name string, order []int) {
	name, row, _ := c.ggufTensor(folder)
	if row != nil {
		order = make([]int, rows)
		for i := range order {
			order[i] = row(c, i, rows)
		}
	}
	return name, order
}

// ggufWeights are the tensors of a GGUF, found by the names of a folder, their
// rows in its order.
type ggufWeights struct {
	*gguf.File
	config Config
}

// StoredName implements [Renamed].
func (w *ggufWeights) StoredName(name string) string {
	arch := architectureOf(w.config.Arch)
	if key, ok := ggufKeys[name]; ok && arch != nil {
		return arch.gguf + "." + key
	}
	if name == ConfigFile {
		return "the metadata"
	}
	tensor, _, _ := w.config.ggufTensor(name)
	return cmp.Or(tensor, name)
}

// Tensor implements [Weights].
func (w *ggufWeights) Tensor(name string) (*safetensors.Tensor, bool) {
	found, row, ok := w.config.ggufTensor(name)
	if !ok {
		return nil, false
	}
	t, ok := w.File.Tensor(found)
	if !ok {
		return nil, false
	}
	s := &safetensors.Tensor{Name: t.Name, DType: safetensors.DType(t.Type.String()), Shape: t.Shape, Data: t.Data}
	if row != nil && len(t.Shape) > 0 {
		s = reordered(s, &w.config, row, true)
	}
	return s, true
}

// halves is the row order of what is rotated in a llama's GGUF: it turns rows 2i
// and 2i+1 of a head together, where transformers turns i and i + rows/2.
func halves(heads, i, rows int) int {
	d := rows / heads
	if heads*d != rows || d%2 != 0 { // its shape is wrong
		return i
	}
	head, j := i/d*d, i%d
	if j < d/2 {
		return head + 2*j
	}
	return head + 2*(j-d/2) + 1
}
