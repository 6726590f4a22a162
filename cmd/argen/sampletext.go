package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
)

// text shows the distribution after each stage, and what the stage removed.
func (s *sampling) text(gen argen.Generator, answer *sampled) string {
	var b strings.Builder
	step := &answer.step
	for n := range len(step.Stages) + 1 {
		left := leftAfter(step, n)
		if n == 0 {
			fmt.Fprintf(&b, "Model: %s, %s bits\n", count(len(left), "token"), bitsText(number(step.Entropy)))
		} else {
			b.WriteString("\n" + stageLine(gen.Chain[n-1].String(), &step.Stages[n-1]) + "\n")
		}
		rest := 1.0
		for k, t := range left[:min(s.top, len(left))] {
			fmt.Fprintf(&b, "%6d  %9s  %s\n", k+1, probText(number(t.prob)), shownToken(t.Token))
			rest -= t.prob
		}
		if others := len(left) - s.top; others > 0 {
			fmt.Fprintf(&b, "%6s  %9s  %s\n", "", probText(number(max(0, rest))), count(others, "other"))
		}
		if n > 0 {
			writeRemoved(&b, step, n)
		}
	}
	if s.draws > 0 {
		fmt.Fprintf(&b, "\n%s, seed %d:\n", count(s.draws, "draw"), gen.Seed)
		s.drawn(&b, answer, gen.Tokenizer)
	}
	return b.String()
}

// stageLine says what a stage did, in a line.
func stageLine(name string, g *argen.Stage) string {
	tokens, bits := count(g.Kept, "token"), bitsText(number(g.Entropy))+" bits"
	if g.Kept != g.In {
		tokens = thousands(int64(g.In)) + " → " + tokens
	}
	if before := bitsText(number(g.EntropyIn)) + " bits"; before != bits {
		bits = strings.TrimSuffix(before, " bits") + " → " + bits
	}
	removed := ""
	if g.Kept != g.In {
		removed = ", P = " + probText(number(g.MassRemoved)) + " removed"
	}
	return name + ": " + tokens + removed + ", " + bits
}

// A leftToken is a token with its probability after a stage.
type leftToken struct {
	*argen.TopToken
	prob float64
}

// leftAfter returns the tokens that are there after n stages, the most probable
// first.
func leftAfter(step *argen.Step, n int) []leftToken {
	var left []leftToken
	for i := range step.Top {
		if t := &step.Top[i]; !math.IsInf(t.Logit, -1) {
			if p, ok := probAfter(step, t, n); ok {
				left = append(left, leftToken{t, p})
			}
		}
	}
	slices.SortFunc(left, func(x, y leftToken) int { return cmp.Or(cmp.Compare(y.prob, x.prob), cmp.Compare(x.ID, y.ID)) })
	return left
}

// probAfter is the probability of a token after n stages, if it is there.
func probAfter(step *argen.Step, t *argen.TopToken, n int) (p float64, ok bool) {
	switch {
	case n == 0:
		return t.Prob, true
	case n == len(step.Stages):
		return t.SampledProb, t.RemovedBy == ""
	case n <= len(t.StageProbs):
		return t.StageProbs[n-1], true
	}
	return 0, false
}

// mostRemoved is how many of the tokens that a stage removes are named.
const mostRemoved = 3

// writeRemoved names the most probable tokens that the n-th stage removed, and
// says why.
func writeRemoved(b *strings.Builder, step *argen.Step, n int) {
	var gone []leftToken
	for _, t := range leftAfter(step, n-1) {
		if _, ok := probAfter(step, t.TopToken, n); !ok {
			gone = append(gone, t)
		}
	}
	rest := 0.0
	for i, t := range gone {
		if i >= mostRemoved {
			rest += t.prob
			continue
		}
		why := ""
		if t.Why != "" {
			why = ": " + t.Why
		}
		fmt.Fprintf(b, "%6s  %9s  %s, removed%s\n", "✗", probText(number(t.prob)), shownToken(t.Token), why)
	}
	if others := len(gone) - mostRemoved; others > 0 {
		fmt.Fprintf(b, "%6s  %9s  %s removed\n", "✗", probText(number(rest)), count(others, "other"))
	}
}

// drawn shows how often each token was drawn, and its P.
func (s *sampling) drawn(b *strings.Builder, answer *sampled, tok argen.Tokenizer) {
	var ids []argen.ID
	for id, n := range answer.times {
		if n > 0 {
			ids = append(ids, argen.ID(id))
		}
	}
	slices.SortFunc(ids, func(x, y argen.ID) int {
		return cmp.Or(cmp.Compare(answer.times[y], answer.times[x]), cmp.Compare(x, y))
	})
	wide := max(6, len(strconv.Itoa(s.draws)))
	share := func(n int) string { return probText(number(float64(n) / float64(s.draws))) }
	rest := s.draws
	for _, id := range ids[:min(s.top, len(ids))] {
		n := answer.times[id]
		rest -= n
		fmt.Fprintf(b, "%*d  %9s  %s (P %s)\n", wide, n, share(n), shownToken(string(tok.Piece(id))), probText(answer.Probs[id]))
	}
	if others := len(ids) - s.top; others > 0 {
		fmt.Fprintf(b, "%*d  %9s  %s\n", wide, rest, share(rest), count(others, "other"))
	}
}
