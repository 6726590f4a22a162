package tokenizer

import (
	"strings"
	"testing"

	frame "github.com/sugarme/tokenizer"
	theirmodel "github.com/sugarme/tokenizer/model"
	"github.com/sugarme/tokenizer/model/bpe"
	"github.com/sugarme/tokenizer/pretokenizer"
)

// TestSugarmeEnglish compares with the whole of sugarme/tokenizer, which is
// right about plain English: a second opinion.
func TestSugarmeEnglish(t *testing.T) {
	ours := readGPT2(t)
	vocab := theirmodel.Vocab{}
	for id, name := range ours.names {
		vocab[name] = id
	}
	var merges []string
	for _, p := range ours.pairs {
		merges = append(merges, ours.names[p.left]+" "+ours.names[p.right])
	}
	m, err := bpe.New(vocab, merges, nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	theirs := frame.NewTokenizer(m)
	words := pretokenizer.NewByteLevel()
	words.SetAddPrefixSpace(false)
	theirs.WithPreTokenizer(words)
	const english = "Once upon a time there was a miller who had three sons. When he died, they shared what he left; " +
		"the youngest got the cat. \"What shall I do with a cat?\" he said, and he didn't know that it could talk. " +
		"They'd walked 12 miles (or 20 kilometres) before it rained. I'm sure we'll see antidisestablishmentarianism again!"
	for _, text := range append(strings.SplitAfter(english, "."), english) {
		e, err := theirs.EncodeSingle(text)
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := ours.Tokens(text)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range tokens {
			if len(e.Ids) != len(tokens) || e.Ids[i] != int(k.ID) || e.Offsets[i][1] != k.End {
				t.Fatalf("%q has ids %v there, token %d is %+v here", text, e.Ids, i, k)
			}
		}
	}
}
