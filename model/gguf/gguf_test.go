package gguf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"argen/internal/quant"
)

// sample is a file with a value of each type.
func sample(t testing.TB) (Meta, []Tensor, []byte) {
	t.Helper()
	meta := Meta{
		{"general.architecture", "llama"},
		{"u8", uint8(255)},
		{"i8", int8(-1)},
		{"u16", uint16(65535)},
		{"i16", int16(-2)},
		{"u32", uint32(1 << 31)},
		{"i32", int32(-3)},
		{"u64", uint64(1 << 63)},
		{"i64", int64(-4)},
		{"f32", float32(1.5)},
		{"f64", 2.5},
		{"yes", true},
		{"texts", []string{"a", "", "ü"}},
		{"bytes", []uint8{1, 2}},
		{"i8s", []int8{-1}},
		{"u16s", []uint16{1}},
		{"i16s", []int16{-1}},
		{"u32s", []uint32{}},
		{"i32s", []int32{1, -1}},
		{"u64s", []uint64{1}},
		{"i64s", []int64{-1}},
		{"f32s", []float32{0.5}},
		{"f64s", []float64{0.25}},
		{"truths", []bool{true, false}},
	}
	var tensors []Tensor
	for _, as := range quant.Writable {
		x := make([]float32, 3*64)
		for i := range x {
			x[i] = float32(math.Sin(float64(i)))
		}
		q, err := Quantize("matrix."+as.String(), as, x, 3, 64)
		if err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, q)
	}
	v, err := Quantize("vector", quant.F32, []float32{1, 2, 3}, 3)
	if err != nil {
		t.Fatal(err)
	}
	tensors = append(tensors, v)
	var b bytes.Buffer
	if err := Write(&b, meta, tensors); err != nil {
		t.Fatal(err)
	}
	return meta, tensors, b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	meta, tensors, data := sample(t)
	path := filepath.Join(t.TempDir(), "sample.gguf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var plain Meta
	for _, kv := range f.Meta {
		plain = append(plain, KV{kv.Key, kv.Plain()})
	}
	if !reflect.DeepEqual(plain, meta) {
		t.Errorf("the metadata is %v, want %v", plain, meta)
	}
	for _, m := range []Meta{f.Meta, meta} {
		if m.Len("texts") != 3 || m.Len("u32s") != 0 || m.Len("u8") != 0 || m.Len("none") != 0 || !m.Has("u32s") || m.Has("none") {
			t.Error("the lengths of arrays are not those written")
		}
	}
	if f.Version != 3 || f.Size() != int64(len(data)) || len(f.SHA256()) != 64 || len(f.Tensors) != len(tensors) {
		t.Errorf("version %d, %d bytes, %d tensors", f.Version, f.Size(), len(f.Tensors))
	}
	for _, want := range tensors {
		if got, ok := f.Tensor(want.Name); !ok || !reflect.DeepEqual(*got, want) {
			t.Errorf("tensor %s is %v, want %v", want.Name, got, want)
		}
	}
	if _, ok := f.Tensor("none"); ok {
		t.Error("a tensor is there that was not written")
	}
	for key, want := range map[string]bool{"u8": true, "u32": true, "i8": false, "u64": false, "f32": false, "none": false} {
		if n, ok := f.Meta.Int(key); ok != want {
			t.Errorf("Int(%q) is %d, %v", key, n, ok)
		}
	}
	if x, ok := f.Meta.Float("f32"); !ok || x != 1.5 {
		t.Errorf("f32 is %v, %v", x, ok)
	}
}

