//go:build full

package model

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/internal/smollm"
	"argen/model/gguf"
	"argen/tokenizer"
)

// realReference is what transformers computed from the dequantised weights of
// SmolLM2-135M-Instruct Q4_1, in float32. All logarithms are natural.
type realReference struct {
	Prompts []struct {
		Name, Kind, Text string
		IDs              []argen.ID
		Messages         json.RawMessage
		Exact            struct {
			TopIDs         [][]argen.ID `json:"top20_ids"`      // after each position
			TopLogprobs    [][]float64  `json:"top20_logprobs"` // theirs
			PromptLogprobs []float64    `json:"prompt_logprobs"`
			Entropy        []float64    `json:"entropy_nats"`
			Greedy         []argen.ID   `json:"greedy64"`
			Gaps           []float64    `json:"greedy_gaps"` // best minus second logit
		}
	}
	Perplexity struct {
		Text  string
		IDs   []argen.ID
		Exact struct {
			Logprobs   []float64
			Perplexity float64
		}
	}
	Rows []struct {
		Tensor, Type string
		Row          int
		First        []float32 `json:"first64"`
		Few          []float32 `json:"first32"` // of a vector
		Sum, L2      float64   // of matrices
	} `json:"tensor_rows"`
}

// gunzip reads a file of testdata/smollm2.
func gunzip(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "smollm2", name))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(z)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// realModel opens the real model and its reference. It fails where make
// real-model has not been run.
func realModel(t *testing.T) (*LM, *realReference) {
	t.Helper()
	var ref realReference
	if err := json.Unmarshal(gunzip(t, "reference.json.gz"), &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Prompts) != 12 || len(ref.Rows) != 9 {
		t.Fatalf("the reference has %d prompts and %d rows", len(ref.Prompts), len(ref.Rows))
	}
	lm, err := Open(t.Context(), "smollm2", Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lm.Close() })
	return lm, &ref
}

// worst is the largest difference of some kind that was seen.
type worst float64

func (w *worst) see(t *testing.T, got, want, tolerance float64, what string, args ...any) {
	t.Helper()
	d := math.Abs(got - want)
	if !(d <= tolerance) {
		t.Errorf("%v is not %v, more than %v away: "+what, append([]any{got, want, tolerance}, args...)...)
	}
	*w = max(*w, worst(d))
}

// TestSmolLM2IDs cuts the 12 prompts into the reference's tokens and back.
func TestSmolLM2IDs(t *testing.T) {
	lm, ref := realModel(t)
	for _, p := range ref.Prompts {
		ids, err := tokenizer.EncodeSpecial(lm.Tokenizer, p.Text)
		if err != nil || !slices.Equal(ids, p.IDs) {
			t.Errorf("%s: %v, %v; not %v", p.Name, ids, err, p.IDs)
		}
		if p.Kind == "chat" { // Decode leaves its special tokens out
			chat, err := lm.Chat(messages(t, p.Messages), true)
			if err != nil || chat.Text != p.Text || !slices.Equal(chat.IDs, p.IDs) {
				t.Errorf("%s is written as %q, %v, %v", p.Messages, chat.Text, chat.IDs, err)
			}
			continue
		}
		if ids, err = lm.Tokenizer.Encode(p.Text); err != nil || !slices.Equal(ids, p.IDs) {
			t.Errorf("%s: %v, %v; not %v", p.Name, ids, err, p.IDs)
		}
		if text := lm.Tokenizer.Decode(ids); text != p.Text {
			t.Errorf("%s: decoded as %q", p.Name, text)
		}
	}
	if ids, err := lm.Tokenizer.Encode(ref.Perplexity.Text); err != nil || !slices.Equal(ids, ref.Perplexity.IDs) {
		t.Errorf("Opticks: %d tokens, %v; not %d", len(ids), err, len(ref.Perplexity.IDs))
	}
}

