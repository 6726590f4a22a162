//go:build full

package model

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"argen"
	"argen/internal/quant"
	"argen/internal/safefile"
	"argen/model/story"
	"argen/model/transformer"
	"argen/model/transformer/train"
	"argen/tokenizer"
)

// agreement is what testdata/agree.py answers.
type agreement struct {
	Versions []string
	Models   []struct {
		IDs    [][]argen.ID
		Texts  []string
		Logits [][][]float64
	}
}

type agreeRequest struct {
	Path  string       `json:"path"`
	Texts []string     `json:"texts"`
	IDs   [][]argen.ID `json:"ids"`
}

// python returns the interpreter that $ARGEN_PYTHON names, or that of the path,
// and the engines of agree.py for which it has what they need.
func python(t *testing.T) (path string, engines []string) {
	t.Helper()
	path, named := os.LookupEnv("ARGEN_PYTHON")
	if !named {
		path = "python3"
	}
	out, err := exec.Command(path, "testdata/agree.py", "list").CombinedOutput()
	if err != nil && named {
		t.Fatalf("ARGEN_PYTHON %s: %v\n%s", path, err, out)
	}
	return path, strings.Fields(string(out))
}

// ask asks the first engine that is there of those wanted. Without any it fails
// if ARGEN_PYTHON is set, and otherwise says that nothing was compared.
func ask(t *testing.T, requests []agreeRequest, wanted ...string) (answer agreement, engine string) {
	t.Helper()
	path, there := python(t)
	i := slices.IndexFunc(wanted, func(engine string) bool { return slices.Contains(there, engine) })
	if i < 0 {
		says := fmt.Sprintf("not compared: python has not what %s need: set ARGEN_PYTHON to one that has, as .ci/run does", strings.Join(wanted, " or "))
		if os.Getenv("ARGEN_PYTHON") != "" {
			t.Fatal(says)
		}
		fmt.Fprintln(os.Stderr, says)
		return answer, ""
	}
	input, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "testdata/agree.py", wanted[i])
	cmd.Stdin = bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "TOKENIZERS_PARALLELISM=false", "OMP_NUM_THREADS=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("agree.py %s: %v\n%s", wanted[i], err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, &answer); err != nil || len(answer.Models) != len(requests) {
		t.Fatalf("agree.py %s answers %d models, want %d; error %v", wanted[i], len(answer.Models), len(requests), err)
	}
	return answer, wanted[i]
}

// agreeModels writes folders of models: one of stories that a short training
// made, and one with random weights for each tokenizer.
func agreeModels(t *testing.T) (folders map[string]string) {
	t.Helper()
	folders = map[string]string{}
	for kind, tok := range trainable(t) {
		if kind == "story" {
			continue
		}
		bos := control(tok, "<s>")
		c, tensors := randomLlama(tok.VocabSize(), bos, control(tok, "</s>"), kind != "bpe")
		file, err := tokenizer.HuggingFace(tok, bos)
		if err != nil {
			t.Fatal(err)
		}
		folders[kind] = filepath.Join(t.TempDir(), kind)
		if err := transformer.WriteFolder(folders[kind], c, tensors, file); err != nil {
			t.Fatal(err)
		}
	}
	g := story.Default()
	source := func(seed uint64) train.Stories {
		return train.Stories{Name: g.SHA256(), Seed: seed, BOS: story.BOS, Sample: g.Sample}
	}
	held, err := train.Take(source(1000), 4)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := train.New(train.Config{VocabSize: len(g.Vocab()), Hidden: 32, Layers: 2, Heads: 4, KVHeads: 2, FF: 64, Context: 256}, train.Options{Steps: 60, Warmup: 5}, source(1), held)
	if err != nil {
		t.Fatal(err)
	}
	for range 60 {
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
	file, err := tokenizer.HuggingFace(tokenizer.NewStory(g.Vocab()), story.BOS)
	if err != nil {
		t.Fatal(err)
	}
	folders["story"] = filepath.Join(t.TempDir(), "story")
	if err := train.WriteFolder(folders["story"], tr.Config().Export(story.BOS, story.EOS), tr.Weights(), file); err != nil {
		t.Fatal(err)
	}
	return folders
}

// agreeTexts are texts that the tokenizers of agreeModels know.
func agreeTexts(t *testing.T, kind string) []string {
	t.Helper()
	switch kind {
	case "story":
		var texts []string
		tok := tokenizer.NewStory(story.Default().Vocab())
		for seed := range uint64(3) {
			ids, err := story.Default().Sample(rand.New(rand.NewPCG(seed, 2)))
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, tok.Decode(ids))
		}
		return append(texts, "“The cat’s,”\n (to) \t.", "")
	case "bytes", "bpe":
		return []string{"the cat sat", "ünï 日本\n\n  the’s\t.", "", "a\u0300 12,5"}
	}
	return []string{"the cat sat", "cat", ""}
}

