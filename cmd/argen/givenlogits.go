package main

import (
	"context"
	"errors"
	"strconv"

	"argen"
)

// givenLogits is a model that predicts the same logits always, and its own
// tokenizer: a token is called by its id.
type givenLogits struct{ logits []float64 }

// Info implements argen.Model.
func (g *givenLogits) Info() argen.Info {
	return argen.Info{Kind: "logits", VocabSize: len(g.logits), BOS: argen.NoID}
}

// Start implements argen.Model.
func (g *givenLogits) Start() argen.State { return &givenState{g: g} }

// Encode implements argen.Tokenizer.
func (g *givenLogits) Encode(string) ([]argen.ID, error) {
	return nil, errors.New("logits have no text")
}

// Decode implements argen.Tokenizer.
func (g *givenLogits) Decode([]argen.ID) string { return "" }

// Piece implements argen.Tokenizer.
func (g *givenLogits) Piece(id argen.ID) []byte { return strconv.AppendInt([]byte("#"), int64(id), 10) }

// Control implements argen.Tokenizer.
func (g *givenLogits) Control(argen.ID) bool { return false }

// VocabSize implements argen.Tokenizer.
func (g *givenLogits) VocabSize() int { return len(g.logits) }

type givenState struct {
	g *givenLogits
	n int
}

// Len implements argen.State.
func (s *givenState) Len() int { return s.n }

// Extend implements argen.State.
func (s *givenState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.n += len(ids)
	return s.g.logits, nil
}

// Rewind implements argen.State.
func (s *givenState) Rewind(n int) { s.n = n }

// Fork implements argen.State.
func (s *givenState) Fork() argen.State { return &givenState{s.g, s.n} }
