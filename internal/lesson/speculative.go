package lesson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/sampler/search"
	"argen/viz"
)

// speculative: a fast model guesses some tokens, the model reads them in one pass
// and takes each guess x with probability min(1, p(x)/q(x)), and else draws from
// what p has more than q. Summed over all that may happen that is p exactly,
// whatever q is. Controls: a draft that is the model itself is always taken; a
// draft that is trusted without the test changes the law.
var speculative = &Lesson{Name: "speculative", Run: runSpeculative, Exercise: exerciseSpeculative}

// guessed is how many tokens are guessed for a pass.
const guessed = 4

// A guessing is a place of a text with what the model and the draft predict.
type guessing struct{ p, q []float64 }

// accepted is the probability that a guess drawn from q is taken: Σ min(p, q).
func (g *guessing) accepted() float64 {
	sum := 0.0
	for i, p := range g.p {
		sum += min(p, g.q[i])
	}
	return sum
}

// worth is how much there is to see at a place: much where guesses are both taken
// and refused and the model itself has a choice.
func (g *guessing) worth() float64 { return g.accepted() * (1 - g.accepted()) * (1 - slices.Max(g.p)) }

// rest is what p has more than q, as a distribution; all 0 if that is nothing.
func (g *guessing) rest() []float64 {
	rest, sum := make([]float64, len(g.p)), 0.0
	for i, p := range g.p {
		rest[i] = max(0, p-g.q[i])
		sum += rest[i]
	}
	for i := range rest {
		if sum > 0 {
			rest[i] /= sum
		}
	}
	return rest
}

// law is the distribution of the token that comes out, summed over all guesses and
// over both outcomes of the test of each.
func (g *guessing) law() []float64 {
	out, refused := make([]float64, len(g.p)), 0.0
	for x, q := range g.q {
		if q > 0 {
			taken := min(1, g.p[x]/q)
			out[x] += q * taken
			refused += q * (1 - taken)
		}
	}
	for y, p := range g.rest() {
		out[y] += refused * p
	}
	return out
}

// throws draws guesses and tests them, and returns how many are taken.
func (g *guessing) throws(uniform func() float64, times int) (taken int) {
	for range times {
		u, x := uniform(), 0
		for ; x < len(g.q)-1 && u >= g.q[x]; x++ {
			u -= g.q[x]
		}
		if q := g.q[x]; q > 0 && uniform() < g.p[x]/q {
			taken++
		}
	}
	return taken
}

func runSpeculative(ctx context.Context, lab *Lab, r *Record) error {
	texts, places, tokens := 40, 200, 120
	if !lab.Story() {
		texts, places, tokens = 1, 40, 60
	}
	draft, err := lab.draft(ctx, r)
	if err != nil {
		return err
	}
	tally, traces, err := speculated(ctx, lab, draft, texts, tokens)
	if err != nil {
		return err
	}
	var written [][]argen.ID
	for _, t := range traces {
		written = append(written, t.ids)
	}
	off, self, far := 0.0, 0.0, 0.0
	var exact []float64
	taken, thrown := 0, 0
	var shown guessing
	dice := lab.Dice("guesses")
	for i, ids := range written {
		list, err := lab.guessings(ctx, draft, ids, (places+len(written)-1)/len(written))
		if err != nil {
			return err
		}
		for _, g := range list {
			exact = append(exact, g.accepted())
			for y, p := range g.law() {
				off = max(off, math.Abs(p-g.p[y]))
			}
			self = max(self, math.Abs(1-(&guessing{g.p, g.p}).accepted()))
			far += 1 - g.accepted()
			taken += g.throws(dice.Float64, 20_000/places)
			thrown += 20_000 / places
			if shown.p == nil || g.worth() > shown.worth() {
				shown = g
			}
		}
		lab.done(i+1, len(written))
	}
	n := len(exact)
	if n == 0 {
		return errors.New("the model's texts have no place to guess at")
	}
	mean := 0.0
	for _, a := range exact {
		mean += a / float64(n)
	}
	measured := ShareOf(taken, thrown)
	r.Exact("off", off, Error)
	r.Exact("accept", mean, Share)
	r.Estimate("measured", measured, thrown, Share)
	r.Exact("apart", math.Abs(measured.Mean-mean), Share)
	r.Exact("far", far/float64(n), Share)
	r.Exact("self", self, Error)
	r.Exact("places", float64(n), Count)
	r.Exact("k", guessed, Count)
	r.Exact("tokens", float64(tally.Tokens), Count)
	r.Exact("passes", float64(tally.Passes), Count)
	r.Exact("a_pass", float64(tally.Tokens)/float64(max(1, tally.Passes)), Ratio)
	r.Estimate("engine", ShareOf(tally.Accepted, max(1, tally.Tested)), tally.Tested, Share)
	r.Facts["texts"] = ""
	r.Verdict("law", "off", "<=", 1e-12)
	// Of models of real text there are too few texts to say so, and what a draft
	// writes surprises the grammar without end.
	if lab.Story() && lab.LM.Model.Info().Kind != "grammar" {
		if err := lab.ownTexts(ctx, r, draft, traces, tokens); err != nil {
			return err
		}
	}
	r.Verdict("rate", "apart", "<=", .02)
	r.Verdict("passes", "a_pass", ">=", 1.1)
	r.Verdict("self", "self", "<=", 1e-12)
	r.Verdict("trust", "far", ">=", .02)
	r.Answer = 1
	drawGuessing(lab, r, &shown)
	return nil
}

