package tokenizer_test

import (
	"context"
	"fmt"
	"strings"

	"argen/tokenizer"
)

// The most frequent pair of this text is e+r; l+o, lo+w and ␣+low follow. The
// blank belongs to the word behind it, so r+␣ is no pair.
func ExampleBPE_Merges() {
	text := strings.Repeat("low lower lowest newer wider ", 5)
	tok, err := tokenizer.TrainBPE(context.Background(), tokenizer.Lines(strings.NewReader(text)), tokenizer.BPEOptions{VocabSize: 262})
	if err != nil {
		fmt.Println(err)
		return
	}
	for step := range tok.Merges(" lower") {
		for _, id := range step.Pieces {
			fmt.Printf("[%s]", tok.Piece(id))
		}
		if step.At >= 0 {
			fmt.Printf(" merge %d made %q", step.Rank, tok.Piece(step.Pieces[step.At]))
		}
		fmt.Println()
	}
	// Output:
	// [ ][l][o][w][e][r]
	// [ ][l][o][w][er] merge 0 made "er"
	// [ ][lo][w][er] merge 1 made "lo"
	// [ ][low][er] merge 2 made "low"
	// [ low][er] merge 3 made " low"
}
