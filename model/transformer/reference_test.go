package transformer_test

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
)

var ctx = context.Background()

// fixtures are the models of testdata.
var fixtures = []string{
	"llama-untied", "llama-tied", "llama3-rope", "llama-bias-linear", "llama-bf16-sharded",
	"mistral", "qwen2", "qwen2-yarn", "qwen3", "gemma2", "gemma3", "phi3", "gptneox",
	"gpt2", "gpt2-f16-hub",
}

// tolerance is how far logits may be from the reference: two float32 programs
// that sum in another order differ by up to 3e-5, and 2e-4 still notices an
// exact GELU in place of a tanh-GELU, which moves them by 3e-3.
const tolerance = 2e-4

// A reference is what the reference program says of a model.
type reference struct {
	Prompts []struct {
		Name           string
		IDs            []argen.ID `json:"ids"`
		PromptLogprobs []float64  `json:"prompt_logprobs"`
		Greedy         []argen.ID `json:"greedy_ids"`
	}
	Stop []struct {
		Prompt string
		End    argen.ID   `json:"eos_token_id"`
		Most   int        `json:"max_new_tokens"`
		IDs    []argen.ID `json:"ids"`
	} `json:"greedy_stop"`
	Attention struct {
		Prompt string
		Layer  int
		Probs  [][][]float64 // head, query, key
	}
	LastRow struct {
		Prompt string
		Layers [][][]float64 // layer, head, key
	} `json:"attention_last_row"`
	Lens struct {
		Prompt string
		Layers []struct {
			Layer    int
			IDs      [][]argen.ID `json:"top5_ids"`
			Logprobs [][]float64  `json:"top5_logprobs"`
		}
	} `json:"logit_lens"`
	Hidden struct {
		Prompt string
		Layers [][]float64 // layer, position
	} `json:"hidden_l2"`
	Score struct {
		IDs      []argen.ID `json:"ids"`
		Logprobs []float64  `json:"logprobs"`
		Entropy  []float64  `json:"entropy_nats"`
		Rank     []int      `json:"rank"`
	}
	logits *safetensors.File
}

// ids returns the ids of a prompt.
func (r *reference) ids(t *testing.T, prompt string) []argen.ID {
	t.Helper()
	for _, p := range r.Prompts {
		if p.Name == prompt {
			return p.IDs
		}
	}
	t.Fatalf("the reference has no prompt %q", prompt)
	return nil
}

// load opens a model of testdata and its reference.
func load(t testing.TB, name string) (*transformer.Model, *reference) {
	t.Helper()
	dir := filepath.Join("testdata", name)
	m, err := transformer.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	data, err := os.ReadFile(filepath.Join(dir, "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.logits, err = safetensors.Open(filepath.Join(dir, "logits.safetensors")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.logits.Close() })
	return m, &r
}

// each runs a test on each model of testdata.
func each(t *testing.T, test func(t *testing.T, m *transformer.Model, r *reference)) {
	for _, name := range fixtures {
		t.Run(name, func(t *testing.T) {
			m, r := load(t, name)
			test(t, m, r)
		})
	}
}

// near fails t unless two rows are the same within a tolerance.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= tolerance) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], w)
		}
	}
}

// one extends a state by one token.
func one(t *testing.T, s argen.State, id argen.ID) []float64 {
	t.Helper()
	logits, err := s.Extend(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

// score returns the logits after each of ids.
func score(t *testing.T, m *transformer.Model, ids []argen.ID) [][]float64 {
	t.Helper()
	rows, err := m.Start().(argen.Scorer).Score(ctx, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestLogits(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, r *reference) {
		for _, want := range r.logits.Tensors() {
			all, err := want.Float32()
			if err != nil {
				t.Fatal(err)
			}
			ids, v := r.ids(t, want.Name), m.Config().VocabSize
			s, batch := m.Start(), score(t, m, ids)
			for i, id := range ids {
				row := make([]float64, v)
				for j := range row {
					row[j] = float64(all[i*v+j])
				}
				near(t, want.Name+", in one pass", batch[i], row, tolerance)
				near(t, want.Name+", token by token", one(t, s, id), row, tolerance)
			}
		}
	})
}

func TestGreedyAndPromptLogprobs(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, r *reference) {
		for _, p := range r.Prompts {
			var logprobs []float64
			for i, row := range score(t, m, p.IDs)[:len(p.IDs)-1] {
				logprobs = append(logprobs, row[p.IDs[i+1]]-logSumExp(row))
			}
			near(t, p.Name, logprobs, p.PromptLogprobs, tolerance)
			s := m.Start()
			logits, err := s.Extend(ctx, p.IDs...)
			if err != nil {
				t.Fatal(err)
			}
			var ids []argen.ID
			for range p.Greedy {
				id := argen.ID(slices.Index(logits, slices.Max(logits)))
				ids = append(ids, id)
				logits = one(t, s, id)
			}
			if !slices.Equal(ids, p.Greedy) {
				t.Errorf("%s: greedy ids are %v, want %v", p.Name, ids, p.Greedy)
			}
		}
	})
}