// A block by hand, as ggml's reference does it.
func TestQuantizeByHand(t *testing.T) {
	x := make([]float32, 32)
	x[0], x[1], x[2], x[17] = 127, -126.5, 0.5, -63.25
	q, err := Quantize("q", quant.Q8_0, x, 32)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, 34)
	want[0], want[1] = 0x00, 0x3c            // d = 127/127 = 1
	want[2], want[3], want[4] = 127, 0x81, 1 // −126.5 is −127 and 0.5 is 1: halves go away from zero
	want[2+17] = 0xc1                        // −63.25 is −63
	if !bytes.Equal(q.Data, want) {
		t.Errorf("Q8_0 is % x, want % x", q.Data, want)
	}
	clear(x)
	x[0], x[1], x[16], x[31] = -8, 7, 3.4, 7.9
	if q, err = Quantize("q", quant.Q4_0, x, 32); err != nil {
		t.Fatal(err)
	}
	want = bytes.Repeat([]byte{0x88}, 18)         // 0 is 8
	want[0], want[1] = 0x00, 0x3c                 // d = −8/−8 = 1
	want[2], want[3], want[17] = 0xb0, 0x8f, 0xf8 // −8 and 3.4: 0 and 11; 7: 15; 7.9 is 16, at most 15
	if !bytes.Equal(q.Data, want) {
		t.Errorf("Q4_0 is % x, want % x", q.Data, want)
	}
	y, err := q.Float32()
	if err != nil || y[0] != -8 || y[1] != 7 || y[16] != 3 || y[31] != 7 || y[5] != 0 {
		t.Errorf("Q4_0 is back as %v, %v", y, err)
	}
}

// Rounding is at most half a step of the scale d, and for Q4_0 one step at the
// end of the range that 4 bits lack; that of d to a half is at most 2⁻¹¹ of it,
// or 2⁻²⁵ where it is tiny, times at most 127 steps.
func TestQuantizeError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float32Range(-100, 100), 32, 32).Draw(t, "x")
		largest := 0.0
		for _, v := range x {
			largest = max(largest, math.Abs(float64(v)))
		}
		for as, most := range map[quant.Type]float64{quant.F32: 0, quant.F16: largest / 2048, quant.BF16: largest / 256, quant.Q8_0: largest/254 + largest/2048, quant.Q4_0: largest/8 + largest/2048} {
			q, err := Quantize("x", as, x, 32)
			if err != nil {
				t.Fatal(err)
			}
			y, err := q.Float32()
			if err != nil {
				t.Fatal(err)
			}
			for i := range x {
				if d := math.Abs(float64(x[i] - y[i])); d > most+127.0/(1<<25)+1e-6*largest {
					t.Fatalf("%s: %v is %v, %v apart, at most %v is allowed", as, x[i], y[i], d, most)
				}
			}
		}
	})
}

func TestQuantizeRefuses(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		as   quant.Type
		x    float32
		n    int
		want string
	}{
		{quant.Q8_0, 1, 33, "rows of 33 numbers"},
		{quant.Q4_0, nan, 32, "no number"},
		{quant.Q8_0, inf, 32, "the largest is +Inf, too large for Q8_0"},
		{quant.Q8_0, 1e30, 32, "the largest is 1e+30, too large for Q8_0"},
		{quant.F16, 70000, 1, "too large for F16"},
		{9, 1, 32, "does not write type Q8_1"},
		{99, 1, 32, "type 99 is not known"},
	} {
		x := make([]float32, c.n)
		x[0] = c.x
		if _, err := Quantize("x", c.as, x, c.n); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %v: the error is %v, want one with %q", c.as, c.x, err, c.want)
		}
	}
}

// file returns a file of that version and these counts, and then rest.
func file(version uint32, tensors, keys uint64, rest ...any) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(Magic), version)
	b = binary.LittleEndian.AppendUint64(b, tensors)
	b = binary.LittleEndian.AppendUint64(b, keys)
	for _, v := range rest {
		if s, ok := v.(string); ok {
			b = appendText(b, s)
			continue
		}
		b, _ = binary.Append(b, binary.LittleEndian, v)
	}
	return b
}

