package transformer

import (
	"math"
	"slices"
	"strings"
)

// How the tensors of a folder and of a GGUF differ, besides their names.

// InFolder returns the configuration of the same model in a folder.
func (c Config) InFolder() Config {
	c.Transposed = c.Arch == "gpt2"
	c.NormsLess1 = strings.HasPrefix(c.Arch, "gemma")
	if r, ok := c.Rope.unstretched(c.HeadDim); ok {
		c.Rope = r
	}
	return c
}

// unstretched finds the settings of "llama3" of which the factors of a GGUF were
// computed: those of all published models, for an original context that is a
// power of two.
func (r Rope) unstretched(headDim int) (Rope, bool) {
	if r.Stretch == nil || r.Type != "" {
		return r, false
	}
	given := r.Stretch
	r.Type, r.LowFreq, r.HighFreq, r.Stretch = "llama3", 1, 4, nil
	r.Factor = float64(slices.Max(given))
	for r.Original = 32; r.Original <= 1<<20; r.Original *= 2 {
		found := true
		for i, want := range given {
			f := 1 / float32(math.Pow(r.Theta, float64(i)/float64(r.pairs(headDim))))
			found = found && math.Abs(float64(f/r.stretch(f, i, len(given))/want)-1) < 1e-5
		}
		if found {
			return r, true
		}
	}
	return r, false
}

// turned reports whether a tensor of a folder of gpt2 is a matrix (in, out).
func turned(folder string, shape []int) bool {
	return len(shape) == 2 && slices.ContainsFunc([]string{".c_attn.weight", ".c_proj.weight", ".c_fc.weight"}, func(end string) bool {
		return strings.HasSuffix(folder, end)
	})
}

// GGUFShape is the shape that a tensor of the model has in a GGUF.
func (c *Config) GGUFShape(folder string, shape []int) []int {
	if c.Transposed && turned(folder, shape) {
		return []int{shape[1], shape[0]}
	}
	return shape
}

// GGUFNumbers returns the numbers of a tensor as a GGUF has them: rows in its
// order, matrices (out, in) also of gpt2, and the weights of norms whole.
func (c *Config) GGUFNumbers(folder string, x []float32, shape []int) []float32 {
	if c.Transposed && turned(folder, shape) {
		x = transpose(x, shape[0], shape[1])
	}
	if c.NormsLess1 && len(shape) == 1 {
		x = plus(x, 1)
	}
	_, order := c.GGUFTensor(folder, shape[0])
	if order == nil {
		return x
	}
	y, width := make([]float32, len(x)), len(x)/shape[0]
	for from, to := range order {
		copy(y[to*width:(to+1)*width], x[from*width:])
	}
	return y
}

// FolderNumbers returns the numbers of a tensor of the model as a folder has
// them, and their shape there.
func (c *Config) FolderNumbers(folder string, x []float32, shape []int) ([]float32, []int) {
	f := c.InFolder()
	if f.Transposed && !c.Transposed && turned(folder, shape) {
		return transpose(x, shape[0], shape[1]), []int{shape[1], shape[0]}
	}
	if f.NormsLess1 && !c.NormsLess1 && len(shape) == 1 {
		return plus(x, -1), shape
	}
	return x, shape
}

func plus(x []float32, y float32) []float32 {
	x = slices.Clone(x)
	for i := range x {
		x[i] += y
	}
	return x
}

// transpose returns the transpose (cols, rows) of x (rows, cols).
func transpose(x []float32, rows, cols int) []float32 {
	y := make([]float32, len(x))
	for i := range rows {
		for j := range cols {
			y[j*rows+i] = x[i*cols+j]
		}
	}
	return y
}
