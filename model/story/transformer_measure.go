//go:build ignore

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"argen"
	"argen/internal/safefile"
	"argen/internal/tensor"
	"argen/model/safetensors"
	"argen/model/story"
	"argen/model/transformer"
	"argen/model/transformer/train"
	"argen/sampler"
	"argen/tokenizer"
)

// keep writes the model with how it was made and how good it is.
func keep(ctx context.Context, path string, t *train.Trainer, verdict bool) error {
	tensors := halved(t.Weights())
	config := t.Config().Export(story.BOS, story.EOS)
	m, err := transformer.New(config, safetensors.ByName(tensors))
	if err != nil {
		return err
	}
	m.AddBOS = true
	o := t.Options()
	how := fmt.Sprintf("to predict the next word: %d of %d steps of %d fresh stories each, %.1f million tokens, seed %d, by Muon and AdamW", t.Steps(), o.Steps, o.Batch, float64(t.Tokens())/1e6, o.Seed)
	if verdict {
		how = fmt.Sprintf("story, trained on by verdicts over whole stories alone: %d steps of %d stories each that it wrote itself, seed %d, by AdamW", t.Steps(), verdictTexts, o.Seed)
	}
	kernels := "SIMD"
	if tensor.Kernel() == "go" {
		kernels = "plain Go"
	}
	notes := map[string]string{"made": "make models", "training": how, "kernels": kernels}
	if !verdict {
		notes["curriculum"] = "in the first fifth stories in which more comes back, in the second half some from their middle on"
	}
	if err := measure(ctx, m, notes); err != nil {
		return err
	}
	if err := safefile.Write(path, func(w io.Writer) error { return safetensors.Write(w, tensors, notes) }); err != nil {
		return err
	}
	data, err := config.JSON("float16")
	if err != nil {
		return err
	}
	return safefile.Write(filepath.Join(filepath.Dir(path), "story-config.json"), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// halved are the weights in half precision, which moves the loss by less than
// one step of training.
func halved(weights []train.Tensor) []safetensors.Tensor {
	var tensors []safetensors.Tensor
	for _, w := range weights {
		half := make([]uint16, len(w.Data))
		tensor.F32ToF16(half, w.Data)
		data := make([]byte, 0, 2*len(half))
		for _, h := range half {
			data = binary.LittleEndian.AppendUint16(data, h)
		}
		tensors = append(tensors, safetensors.Tensor{Name: w.Name, DType: safetensors.F16, Shape: w.Shape, Data: data})
	}
	return tensors
}

// measure notes the cross-entropy on fresh stories beside that of the truth, and
// how many of a thousand sampled stories are flawless.
func measure(ctx context.Context, m *transformer.Model, notes map[string]string) error {
	const tested, sampled, testSeed = 2000, 1000, 3
	test, err := train.Take(stories(testSeed), tested)
	if err != nil {
		return err
	}
	nats, truth, tokens := 0.0, 0.0, 0
	for _, s := range test {
		positions, err := story.Truth().Score(ctx, s[1:])
		if err != nil {
			return err
		}
		rows, err := m.Start().(argen.Scorer).Score(ctx, s[:len(s)-1]...)
		if err != nil {
			return err
		}
		for i, p := range positions {
			truth -= p.LogProb
			nats -= logProb(rows[i], p.ID)
		}
		tokens += len(positions)
	}
	n := float64(tokens) * math.Ln2
	notes["bits_per_token"] = fmt.Sprintf("%.4f on %d stories it has not seen, %.2f %% more than the truth, %.4f", nats/n, tested, 100*(nats/truth-1), truth/n)
	var good []string
	for _, chain := range []string{"temperature=1", "top_p=0.95"} {
		stages, err := sampler.Parse(chain)
		if err != nil {
			return err
		}
		flawless := 0
		for seed := range uint64(sampled) {
			r, err := argen.Generator{Model: m, Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Chain: stages, Seed: seed}.Start("")
			if err != nil {
				return err
			}
			var ids []argen.ID
			for step, err := range r.Steps(ctx) {
				if err != nil {
					return err
				}
				ids = append(ids, step.ID)
			}
			v, err := story.Default().Judge(story.Default().Words(ids))
			if err != nil {
				return err
			}
			if v.Coherent {
				flawless++
			}
		}
		good = append(good, fmt.Sprintf("%d with %s", flawless, chain))
	}
	notes["flawless"] = fmt.Sprintf("of %d sampled stories %s", sampled, strings.Join(good, ", "))
	return nil
}

// logProb is ln softmax(logits)[id].
func logProb(logits []float64, id argen.ID) float64 {
	sum, top := 0.0, slices.Max(logits)
	for _, x := range logits {
		sum += math.Exp(x - top)
	}
	return logits[id] - top - math.Log(sum)
}

// A floor is what the held-out stories allow: their exact cross-entropy, and
// what each of their words demands.
type floor struct {
	stories [][]argen.ID
	nats    float64 // per token
	demands [][]story.Demand
}

func newFloor(ctx context.Context, stories [][]argen.ID) (*floor, error) {
	f := &floor{stories: stories}
	tokens := 0
	for _, s := range stories {
		positions, err := story.Truth().Score(ctx, s[1:])
		if err != nil {
			return nil, err
		}
		for _, p := range positions {
			f.nats -= p.LogProb
		}
		tokens += len(positions)
		demands, err := story.Truth().Demands(ctx, s[1:])
		if err != nil {
			return nil, err
		}
		f.demands = append(f.demands, demands)
	}
	f.nats /= float64(tokens)
	return f, nil
}

// recall prints the mean probability of the words that are certain, by kind.
func (f *floor) recall(t *train.Trainer) {
	m, err := train.Model(t.Config().Export(story.BOS, story.EOS), t.Weights())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	sums, counts := map[string]float64{}, map[string]int{}
	var kinds []string
	for i, s := range f.stories {
		rows, err := m.Start().(argen.Scorer).Score(context.Background(), s[:len(s)-1]...)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		for j, d := range f.demands[i] {
			if d.Prob < story.Sure {
				continue
			}
			if counts[d.Kind] == 0 {
				kinds = append(kinds, d.Kind)
			}
			sums[d.Kind] += math.Exp(logProb(rows[j], d.Word))
			counts[d.Kind]++
		}
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		fmt.Fprintf(os.Stderr, "  %s %.3f", k, sums[k]/float64(counts[k]))
	}
	fmt.Fprintln(os.Stderr)
}
