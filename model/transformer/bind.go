package transformer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"argen/internal/tensor"
	"argen/model/safetensors"
)

// Weights are where a model's tensors are found by name, as [safetensors.File]
// and [safetensors.Tensors].
type Weights interface {
	Tensor(name string) (t *safetensors.Tensor, ok bool)
}

// Renamed are [Weights] of a file that has names of its own, which the errors of
// [New] then say.
type Renamed interface {
	// StoredName is what the file calls a tensor of that name, a field of
	// config.json, or, for [ConfigFile], the place of such fields.
	StoredName(name string) string
}

// A binder takes weights by name and checks their shapes. The first error ends
// it; what it returns after that is not to be used.
type binder struct {
	Config
	weights Weights
	prefix  string            // of all names: "transformer." or ""
	root    string            // of the names of a llama, but for its head: llamaRoot
	names   []string          // of the tensors taken so far, as they usually are
	stored  map[string]string // and as they are, by those
	params  int64             // numbers in them
	bytes   int64             // and the bytes they take
	memory  int64             // and those that they take once they are packed
	blocks  []quantised       // matrices that are to be packed
	options []Options
	int8    bool // some can be multiplied with int8
	err     error
}

// fail notes the first error.
func (b *binder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format, args...)
	}
}

// says is the name that errors say instead of one of a folder.
func (b *binder) says(name string) string {
	if r, ok := b.weights.(Renamed); ok {
		return r.StoredName(name)
	}
	return name
}

// has reports whether there is a tensor of that name.
func (b *binder) has(name string) bool {
	_, ok := b.weights.Tensor(b.prefix + name)
	return ok
}

// tensor returns the tensor of a name after checking its shape; what says where
// the shape comes from. It is nil after an error.
func (b *binder) tensor(name, what string, shape ...int) *safetensors.Tensor {
	if b.err != nil {
		return nil
	}
	name = b.prefix + name
	t, ok := b.weights.Tensor(name)
	switch {
	case !ok:
		b.fail("tensor %q is missing: %s needs it (%s %d)", b.says(name), b.Arch, b.says("num_hidden_layers"), b.Layers)
		return nil
	case !slices.Equal(t.Shape, shape):
		fields := strings.Split(what, ", ")
		for i, f := range fields {
			fields[i] = b.says(f)
		}
		b.fail("tensor %q: shape %v, %s wants %v (%s)", b.says(name), t.Shape, b.says(ConfigFile), shape, strings.Join(fields, ", "))
		return nil
	}
	usual := strings.TrimPrefix(name, b.prefix)
	if rest, ok := strings.CutPrefix(usual, b.root); ok {
		usual = llamaRoot + rest
	}
	b.names = append(b.names, usual)
	b.stored[usual] = name
	b.params += int64(t.Len())
	b.bytes += int64(len(t.Data))
	return t
}

// noMore refuses weights with a tensor of a further layer: without it the model
// computes, but nonsense.
func (b *binder) noMore(name string) {
	if b.err == nil && b.has(name) {
		b.fail("tensor %q is there, but %s says that %s is %d", b.says(b.prefix+name), b.says(ConfigFile), b.says("num_hidden_layers"), b.Layers)
	}
}

// vector returns a tensor of one dimension as float32.
func (b *binder) vector(name, what string, n int) []float32 {
	t := b.tensor(name, what, n)
	if t == nil {
		return nil
	}
	x, err := t.Float32()
	if err != nil {
		b.fail("%w", err)
		return nil
	}
	b.scan(t.Name, x)
	return x
}

// matrix returns a matrix stored as (rows, cols), with a bias if wanted.
func (b *binder) matrix(name, what string, rows, cols int, bias bool) *matrix {
	w := b.weight(b.tensor(name+".weight", what, rows, cols), rows, cols)
	if bias {
		w.bias = b.vector(name+".bias", what, rows)
	} else if b.err == nil && b.has(name+".bias") {
		b.fail("tensor %q is there, but %s says that there is none", b.says(b.prefix+name+".bias"), b.says(ConfigFile))
	}
	return w
}

// weight returns the matrix of a tensor, and checks that its numbers are finite.
func (b *binder) weight(t *safetensors.Tensor, rows, cols int) *matrix {
	w := &matrix{rows: rows, cols: cols}
	if t == nil {
		return w
	}
	if q, ok := t.Quantized(); ok {
		w.quant, w.blocks = q, t.Data
		b.blocks = append(b.blocks, quantised{w, t.Name})
		return w
	}
	var err error
	w.dtype = t.DType
	switch t.DType {
	case safetensors.F16, safetensors.BF16:
		if w.half, err = t.Half(); err == nil {
			exponent := uint16(0x7c00)
			if t.DType == safetensors.BF16 {
				exponent = 0x7f80
			}
			b.scanHalf(t.Name, w.half, exponent)
		}
	default:
		if w.f32, err = t.Float32(); err == nil {
			b.scan(t.Name, w.f32)
		}
	}
	if err != nil {
		b.fail("%w", err)
	}
	return w
}

