package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/model/safetensors"
)

// file returns a file of a header and data.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// Files of testdata/hostile are wrong as their names say; those that begin with
// ok_ are odd and valid. Each error must say one of the words.
func TestHostile(t *testing.T) {
	words := map[string]string{
		"cut_len": "length", "cut_header": "header", "cut_data": "data", "extra_data": "extra",
		"len_2p62": "length", "len_200m": "length", "json_bool": "object", "json_cut": "header",
		"json_deep": "shape", "utf8": "UTF", "dup": "twice", "meta_bool": "metadata", "dtype_c64": "dtype",
		"shape_neg": "shape", "shape_wrap": "overflow", "shape_big": "shape", "off_swapped": "offsets",
		"off_past": "offsets", "hole": "hole", "overlap": "overlap", "no_shape": "shape is missing", "gif": "header",
	}
	paths, err := filepath.Glob("testdata/hostile/*.safetensors")
	if err != nil || len(paths) != len(words)+4 {
		t.Fatalf("there are %d files, want %d: %v", len(paths), len(words)+4, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".safetensors")
		f, err := safetensors.Open(path)
		switch word := words[name]; {
		case err == nil:
			if !strings.HasPrefix(name, "ok_") {
				t.Errorf("%s: no error", name)
			}
			if err := f.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case word == "" || f != nil:
			t.Errorf("%s: %v", name, err)
		case !strings.Contains(err.Error(), word) || !strings.HasPrefix(err.Error(), name+".safetensors: ") || strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: the error is %q, want one line with the file's name and %q", name, err, word)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}`, "nothing else"},
		{`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, "two numbers"},
		{`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}`, "two numbers"},
		{`{"x":{"shape":[1],"data_offsets":[0,4]}}`, "dtype is missing"},
		{`{"x":{"dtype":"F32","shape":[1]}}`, "data_offsets are missing"},
		{`{"x":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}`, "whole number of bytes"},
		{`{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, "shape"},
		{`{"x":{"dtype":"F32","shape":[4611686018427387904,0],"data_offsets":[0,4]}}`, "overflow"},
		{`{} x`, "header"},
	} {
		_, err := safetensors.Read("x", file(c.header, 0, 0, 0, 0))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want one with %q", c.header, err, c.want)
		}
	}
}

func tensors() []safetensors.Tensor {
	return []safetensors.Tensor{
		{Name: "half", DType: safetensors.F16, Shape: []int{1, 3}, Data: []byte{0, 0x3c, 0, 0xc0, 1, 0}}, // 1, −2, 2⁻²⁴
		{Name: "brain", DType: safetensors.BF16, Shape: []int{2}, Data: []byte{0x80, 0x3f, 0, 0xc0}},
		safetensors.FromFloat32("scalar", []float32{0.1}),
		safetensors.FromFloat32("none", nil, 0, 7),
		safetensors.FromFloat32("a \"name\"\n", []float32{1, 2, 3, 4, 5, float32(math.Inf(1))}, 2, 3),
		{Name: "mask", DType: "U8", Shape: []int{3}, Data: []byte{1, 2, 3}},
	}
}

func TestWrite(t *testing.T) {
	all := tensors()
	var first, second bytes.Buffer
	meta := map[string]string{"format": "pt", "a": "é"}
	if err := safetensors.Write(&first, all, meta); err != nil {
		t.Fatal(err)
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	if err := safetensors.Write(&second, all, meta); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the order of the tensors changes the file")
	}
	f, err := safetensors.Read("x", first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(f.Metadata) != fmt.Sprint(meta) || len(f.Tensors()) != len(all) || f.Size() != int64(first.Len()) {
		t.Errorf("metadata %v, %d tensors, %d bytes", f.Metadata, len(f.Tensors()), f.Size())
	}
	for _, want := range all {
		got, ok := f.Tensor(want.Name)
		if !ok || got.DType != want.DType || fmt.Sprint(got.Shape) != fmt.Sprint(want.Shape) || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("%q is read as %v, want %v", want.Name, got, want)
		}
	}
	for name, want := range map[string]string{"half": "[1 -2 5.9604645e-08]", "brain": "[1 -2]", "scalar": "[0.1]", "none": "[]", "a \"name\"\n": "[1 2 3 4 5 +Inf]"} {
		x, _ := f.Tensor(name)
		if y, err := x.Float32(); err != nil || fmt.Sprint(y) != want || x.Len() != len(y) {
			t.Errorf("%q: %v, %v, want %v", name, y, err, want)
		}
	}
	mask, _ := f.Tensor("mask")
	if _, err := mask.Float32(); err == nil || !strings.Contains(err.Error(), `"mask": dtype U8 is not supported`) {
		t.Errorf("the mask as float32: %v", err)
	}
	for n := range first.Len() { // cut anywhere
		if _, err := safetensors.Read("x", first.Bytes()[:n]); err == nil {
			t.Fatalf("the first %d bytes are no error", n)
		}
	}
	for _, wrong := range [][]safetensors.Tensor{
		{{Name: "x", DType: safetensors.F32, Shape: []int{2}, Data: make([]byte, 4)}},
		{safetensors.FromFloat32("x", nil, 0), safetensors.FromFloat32("x", nil, 0)},
		{safetensors.FromFloat32("__metadata__", nil, 0)},
		{{Name: "x", DType: "F99"}},
		{safetensors.FromFloat32("\xff", nil, 0)},
	} {
		if err := safetensors.Write(&second, wrong, nil); err == nil {
			t.Errorf("%v is written", wrong)
		}
	}
}

// Tensors at odd places are copied, others are not.
func TestOddPlaces(t *testing.T) {
	data := file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},`+
		`"c":{"dtype":"F16","shape":[1],"data_offsets":[5,7]}}`, 9, 0, 0, 0x80, 0x3f, 0, 0x3c)
	for shift := range 4 { // whatever the place of the file in memory
		f, err := safetensors.Read("x", append(make([]byte, shift, shift+len(data)), data...)[shift:])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"b", "c"} {
			x, _ := f.Tensor(name)
			if y, err := x.Float32(); err != nil || len(y) != 1 || y[0] != 1 {
				t.Errorf("%s is %v, %v", name, y, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	paths, _ := filepath.Glob("testdata/hostile/*.safetensors")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, tensors(), map[string]string{"k": "v"}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := safetensors.Read("x", data)
		if err != nil {
			if x != nil {
				t.Error("a file with an error")
			}
			return
		}
		var out bytes.Buffer
		if err := safetensors.Write(&out, x.Tensors(), x.Metadata); err != nil {
			t.Fatal(err)
		}
		again, err := safetensors.Read("again", out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range x.Tensors() {
			got, ok := again.Tensor(want.Name)
			if !ok || !bytes.Equal(got.Data, want.Data) || fmt.Sprint(got.Shape, got.DType) != fmt.Sprint(want.Shape, want.DType) {
				t.Fatalf("%q changes by being written", want.Name)
			}
			_, _ = got.Float32()
		}
	})
}
