package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/viz"
)

// quizParallel: what if all tokens were drawn at once? Each position then has to
// do with its own distribution given the prompt alone, the mean of what the model
// predicts there over many beginnings that it wrote. The first token has the same
// distribution either way, and here the same dice; from the second on the model
// finds what was drawn at once improbable, and no story comes of it.
var quizParallel = &Lesson{Name: "quiz-parallel", Run: runQuizParallel, Exercise: exerciseQuizParallel}

const (
	parallelTexts   = 500 // of either kind
	parallelShown   = 32  // positions whose bits are compared
	parallelStory   = 220 // the longest story
	parallelLetters = 8   // of the words whose total correlation is computed
	parallelParts   = 4   // that sum up distributions side by side, whatever the jobs
)

func runQuizParallel(ctx context.Context, lab *Lab, r *Record) error {
	writer, judge, all, length := lab.LM, lab.LM, 2*parallelTexts, parallelStory
	var err error
	if !lab.Story() {
		length, all = parallelShown, all+parallelTexts
		writer, err = lab.Open(ctx, "story")
	} else if lab.LM.Model.Info().Kind == "grammar" {
		// It holds nearly all that is drawn at once impossible, and bits without end
		// have no mean.
		all += parallelTexts
		judge, err = lab.Open(ctx, "story")
	}
	if err != nil {
		return err
	}
	done := 0
	part := func() *Lab {
		done += parallelTexts
		return lab.part(done-parallelTexts, all)
	}
	drawn, err := part().drawTwice(ctx, lab.LM, lab.Prompt(), length)
	if err != nil {
		return err
	}
	parallel, err := part().rated(ctx, judge.Model, drawn.before, drawn.parallel)
	if err != nil {
		return err
	}
	loop := drawn.bits
	if judge != lab.LM {
		if loop, err = part().rated(ctx, judge.Model, drawn.before, drawn.loop); err != nil {
			return err
		}
	}
	r.Facts["writer"], r.Facts["judge"] = argen.Visible(writer.Ref), argen.Visible(judge.Ref)
	r.Facts["loop_text"] = lab.begins(drawn.loop[0])
	r.Facts["parallel_text"] = lab.begins(drawn.parallel[0])
	stories := drawn
	if writer != lab.LM {
		if stories, err = part().drawTwice(ctx, writer, "", parallelStory); err != nil {
			return err
		}
	}
	compareBits(lab, r, loop, parallel)
	if err := judgeStories(lab, r, stories); err != nil {
		return err
	}
	apart, joint := letters().correlation(parallelLetters)
	r.Exact("letters", parallelLetters, Count)
	r.Exact("apart", apart, Bits)
	r.Exact("joint", joint, Bits)
	r.Exact("lost", apart-joint, Bits)
	r.Verdict("gap", "gap", ">=", .5)
	r.Verdict("first", "first", "<=", 1e-9)
	r.Verdict("reach", "reach_gap", ">=", 2)
	if writer.Model.Info().Order == 0 { // no n-gram writes a story that makes sense
		r.Verdict("coherent", "coherent_gap", ">=", .2)
	}
	r.Verdict("lost", "lost", ">=", .5)
	number := func(name string) Cell { n, _ := r.Number(name); return n.Cell() }
	r.Table("table", []string{"way", "bits_a_token", "coherent", "reach"}, [][]Cell{
		{{Text: r.Word("loop")}, number("loop"), number("coherent"), number("reach")},
		{{Text: r.Word("parallel")}, number("parallel"), number("coherent_parallel"), number("reach_parallel")},
	})
	return nil
}