// Greedy texts end with the token that ends a text.
func TestGreedyStop(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, r *reference) {
		for _, want := range r.Stop {
			s := m.Start()
			logits, err := s.Extend(ctx, r.ids(t, want.Prompt)...)
			if err != nil {
				t.Fatal(err)
			}
			var ids []argen.ID
			for len(ids) < want.Most && !slices.Contains(ids, want.End) {
				id := argen.ID(slices.Index(logits, slices.Max(logits)))
				ids = append(ids, id)
				logits = one(t, s, id)
			}
			if !slices.Equal(ids, want.IDs) {
				t.Errorf("%s: greedy ids to %d are %v, want %v", want.Prompt, want.End, ids, want.IDs)
			}
		}
		if len(r.Stop) == 0 {
			t.Error("the reference has no texts with an end")
		}
	})
}

func TestScore(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, r *reference) {
		want := r.Score
		rows := score(t, m, want.IDs)
		for i, id := range want.IDs[1:] {
			c, err := argen.NewCandidates(rows[i])
			if err != nil {
				t.Fatal(err)
			}
			near(t, "logprob", []float64{c.LogProb(id)}, want.Logprobs[i:i+1], tolerance)
			near(t, "entropy", []float64{c.Entropy() * math.Ln2}, want.Entropy[i:i+1], tolerance)
			rank := 0
			for c.At(rank).ID != id {
				rank++
			}
			if rank != want.Rank[i] {
				t.Errorf("token %d has rank %d, want %d", i+1, rank, want.Rank[i])
			}
		}
	})
}

func TestInspect(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, r *reference) {
		at := func(prompt string) *transformer.State {
			s := m.Start().(*transformer.State)
			if _, err := s.Extend(ctx, r.ids(t, prompt)...); err != nil {
				t.Fatal(err)
			}
			return s
		}
		weights, err := at(r.Attention.Prompt).Attention(ctx, r.Attention.Layer, 0)
		if err != nil {
			t.Fatal(err)
		}
		for head, queries := range r.Attention.Probs {
			for i, keys := range queries {
				near(t, "attention", weights[head][i], keys[:i+1], 1e-5)
			}
		}
		for layer, heads := range r.LastRow.Layers {
			weights, err := at(r.LastRow.Prompt).Attention(ctx, layer, 0)
			if err != nil {
				t.Fatal(err)
			}
			for head, keys := range heads {
				near(t, "attention of the last token", weights[head][len(keys)-1], keys, 1e-5)
			}
		}
		for layer, want := range r.Hidden.Layers {
			rows, err := at(r.Hidden.Prompt).Hidden(ctx, layer, 0)
			if err != nil {
				t.Fatal(err)
			}
			var lengths []float64
			for _, row := range rows {
				sum := 0.0
				for _, x := range row {
					sum += x * x
				}
				lengths = append(lengths, math.Sqrt(sum))
			}
			near(t, "length of the hidden state", lengths, want, 1e-4)
		}
		for _, want := range r.Lens.Layers {
			rows, err := at(r.Lens.Prompt).Lens(ctx, want.Layer, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range rows {
				ids, logprobs := best(row, len(want.IDs[i]))
				if !slices.Equal(ids, want.IDs[i]) {
					t.Fatalf("lens of layer %d, position %d: best are %v, want %v", want.Layer, i, ids, want.IDs[i])
				}
				near(t, "lens", logprobs, want.Logprobs[i], tolerance)
			}
		}
	})
}

// best returns the n most probable tokens and their logprobs.
func best(logits []float64, n int) (ids []argen.ID, logprobs []float64) {
	for id := range logits {
		ids = append(ids, argen.ID(id))
	}
	slices.SortStableFunc(ids, func(a, b argen.ID) int { return cmp.Compare(logits[b], logits[a]) })
	for _, id := range ids[:n] {
		logprobs = append(logprobs, logits[id]-logSumExp(logits))
	}
	return ids[:n], logprobs
}

func logSumExp(x []float64) float64 {
	most, sum := slices.Max(x), 0.0
	for _, v := range x {
		sum += math.Exp(v - most)
	}
	return most + math.Log(sum)
}
