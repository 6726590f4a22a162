package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"

	"argen"
	"argen/viz"
)

// quizRight: a language model is autoregressive if P(text) is computed as the
// product of P(token | those before it), and the text is written by the same
// factors: predict, choose, append, repeat. On the learner's model: the factors
// of the steps against one pass, their sums, and what each token changes. On a
// model small enough to spell every string: all of them make 1.
var quizRight = &Lesson{Name: "quiz-right", Run: runQuizRight, Exercise: exerciseQuizRight}

const (
	rightTokens  = 12 // of each text
	rightTexts   = 500
	rightReal    = 100  // of a real model, which takes its time
	rightOff     = 1e-3 // bits that rounding in float32 may make
	rightLetters = 5    // of the longest string that is spelt
	rightShown   = 12   // letters that the chart goes to, by products of matrices
)

func runQuizRight(ctx context.Context, lab *Lab, r *Record) error {
	f, err := lab.factors(ctx, lab.LM, lab.Prompt(), rightTokens)
	if err != nil {
		return err
	}
	n := rightTexts
	if !lab.Story() {
		n = rightReal
	}
	all := len(f.text) + n
	moved, err := lab.part(0, all).moves(ctx, f)
	if err != nil {
		return err
	}
	if len(moved.next) == 0 {
		return fmt.Errorf("the model %s leaves no choice between tokens in “%s”: there is none to replace by another; take a model that does", argen.Visible(lab.LM.Ref), argen.Visible(lab.LM.Tokenizer.Decode(f.text)))
	}
	same, err := lab.part(len(f.text), all).sameBothWays(ctx, n)
	if err != nil {
		return err
	}
	text := f.text
	r.Facts["text"] = argen.Visible(lab.LM.Tokenizer.Decode(text))
	r.Estimate("same", ShareOf(same, n), n, Share)
	r.Exact("pass_off", math.Abs(f.pass-f.steps), Error)
	r.Exact("bits", f.steps, Bits)
	r.Exact("prob", math.Exp2(-f.steps), Prob)
	r.Exact("tokens", float64(len(text)), Count)
	r.Exact("sum_off", f.sum, Error)
	r.Exact("before", moved.before, Error)
	r.Exact("most", slices.Max(moved.next), Share)
	r.Exact("next", mean(moved.next), Share)
	s := letters()
	spelling, matrix := s.enumerate(rightLetters), 0.0
	ended, open := s.lengths(rightShown)
	for n, p := range spelling.ended {
		matrix = max(matrix, math.Abs(p-ended[n]), math.Abs(spelling.open[n+1]-open[n+1]))
	}
	r.Exact("strings", float64(spelling.count), Count)
	r.Exact("letters", rightLetters, Count)
	r.Exact("all_off", math.Abs(spelling.all(rightLetters)-1), Error)
	r.Exact("matrix_off", matrix, Error)
	r.Verdict("pass", "same", ">=", .95)
	r.Verdict("sum", "sum_off", "<=", 1e-9)
	r.Verdict("before", "before", "<=", 1e-9)
	r.Verdict("next", "most", ">=", .1)
	r.Verdict("all", "all_off", "<=", 1e-10)
	r.Verdict("matrix", "matrix_off", "<=", 1e-10)
	switch {
	case moved.before > 1e-9:
		r.Answer = 0
	case moved.later > 1e-9:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	var names []string
	for _, id := range text {
		names = append(names, lab.token(id))
	}
	r.Chart("matrix", &viz.MatrixData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Rows:  names, Cols: names, Row: r.Word("row"), Col: r.Word("col"), Unit: "share", Most: 1,
		Panels: []viz.Panel{{Cells: moved.cells}},
	})
	over, still, both := viz.Series{Name: r.Word("over")}, viz.Series{Name: r.Word("still")}, viz.Series{Name: r.Word("both")}
	spelt, sum, one := viz.Series{Name: r.Word("spelt")}, 0.0, 0.0
	for n := range ended {
		x := float64(n + 1)
		sum += ended[n]
		point(&over, x, exactly(sum))
		point(&still, x, exactly(open[n+1]))
		point(&both, x, exactly(sum+open[n+1]))
		if n < rightLetters {
			one += spelling.ended[n]
			point(&spelt, x, exactly(one))
		}
	}
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("strings"), Caption: r.Word("strings_caption")},
		X:     viz.Axis{Label: r.Word("length")}, Y: viz.Axis{Label: r.Word("mass"), Unit: "share"},
		Series: []viz.Series{both, over, still, spelt},
	})
	return nil
}

// sameBothWays has the model write n texts and counts those whose log₂ P is the
// same as the sum over the steps of the loop and when one pass reads them.
func (l *Lab) sameBothWays(ctx context.Context, n int) (int, error) {
	before, err := opening(l.LM, l.Prompt())
	if err != nil {
		return 0, err
	}
	die := l.die("same both ways")
	return l.hits(ctx, n, func(i int) (bool, error) {
		s, steps, pass := l.LM.Model.Start(), 0.0, 0.0
		if _, err := s.Extend(ctx, before...); err != nil {
			return false, err
		}
		again := s.Fork()
		u := func(at int) float64 { return die.at(i, at) }
		text, err := write(ctx, l.LM.Model, s, rightTokens, u, func(at int, p []float64) {
			steps -= math.Log2(p[choose(p, u(at))])
		})
		if err != nil {
			return false, err
		}
		bits, err := surprisals(ctx, again, text)
		for _, b := range bits {
			pass += b
		}
		return math.Abs(steps-pass) <= rightOff, err
	})
}
