//go:build full

package model

import (
	"math"
	"slices"
	"testing"

	"argen"
)

// TestSmolLM2Fast compares probabilities where activations are rounded to 8 bits
// with those of the reference, which rounds nothing: llama.cpp, which rounds as
// much, is 0.13 away on average in the 20 best tokens' log-probabilities and has
// the same best token at 96 to 98 % of positions. It also takes the largest
// differences of all logits and probabilities, which help says.
func TestSmolLM2Fast(t *testing.T) {
	exact, ref := realModel(t)
	fast, err := Open(t.Context(), "smollm2", Options{Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fast.Close() })
	var mean, most, logit, prob, squares float64
	var numbers, positions, same, logits int
	for _, p := range ref.Prompts {
		rows, err := fast.Model.Start().(argen.Scorer).Score(t.Context(), p.IDs...)
		if err != nil {
			t.Fatal(err)
		}
		want, err := exact.Model.Start().(argen.Scorer).Score(t.Context(), p.IDs...)
		if err != nil {
			t.Fatal(err)
		}
		one := fast.Model.Start()
		for i, row := range rows {
			if alone, err := one.Extend(t.Context(), p.IDs[i]); err != nil || !slices.Equal(alone, row) {
				t.Fatalf("%s: position %d alone differs, or %v", p.Name, i, err)
			}
			logprobs, _ := logSoftmax(row)
			for k, id := range p.Exact.TopIDs[i] {
				d := math.Abs(logprobs[id] - p.Exact.TopLogprobs[i][k])
				mean, most, numbers = mean+d, max(most, d), numbers+1
			}
			positions++
			if best(row) == p.Exact.TopIDs[i][0] {
				same++
			}
			others, _ := logSoftmax(want[i])
			for id, l := range row {
				d := l - want[i][id]
				squares, logits = squares+d*d, logits+1
				logit = max(logit, math.Abs(d))
				prob = max(prob, math.Abs(math.Exp(logprobs[id])-math.Exp(others[id])))
			}
		}
	}
	mean /= float64(numbers)
	share := float64(same) / float64(positions)
	t.Logf("the 20 best: %.3f apart on average, %.2f at most; the same best token at %.1f%% of %d positions", mean, most, 100*share, positions)
	t.Logf("all tokens: logits %.2f apart at most, %.2f as a root mean square, probabilities %.3f at most", logit, math.Sqrt(squares/float64(logits)), prob)
	if mean > 0.2 || most > 2 || share < 0.94 {
		t.Errorf("%.3f on average, %.2f at most, the same best token at %.1f%%", mean, most, 100*share)
	}
	gen := argen.Generator{Model: fast.Model, Tokenizer: fast.Tokenizer}
	trace, err := gen.Score(t.Context(), ref.Perplexity.IDs[:1], ref.Perplexity.IDs[1:])
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, step := range trace.Steps {
		sum += step.LogProb
	}
	ppl := math.Exp(-sum / float64(len(trace.Steps)))
	t.Logf("perplexity %.3f, without rounding %.3f", ppl, ref.Perplexity.Exact.Perplexity)
	if math.Abs(ppl/ref.Perplexity.Exact.Perplexity-1) > 0.015 {
		t.Errorf("perplexity %.3f, without rounding %.3f", ppl, ref.Perplexity.Exact.Perplexity)
	}
}

// best is the token of the largest logit.
func best(logits []float64) argen.ID {
	best := 0
	for id, l := range logits {
		if l > logits[best] {
			best = id
		}
	}
	return argen.ID(best)
}