// compare compares what a program says of a model that is opened from path.
// kind is that of the tokenizer.
func compare(t *testing.T, lm *LM, kind string, request agreeRequest, got agreement, i int, tolerance float64, decodes func([]argen.ID) string) (worst float64) {
	t.Helper()
	for k, text := range request.Texts {
		ids, err := lm.Tokenizer.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if lm.Model.Info().AddBOS {
			ids = slices.Insert(ids, 0, lm.Model.Info().BOS)
		}
		if !slices.Equal(got.Models[i].IDs[k], ids) {
			t.Errorf("%s: %q is %v, argen has %v", kind, text, got.Models[i].IDs[k], ids)
		}
		if want := decodes(ids); got.Models[i].Texts[k] != want {
			t.Errorf("%s: decoded it is %q, argen has %q", kind, got.Models[i].Texts[k], want)
		}
	}
	for k, ids := range request.IDs {
		rows, err := lm.Model.Start().(argen.Scorer).Score(t.Context(), ids...)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(got.Models[i].Logits[k]) {
			t.Fatalf("%s: logits at %d positions, want %d", kind, len(got.Models[i].Logits[k]), len(rows))
		}
		for at, row := range rows {
			for id, want := range row {
				worst = max(worst, math.Abs(got.Models[i].Logits[k][at][id]-want))
			}
		}
	}
	if !(worst <= tolerance) {
		t.Errorf("%s: the logits differ by %g, at most %g is allowed", kind, worst, tolerance)
	}
	return worst
}

// agreeIDs are lists of ids for which logits are compared.
func agreeIDs(lm *LM, texts []string) (lists [][]argen.ID) {
	for _, text := range texts {
		if ids, err := lm.Tokenizer.Encode(text); err == nil && len(ids) > 0 {
			ids = slices.Insert(ids, 0, lm.Model.Info().BOS)
			lists = append(lists, ids[:min(len(ids), 60)])
		}
	}
	v := argen.ID(lm.Model.Info().VocabSize)
	var all []argen.ID
	for i := range argen.ID(50) {
		all = append(all, i*7919%v)
	}
	return append(lists, all)
}

// What argen trained and wrote is the same model to transformers: the same ids,
// and logits within 1e-4 at all positions. Where transformers is not there, its
// tokenizers and a llama in numpy stand in for it.
func TestTransformersAgrees(t *testing.T) {
	var (
		requests []agreeRequest
		lms      []*LM
		kinds    []string
	)
	for kind, dir := range agreeModels(t) {
		lm, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = lm.Close() })
		texts := agreeTexts(t, kind)
		requests = append(requests, agreeRequest{dir, texts, agreeIDs(lm, texts)})
		lms, kinds = append(lms, lm), append(kinds, kind)
	}
	answer, engine := ask(t, requests, "transformers", "numpy")
	if engine == "" {
		return
	}
	worst := 0.0
	for i, lm := range lms {
		worst = max(worst, compare(t, lm, kinds[i], requests[i], answer, i, 1e-4, lm.Tokenizer.Decode))
	}
	fmt.Fprintf(os.Stderr, "compared: %s (%s) agrees with argen on %d folders, logits within %.1e\n", engine, strings.Join(answer.Versions, ", "), len(lms), worst)
}

// The same for GGUF. llama.cpp computes with float16 and with 8-bit numbers where
// the weights are such, which is what the tolerances are for; its reader in
// Python, with a llama in numpy, has the logits of the very numbers in the file.
func TestLlamaCppAgrees(t *testing.T) {
	var (
		requests []agreeRequest
		lms      []*LM
		kinds    []string
		types    []quant.Type
	)
	for kind, dir := range agreeModels(t) {
		from, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := []quant.Type{quant.F32}
		if kind == "story" {
			all = append(all, quant.F16, quant.BF16, quant.Q8_0, quant.Q4_0)
		}
		for _, as := range all {
			path := filepath.Join(t.TempDir(), kind+as.String()+".gguf")
			if err := safefile.Write(path, func(w io.Writer) error { _, err := WriteGGUF(w, from, as); return err }); err != nil {
				t.Fatal(err)
			}
			lm, err := Open(t.Context(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = lm.Close() })
			texts := agreeTexts(t, kind)
			requests = append(requests, agreeRequest{path, texts, agreeIDs(lm, texts)})
			lms, kinds, types = append(lms, lm), append(kinds, kind), append(types, as)
		}
		if err := from.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, wanted := range []string{"llama.cpp", "gguf"} {
		answer, engine := ask(t, requests, wanted)
		if engine == "" {
			continue
		}
		worst := map[string]float64{}
		for i, lm := range lms {
			tolerance, decodes := 1e-4, func(ids []argen.ID) string { return lm.Tokenizer.Decode(ids) }
			if engine == "llama.cpp" {
				tolerance = map[quant.Type]float64{quant.F32: 1e-4, quant.F16: 0.05, quant.BF16: 0.3, quant.Q8_0: 0.2, quant.Q4_0: 0.5}[types[i]]
				if kinds[i] == "story" {
					decodes = func(ids []argen.ID) string { return spaced(lm.Tokenizer, ids) }
				}
			}
			worst[types[i].String()] = max(worst[types[i].String()], compare(t, lm, kinds[i]+" "+types[i].String(), requests[i], answer, i, tolerance, decodes))
		}
		fmt.Fprintf(os.Stderr, "compared: %s (%s) agrees with argen on %d GGUF files, logits within %v\n", engine, strings.Join(answer.Versions, ", "), len(lms), worst)
	}
}

// spaced is how llama.cpp decodes stories: a blank before every mark.
func spaced(tok argen.Tokenizer, ids []argen.ID) string {
	var words []string
	for _, id := range ids {
		if !tok.Control(id) {
			words = append(words, string(tok.Piece(id)))
		}
	}
	return strings.Join(words, " ")
}
