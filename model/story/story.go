// Package story holds the source of the stories: a small probabilistic
// grammar with a memory, whose next-word distribution is known exactly.
//
// A [Grammar] is a program written as data (story-grammar.txt): rules with
// weighted alternatives, tables of people and things, and slots that remember
// which row was drawn. Three readings of the same file live here:
//
//   - [Grammar.Sample] runs it forwards and writes stories;
//   - [Model] runs it backwards: forward filtering keeps every way the grammar
//     could have written the words so far, and so computes the exact
//     P(next word | words so far). It is the model "truth" of argen;
//   - [Grammar.Judge] says whether a story is coherent (the grammar could have
//     written it) or at least well-formed (it could have, without memory).
//
// Because the truth is known, the loss of a model trained on the stories can
// be compared with the entropy rate ([Model.EntropyRate]) that no model can
// beat, and a wrong name at word 80 is known to be wrong.
//
//	model := story.Truth()
//	state := model.Start()
//	logits, err := state.Extend(ctx, model.Grammar().IDs("It", "was")...)
//
// Forward filtering is the forward algorithm of hidden Markov models (Rabiner,
// A Tutorial on Hidden Markov Models, 1989) with the hidden state "stack and
// memory of the derivation"; for grammars it is due to Jelinek and Lafferty,
// Computation of the Probability of Initial Substring Generation by
// Stochastic Context-Free Grammars, 1991.
package story

import (
	_ "embed"
	"sync"
)

//go:embed story-grammar.txt
var source []byte

// Default returns the embedded grammar of the stories.
var Default = sync.OnceValue(func() *Grammar {
	g, err := Parse("story-grammar.txt", source)
	if err != nil {
		panic(err) // the file is part of the program; a test parses it
	}
	return g
})

// Truth returns the exact model of the embedded grammar.
func Truth() *Model { return NewModel(Default()) }
