package safetensors

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unique"

	"argen/internal/strict"
)

const (
	// maxHeader is the longest header in bytes, as the format has it.
	maxHeader = 100_000_000
	// maxDepth is how deep its JSON is nested: the header, a tensor, a shape.
	maxDepth = 8
)

// A reader reads one file.
type reader struct {
	name string
	base int64  // where the tensors' bytes begin
	data []byte // the tensors' bytes
	file *File
	// places are the offsets of each tensor, [begin, end).
	places []place
}

type place struct{ begin, end uint64 }

// Read reads a file that is in memory; name stands in its errors, which are
// [*strict.Error]. The tensors are parts of data.
func Read(name string, data []byte) (*File, error) {
	if says := strict.Foreign(data); says != "" {
		return nil, &strict.Error{File: name, Offset: 0, Field: "header", Msg: says}
	}
	b := strict.NewBytes(name, data)
	n, err := b.U64("header length")
	switch {
	case err != nil:
		return nil, err
	case n > maxHeader:
		return nil, b.Errorf("header length", "%d bytes, at most %d are allowed: this is no safetensors file, or damaged", n, maxHeader)
	}
	header, err := b.Take("header", n)
	if err != nil {
		return nil, err
	}
	r := &reader{name: name, base: b.Offset(), data: data[b.Offset():], file: &File{}}
	r.file.files.Add(data)
	tensors := bytes.Count(header, []byte(`"data_offsets"`)) // at most, of a valid file
	r.file.tensors, r.places = make([]Tensor, 0, tensors), make([]place, 0, tensors)
	j := strict.NewJSON(name+": header", header, maxDepth)
	err = j.Object(func(member string) error {
		if member == "__metadata__" {
			return r.metadata(j)
		}
		return r.tensor(j, member)
	})
	if err != nil {
		return nil, err
	}
	if err := j.End(); err != nil {
		return nil, err
	}
	if err := r.lay(); err != nil {
		return nil, err
	}
	return r.file, nil
}

// metadata reads the notes of a file, which are strings.
func (r *reader) metadata(j *strict.JSON) error {
	r.file.Metadata = map[string]string{}
	return j.Object(func(name string) (err error) {
		r.file.Metadata[name], err = j.String()
		return err
	})
}

// tensor reads type, shape and place of a tensor.
func (r *reader) tensor(j *strict.JSON, name string) error {
	t := Tensor{Name: name}
	var at place
	var has struct{ dtype, shape, offsets bool }
	err := j.Object(func(member string) (err error) {
		switch member {
		case "dtype":
			has.dtype = true
			var s string
			s, err = j.String()
			t.DType = DType(unique.Make(s).Value()) // one string for all of a type
		case "shape":
			has.shape = true
			t.Shape = []int{}
			err = j.Array(func(int) error {
				d, err := j.Int(0, math.MaxInt)
				t.Shape = append(t.Shape, int(d))
				return err
			})
		case "data_offsets":
			has.offsets = true
			at, err = readPlace(j)
		default:
			err = j.Errorf("a tensor has dtype, shape and data_offsets, nothing else")
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !has.dtype:
		return j.Errorf("tensor %s: dtype is missing", strict.Quote(name))
	case !has.shape:
		return j.Errorf("tensor %s: shape is missing", strict.Quote(name))
	case !has.offsets:
		return j.Errorf("tensor %s: data_offsets are missing", strict.Quote(name))
	}
	size, says := bytesOf(t.DType, t.Shape)
	switch {
	case says != "":
		return j.Errorf("tensor %s: %s", strict.Quote(name), says)
	case at.begin > at.end:
		return j.Errorf("tensor %s: data_offsets %d, %d: the end is before the begin", strict.Quote(name), at.begin, at.end)
	case at.end-at.begin != size:
		return j.Errorf("tensor %s: shape %v of %s needs %d bytes, data_offsets %d, %d hold %d", strict.Quote(name), t.Shape, t.DType, size, at.begin, at.end, at.end-at.begin)
	case at.end > uint64(len(r.data)):
		return j.Errorf("tensor %s: data_offsets end at %d, the file has %d bytes of data: it is cut short, fetch it again", strict.Quote(name), at.end, len(r.data))
	}
	t.Data = r.data[at.begin:at.end:at.end]
	r.file.tensors = append(r.file.tensors, t)
	r.places = append(r.places, at)
	return nil
}

// readPlace reads a pair of offsets.
func readPlace(j *strict.JSON) (at place, err error) {
	n := 0
	err = j.Array(func(i int) (err error) {
		n++
		switch i {
		case 0:
			at.begin, err = j.Uint64()
		case 1:
			at.end, err = j.Uint64()
		default:
			err = j.Errorf("data_offsets are two numbers, begin and end")
		}
		return err
	})
	if err == nil && n != 2 {
		err = j.Errorf("data_offsets are two numbers, begin and end, found %d", n)
	}
	return at, err
}

// bytesOf returns the size of a tensor, or says why it has none.
func bytesOf(t DType, shape []int) (size uint64, says string) {
	n, ok := widths[t]
	if !ok {
		return 0, "dtype " + strict.Quote(string(t)) + " is not known"
	}
	for _, d := range shape {
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 {
			return 0, "the size of its shape overflows 64 bits"
		}
		n = lo
	}
	if n%8 != 0 {
		return 0, "the size of its shape is no whole number of bytes"
	}
	return n / 8, ""
}

// lay checks that the tensors lie one after the other from the first byte to
// the last, and puts them in order of name.
func (r *reader) lay() error {
	order := make([]int, len(r.places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.places[a].begin, r.places[b].begin), cmp.Compare(r.places[a].end, r.places[b].end))
	})
	end := uint64(0)
	for _, i := range order {
		at := r.places[i]
		if at.begin != end {
			what := "a hole before it"
			if at.begin < end {
				what = "an overlap with the tensor before it"
			}
			return r.errorf(end, "tensor %s: its data_offsets begin at %d, want %d: they leave %s, but must be contiguous", strict.Quote(r.file.tensors[i].Name), at.begin, end, what)
		}
		end = at.end
	}
	if end != uint64(len(r.data)) {
		return r.errorf(end, "the tensors end at %d, the file has %d bytes of data: there are extra bytes at its end", end, len(r.data))
	}
	slices.SortFunc(r.file.tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// errorf returns an error at an offset of the data.
func (r *reader) errorf(at uint64, format string, args ...any) error {
	return &strict.Error{File: r.name, Offset: r.base + int64(at), Field: "header", Msg: fmt.Sprintf(format, args...)}
}
