package lesson

import (
	"context"
	"math"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/viz"
)

// quizSupervision: what a model learnt from does not make it autoregressive. A
// transformer that verdicts on whole stories trained on is one as before; a table
// of counts, that no loss trained, is the one that a loss on tokens trains; and
// what is trained on tokens too, but on tokens with both neighbours, is none: its
// factors make no distribution of texts.
var quizSupervision = &Lesson{Name: "quiz-supervision", Run: runQuizSupervision, Exercise: exerciseQuizSupervision}

const (
	supervisedTexts  = 1000 // that each writes: the difference is some percent, its interval must be narrower
	supervisedHeld   = 200  // that each predicts
	supervisedPlaces = 4000 // that a distribution for each position is counted from
	supervisedTokens = 12   // of the text whose factors are compared
	supervisedSteps  = 5000 // of gradient descent
	supervisedRate   = 20   // of it: far below the limit of about 70 where it would not settle
	maskedLetters    = 4    // of the strings over which products are summed up
)

func runQuizSupervision(ctx context.Context, lab *Lab, r *Record) error {
	token, err := lab.Open(ctx, "story")
	if err != nil {
		return err
	}
	verdict, err := lab.Open(ctx, "story-verdict")
	if err != nil {
		return err
	}
	sum, pass := 0.0, 0.0
	for _, lm := range []*model.LM{lab.LM, token, verdict} {
		prompt := ""
		if lm == lab.LM {
			prompt = lab.Prompt()
		}
		f, err := lab.factors(ctx, lm, prompt, supervisedTokens)
		if err != nil {
			return err
		}
		sum, pass = max(sum, f.sum), max(pass, math.Abs(f.pass-f.steps))
	}
	held, err := lab.Stories(ctx, "held out", supervisedHeld)
	if err != nil {
		return err
	}
	const half = supervisedTexts + supervisedHeld // what each is asked
	a, err := lab.part(0, 3*half).examine(ctx, token.Model, held)
	if err != nil {
		return err
	}
	b, err := lab.part(half, 3*half).examine(ctx, verdict.Model, held)
	if err != nil {
		return err
	}
	truth, err := lab.part(2*half, 3*half).examine(ctx, story.Truth(), held)
	if err != nil {
		return err
	}
	places, err := lab.examinePlaces(ctx, held)
	if err != nil {
		return err
	}
	n := supervisedTexts
	r.Estimate("gain", lab.Mean(minus(b.good, a.good)), n, Share)
	r.Estimate("cost", lab.Mean(minus(b.bits, a.bits)), len(held), Bits)
	ways := []struct {
		name string
		exam
	}{{"token", a}, {"verdict", b}, {"truth", truth}, {"places", places}}
	bars := viz.Series{Name: r.Word("coherent")}
	var groups []string
	var rows [][]Cell
	for _, w := range ways {
		share := w.share()
		r.Estimate(w.name+"_coherent", share, n, Share)
		r.Estimate(w.name+"_bits", lab.Mean(w.bits), len(held), Bits)
		bar(&bars, share)
		groups = append(groups, r.Word(w.name))
		good, _ := r.Number(w.name + "_coherent")
		bits, _ := r.Number(w.name + "_bits")
		rows = append(rows, []Cell{{Text: r.Word(w.name)}, {Text: r.Word(w.name + "_way")}, {Text: r.Word(w.name + "_from")}, good.Cell(), bits.Cell()})
	}
	rows = append(rows, []Cell{{Text: r.Word("list")}, {Text: r.Word("list_way")}, {Text: r.Word("list_from")}, exactly(1).number("", 0, Share).Cell(), {Text: r.Word("none")}})
	r.Exact("stories", float64(n), Count)
	r.Exact("sum_off", sum, Error)
	r.Exact("pass_off", pass, Error)
	table := tableWithoutLoss(r)
	r.Exact("strings", math.Pow(float64(len(letters().next)), maskedLetters), Count)
	r.Exact("letters", maskedLetters, Count)
	causal, masked := letters().products(maskedLetters)
	r.Exact("causal_off", math.Abs(causal-1), Error)
	r.Exact("masked", masked, Other)
	r.Exact("masked_off", math.Abs(masked-1), Other)
	r.Verdict("gain", "gain", ">", 0)
	r.Verdict("cost", "cost", ">=", .005)
	r.Verdict("sum", "sum_off", "<=", 1e-9)
	r.Verdict("pass", "pass_off", "<=", 1e-3)
	r.Verdict("table", "table_off", "<=", 1e-6)
	r.Verdict("causal", "causal_off", "<=", 1e-9)
	r.Verdict("masked", "masked_off", ">=", .5)
	switch {
	case sum > 1e-9 || pass > 1e-3:
		r.Answer = 0
	case lab.Mean(minus(b.bits, a.bits)).Mean > 0:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	r.Table("table", []string{"model", "way", "from", "coherent", "bits_a_token"}, rows)
	r.Chart("bars", &viz.BarsData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:     viz.Axis{Label: r.Word("coherent"), Unit: "share"}, Groups: groups, Series: []viz.Series{bars},
	})
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("descent"), Caption: r.Word("descent_caption")},
		X:     viz.Axis{Label: r.Word("steps"), Log: true}, Y: viz.Axis{Label: r.Word("off"), Log: true},
		Series: []viz.Series{table},
	})
	return nil
}

