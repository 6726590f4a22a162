package tokenizer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"argen/tokenizer"
)

// corpus yields the lines of the training corpus without their line ends.
func corpus(t testing.TB) iter.Seq2[string, error] {
	text := testFile(t, "train/corpus.txt.gz")
	return func(yield func(string, error) bool) {
		for line, err := range tokenizer.Lines(bytes.NewReader(text)) {
			if !yield(strings.TrimRight(line, "\n"), err) {
				return
			}
		}
	}
}

// TestReferenceTraining compares all tokens and merges with those that Hugging
// Face's BpeTrainer learns from the same lines.
func TestReferenceTraining(t *testing.T) {
	for _, name := range []string{"vocab700", "vocab3000", "tiny_min0_head40"} {
		var want struct {
			VocabSize    int      `json:"vocab_size"`
			MinFrequency int      `json:"min_frequency"`
			Special      []string `json:"special_tokens"`
			Vocab        map[string]int
			Merges       [][2]string
		}
		if err := json.Unmarshal(testFile(t, "train/"+name+".json.gz"), &want); err != nil {
			t.Fatal(err)
		}
		texts := corpus(t)
		if strings.HasSuffix(name, "head40") {
			texts = head(texts, 40)
		}
		told := 0
		tok, err := tokenizer.TrainBPE(t.Context(), texts, tokenizer.BPEOptions{
			VocabSize: want.VocabSize, MinFrequency: want.MinFrequency, Special: want.Special,
			Progress: func(tokens, wanted int) { told = tokens },
		})
		if err != nil {
			t.Fatal(err)
		}
		got := written(t, tok)
		if told != len(want.Vocab) {
			t.Errorf("%s: %d tokens were told of, want %d", name, told, len(want.Vocab))
		}
		for i, m := range want.Merges {
			if i >= len(got.Model.Merges) || got.Model.Merges[i] != m {
				t.Fatalf("%s: merge %d differs from %q", name, i, m)
			}
		}
		if len(got.Model.Merges) != len(want.Merges) || len(got.Model.Vocab) != len(want.Vocab) {
			t.Fatalf("%s: %d merges and %d tokens, want %d and %d", name, len(got.Model.Merges), len(got.Model.Vocab), len(want.Merges), len(want.Vocab))
		}
		for token, id := range want.Vocab {
			if got.Model.Vocab[token] != id {
				t.Errorf("%s: %q has id %d, want %d", name, token, got.Model.Vocab[token], id)
			}
		}
	}
}

func head(texts iter.Seq2[string, error], n int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		i := 0
		for text, err := range texts {
			if i == n || !yield(text, err) {
				return
			}
			i++
		}
	}
}

// A tokenizerJSON is what the tests look at in a tokenizer.json.
type tokenizerJSON struct {
	Model struct {
		Vocab  map[string]int
		Merges [][2]string
	}
}

func written(t testing.TB, tok *tokenizer.BPE) tokenizerJSON {
	t.Helper()
	var (
		b   bytes.Buffer
		got tokenizerJSON
	)
	if err := tok.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTrainBPEErrors(t *testing.T) {
	train := func(o tokenizer.BPEOptions, texts ...string) error {
		_, err := tokenizer.TrainBPE(t.Context(), func(yield func(string, error) bool) {
			for _, text := range texts {
				if !yield(text, nil) {
					return
				}
			}
		}, o)
		return err
	}
	for _, c := range []struct {
		o    tokenizer.BPEOptions
		want string
	}{
		{tokenizer.BPEOptions{VocabSize: 256, Special: []string{"<s>"}}, "a vocabulary of 256 tokens: it needs at least 257, for the bytes and special tokens, and at most 2000000"},
		{tokenizer.BPEOptions{VocabSize: -1}, "a vocabulary of -1 tokens"},
		{tokenizer.BPEOptions{Special: []string{"ab"}}, `merge 0 makes the special token "ab": give it a name that no text holds, as <|ab|>`},
		{tokenizer.BPEOptions{Special: []string{"a"}}, `the special token "a" is the name of a byte`},
		{tokenizer.BPEOptions{Special: []string{"<s>", "<s>"}}, `added token 1, "<s>", or its id is there twice`},
		{tokenizer.BPEOptions{Special: []string{""}}, "added token 0 has no content"},
		{tokenizer.BPEOptions{Special: []string{strings.Repeat("<", 1025)}}, "added token 0 has 1025 bytes, at most 1024 are supported"},
	} {
		if err := train(c.o, "ab ab"); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("TrainBPE(%+v): %v, want %s", c.o, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tokenizer.TrainBPE(ctx, corpus(t), tokenizer.BPEOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled training ends with %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	stop := tokenizer.BPEOptions{Progress: func(tokens, _ int) {
		if tokens == 300 {
			cancel()
		}
	}}
	if _, err := tokenizer.TrainBPE(ctx, corpus(t), stop); !errors.Is(err, context.Canceled) {
		t.Errorf("a training cancelled at 300 tokens ends with %v", err)
	}
	wrong := errors.New("disk on fire")
	if _, err := tokenizer.TrainBPE(t.Context(), tokenizer.Lines(iotest.ErrReader(wrong)), tokenizer.BPEOptions{}); !errors.Is(err, wrong) {
		t.Errorf("a reader's error comes out as %v", err)
	}
}

func TestTrainBPEOnLittle(t *testing.T) {
	tok, err := tokenizer.TrainBPE(t.Context(), tokenizer.Lines(strings.NewReader("a\xff")), tokenizer.BPEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// "a" is one word; U+FFFD is another, of three bytes, so of two merges.
	if tok.VocabSize() != 258 || tok.Name(257) != "ï¿½" {
		t.Errorf("%d tokens, the last %q", tok.VocabSize(), tok.Name(257))
	}
	if tok, err = tokenizer.TrainBPE(t.Context(), tokenizer.Lines(strings.NewReader("")), tokenizer.BPEOptions{VocabSize: 256}); err != nil || tok.VocabSize() != 256 {
		t.Errorf("without a text: %v", err)
	}
}

func TestLines(t *testing.T) {
	var got []string
	for line, err := range tokenizer.Lines(strings.NewReader("a\r\n\nb")) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, line)
	}
	if !slices.Equal(got, []string{"a\r\n", "\n", "b"}) {
		t.Errorf("lines are %q", got)
	}
	for range tokenizer.Lines(strings.NewReader("a\nb\n")) {
		break
	}
}
