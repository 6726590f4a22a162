package search

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"argen"
	"argen/sampler"
)

// A Trap is a context in which greedy decoding, the most probable token at each
// step, does not write the most probable text: a search finds one of the same
// length that is more probable as a whole.
type Trap struct {
	Prompt         []argen.ID // the context
	Greedy, Better Text
	At             int // the first token in which they differ
}

// GreedyTrap compares the greedy text after a prompt with the texts that a
// procedure finds there, and returns nil if none of the same length, ended like
// it or not, has a higher ln P of the model itself. Chain and dice of g are those
// of the procedure.
func GreedyTrap(ctx context.Context, g argen.Generator, prompt []argen.ID, p Procedure) (*Trap, error) {
	alone, err := plainRun(g, prompt)
	if err != nil {
		return nil, err
	}
	if err := alone.SetChain([]argen.Transform{sampler.Greedy{}}); err != nil {
		return nil, err
	}
	from := alone.Trial()
	if err := toEnd(ctx, alone); err != nil {
		return nil, err
	}
	t := Trap{Prompt: from.Context(), Greedy: newText(from, alone, alone.Trace().LogProb())}
	n := len(t.Greedy.IDs)
	if n == 0 {
		return nil, nil
	}
	g.MaxTokens, g.Top, g.Track, g.Sinks, g.Clock, g.Explain = n, 0, nil, nil, nil, false
	r, err := g.StartIDs(prompt)
	if err != nil {
		return nil, err
	}
	picker := p.Picker()
	lister, ok := picker.(Lister)
	if !ok {
		return nil, errors.New(p.Name() + " looks at no whole texts, so that it finds no trap")
	}
	if _, _, err := picker.Choose(ctx, r); err != nil {
		return nil, err
	}
	ended := alone.Over() == argen.StopToken
	t.Better.LogProb = math.Inf(-1)
	for _, text := range lister.Texts() {
		stops := slices.Contains(g.Model.Info().Stop, text.IDs[len(text.IDs)-1]) && !g.NoStop
		if len(text.IDs) == n && stops == ended && text.LogProb > t.Better.LogProb {
			t.Better = text
		}
	}
	if !(t.Better.LogProb > t.Greedy.LogProb+argen.Tolerance) {
		return nil, nil
	}
	for t.Greedy.IDs[t.At] == t.Better.IDs[t.At] {
		t.At++
	}
	return &t, nil
}

// FindTrap looks for a greedy trap after a prompt, and then after that and each
// further token of a text that the dice of g write, in so many contexts. It
// returns nil if there is none.
func FindTrap(ctx context.Context, g argen.Generator, prompt []argen.ID, p Procedure, contexts int) (*Trap, error) {
	drawn := g
	drawn.MaxTokens = contexts
	walk, err := plainRun(drawn, prompt)
	if err != nil {
		return nil, err
	}
	for range contexts {
		if t, err := GreedyTrap(ctx, g, walk.Context(), p); t != nil || err != nil {
			return t, err
		}
		if _, err := walk.Next(ctx); errors.Is(err, io.EOF) || walk.Over() == argen.StopToken {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// toEnd writes a text to its end.
func toEnd(ctx context.Context, r *argen.Run) error {
	for {
		if _, err := r.Next(ctx); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