// draft is the model that guesses: one with the same vocabulary that is embedded,
// or the model itself seeing little of the text.
func (l *Lab) draft(ctx context.Context, r *Record) (argen.Model, error) {
	if !l.Story() {
		r.Facts["draft"] = r.Word("short")
		return shortSighted{l.LM.Model, 2}, nil
	}
	ref := "story-ngram"
	if l.LM.Ref == ref {
		ref = "story:100"
	}
	r.Facts["draft"] = ref
	lm, err := l.Open(ctx, ref)
	if err != nil {
		return nil, err
	}
	return lm.Model, nil
}

// speculated lets the engine write texts by speculative decoding.
func speculated(ctx context.Context, lab *Lab, draft argen.Model, texts, tokens int) (tally search.Tally, written []surprising, err error) {
	bound, err := search.Draft{Ref: "draft", Tokens: guessed}.Bind(lab.LM.Model, lab.LM.Tokenizer, draft, lab.LM.Tokenizer)
	if err != nil {
		return tally, nil, err
	}
	seed := lab.Dice("speculative").Uint64()
	for i := range texts {
		gen := argen.Generator{
			Model: lab.LM.Model, Tokenizer: lab.LM.Tokenizer, Seed: seed + uint64(i), MaxTokens: tokens, Search: bound.String(), NoHash: true,
		}
		run, err := gen.Start(lab.Prompt())
		if err != nil {
			return tally, nil, err
		}
		picker := bound.Picker()
		for err == nil {
			_, err = search.Next(ctx, run, picker)
		}
		if !errors.Is(err, io.EOF) {
			return tally, nil, err
		}
		s, ok := picker.(search.Speculator)
		if !ok {
			return tally, nil, errors.New("the draft does not say what it guessed")
		}
		t := s.Tally()
		tally.Tested += t.Tested
		tally.Accepted += t.Accepted
		tally.Passes += t.Passes
		tally.Tokens += t.Tokens
		written = append(written, surprised(slices.Clone(run.Context()), run.Trace()))
		lab.done(i+1, texts)
	}
	return tally, written, nil
}

// A surprising is a text with the model's surprisals and the entropies of where it
// chose, both summed up.
type surprising struct {
	ids                []argen.ID
	surprise, expected float64
}

func surprised(ids []argen.ID, t *argen.Trace) surprising {
	s := surprising{ids: ids}
	for _, step := range t.Steps {
		s.surprise, s.expected = s.surprise+step.Surprisal, s.expected+step.Entropy
	}
	return s
}

// ownTexts asks whether what the engine wrote is the model's own text: such
// surprises it as it expects, while what the draft writes, which is what comes of
// guesses that are trusted, does not.
func (l *Lab) ownTexts(ctx context.Context, r *Record, draft argen.Model, written []surprising, tokens int) error {
	var trusted []surprising
	seed := l.Dice("trusted").Uint64()
	for i := range written {
		gen := argen.Generator{Model: draft, Tokenizer: l.LM.Tokenizer, Seed: seed + uint64(i), MaxTokens: tokens, NoHash: true}
		run, err := gen.Start(l.Prompt())
		if err != nil {
			return err
		}
		t, err := toEnd(ctx, run)
		if err != nil {
			return err
		}
		gen.Model = l.LM.Model
		begin := len(t.Head.PromptIDs)
		if t, err = gen.Score(ctx, run.Context()[:begin], run.Context()[begin:]); err != nil {
			return err
		}
		trusted = append(trusted, surprised(nil, t))
	}
	ratio := func(list []surprising) Interval {
		var a, b []float64
		for _, s := range list {
			a, b = append(a, s.surprise), append(b, s.expected)
		}
		return l.RatioByText(a, b)
	}
	r.Estimate("own", ratio(written), len(written), Share)
	r.Estimate("drafts", ratio(trusted), len(trusted), Share)
	r.Verdict("own_most", "own", "<=", 1+driftApartIn)
	r.Verdict("own_least", "own", ">=", 1-driftApartIn)
	r.Verdict("drafts", "drafts", ">", 1+driftApartIn)
	r.Facts["texts"] = r.Word("texts")
	return nil
}

