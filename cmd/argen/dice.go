package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"argen"
)

// parts shows what is thrown for: the prediction, and which part of [0, 1) each
// token has. Parts too narrow to be told apart are counted together.
func (a *app) parts(c *argen.Candidates, s *stepping, t int) {
	if a.quiet {
		return
	}
	fmt.Fprintf(a.stderr, "Step %d. Predict: %s left, %s bits. The part of each:\n", t, count(c.Len(), "token"), bitsText(number(c.Entropy())))
	low, shown := 0.0, 0
	for _, id := range c.Top(s.top) {
		high := min(low+c.Prob(id), 1)
		from, to := fmt.Sprintf("%.4f", low), fmt.Sprintf("%.4f", high)
		if from == to {
			break
		}
		fmt.Fprintf(a.stderr, "  %s to %s  %s\n", from, to, s.piece(id))
		low = high
		shown++
	}
	if others := c.Len() - shown; others > 0 {
		fmt.Fprintf(a.stderr, "  %.4f to 1.0000  %s\n", low, count(others, "other"))
	}
}

// throw asks for the u of a draw. Typed is false if the dice are to be thrown
// by the program.
func (a *app) throw(ctx context.Context, t int) (u float64, typed bool, err error) {
	for {
		fmt.Fprintf(a.stderr, "u for step %d, 0 ≤ u < 1: ", t)
		line, err := a.line(ctx)
		if !a.stdinTTY {
			fmt.Fprintln(a.stderr)
		}
		switch line = strings.TrimSpace(line); {
		case errors.Is(err, io.EOF) && line == "":
			return 0, false, io.EOF // nobody is there to throw: the text ends
		case err != nil && !errors.Is(err, io.EOF):
			return 0, false, err
		case line == "":
			return 0, false, nil
		}
		u, err := strconv.ParseFloat(line, 64)
		if err == nil && u >= 0 && u < 1 {
			return u, true, nil
		}
		err = fmt.Errorf("step %d: %q is no u, it must be a number with 0 ≤ u < 1", t, line)
		switch {
		case a.stdinTTY:
			a.complain(err)
		case t > 0:
			return 0, false, err
		default:
			return 0, false, fmt.Errorf("%w; with --dice standard input has the numbers, the prompt is an argument", err)
		}
	}
}
