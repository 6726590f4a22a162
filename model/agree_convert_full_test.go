//go:build full

package model

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/internal/safefile"
	"argen/internal/smollm"
	"argen/model/gguf"
	"argen/model/transformer"
	"argen/tokenizer"
)

// convertedTexts have the same ids in llama.cpp but for the last one, of a letter and
// an accent: a tokenizer that composes characters (NFC) has others, as llama.cpp
// leaves them as they are.
var convertedTexts = []string{"The cat sat on the mat.", "x = 12345 + y_2;\n\n  return", "ünï 日本 🙂 don't", "", "a\u0300"}

// A folderCase is a folder of transformer/testdata with the tokenizer.json that
// belongs to it, a file there or in testdata/tokenizers, and how far logits of its GGUF may be from llama.cpp's.
type folderCase struct {
	folder, tokenizer string
	nfc               bool
	tolerance         float64
}

// The tolerances are those of llama.cpp against float32 arithmetic on the same
// numbers: 3e-5; up to 8e-3 with a GELU, which it takes from a table in half
// precision; more where it rounds what it multiplies to float16 or bfloat16 too.
var folderCases = []folderCase{
	{"llama-tied", "llama-tied.json.gz", false, 3e-5},
	{"llama3-rope", "transformer/testdata/llama3-rope/tokenizer.json", false, 3e-5},
	{"qwen2", "qwen2.json.gz", true, 3e-5},
	{"qwen2-yarn", "qwen2.json.gz", true, 3e-5},
	{"qwen3", "qwen2.json.gz", true, 3e-5},
	{"gpt2", "transformer/testdata/gpt2/tokenizer.json", false, 8e-3},
	{"gptneox", "gptneox.json.gz", true, 8e-3},
	// Their own vocabularies are of SentencePiece's kind with merges that scores
	// cannot say, which convert refuses: they take that of gpt2.
	{"llama-untied", "transformer/testdata/gpt2/tokenizer.json", false, 3e-5},
	{"llama-bias-linear", "transformer/testdata/gpt2/tokenizer.json", false, 3e-5},
	{"phi3", "transformer/testdata/gpt2/tokenizer.json", false, 3e-5},
	{"gemma2", "transformer/testdata/gpt2/tokenizer.json", false, 8e-3},
	{"gemma3", "transformer/testdata/gpt2/tokenizer.json", false, 8e-3},
}

// open returns the model of a folder with its tokenizer. The score scale and
// sliding layers of gemmas become those that a GGUF can say.
func (c folderCase) open(t *testing.T) *LM {
	t.Helper()
	m, err := transformer.Open(filepath.Join("transformer/testdata", c.folder))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	if every := map[string]int{"gemma2": 2, "gemma3": 6}[c.folder]; every > 0 {
		config := m.Config()
		config.ScoreScale = 1 / math.Sqrt(float64(config.HeadDim))
		config.Slides = make([]bool, every)
		for i := range every - 1 {
			config.Slides[i] = true
		}
		if m, err = transformer.New(config, m); err != nil {
			t.Fatal(err)
		}
	}
	var data []byte
	if strings.HasSuffix(c.tokenizer, ".gz") {
		data = gunzip(t, "../tokenizers/"+c.tokenizer)
	} else if data, err = os.ReadFile(c.tokenizer); err != nil {
		t.Fatal(err)
	}
	tok, _, err := tokenizer.ReadHuggingFace(c.tokenizer, data)
	if err != nil {
		t.Fatal(err)
	}
	return &LM{Model: m, Tokenizer: tok, Ref: c.folder}
}

// writeAndOpen writes a GGUF and opens it.
func writeAndOpen(t *testing.T, write func(io.Writer) ([]string, error)) (path string, lm *LM) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "m.gguf")
	if err := safefile.Write(path, func(w io.Writer) error { _, err := write(w); return err }); err != nil {
		t.Fatal(err)
	}
	lm, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lm.Close() })
	return path, lm
}

