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
		kept := 0
		if n == 0 {
			kept = possible(step)
			fmt.Fprintf(&b, "Model: %s, %s bits\n", count(kept, "token"), bitsText(number(step.Entropy)))
		} else {
			kept = step.Stages[n-1].Kept
			b.WriteString("\n" + stageLine(gen.Chain[n-1].String(), &step.Stages[n-1]) + "\n")
		}
		rest := 1.0
		best := after(step, n)
		for k, t := range best[:min(s.top, kept, len(best))] {
			fmt.Fprintf(&b, "%6d  %9s  %s\n", k+1, probText(number(t.prob)), shownToken(t.Token))
			rest -= t.prob
		}
		if others := kept - s.top; others > 0 {
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

// possible is how many tokens the model gives a chance.
func possible(step *argen.Step) int {
	n := 0
	for i := range step.Top {
		if !math.IsInf(step.Top[i].Logit, -1) {
			n++
		}
	}
	return n
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
	if g.LastStanding {
		removed += ", the last one stays"
	}
	return name + ": " + tokens + removed + ", " + bits
}

// A tokenThen is a token with its probability after a stage.
type tokenThen struct {
	*argen.TopToken
	prob float64
}

// after returns the tokens with their probabilities after n stages, the most
// probable first, those that were gone then at the end.
func after(step *argen.Step, n int) []tokenThen {
	all := make([]tokenThen, len(step.Top))
	for i := range step.Top {
		t := &step.Top[i]
		all[i].TopToken = t
		switch {
		case n == 0:
			all[i].prob = t.Prob
		case n == len(step.Stages):
			all[i].prob = t.SampledProb
		case n <= len(t.StageProbs):
			all[i].prob = t.StageProbs[n-1]
		}
	}
	slices.SortFunc(all, func(x, y tokenThen) int {
		return cmp.Or(cmp.Compare(y.prob, x.prob), cmp.Compare(len(y.StageProbs), len(x.StageProbs)), cmp.Compare(x.ID, y.ID))
	})
	return all
}

// mostRemoved is how many of the tokens that a stage removes are named.
const mostRemoved = 3

// writeRemoved names the most probable tokens that the n-th stage removed, and
// says why.
func writeRemoved(b *strings.Builder, step *argen.Step, n int) {
	gone, rest := 0, 0.0
	for _, t := range after(step, n-1) {
		if t.RemovedBy != step.Stages[n-1].Name {
			continue
		}
		if gone++; gone > mostRemoved {
			rest += t.prob
			continue
		}
		why := ""
		if t.Why != "" {
			why = ": " + argen.Visible(t.Why)
		}
		fmt.Fprintf(b, "%6s  %9s  %s, removed%s\n", "✗", probText(number(t.prob)), shownToken(t.Token), why)
	}
	if others := gone - mostRemoved; others > 0 {
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
