package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"argen"
	"argen/sampler"
)

// Draft is speculative decoding: a second model, which is faster, guesses up to
// Tokens tokens, and the model checks them in one pass. The texts have the law
// of the model alone, token by token; see [Speculation]. Both must have the same
// vocabulary. The draft goes through the same chain. Where it cannot go on, or
// its stages fail, the model goes on without it.
//
// transformers guesses 20 tokens and ends where the draft is less sure than 0.4,
// llama.cpp guesses 3, Leviathan et al. 3 to 10; ours is the number given.
type Draft struct {
	Ref    string // of the second model, as -m has it
	Tokens int    // guesses for a pass, at most

	model     argen.Model
	tokenizer argen.Tokenizer
}

var draftForm = Form{
	Name: "draft", Doc: "speculative decoding: a second model guesses tokens, the model checks them in one pass and keeps its own law",
	Source: "Leviathan et al. 2023; Chen et al. 2023",
	Params: []sampler.Param{
		{Name: "model", Flag: "draft", Takes: "REF", Kind: sampler.Text, Doc: "the model that guesses"},
		{Name: "tokens", Flag: "draft-tokens", Kind: sampler.Int, Doc: "tokens guessed for a pass of the model", Default: 4, Off: sampler.None, Least: 1, Most: mostGuesses},
	},
	New:     func(a sampler.Args) (Procedure, error) { return Draft{Ref: a.Text(0), Tokens: a.Int(1)}, nil },
	Example: `draft="story-ngram"`,
}

// mostGuesses is how many tokens may be guessed: a pass reads no more at once.
const mostGuesses = 100

// Name implements [Procedure].
func (Draft) Name() string { return "draft" }

// String implements [Procedure].
func (d Draft) String() string { return word(d.Name(), d.Ref, d.Tokens) }

// Second implements [Seconded].
func (d Draft) Second() string { return d.Ref }

// Bind implements [Seconded].
func (d Draft) Bind(m argen.Model, t argen.Tokenizer, second argen.Model, its argen.Tokenizer) (Procedure, error) {
	if err := SameVocabulary(m, t, second, its); err != nil {
		return nil, fmt.Errorf("the draft %s has another vocabulary: %w", argen.Visible(d.Ref), err)
	}
	d.model, d.tokenizer = second, its
	return d, nil
}

// Picker implements [Procedure].
func (d Draft) Picker() Picker {
	return &speculator{search: d.String(), k: d.Tokens, drafter: &modelDrafter{model: d.model, tokenizer: d.tokenizer}}
}

// SameVocabulary reports where the vocabularies of a model and a second one
// differ first.
func SameVocabulary(m argen.Model, t argen.Tokenizer, second argen.Model, its argen.Tokenizer) error {
	if n, v := second.Info().VocabSize, m.Info().VocabSize; n != v {
		return fmt.Errorf("%d tokens, the model has %d", n, v)
	}
	for id := range argen.ID(min(t.VocabSize(), its.VocabSize())) {
		if a, b := t.Piece(id), its.Piece(id); !bytes.Equal(a, b) || t.Control(id) != its.Control(id) {
			return fmt.Errorf("its token #%d is “%s”, that of the model is “%s”", id, argen.Visible(string(b)), argen.Visible(string(a)))
		}
	}
	return nil
}

// A modelDrafter guesses by a model. It has a run of its own, which follows the
// target's.
type modelDrafter struct {
	model     argen.Model
	tokenizer argen.Tokenizer

	run   *argen.Run // nil before the first guess
	chain string     // of run
	off   bool       // the model knows no way on
	probs [][]float64
}

// draft implements drafter.
func (m *modelDrafter) draft(ctx context.Context, r *argen.Run, k int, d dice) ([]guess, error) {
	if m.model == nil {
		return nil, errors.New("the draft is not bound to a model")
	}
	if m.off || k <= 0 {
		return nil, nil
	}
	list, err := m.guesses(ctx, r, k, d)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, io.EOF): // a stage calls the text complete
	case errors.Is(err, argen.ErrEmptyContext):
		m.run = nil // it may begin behind the first token
	case err != nil:
		m.off = true
	}
	return list, nil
}

// guesses follows the target and draws up to k tokens.
func (m *modelDrafter) guesses(ctx context.Context, r *argen.Run, k int, d dice) (list []guess, err error) {
	if err := m.follow(ctx, r); err != nil {
		return nil, err
	}
	stop := r.Trace().Head.Model.Stop
	for len(list) < k && (len(list) == 0 || !slices.Contains(stop, list[len(list)-1].id)) {
		c, err := m.run.Predict(ctx)
		if err != nil {
			return list, err
		}
		id := d.guess(len(m.run.Context()), m.run, c)
		list = append(list, guess{id: id, q: c.Prob(id), probs: m.keep(len(list), c)})
		if _, err := m.run.Append(id); err != nil {
			return list, err
		}
	}
	return list, nil
}

// keep copies the distribution of the i-th guess.
func (m *modelDrafter) keep(i int, c *argen.Candidates) []float64 {
	if i == len(m.probs) {
		m.probs = append(m.probs, make([]float64, c.VocabSize()))
	}
	p := m.probs[i]
	clear(p)
	c.Each(func(id argen.ID, _ float64) { p[id] = c.Prob(id) })
	return p
}

// follow brings the draft's run to where the target's is.
func (m *modelDrafter) follow(ctx context.Context, r *argen.Run) (err error) {
	text := r.Context()
	if chain := argen.FormatChain(r.Chain()); m.run == nil || chain != m.chain {
		g := argen.Generator{Model: m.model, Tokenizer: m.tokenizer, Chain: r.Chain(), BOS: argen.NoBOS, NoStop: true, ContextShift: true, NoHash: true}
		if m.run, err = g.StartIDs(text); err != nil {
			return err
		}
		m.chain = chain
	}
	own := m.run.Context()
	same := 0
	for same < min(len(own), len(text)) && own[same] == text[same] {
		same++
	}
	past := len(m.run.Trace().Head.PromptIDs)
	if same < past {
		m.run = nil
		return m.follow(ctx, r)
	}
	if err := m.run.Back(len(own) - same); err != nil {
		return err
	}
	for _, id := range text[same:] {
		if _, err := m.run.Predict(ctx); err != nil {
			return err
		}
		if _, err := m.run.Force(id); err != nil {
			return err
		}
	}
	return nil
}