// compareBits notes the bits by position of texts that were written by the loop
// and drawn at once, and how far they are apart: at the first token, and after it.
func compareBits(lab *Lab, r *Record, loop, parallel [][]float64) {
	n, shown := len(loop), len(loop[0])
	curves := []viz.Series{{Name: r.Word("loop")}, {Name: r.Word("parallel")}}
	for t := range shown {
		for k, texts := range [][][]float64{loop, parallel} {
			values := make([]float64, n)
			for i := range values {
				values[i] = texts[i][t]
			}
			e, c := lab.Mean(values), &curves[k]
			c.X, c.Y = append(c.X, float64(t+1)), append(c.Y, e.Mean)
			c.Lo, c.Hi = append(c.Lo, e.Lo), append(c.Hi, e.Hi)
		}
	}
	mean := func(f func(i int) float64) Interval {
		values := make([]float64, n)
		for i := range values {
			values[i] = f(i)
		}
		return lab.Mean(values)
	}
	after := func(bits []float64) float64 {
		sum := 0.0
		for _, b := range bits[1:] {
			sum += b
		}
		return sum / float64(shown-1)
	}
	first := 0.0
	for i := range n {
		first = max(first, math.Abs(parallel[i][0]-loop[i][0]))
	}
	r.Estimate("gap", mean(func(i int) float64 { return after(parallel[i]) - after(loop[i]) }), n, Bits)
	r.Estimate("loop", mean(func(i int) float64 { return after(loop[i]) }), n, Bits)
	r.Estimate("parallel", mean(func(i int) float64 { return after(parallel[i]) }), n, Bits)
	r.Estimate("first_loop", mean(func(i int) float64 { return loop[i][0] }), n, Bits)
	r.Exact("first", first, Error)
	r.Exact("texts", float64(n), Count)
	r.Exact("positions", float64(shown), Count)
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:     viz.Axis{Label: r.Word("x")}, Y: viz.Axis{Label: r.Word("y"), Unit: "bits"},
		Series: curves,
	})
}

// judgeStories notes what the grammar says of stories written by the loop and of
// those drawn at once: how many make sense, and how many words it takes until one
// cannot go on like that.
func judgeStories(lab *Lab, r *Record, d *drawnTwice) error {
	n := len(d.loop)
	coherent, gap := [2]int{}, make([]float64, n)
	reach := [2][]float64{make([]float64, n), make([]float64, n)}
	for k, texts := range [][][]argen.ID{d.loop, d.parallel} {
		for i, ids := range texts {
			at, err := possible(ids)
			if err != nil {
				return err
			}
			if at < 0 {
				coherent[k]++
				gap[i] += float64(1 - 2*k)
				at = len(ids)
			}
			reach[k][i] = float64(at)
		}
	}
	further := make([]float64, n)
	for i := range further {
		further[i] = reach[0][i] - reach[1][i]
	}
	r.Estimate("coherent", ShareOf(coherent[0], n), n, Share)
	r.Estimate("coherent_parallel", ShareOf(coherent[1], n), n, Share)
	r.Estimate("coherent_gap", lab.Mean(gap), n, Share)
	r.Estimate("reach", lab.Mean(reach[0]), n, Other)
	r.Estimate("reach_parallel", lab.Mean(reach[1]), n, Other)
	r.Estimate("reach_gap", lab.Mean(further), n, Other)
	switch good := float64(coherent[0]); {
	case float64(coherent[1]) > .75*good:
		r.Answer = 0
	case float64(coherent[1]) > .25*good:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	return nil
}

// possible is the number of words of a story that the grammar could have written,
// −1 if it could have written all of it.
func possible(ids []argen.ID) (int, error) {
	g := story.Default()
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = g.Vocab()[id]
	}
	v, err := g.Judge(words)
	return v.At, err
}

// drawnTwice are texts of two kinds, those of the same number on the same dice.
type drawnTwice struct {
	before         []argen.ID   // what stands before each
	loop, parallel [][]argen.ID // each up to its end, if it has one
	bits           [][]float64  // of the first tokens by the loop, as rated gives them
}