// stack returns the matrices whose rows lie one below the other in a tensor, of
// those many rows each, with a bias if wanted. Order, unless it is nil, says where
// each row is to go first.
func (b *binder) stack(name, what string, cols int, bias bool, order func(c *Config, i, rows int) int, rows ...int) []*matrix {
	total := sum(rows)
	t := b.tensor(name+".weight", what, total, cols)
	var biases []float32
	if bias {
		biases = b.vector(name+".bias", what, total)
	}
	if b.err == nil && order != nil {
		t = reordered(t, &b.Config, order, false)
		if bias {
			sorted := make([]float32, total)
			for i := range sorted {
				sorted[order(&b.Config, i, total)] = biases[i]
			}
			biases = sorted
		}
	}
	return b.cut(t, biases, cols, rows)
}

// conv1D is stack with biases for a tensor that a folder of gpt2 stores as (cols,
// rows), of which it makes a copy.
func (b *binder) conv1D(name, what string, cols int, rows ...int) []*matrix {
	if !b.Transposed {
		return b.stack(name, what, cols, true, nil, rows...)
	}
	t := transposed(b.tensor(name+".weight", what, cols, sum(rows)))
	return b.cut(t, b.vector(name+".bias", what, sum(rows)), cols, rows)
}

// cut returns the matrices that lie one below the other in a tensor, which is nil
// after an error.
func (b *binder) cut(t *safetensors.Tensor, biases []float32, cols int, rows []int) []*matrix {
	list := make([]*matrix, len(rows))
	at := 0
	for i, n := range rows {
		var part *safetensors.Tensor
		if b.err == nil {
			width := len(t.Data) / t.Shape[0]
			part = &safetensors.Tensor{Name: t.Name, DType: t.DType, Shape: []int{n, cols}, Data: t.Data[at*width : (at+n)*width]}
		}
		list[i] = b.weight(part, n, cols)
		if biases != nil && b.err == nil {
			list[i].bias = biases[at : at+n]
		}
		at += n
	}
	return list
}

func sum(list []int) (n int) {
	for _, i := range list {
		n += i
	}
	return n
}

// reordered returns a copy of a tensor whose row i has gone to row order(i), or,
// back, has come from there.
func reordered(t *safetensors.Tensor, c *Config, order func(c *Config, i, rows int) int, back bool) *safetensors.Tensor {
	r := *t
	r.Data = make([]byte, len(t.Data))
	rows := t.Shape[0]
	for i, width := 0, len(t.Data)/max(rows, 1); i < rows && width > 0; i++ {
		from, to := i, order(c, i, rows)
		if back {
			from, to = to, from
		}
		copy(r.Data[to*width:(to+1)*width], t.Data[from*width:])
	}
	return &r
}

// transposed returns the transpose of a matrix of whole numbers of bytes, nil for
// nil.
func transposed(t *safetensors.Tensor) *safetensors.Tensor {
	if t == nil || t.Len() == 0 {
		return t
	}
	rows, cols := t.Shape[0], t.Shape[1]
	r := &safetensors.Tensor{Name: t.Name, DType: t.DType, Shape: []int{cols, rows}, Data: make([]byte, len(t.Data))}
	size := len(t.Data) / t.Len()
	for i := range rows {
		for j := range cols {
			copy(r.Data[(j*rows+i)*size:(j*rows+i+1)*size], t.Data[(i*cols+j)*size:])
		}
	}
	return r
}

// scan looks for a number that is not finite.
func (b *binder) scan(name string, x []float32) {
	if tensor.Finite(x) {
		return
	}
	const exponent = 0x7f800000
	for i, v := range x {
		if bits := math.Float32bits(v); bits&exponent == exponent {
			b.fail("tensor %q: its number %d is %v: the weights are damaged, or training diverged", name, i, v)
			return
		}
	}
}

// scanHalf is scan for half-precision numbers whose exponent has those bits.
func (b *binder) scanHalf(name string, x []uint16, exponent uint16) {
	var wide [1 << 12]float32
	for at := 0; at < len(x); at += len(wide) {
		part := x[at:min(at+len(wide), len(x))]
		if exponent == 0x7f80 {
			tensor.BF16ToF32(wide[:len(part)], part)
		} else {
			tensor.F16ToF32(wide[:len(part)], part)
		}
		if !tensor.Finite(wide[:len(part)]) {
			b.findHalf(name, x, exponent)
			return
		}
	}
}

// findHalf is scanHalf where there is such a number.
func (b *binder) findHalf(name string, x []uint16, exponent uint16) {
	for i, v := range x {
		if v&exponent == exponent {
			b.fail("tensor %q: its number %d is not finite (bits %#04x): the weights are damaged, or training diverged", name, i, v)
			return
		}
	}
}