// Folders of each architecture, converted, are the same models to llama.cpp, with
// the same tokenizers.
func TestLlamaCppAgreesOnFolders(t *testing.T) {
	var (
		requests []agreeRequest
		lms      []*LM
	)
	for _, c := range folderCases {
		from := c.open(t)
		path, lm := writeAndOpen(t, func(w io.Writer) ([]string, error) { return WriteGGUF(w, from, quant.F32) })
		var sweep []argen.ID
		for i := range argen.ID(40) {
			sweep = append(sweep, i*79%argen.ID(lm.Model.Info().VocabSize))
		}
		requests, lms = append(requests, agreeRequest{path, convertedTexts, [][]argen.ID{sweep}}), append(lms, lm)
	}
	answer, engine := ask(t, requests, "llama.cpp")
	if engine == "" {
		return
	}
	exact, gelu := 0.0, 0.0
	for i, c := range folderCases {
		last := len(convertedTexts) - 1
		if c.nfc {
			ids, err := lms[i].Tokenizer.Encode(convertedTexts[last])
			if err != nil || slices.Equal(ids, answer.Models[i].IDs[last]) {
				t.Errorf("%s: llama.cpp composes characters now (%v, %v): this is no difference any more", c.folder, ids, err)
			}
			requests[i].Texts = convertedTexts[:last]
		}
		worst := compare(t, lms[i], c.folder, requests[i], answer, i, c.tolerance, lms[i].Tokenizer.Decode)
		if c.tolerance > 3e-5 {
			gelu = max(gelu, worst)
		} else {
			exact = max(exact, worst)
		}
	}
	fmt.Fprintf(os.Stderr, "compared: %s (%s) agrees with argen on %d converted folders, logits within %.1e, with a GELU %.1e\n",
		engine, strings.Join(answer.Versions, ", "), len(lms), exact, gelu)
}

// topApart is the mean difference of two rows of logprobs over the 20 most
// probable tokens of the first.
func topApart(a, b []float64) (mean float64) {
	best := make([]int, len(a))
	for id := range best {
		best[id] = id
	}
	slices.SortFunc(best, func(x, y int) int {
		if a[x] > a[y] {
			return -1
		} else if a[x] < a[y] {
			return 1
		}
		return 0
	})
	for _, id := range best[:20] {
		mean += math.Abs(a[id]-b[id]) / 20
	}
	return mean
}

// SmolLM2, as convert rounds it, is the same model to llama.cpp, with the same
// tokenizer. It rounds what it multiplies by 8-bit numbers to 8 bits too, and to
// float16 by those, so that means are compared: of Q4_1 they are 0.13.
func TestLlamaCppAgreesOnSmolLM2(t *testing.T) {
	source, err := smollm.Path()
	if err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var (
		requests []agreeRequest
		lms      []*LM
	)
	types := []quant.Type{quant.F16, quant.Q8_0, quant.Q4_0}
	for _, as := range types {
		path, lm := writeAndOpen(t, func(w io.Writer) ([]string, error) { return CopyGGUF(w, f, &as) })
		ids, err := lm.Tokenizer.Encode("The capital of France is Paris, and that of Italy is")
		if err != nil {
			t.Fatal(err)
		}
		requests, lms = append(requests, agreeRequest{path, convertedTexts, [][]argen.ID{ids}}), append(lms, lm)
	}
	answer, engine := ask(t, requests, "llama.cpp")
	if engine == "" {
		return
	}
	apart := map[string]float64{}
	for i, as := range types {
		got := answer.Models[i].Logits[0]
		compare(t, lms[i], as.String(), agreeRequest{Texts: convertedTexts}, answer, i, 0, lms[i].Tokenizer.Decode)
		rows, err := lms[i].Model.Start().(argen.Scorer).Score(t.Context(), requests[i].IDs[0]...)
		if err != nil || len(rows) != len(got) {
			t.Fatalf("%s: %d rows of logits, want %d; error %v", as, len(rows), len(got), err)
		}
		mean := 0.0
		for at, row := range rows {
			ours, _ := logSoftmax(row)
			theirs, _ := logSoftmax(got[at])
			mean += topApart(ours, theirs) / float64(len(rows))
		}
		if apart[as.String()] = math.Round(1e4*mean) / 1e4; !(mean < 0.2) {
			t.Errorf("%s: the logprobs of the 20 most probable tokens are %g apart in the mean", as, mean)
		}
	}
	fmt.Fprintf(os.Stderr, "compared: %s (%s) agrees with argen on SmolLM2, logprobs in the mean %v apart\n", engine, strings.Join(answer.Versions, ", "), apart)
}

// A vocabulary of SentencePiece's kind whose merges scores cannot say is refused.
func TestConvertRefusesMerges(t *testing.T) {
	c := folderCase{folder: "llama-untied", tokenizer: "transformer/testdata/llama-untied/tokenizer.json"}
	_, err := WriteGGUF(&bytes.Buffer{}, c.open(t), quant.F32)
	if err == nil || !strings.Contains(err.Error(), "its merges are not those that scores of tokens give") {
		t.Errorf("the error is %v", err)
	}
}