// guessings are what a model and a draft predict at some places of a text, evenly
// spread over it.
func (l *Lab) guessings(ctx context.Context, draft argen.Model, ids []argen.ID, n int) ([]guessing, error) {
	if bos := l.LM.Model.Info().BOS; bos != argen.NoID && ids[0] == bos {
		ids = ids[1:]
	}
	t, err := l.Read(ctx, l.LM.Model, ids)
	if err != nil {
		return nil, err
	}
	d, err := l.Read(ctx, draft, ids)
	if err != nil {
		return nil, err
	}
	var list []guessing
	if len(t.Rows) == 0 {
		return nil, nil // a text of one token, and nothing is asked about the first
	}
	for k := range n {
		i := k * len(t.Rows) / n
		p, err := probs(t.Rows[i])
		if err != nil {
			return nil, err
		}
		q, err := probs(d.Rows[i])
		if err != nil {
			return nil, err
		}
		list = append(list, guessing{p, q})
	}
	return list, nil
}

// probs are the probabilities of logits.
func probs(logits []float64) ([]float64, error) {
	c, err := argen.NewCandidates(logits)
	if err != nil {
		return nil, err
	}
	list := make([]float64, len(logits))
	c.Each(func(id argen.ID, _ float64) { list[id] = c.Prob(id) })
	return list, nil
}

// drawGuessing draws the distributions at one place, side by side.
func drawGuessing(lab *Lab, r *Record, g *guessing) {
	ids := make([]argen.ID, len(g.p))
	for i := range ids {
		ids[i] = argen.ID(i)
	}
	slices.SortStableFunc(ids, func(a, b argen.ID) int {
		switch x, y := max(g.p[a], g.q[a]), max(g.p[b], g.q[b]); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	law := g.law()
	guesses, model, out := viz.Series{Name: r.Word("q")}, viz.Series{Name: r.Word("p")}, viz.Series{Name: r.Word("out")}
	var groups []string
	var rows [][]Cell
	for _, id := range ids[:min(6, len(ids))] {
		p, q := g.p[id], g.q[id]
		groups = append(groups, lab.token(id))
		guesses.Y, model.Y, out.Y = append(guesses.Y, q), append(model.Y, p), append(out.Y, law[id])
		taken := math.NaN()
		if q > 0 {
			taken = min(1, p/q)
		}
		rows = append(rows, []Cell{
			{Text: lab.token(id)},
			Number{Value: q, Unit: Prob}.Cell(), Number{Value: p, Unit: Prob}.Cell(),
			Number{Value: taken, Unit: Prob}.Cell(), Number{Value: law[id], Unit: Prob}.Cell(),
		})
	}
	r.Table("place", []string{"token", "q", "p", "taken", "out"}, rows)
	r.Chart("bars", &viz.BarsData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:      viz.Axis{Label: r.Word("y"), Unit: "prob"},
		Groups: groups, Series: []viz.Series{guesses, model, out},
	})
}

// exerciseSpeculative: how often is a guess taken, given both distributions?
func exerciseSpeculative(_ context.Context, lab *Lab) (*Exercise, error) {
	words := lab.someWords("speculative", 4)
	p, dice := lab.someShares("speculative p", 4), lab.Dice("speculative order")
	var q []float64
	sum := 0.0
	for try := 0; sum < .3 || sum > .9; try++ { // neither hopeless nor nearly the same
		q, sum = lab.someShares(fmt.Sprintf("speculative q %d", try), 4), 0
		dice.Shuffle(len(q), func(i, j int) { q[i], q[j] = q[j], q[i] })
		for i := range p {
			sum += min(p[i], q[i])
		}
	}
	var rows [][]Cell
	var terms []string
	for i, w := range words {
		terms = append(terms, decimal(min(p[i], q[i]), 2))
		rows = append(rows, []Cell{{Text: w}, {Text: decimal(q[i], 2)}, {Text: decimal(p[i], 2)}})
	}
	word := func(key string) string { return lab.Words.Say("lessons.speculative.words."+key, nil) }
	return lab.exercise("speculative", map[string]string{"terms": strings.Join(terms, " + "), "sum": decimal(sum, 2)},
		[]string{word("token"), word("q"), word("p")}, rows, Answer{Kind: "number", Number: sum, Tolerance: .005}), nil
}
