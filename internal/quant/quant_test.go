package quant

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// A sample is a type of ggml with rows of it.
type sample struct {
	Type  string `json:"type"`
	ID    Type   `json:"type_id"`
	Len   int    `json:"block_values"`
	Bytes int    `json:"block_bytes"`
	Rows  []struct {
		Kind   string    `json:"kind"`
		N      int       `json:"n"`
		Raw    []byte    `json:"raw_base64"`
		Values []byte    `json:"values_base64"` // float32
		Input  []float32 `json:"input"`
	} `json:"rows"`
}

func samples(t *testing.T) []sample {
	t.Helper()
	f, err := os.Open("testdata/blocks.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Types []sample }
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		t.Fatal(err)
	}
	if len(all.Types) < 25 {
		t.Fatalf("%d types", len(all.Types))
	}
	return all.Types
}

func same(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

func floats(raw []byte) []float32 {
	x := make([]float32, len(raw)/4)
	Dequantize(F32, x, raw)
	return x
}

// The numbers of each block are those of ggml and of the package gguf, to the
// bit.
func TestDequantize(t *testing.T) {
	read := 0
	for _, s := range samples(t) {
		if s.ID.String() != s.Type || s.ID.BlockLen() != s.Len || s.ID.BlockBytes() != s.Bytes {
			t.Errorf("%s: %s with blocks of %d numbers, %d bytes", s.Type, s.ID, s.ID.BlockLen(), s.ID.BlockBytes())
		}
		if s.ID.Readable() != (len(s.Rows) > 0) || s.ID.Readable() != slices.Contains(strings.Fields(strings.ReplaceAll(Readable, ",", " ")), s.Type) {
			t.Errorf("%s: readable is %v", s.Type, s.ID.Readable())
		}
		if !s.ID.Readable() {
			continue
		}
		read++
		for _, row := range s.Rows {
			if row.Values == nil {
				continue
			}
			got := make([]float32, row.N)
			for _, shift := range []int{0, 1} { // also where 16 bits are not aligned
				src := append(make([]byte, shift), row.Raw...)[shift:]
				Dequantize(s.ID, got, src)
				if !slices.EqualFunc(got, floats(row.Values), same) {
					t.Errorf("%s %s:\n%v, want\n%v", s.Type, row.Kind, got, floats(row.Values))
				}
			}
		}
	}
	if read != 16 {
		t.Errorf("%d types are compared, want 16", read)
	}
}

// Rounding is ggml's, byte for byte.
func TestQuantizeAsGGML(t *testing.T) {
	rows := 0
	for _, s := range samples(t) {
		for _, row := range s.Rows {
			if row.Input == nil {
				continue
			}
			rows++
			got, err := Quantize(nil, s.ID, row.Input)
			if err != nil || !bytes.Equal(got, row.Raw) {
				t.Errorf("%s %s: % x, want % x (%v)", s.Type, row.Kind, got, row.Raw, err)
			}
		}
		if i := slices.Index(Writable, s.ID); i >= 0 && !s.ID.Quantized() {
			rows++
			got, err := Quantize(nil, s.ID, floats(s.Rows[0].Values))
			if err != nil || !bytes.Equal(got, s.Rows[0].Raw) {
				t.Errorf("%s: % x, want % x (%v)", s.Type, got, s.Rows[0].Raw, err)
			}
		}
	}
	if rows != 6 {
		t.Errorf("%d rows are compared, want 6", rows)
	}
}

// A number of half a byte is the level of that half byte, where the type's
// levels say it lies.
func TestLevels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for typ, a := range types {
		levels, ok := typ.Levels()
		if !ok {
			continue
		}
		src := make([]byte, a.bytes)
		for i := range src {
			src[i] = byte(rng.Uint32())
		}
		var b Block
		b.Decode(typ, src)
		nibbles := src[a.bytes-a.numbers/2:]
		half := 16 // bytes whose lower halves are a run of numbers, or half of one
		if typ == Q4_K {
			half = 32
		}
		for i := range a.numbers {
			v := nibbles[i/(2*half)*half+i%half]
			if i/half%2 == 1 {
				v >>= 4
			}
			if b.Q[i] != levels[v&15] {
				t.Fatalf("%s: number %d is %d, its half byte is %d", typ, i, b.Q[i], v&15)
			}
		}
	}
}

func TestTypeOf(t *testing.T) {
	for typ, a := range types {
		if got, ok := TypeOf(strings.ToLower(a.name)); !ok || got != typ {
			t.Errorf("%s is %s", a.name, got)
		}
	}
	if got, ok := TypeOf("q4"); ok {
		t.Errorf("q4 is %s", got)
	}
	if Type(99).Known() || Type(99).Fits(32) || Type(99).String() != "type 99" {
		t.Error("type 99 is known")
	}
}

func TestDequantizeAllocates(t *testing.T) {
	for typ := range types {
		if !typ.Readable() {
			continue
		}
		dst, src := make([]float32, 512), make([]byte, typ.RowBytes(512)+1)
		if n := testing.AllocsPerRun(10, func() { Dequantize(typ, dst, src[1:]) }); n != 0 {
			t.Errorf("%s: %v allocations", typ, n)
		}
	}
}

func BenchmarkDequantize(b *testing.B) {
	for _, typ := range []Type{F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_XS, MXFP4} {
		b.Run(typ.String(), func(b *testing.B) {
			dst, src := make([]float32, 4096), make([]byte, typ.RowBytes(4096))
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Dequantize(typ, dst, src)
			}
		})
	}
}