// TestSmolLM2Probabilities compares the 20 best tokens after every position of
// every prompt, the prompt's own probabilities and entropies. Measured: at most
// 6e-5 apart where the reference's own rounding is 5e-5.
func TestSmolLM2Probabilities(t *testing.T) {
	lm, ref := realModel(t)
	var top, own, entropy worst
	for _, p := range ref.Prompts {
		s := lm.Model.Start()
		for i, id := range p.IDs {
			logits, err := s.Extend(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			logprobs, h := logSoftmax(logits)
			for k, other := range p.Exact.TopIDs[i] {
				top.see(t, logprobs[other], p.Exact.TopLogprobs[i][k], 2e-3, "%s: ln P of %d after %d tokens", p.Name, other, i+1)
			}
			best := 0
			for id, l := range logprobs {
				if l > logprobs[best] {
					best = id
				}
			}
			if want := p.Exact.TopIDs[i][0]; argen.ID(best) != want && p.Exact.TopLogprobs[i][0]-p.Exact.TopLogprobs[i][1] > 0.005 {
				t.Errorf("%s: after %d tokens %d is the best, not %d", p.Name, i+1, best, want)
			}
			entropy.see(t, h, p.Exact.Entropy[i], 2e-3, "%s: entropy after %d tokens", p.Name, i+1)
			if i+1 < len(p.IDs) {
				own.see(t, logprobs[p.IDs[i+1]], p.Exact.PromptLogprobs[i], 2e-3, "%s: ln P of token %d", p.Name, i+1)
			}
		}
	}
	t.Logf("largest differences: %.1e of the 20 best, %.1e of the prompts' own, %.1e of entropies", top, own, entropy)
}

// logSoftmax returns ln P of each token and the entropy in nats.
func logSoftmax(logits []float64) (logprobs []float64, entropy float64) {
	most := slices.Max(logits)
	sum := 0.0
	for _, l := range logits {
		sum += math.Exp(l - most)
	}
	logprobs = make([]float64, len(logits))
	for i, l := range logits {
		logprobs[i] = l - most - math.Log(sum)
		entropy -= math.Exp(logprobs[i]) * logprobs[i]
	}
	return logprobs, entropy
}

// TestSmolLM2Greedy writes 64 tokens after each prompt, the best each time, and
// compares them up to the first step whose two best logits are less than 0.005
// apart.
func TestSmolLM2Greedy(t *testing.T) {
	lm, ref := realModel(t)
	compared := 0
	for _, p := range ref.Prompts {
		s := lm.Model.Start()
		logits, err := s.Extend(t.Context(), p.IDs...)
		for i, want := range p.Exact.Greedy {
			if err != nil {
				t.Fatal(err)
			}
			if p.Exact.Gaps[i] < 0.005 {
				break
			}
			best := 0
			for id, l := range logits {
				if l > logits[best] {
					best = id
				}
			}
			if argen.ID(best) != want {
				t.Errorf("%s: token %d is %d, not %d", p.Name, i, best, want)
				break
			}
			compared++
			logits, err = s.Extend(t.Context(), want)
		}
	}
	t.Logf("%d tokens compared", compared)
	if compared < 500 {
		t.Errorf("only %d tokens were compared", compared)
	}
}

// TestSmolLM2Perplexity scores a page of Newton's Opticks in one pass.
func TestSmolLM2Perplexity(t *testing.T) {
	lm, ref := realModel(t)
	gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer}
	trace, err := gen.Score(t.Context(), ref.Perplexity.IDs[:1], ref.Perplexity.IDs[1:])
	if err != nil {
		t.Fatal(err)
	}
	var each worst
	sum := 0.0
	for i, step := range trace.Steps {
		each.see(t, step.LogProb, ref.Perplexity.Exact.Logprobs[i], 2e-3, "ln P of token %d", i+1)
		sum += step.LogProb
	}
	ppl, want := math.Exp(-sum/float64(len(trace.Steps))), ref.Perplexity.Exact.Perplexity
	t.Logf("perplexity %.6f, the reference's is %.6f; a token is at most %.1e apart", ppl, want, each)
	if len(trace.Steps) != 846 || math.Abs(ppl-want) > 1e-4*want {
		t.Errorf("perplexity %v of %d tokens, not %v", ppl, len(trace.Steps), want)
	}
}

// TestSmolLM2Logits compares all logits after "The capital of France is".
func TestSmolLM2Logits(t *testing.T) {
	lm, ref := realModel(t)
	data := gunzip(t, "cap_last_logits.f32.gz")
	logits, err := lm.Model.Start().Extend(t.Context(), ref.Prompts[0].IDs...)
	if err != nil || len(data) != 4*len(logits) {
		t.Fatalf("%d logits, %v", len(logits), err)
	}
	want := make([]float64, len(logits))
	for i := range want {
		want[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
	}
	p, _ := logSoftmax(logits)
	q, _ := logSoftmax(want)
	var logit, prob worst
	for i := range want {
		logit.see(t, logits[i], want[i], 1e-3, "logit %d", i)
		prob.see(t, math.Exp(p[i]), math.Exp(q[i]), 1e-5, "P of %d", i)
	}
	t.Logf("largest differences: %.1e of a logit, %.1e of a probability", logit, prob)
}

// TestSmolLM2Tensors dequantises rows of the file's three types.
func TestSmolLM2Tensors(t *testing.T) {
	_, ref := realModel(t)
	path, err := smollm.Path()
	if err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, r := range ref.Rows {
		tensor, ok := f.Tensor(r.Tensor)
		if !ok || tensor.Type.String() != r.Type {
			t.Errorf("%s: %v", r.Tensor, tensor)
			continue
		}
		rows := 1
		if len(tensor.Shape) == 2 {
			rows = tensor.Shape[0]
		}
		size := len(tensor.Data) / rows
		row := make([]float32, tensor.Shape[len(tensor.Shape)-1])
		quant.Dequantize(tensor.Type, row, tensor.Data[r.Row*size:(r.Row+1)*size])
		sum, squares := 0.0, 0.0
		for _, x := range row {
			sum += float64(x)
			squares += float64(x) * float64(x)
		}
		if len(r.First)+len(r.Few) == 0 || !slices.Equal(row[:len(r.First)+len(r.Few)], append(r.First, r.Few...)) || r.L2 > 0 && (math.Abs(sum-r.Sum) > 1e-6*r.L2 || math.Abs(math.Sqrt(squares)-r.L2) > 1e-6*r.L2) {
			t.Errorf("%s, row %d: sum %v, length %v, begins %v", r.Tensor, r.Row, sum, math.Sqrt(squares), row[:4])
		}
	}
}
