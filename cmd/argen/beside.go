package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"argen"
	"argen/sampler/search"
	"argen/viz/term"
)

// mostContexts is how many contexts an exhaustive search looks at before it
// gives up: about a second.
const mostContexts = 50_000

// beside says how the text of a beam search compares with the greedy one and,
// where contexts cost next to nothing, with the most probable one of all.
func beside(ctx context.Context, gen argen.Generator, r *argen.Run, p search.Beams, ascii bool) (string, error) {
	gen.BOS, gen.Sinks = argen.NoBOS, nil
	head := r.Trace().Head
	var b strings.Builder
	say := func(format string, args ...any) {
		if ascii {
			format = plainQuotes.Replace(format)
		}
		b.WriteString(term.Wrap(fmt.Sprintf(format, args...), 80))
		b.WriteByte('\n')
	}
	trap, err := search.GreedyTrap(ctx, gen, head.PromptIDs, p)
	switch {
	case err != nil:
		return "", err
	case trap == nil:
		say("No greedy trap: the beams found no text as long as the greedy one that is more probable.")
	default:
		greedy, better := trap.Greedy, trap.Better
		piece := func(text search.Text) string { return shownToken(string(gen.Tokenizer.Piece(text.IDs[trap.At]))) }
		say("Greedy trap: the most probable token at each step writes “%s”, ln P = %.4f. The beams found “%s”, as long and with ln P = %.4f. They part at token %d: %s and %s.",
			argen.Visible(greedy.Text), greedy.LogProb, argen.Visible(better.Text), better.LogProb, trap.At, piece(greedy), piece(better))
	}
	if kind := head.Model.Kind; kind != "ngram" && kind != "grammar" {
		return b.String(), nil
	}
	best, looked, err := search.Exhaustive(ctx, gen, head.PromptIDs, mostContexts)
	switch {
	case errors.Is(err, search.ErrTooMany):
		say("Exhaustive search gave up after %s: which text is the most probable is not known.", count(mostContexts, "context"))
	case err != nil:
		return "", err
	default:
		same := "the beams found it"
		if !slices.Equal(best.IDs, r.Context()[len(head.PromptIDs):]) {
			same = "the beams took another one, with ln P = " + fmt.Sprintf("%.4f", r.Trace().LogProb())
		}
		say("Exhaustive search of %s: of all texts, ended by themselves or %s long, the most probable is “%s”, %s long, with ln P = %.4f; %s.",
			count(looked, "context"), count(len(r.Trace().Steps)+r.Left(), "token"), argen.Visible(best.Text), count(len(best.IDs), "token"), best.LogProb, same)
	}
	return b.String(), nil
}