func TestReadRefuses(t *testing.T) {
	pad := make([]byte, 200)
	tensor := func(name string, offset uint64) []any {
		return []any{name, uint32(1), uint64(4), uint32(quant.F32), offset}
	}
	two := func(a, b string, offset uint64) []byte {
		return file(3, 2, 0, append(append(tensor(a, 0), tensor(b, offset)...), pad)...)
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, "empty"},
		{[]byte("GGUX    "), "this is no GGUF file"},
		{[]byte("version https://git-lfs.github.com/spec/v1\n"), "Git LFS"},
		{file(1, 0, 0), "version: 1 is not supported"},
		{file(3<<24, 0, 0), "big-endian"},
		{file(3, 1<<60, 0), "tensor count"},
		{file(3, 0, 1<<60), "key count"},
		{file(3, 0, 1, "", kindUint8, uint8(1), pad), "is no key"},
		{file(3, 0, 2, "a", kindUint8, uint8(1), "a", kindUint8, uint8(1), pad), `"a" is there twice`},
		{file(3, 0, 1, "a", uint32(13), pad), "type 13 is not known"},
		{file(3, 0, 1, "a", kindBool, uint8(2), pad), "2 is neither true nor false"},
		{file(3, 0, 1, "a", kindString, uint64(1<<40), pad), "it needs 1099511627776 bytes"},
		{file(3, 0, 1, "a", kindArray, kindString, uint64(1<<40), pad), "1099511627776 are said to be there"},
		{file(3, 0, 1, "a", kindArray, kindUint64, uint64(1<<61), pad), "are said to be there"},
		{file(3, 0, 1, "a", kindArray, kindArray, uint64(1), pad), "an array of arrays is not supported"},
		{file(3, 0, 1, alignmentKey, kindUint32, uint32(24), pad), "want a power of two"},
		{file(3, 1, 0, "", uint32(1), uint64(4), uint32(quant.F32), uint64(0), pad), "is no name of a tensor"},
		{file(3, 1, 0, strings.Repeat("x", 64), uint32(1), uint64(4), uint32(quant.F32), uint64(0), pad), "is no name of a tensor"},
		{file(3, 1, 0, "a", uint32(0), uint64(4), uint32(quant.F32), uint64(0), pad), "0 dimensions"},
		{file(3, 1, 0, "a", uint32(5), uint64(4), uint32(quant.F32), uint64(0), pad), "5 dimensions"},
		{file(3, 1, 0, "a", uint32(1), uint64(0), uint32(quant.F32), uint64(0), pad), "0 as a dimension"},
		{file(3, 1, 0, "a", uint32(2), uint64(1<<40), uint64(1<<40), uint32(quant.F32), uint64(0), pad), "too large"},
		{file(3, 1, 0, "a", uint32(1), uint64(4), uint32(5), uint64(0), pad), "type 5 is not known"},
		{file(3, 1, 0, "a", uint32(1), uint64(33), uint32(quant.Q8_0), uint64(0), pad), "rows of 33 numbers"},
		{file(3, 1, 0, "a", uint32(1), uint64(4), uint32(quant.F32), uint64(32), pad), "its offset is 32"},
		{file(3, 1, 0, "a", uint32(1), uint64(1000), uint32(quant.F32), uint64(0), pad), "it needs 4000 bytes"},
		{two("a", "a", 32), `"a" is there twice`},
		{two("a", "b", 0), "its offset is 0, but the tensors before it end at 32"},
		{two("a", "b", 32), "are left behind the last tensor"},
	} {
		f, err := Read("f.gguf", c.data)
		if err == nil || f != nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "f.gguf") {
			t.Errorf("%.60q: the error is %v, want one with %q", c.data, err, c.want)
		}
	}
}

