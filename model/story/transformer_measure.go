//go:build ignore

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	exam, err := story.NewExam(ctx, words(test), 0)
	if err != nil {
		return err
	}
	bits, err := exam.Loss(ctx, m)
	if err != nil {
		return err
	}
	notes["bits_per_token"] = fmt.Sprintf("%.4f on %d stories it has not seen, %.2f %% more than the truth, %.4f", bits, tested, 100*(bits/exam.Floor()-1), exam.Floor())
	var good []string
	for _, chain := range []string{"temperature=1", "top_p=0.95"} {
		stages, err := sampler.Parse(chain)
		if err != nil {
			return err
		}
		flawless, err := story.Flawless(ctx, argen.Generator{Model: m, Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Chain: stages}, sampled)
		if err != nil {
			return err
		}
		good = append(good, fmt.Sprintf("%d with %s", flawless, chain))
	}
	notes["flawless"] = fmt.Sprintf("of %d sampled stories %s", sampled, strings.Join(good, ", "))
	return nil
}

// words are sequences to train on without the token that begins them.
func words(sequences [][]argen.ID) [][]argen.ID {
	var all [][]argen.ID
	for _, s := range sequences {
		all = append(all, s[1:])
	}
	return all
}

// showRecall prints how sure the model is of the words that are certain, by kind.
func showRecall(ctx context.Context, exam *story.Exam, t *train.Trainer) error {
	m, err := train.Model(t.Config().Export(story.BOS, story.EOS), t.Weights())
	if err != nil {
		return err
	}
	all, err := exam.Recall(ctx, m)
	for _, r := range all {
		fmt.Fprintf(os.Stderr, "  %s %.3f", r.Kind, r.Prob)
	}
	fmt.Fprintln(os.Stderr)
	return err
}