// tableWithoutLoss compares the table of counts with the one that gradient descent
// on the token loss comes to, and returns how far they are apart on the way.
func tableWithoutLoss(r *Record) viz.Series {
	s, way := letters(), viz.Series{Name: r.Word("largest")}
	off, shown := 0.0, 1
	s.descend(supervisedSteps, supervisedRate, func(step int, p [][]float64) {
		off = 0
		for a := range p {
			for b := range p {
				off = max(off, math.Abs(p[a][b]-s.next[a][b]))
			}
		}
		if step == 0 {
			r.Exact("table_before", off, Error)
		}
		if step == shown || step == supervisedSteps {
			point(&way, float64(step), exactly(off))
			shown = step * 2
		}
	})
	r.Exact("table_off", off, Error)
	r.Exact("steps", supervisedSteps, Count)
	return way
}

// An exam is what came out of a way to make stories: which of those it wrote make
// sense, 1 or 0, and the bits a token that it gives to stories it has not seen.
type exam struct{ good, bits []float64 }

// share is how many of the stories make sense.
func (e *exam) share() Interval {
	hits := 0
	for _, g := range e.good {
		hits += int(g)
	}
	return ShareOf(hits, len(e.good))
}

// judge notes whether a story makes sense.
func (e *exam) judge(i int, ids []argen.ID) error {
	good, err := story.Default().Accepts(ids)
	if good {
		e.good[i] = 1
	}
	return err
}

// examine has a model write stories, on the same dice whatever the model, and
// predict those held out.
func (l *Lab) examine(ctx context.Context, m argen.Model, held [][]argen.ID) (exam, error) {
	e := exam{make([]float64, supervisedTexts), make([]float64, len(held))}
	die, bos := l.die("examine"), m.Info().BOS
	err := l.each(ctx, supervisedTexts+len(held), func(i int) error {
		s := m.Start()
		if _, err := s.Extend(ctx, bos); err != nil {
			return err
		}
		if i < supervisedTexts {
			ids, err := write(ctx, m, s, parallelStory, func(at int) float64 { return die.at(i, at) }, nil)
			if err != nil {
				return err
			}
			return e.judge(i, ids)
		}
		i -= supervisedTexts
		bits, err := surprisals(ctx, s, held[i])
		for _, b := range bits {
			e.bits[i] += b / float64(len(bits))
		}
		return err
	})
	return e, err
}

// examinePlaces examines a distribution for each position, counted from stories
// and so trained on tokens: every position has its own target. Of each token there
// is 1/V more than was counted.
func (l *Lab) examinePlaces(ctx context.Context, held [][]argen.ID) (exam, error) {
	v := len(story.Default().Vocab())
	stories, err := l.Stories(ctx, "counted", supervisedPlaces)
	if err != nil {
		return exam{}, err
	}
	counts := make([][]float64, parallelStory)
	for at := range counts {
		counts[at] = make([]float64, v)
		for _, ids := range stories {
			counts[at][ids[min(at, len(ids)-1)]]++ // the end goes on
		}
		for id := range counts[at] {
			counts[at][id] = (counts[at][id] + 1/float64(v)) / (supervisedPlaces + 1)
		}
	}
	e := exam{make([]float64, supervisedTexts), make([]float64, len(held))}
	die := l.die("examine")
	for i := range e.good {
		var ids []argen.ID
		for at := 0; at < len(counts) && (at == 0 || ids[at-1] != story.EOS); at++ {
			ids = append(ids, choose(counts[at], die.at(i, at)))
		}
		if err := e.judge(i, ids); err != nil {
			return e, err
		}
	}
	for i, ids := range held {
		for at, id := range ids {
			e.bits[i] -= math.Log2(counts[min(at, parallelStory-1)][id]) / float64(len(ids))
		}
	}
	return e, nil
}

// descend trains a table of P(b | a) on the text that was counted, each pair once
// more, by gradient descent on the mean token loss −ln P(b | a): θ is a table of
// logits, P its softmax by rows, and with N pairs
//
//	∂loss/∂θ(a,b) = (c(a)·P(b | a) − c(ab)) / N
//
// See is shown the table at first and after each step.
func (s *spelling) descend(steps int, rate float64, see func(step int, p [][]float64)) {
	v := len(s.counts)
	theta, p, n, of := square(v, 0), square(v, 0), 0.0, make([]float64, v)
	for a, row := range s.counts {
		for _, c := range row {
			of[a] += c
		}
		n += of[a]
		softmax(p[a], theta[a])
	}
	see(0, p)
	for step := 1; step <= steps; step++ {
		for a, row := range s.counts {
			for b, c := range row {
				theta[a][b] -= rate * (float64(of[a]*p[a][b]) - c) / n
			}
			softmax(p[a], theta[a])
		}
		see(step, p)
	}
}

// fill is a table of P(symbol | the one before, the one after), counted from the
// same text with a tenth more of each triple: [before][after][symbol]. It is what
// a model learns that fills in a masked token.
func (s *spelling) fill() [][][]float64 {
	v := len(s.next)
	p := make([][][]float64, v)
	for a := range p {
		p[a] = square(v, .1)
	}
	for i := 1; i+1 < len(s.stream); i++ {
		p[s.stream[i-1]][s.stream[i+1]][s.stream[i]]++
	}
	for a := range p {
		for c := range p[a] {
			p[a][c] = portions(p[a][c])
		}
	}
	return p
}

// products sums up, over all strings of n symbols between two borders, what the
// factors of two models multiply to: those that see the symbol before, and those
// that see both neighbours.
func (s *spelling) products(n int) (causal, masked float64) {
	q := s.fill()
	var walk func(n, before, last int, c, m float64)
	walk = func(n, before, last int, c, m float64) {
		if n == 0 {
			causal += c
			masked += float64(m * q[before][border][last])
			return
		}
		for next := range s.next {
			walk(n-1, last, next, c*s.next[last][next], m*q[before][next][last])
		}
	}
	for first := range s.next {
		walk(n-1, border, first, s.next[border][first], 1)
	}
	return causal, masked
}
