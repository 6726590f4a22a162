package model

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/model/gguf"
	"argen/model/llama2c"
	"argen/model/transformer"
	"argen/tokenizer"
)

// numbered is a tokenizer of n words, for models whose own does not matter.
func numbered(t *testing.T, n int) argen.Tokenizer {
	t.Helper()
	words := make([]string, n)
	for i := range words {
		words[i] = "w" + strconv.Itoa(i)
	}
	tok, err := tokenizer.NewWords(words)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// farthest is how far the logits of two models are apart, at most, after each of
// some tokens.
func farthest(t *testing.T, a, b argen.Model, n int) float64 {
	t.Helper()
	most := 0.0
	x, y := a.Start(), b.Start()
	for i := range n {
		id := argen.ID((7*i + 3) % a.Info().VocabSize)
		one, err := x.Extend(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		two, err := y.Extend(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for j := range one {
			most = max(most, math.Abs(one[j]-two[j]))
		}
	}
	return most
}

// A model of each architecture is the same in a GGUF, and in a folder that is made
// of that; what a GGUF cannot say is refused.
func TestConvertArchitectures(t *testing.T) {
	const folders = "transformer/testdata"
	// Where more than the order of numbers changes: norms get their 1, factors of
	// wavelengths are rounded.
	tolerance := map[string]float64{"gemma2": 1e-4, "gemma3": 1e-4, "llama3-rope": 1e-4}
	refused := map[string]string{
		"gemma2": "cannot say that scores are multiplied by",
		"gemma3": "cannot say",
	}
	entries, err := os.ReadDir(folders)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, e := range entries {
		name := e.Name()
		dir := filepath.Join(folders, name)
		if _, err := os.Stat(filepath.Join(dir, transformer.ConfigFile)); err != nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m, err := transformer.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			from := &LM{Model: m, Tokenizer: numbered(t, m.Info().VocabSize), Ref: name}
			var b bytes.Buffer
			notes, err := WriteGGUF(&b, from, quant.F32)
			if want := refused[name]; want != "" {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %v, want one with %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			compared++
			f, err := gguf.Read("m.gguf", b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			c, err := transformer.ParseGGUF(f)
			if err != nil {
				t.Fatal(err)
			}
			there, err := transformer.FromGGUF(c, f)
			if err != nil {
				t.Fatal(err)
			}
			n := 24
			if w := m.Config().Window; name == "mistral" {
				n = w // what it does beyond is lost, and a note says so
				if !strings.Contains(strings.Join(notes, "\n"), "the window of 8 positions is lost") {
					t.Errorf("the notes are %q", notes)
				}
			}
			if d := farthest(t, m, there, n); d > tolerance[name] {
				t.Errorf("logits in the GGUF are up to %g apart", d)
			}
			again := t.TempDir()
			if err := WriteFolder(again, &LM{Model: there, Tokenizer: from.Tokenizer, Ref: name}, "F32"); err != nil {
				t.Fatal(err)
			}
			back, err := transformer.Open(again)
			if err != nil {
				t.Fatal(err)
			}
			defer back.Close()
			if d := farthest(t, m, back, n); d > tolerance[name] {
				t.Errorf("logits in the folder made of it are up to %g apart", d)
			}
		})
	}
	if compared < 12 {
		t.Errorf("%d architectures are compared", compared)
	}
}

// A GGUF that becomes another keeps its metadata; its matrices are rounded, its
// vectors are not.
func TestCopyGGUF(t *testing.T) {
	data := tinyGGUF(t)
	f, err := gguf.Read("m.gguf", data)
	if err != nil {
		t.Fatal(err)
	}
	var same bytes.Buffer
	if _, err := CopyGGUF(&same, f, nil); err != nil || !bytes.Equal(same.Bytes(), data) {
		t.Errorf("a copy is not the same file (%v)", err)
	}
	for _, as := range quant.Writable {
		var b bytes.Buffer
		if _, err := CopyGGUF(&b, f, &as); err != nil {
			t.Fatal(err)
		}
		g, err := gguf.Read("n.gguf", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		notes, err := CopyGGUF(io.Discard, g, new(quant.Q4_0))
		if again := strings.Contains(strings.Join(notes, "\n"), "were quantised already"); err != nil || again != (as == quant.Q8_0) {
			t.Errorf("%s as Q4_0: %q, %v", as, notes, err)
		}
		if n, _ := g.Meta.Int(keyFileType); n != int(fileTypes[as]) || len(g.Meta) != len(f.Meta) {
			t.Errorf("%s: file type %d, %d keys of %d", as, n, len(g.Meta), len(f.Meta))
		}
		for _, kv := range f.Meta {
			if one, two := kv.Plain(), g.Meta.Value(kv.Key); kv.Key != keyFileType && !reflect.DeepEqual(one, two) {
				t.Errorf("%s: %s is %.80v, was %.80v", as, kv.Key, two, one)
			}
		}
		for i, t2 := range g.Tensors {
			want := as
			switch head := t2.Name == "token_embd.weight" || t2.Name == "output.weight"; {
			case len(t2.Shape) < 2:
				want = quant.F32
			case head && as == quant.Q4_0:
				want = quant.Q8_0
			}
			if t2.Name != f.Tensors[i].Name || t2.Type != want {
				t.Errorf("%s: tensor %s is %s, want %s", as, t2.Name, t2.Type, want)
			}
		}
	}
}

// apart is how far the numbers of a tensor are apart in two models, at most, and
// how large they are.
func apart(t *testing.T, a, b *transformer.Model, name string) (d, largest float64) {
	t.Helper()
	var both [2][]float32
	for i, m := range []*transformer.Model{a, b} {
		tensor, ok := m.Tensor(name)
		if !ok {
			t.Fatalf("%s is missing", name)
		}
		var err error
		if both[i], err = numbers(tensor); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range both[0] {
		d = max(d, math.Abs(float64(x-both[1][i])))
		largest = max(largest, math.Abs(float64(x)))
	}
	return d, largest
}

// Gemmas whose scores and sliding layers are the usual ones can be said in a
// GGUF.
func TestConvertGemma(t *testing.T) {
	for name, every := range map[string]int{"gemma2": 2, "gemma3": 6} {
		m, err := transformer.Open("transformer/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		c := m.Config()
		c.ScoreScale = 1 / math.Sqrt(float64(c.HeadDim))
		c.Slides = make([]bool, every)
		for i := range every - 1 {
			c.Slides[i] = true
		}
		if m, err = transformer.New(c, m); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := WriteGGUF(&b, &LM{Model: m, Tokenizer: numbered(t, c.VocabSize), Ref: name}, quant.F32); err != nil {
			t.Fatal(err)
		}
		f, err := gguf.Read("m.gguf", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if c, err = transformer.ParseGGUF(f); err != nil {
			t.Fatal(err)
		}
		there, err := transformer.FromGGUF(c, f)
		if err != nil {
			t.Fatal(err)
		}
		if d := farthest(t, m, there, 24); d > 1e-4 {
			t.Errorf("%s: logits are up to %g apart", name, d)
		}
	}
}

// A llama is the same in a checkpoint of llama2.c, and near in one of int8.
func TestConvertLlama2c(t *testing.T) {
	m, err := transformer.Open("transformer/testdata/llama-untied")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	c := m.Config()
	c.Eps, c.Rope = 1e-5, transformer.Rope{Theta: 10000} // as llama2.c computes
	if m, err = transformer.New(c, m); err != nil {
		t.Fatal(err)
	}
	from := &LM{Model: m, Tokenizer: numbered(t, c.VocabSize), Ref: "llama"}
	for _, as := range []quant.Type{quant.F32, quant.Q8_0} {
		var b bytes.Buffer
		if _, err := WriteLlama2c(&b, from, as); err != nil {
			t.Fatal(err)
		}
		f, err := llama2c.Read("m.bin", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		there, err := transformer.FromFile(f.Config, f)
		if err != nil {
			t.Fatal(err)
		}
		if d := farthest(t, m, there, 24); as == quant.F32 && d > 0 {
			t.Errorf("logits are up to %g apart", d)
		}
		for _, name := range m.Tensors() {
			if d, largest := apart(t, m, there, name); d > largest/254*1.0001 || as == quant.F32 && d > 0 {
				t.Errorf("%s: numbers of %s, at most %g, are up to %g apart", as, name, largest, d)
			}
		}
	}
	for _, as := range []quant.Type{quant.F16, quant.Q4_0} {
		if _, err := WriteLlama2c(&bytes.Buffer{}, from, as); err == nil || !strings.Contains(err.Error(), "f32 or q8_0, not") {
			t.Errorf("%s: the error is %v", as, err)
		}
	}
	gpt2, err := transformer.Open("transformer/testdata/gpt2")
	if err != nil {
		t.Fatal(err)
	}
	defer gpt2.Close()
	if _, err := WriteLlama2c(&bytes.Buffer{}, &LM{Model: gpt2, Ref: "g"}, quant.F32); err == nil || !strings.Contains(err.Error(), "llama2.c computes llamas, not gpt2") {
		t.Errorf("gpt2: %v", err)
	}
}