// Every file that is cut short is refused, but for padding at its end.
func TestCutShort(t *testing.T) {
	_, _, data := sample(t)
	last := len(data) - 32 + 12 // three numbers, and padding
	for n := range last {
		if _, err := Read("f", data[:n]); err == nil {
			t.Fatalf("%d of %d bytes are read without an error", n, len(data))
		}
	}
	if _, err := Read("f", data[:last]); err != nil {
		t.Errorf("without padding at the end: %v", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	good := Tensor{Name: "a", Type: quant.F32, Shape: []int{1}, Data: make([]byte, 4)}
	for _, c := range []struct {
		meta    Meta
		tensors []Tensor
		want    string
	}{
		{Meta{{"a", 1}}, nil, "a value of type int cannot be stored"},
		{Meta{{"a", true}, {"a", true}}, nil, "there twice"},
		{Meta{{alignmentKey, uint32(7)}}, nil, "want a power of two"},
		{nil, []Tensor{good, good}, "or taken"},
		{nil, []Tensor{{Name: "b", Type: quant.F32}}, "0 dimensions"},
		{nil, []Tensor{{Name: "b", Type: quant.F32, Shape: []int{0}}}, "0 as a dimension"},
		{nil, []Tensor{{Name: "b", Type: quant.F32, Shape: []int{2}}}, "needs 8 bytes, it has 0"},
		{nil, []Tensor{{Name: "b", Type: quant.F32, Shape: []int{2}, Make: func() ([]byte, error) { return make([]byte, 4), nil }}}, "needs 8 bytes, it has 4"},
		{nil, []Tensor{{Name: "b", Type: quant.F32, Shape: []int{2}, Make: func() ([]byte, error) { return nil, errors.New("not made") }}}, "not made"},
	} {
		if err := Write(&bytes.Buffer{}, c.meta, c.tensors); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}

// What is read is written as it was, but for padding.
func FuzzRead(f *testing.F) {
	_, _, data := sample(f)
	f.Add(data)
	f.Add(file(3, 0, 0))
	f.Add(file(2, 0, 1, alignmentKey, kindUint32, uint32(8)))
	f.Add(file(3, 1, 0, "a", uint32(1), uint64(1), uint32(quant.F32), uint64(0), make([]byte, 12)))
	f.Fuzz(func(t *testing.T, data []byte) {
		one, err := Read("f", data)
		if err != nil {
			if one != nil {
				t.Fatal("a file with an error")
			}
			return
		}
		for i := range one.Tensors {
			_, _ = one.Tensors[i].Float32()
		}
		var b bytes.Buffer
		if err := Write(&b, one.Meta, one.Tensors); err != nil {
			t.Fatal(err)
		}
		again, err := Read("again", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var c bytes.Buffer
		if err := Write(&c, again.Meta, again.Tensors); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), c.Bytes()) {
			t.Error("written twice it is not the same")
		}
	})
}

// vocabulary is a file with as many tokens as large models have.
func vocabulary(t testing.TB, n int) []byte {
	t.Helper()
	tokens, scores := make([]string, n), make([]float32, n)
	for i := range tokens {
		tokens[i] = strings.Repeat("x", i%16)
	}
	var b bytes.Buffer
	if err := Write(&b, Meta{{"tokens", tokens}, {"scores", scores}}, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Reading allocates nothing for each token, nor does asking for them.
func TestVocabularyAllocates(t *testing.T) {
	data := vocabulary(t, 1<<16)
	if n := testing.AllocsPerRun(3, func() {
		f, err := Read("f", data)
		if err != nil || f.Meta.Len("tokens") != 1<<16 {
			t.Fatal(err)
		}
		if tokens, ok := f.Meta.Value("tokens").([]string); !ok || tokens[31] != "xxxxxxxxxxxxxxx" {
			t.Fatal("no tokens")
		}
	}); n > 50 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkVocabulary(b *testing.B) {
	data := vocabulary(b, 256_000)
	for _, ask := range []bool{false, true} {
		b.Run(map[bool]string{false: "read", true: "ask"}[ask], func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				f, err := Read("f", data)
				if err != nil {
					b.Fatal(err)
				}
				if ask {
					_ = f.Meta.Value("tokens")
					_ = f.Meta.Value("scores")
				}
			}
		})
	}
}
