package model

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"argen"
	"argen/model/gguf"
	"argen/model/modeltest"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// ggufTolerance is how far logits may be from the reference, as in package
// transformer.
const ggufTolerance = 2e-4

// A ggufPrompt is what transformers computes after a prompt with the numbers of a
// GGUF in float32.
type ggufPrompt struct {
	Name     string
	IDs      []argen.ID `json:"ids"`
	Best     []argen.ID `json:"top20_ids"`
	Logprobs []float64  `json:"top20_logprobs"`
	Greedy   []argen.ID `json:"greedy_ids"`
}

// ggufReference are the prompts of each file of testdata/gguf.
var ggufReference = sync.OnceValue(func() map[string][]ggufPrompt {
	var r struct{ Files map[string][]ggufPrompt }
	f, err := os.Open("testdata/gguf/reference.json.gz")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		err = json.NewDecoder(z).Decode(&r)
	}
	if err != nil {
		panic(err)
	}
	return r.Files
})

// eachGGUF runs a test on each GGUF of testdata, which must be those of the
// reference.
func eachGGUF(t *testing.T, test func(t *testing.T, m *transformer.Model, prompts []ggufPrompt)) {
	files, err := filepath.Glob("testdata/gguf/*.gguf")
	if err != nil || len(files) != len(ggufReference()) {
		t.Fatalf("%d files, %v, want %d", len(files), err, len(ggufReference()))
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := gguf.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			c, err := transformer.ParseGGUF(f)
			if err != nil {
				t.Fatal(err)
			}
			m, err := transformer.FromGGUF(c, f)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			test(t, m, ggufReference()[filepath.Base(path)])
		})
	}
}

// The logits, the best tokens and greedy texts of a GGUF are those of transformers
// with its numbers. A greedy text is compared up to where two logits are so close
// that the order of sums decides between them.
func TestGGUFReference(t *testing.T) {
	all, err := safetensors.Open("testdata/gguf/logits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	eachGGUF(t, func(t *testing.T, m *transformer.Model, prompts []ggufPrompt) {
		for _, p := range prompts {
			rows, err := m.Start().(argen.Scorer).Score(t.Context(), p.IDs...)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name == "short" {
				want, ok := all.Tensor(filepath.Base(t.Name()))
				if !ok || want.Shape[0] != len(rows) {
					t.Fatalf("logits of shape %v for %d positions", want.Shape, len(rows))
				}
				x, err := want.Float32()
				if err != nil {
					t.Fatal(err)
				}
				for i, l := range slices.Concat(rows...) {
					if !(math.Abs(l-float64(x[i])) <= ggufTolerance) {
						t.Fatalf("%s: logit %d is %v, want %v", p.Name, i, l, x[i])
					}
				}
			}
			c, err := argen.NewCandidates(rows[len(rows)-1])
			if err != nil {
				t.Fatal(err)
			}
			for i, id := range p.Best {
				if got := c.LogProb(id); !(math.Abs(got-p.Logprobs[i]) <= ggufTolerance) {
					t.Fatalf("%s: ln P of token %d is %v, want %v", p.Name, id, got, p.Logprobs[i])
				}
			}
			s := m.Start()
			logits, err := s.Extend(t.Context(), p.IDs...)
			for i, want := range p.Greedy {
				if err != nil {
					t.Fatal(err)
				}
				best := slices.Clone(logits)
				slices.Sort(best)
				if n := len(best); best[n-1]-best[n-2] < 1e-3 {
					break
				}
				id := argen.ID(slices.Index(logits, slices.Max(logits)))
				if id != want {
					t.Fatalf("%s: greedy token %d is %d, want %d", p.Name, i, id, want)
				}
				logits, err = s.Extend(t.Context(), id)
			}
		}
	})
}

// A GGUF of each architecture keeps the contract of models.
func TestGGUFContract(t *testing.T) {
	one := []string{"gpt2-f16-hub.Q8_0.gguf", "gptneox.F32.gguf", "llama-kquants.Q3_K_M.gguf", "phi3.F16.gguf", "qwen2.Q4_0.gguf", "qwen3.F32.gguf"}
	eachGGUF(t, func(t *testing.T, m *transformer.Model, _ []ggufPrompt) {
		if slices.Contains(one, filepath.Base(t.Name())) {
			modeltest.Check(t, m, modeltest.Options{MaxLen: 36, Checks: 5})
		}
	})
}
