package safetensors

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// FromFloat32 returns a tensor of F32 that holds a copy of x.
func FromFloat32(name string, x []float32, shape ...int) Tensor {
	data := make([]byte, 0, 4*len(x))
	for _, v := range x {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return Tensor{Name: name, DType: F32, Shape: shape, Data: data}
}

// Write writes tensors as one file. The same tensors and metadata, in whatever
// order, give the same bytes: wider types come first, so that every tensor is
// aligned, and tensors of one size in order of name.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(widths[b.DType], widths[a.DType]), strings.Compare(a.Name, b.Name))
	})
	header, err := header(tensors, metadata)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	_, _ = out.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) // Flush returns the error
	_, _ = out.Write(header)
	for _, t := range tensors {
		if _, err := out.Write(t.Data); err != nil {
			return err
		}
	}
	return out.Flush()
}

// header returns the header of tensors in the order of their bytes, filled up
// with spaces to a multiple of 8.
func header(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	if len(metadata) > 0 {
		b.WriteString(`"__metadata__":{`)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%s:%s", text(key), text(metadata[key]))
		}
		b.WriteByte('}')
	}
	at := uint64(0)
	seen := map[string]bool{"__metadata__": true}
	for _, t := range tensors {
		size, says := bytesOf(t.DType, t.Shape)
		switch {
		case seen[t.Name]:
			return nil, fmt.Errorf("tensor %q: the name is taken", t.Name)
		case !utf8.ValidString(t.Name):
			return nil, fmt.Errorf("tensor %q: the name is not UTF-8", t.Name)
		case says != "":
			return nil, fmt.Errorf("tensor %q: %s", t.Name, says)
		case size != uint64(len(t.Data)):
			return nil, fmt.Errorf("tensor %q: shape %v of %s needs %d bytes, it has %d", t.Name, t.Shape, t.DType, size, len(t.Data))
		}
		seen[t.Name] = true
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		shape := strings.ReplaceAll(strings.Trim(fmt.Sprint(t.Shape), "[]"), " ", ",")
		fmt.Fprintf(&b, `%s:{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}`, text(t.Name), t.DType, shape, at, at+size)
		at += size
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	if b.Len() > maxHeader {
		return nil, fmt.Errorf("the header would have %d bytes, at most %d are allowed", b.Len(), maxHeader)
	}
	return b.Bytes(), nil
}

// text is a string as JSON.
func text(s string) []byte {
	b, _ := json.Marshal(s) // a string is always JSON
	return b
}
