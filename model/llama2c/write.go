package llama2c

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"argen/model/transformer"
)

// What run.c computes with, whatever the file says.
const (
	theta = 10000
	eps   = 1e-5
)

// Check reports why llama2.c could not compute a model.
func Check(c transformer.Config) error {
	switch {
	case c.Arch != "llama":
		return fmt.Errorf("llama2.c computes llamas, not %s", c.Arch)
	case c.Rope.Theta != theta || c.Rope.Type != "" || c.Rope.Stretch != nil:
		return fmt.Errorf("llama2.c rotates with the base %d and stretches no wavelengths, the model has %g %s", theta, c.Rope.Theta, c.Rope.Type)
	case c.Eps != eps:
		return fmt.Errorf("llama2.c adds %g in its norms, the model %g", eps, c.Eps)
	case c.HeadDim*c.Heads != c.Hidden:
		return fmt.Errorf("llama2.c has heads of width dim/n_heads, the model of %d", c.HeadDim)
	case c.QKVBias || c.OutBias || c.MLPBias:
		return fmt.Errorf("llama2.c has no biases, the model has some")
	}
	return nil
}

// Write writes a model as a checkpoint, of the version without a number, or, if
// group is not 0, of version 2 with groups of that size, which divides the rows of
// all matrices. Numbers returns those of a tensor by its name and in its order in
// a folder.
func Write(w io.Writer, c transformer.Config, group int, numbers func(name string) ([]float32, error)) error {
	if err := Check(c); err != nil {
		return err
	}
	f := &File{Config: c, Group: group, byName: map[string]int{}}
	if group > 0 {
		f.Version = 2
	}
	f.lay()
	out := bufio.NewWriterSize(w, 1<<16) // keeps the first error for Flush
	_, _ = out.Write(f.head())
	for _, p := range f.tensors {
		if p.name == "lm_head.weight" && f.Version == 0 {
			_, _ = out.Write(f.positions())
		}
		x, err := numbers(p.name)
		if err != nil {
			return err
		}
		x = c.GGUFNumbers(p.name, x, p.shape)
		var b []byte
		if p.scales > 0 {
			b = grouped(x, group)
		} else {
			b = appendFloats(nil, x)
		}
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
	if c.Tied && f.Version == 0 {
		_, _ = out.Write(f.positions())
	}
	return out.Flush()
}

// head is the header.
func (f *File) head() (b []byte) {
	c := &f.Config
	vocab := c.VocabSize
	if f.Version == 0 && !c.Tied {
		vocab = -vocab
	}
	if f.Version > 0 {
		b = binary.LittleEndian.AppendUint32([]byte(Magic), uint32(f.Version))
	}
	for _, n := range []int{c.Hidden, c.FFN, c.Layers, c.Heads, c.KVHeads, vocab, c.Context} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	if f.Version == 0 {
		return b
	}
	tied := byte(0)
	if c.Tied {
		tied = 1
	}
	b = binary.LittleEndian.AppendUint32(append(b, tied), uint32(f.Group))
	return append(b, make([]byte, headerLen-len(b))...)
}

// positions are the cosines of all positions and pairs, then the sines.
func (f *File) positions() (b []byte) {
	pairs := f.Config.HeadDim / 2
	for _, of := range []func(float64) float64{math.Cos, math.Sin} {
		for t := range f.Config.Context {
			for i := range pairs {
				b = appendFloats(b, []float32{float32(of(float64(t) / math.Pow(theta, float64(i)/float64(pairs))))})
			}
		}
	}
	return b
}

// grouped rounds numbers to int8, so that the largest of a group is ±127, and
// puts the scales behind them.
func grouped(x []float32, group int) []byte {
	b, scales := make([]byte, 0, len(x)), make([]float32, 0, len(x)/group)
	for ; len(x) > 0; x = x[group:] {
		largest := float32(0)
		for _, v := range x[:group] {
			largest = max(largest, max(v, -v))
		}
		scale := largest / 127
		scales = append(scales, scale)
		for _, v := range x[:group] {
			q := int8(0)
			if scale > 0 {
				q = int8(math.RoundToEven(float64(v / scale)))
			}
			b = append(b, byte(q))
		}
	}
	return appendFloats(b, scales)
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