// drawTwice writes texts by the loop, takes the mean of the distributions that
// they went through, position by position, and draws as many texts from these,
// each position on its own. A text that has ended stays so: its end has P = 1 at
// all positions after it.
func (l *Lab) drawTwice(ctx context.Context, lm *model.LM, prompt string, length int) (*drawnTwice, error) {
	info := lm.Model.Info()
	d := &drawnTwice{loop: make([][]argen.ID, parallelTexts), parallel: make([][]argen.ID, parallelTexts), bits: make([][]float64, parallelTexts)}
	var err error
	if d.before, err = opening(lm, prompt); err != nil {
		return nil, err
	}
	state := lm.Model.Start()
	if _, err := state.Extend(ctx, d.before...); err != nil {
		return nil, err
	}
	// Each part sums up its texts in their order, so that the sums are the same
	// however many texts are written at once.
	sums := make([][][]float64, parallelParts)
	starts := make([]argen.State, parallelParts)
	for k := range sums {
		sums[k], starts[k] = make([][]float64, length), state.Fork()
		for t := range sums[k] {
			sums[k][t] = make([]float64, info.VocabSize)
		}
	}
	die, each := l.die("parallel"), parallelTexts/parallelParts
	progress := l.count(parallelTexts)
	err = l.quiet().each(ctx, parallelParts, func(k int) error {
		for i := k * each; i < (k+1)*each; i++ {
			starts[k].Rewind(len(d.before))
			d.bits[i] = make([]float64, parallelShown)
			ids, err := write(ctx, lm.Model, starts[k], length, func(at int) float64 { return die.at(i, at) }, func(at int, p []float64) {
				for id, x := range p {
					sums[k][at][id] += x
				}
				if at < parallelShown {
					d.bits[i][at] = -math.Log2(p[choose(p, die.at(i, at))])
				}
			})
			if err != nil {
				return err
			}
			for at := len(ids); at < length; at++ { // it has ended, and its end stays
				sums[k][at][ids[len(ids)-1]]++
			}
			d.loop[i] = ids
			progress()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for at := range length {
		mean := sums[0][at]
		for id := range mean {
			for k := 1; k < parallelParts; k++ {
				mean[id] += sums[k][at][id]
			}
			mean[id] /= parallelTexts
		}
	}
	for i := range d.parallel {
		for at := 0; at < length; at++ {
			id := choose(sums[0][at], die.at(i, at))
			d.parallel[i] = append(d.parallel[i], id)
			if slices.Contains(info.Stop, id) {
				break
			}
		}
	}
	return d, nil
}

// rated are the bits that a model gives the first tokens of texts; what would
// follow the end of a text costs nothing.
func (l *Lab) rated(ctx context.Context, m argen.Model, before []argen.ID, texts [][]argen.ID) ([][]float64, error) {
	start := m.Start()
	if _, err := start.Extend(ctx, before...); err != nil {
		return nil, err
	}
	starts, rows := make([]argen.State, len(texts)), make([][]float64, len(texts))
	for i := range starts {
		starts[i] = start.Fork()
	}
	err := l.each(ctx, len(texts), func(i int) error {
		bits, err := surprisals(ctx, starts[i], texts[i][:min(len(texts[i]), parallelShown)])
		if err != nil {
			return err
		}
		starts[i] = nil
		for at, b := range bits {
			if math.IsInf(b, 1) {
				return fmt.Errorf("the model %s holds a token impossible that was drawn at position %d: give it a smoothing that leaves nothing impossible", argen.Visible(l.LM.Ref), at+1)
			}
		}
		rows[i] = append(bits, make([]float64, parallelShown-len(bits))...)
		return nil
	})
	return rows, err
}

// begins is how a text begins, for an example.
func (l *Lab) begins(ids []argen.ID) string {
	const most = 16
	text := argen.Visible(l.LM.Tokenizer.Decode(ids[:min(most, len(ids))]))
	if len(ids) > most {
		text += " …"
	}
	return text
}
