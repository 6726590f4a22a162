package study

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"argen"
)

// A led is what was found along a text along which strategies and models were
// led.
type led struct {
	places int
	gaps   []gap // by pair
	shown  place // of text 0
}

// A place is the distributions of the next token after a context.
type place struct {
	apart float64 // median of the total variations from the first strategy; < 0 for none
	t     int
	text  string
	model dist
	after []dist // of the strategies that have one
}

// lead writes context i by the model's own distribution and leads everything
// along it.
func (p *Plan) lead(ctx context.Context, o Compare, i int) (*led, error) {
	at := i * len(p.Strategies)
	_, prompt, _ := p.place(at)
	own, same := p.generator(Strategy{}, at), &echo{Model: p.Model}
	own.Model = same
	text, err := own.StartIDs(p.Prompts[prompt].IDs)
	if err != nil {
		return nil, err
	}
	gens := []argen.Generator{}
	for _, s := range p.drawn() {
		gen := p.generator(p.Strategies[s], at)
		gen.Model = same
		gens = append(gens, gen)
	}
	for _, m := range o.Models {
		gen := own
		gen.Model = m.Model
		gens = append(gens, gen)
	}
	runs := make([]*argen.Run, len(gens))
	for k, gen := range gens {
		gen.NoStop, gen.Stop, gen.MaxTokens = true, nil, 0 // the text alone says where it ends
		gen.BOS = argen.NoBOS
		if runs[k], err = gen.StartIDs(text.Context()); err != nil {
			return nil, err
		}
	}
	l := &led{gaps: make([]gap, len(p.pairs(o.Models))), shown: place{apart: -1}}
	vocab := p.Model.Info().VocabSize
	model, dists := newDist(vocab), make([]dist, len(runs))
	for k := range dists {
		dists[k] = newDist(vocab)
	}
	for {
		c, err := text.Predict(ctx)
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		model.set(c)
		id := text.Choose()
		for k, run := range runs {
			if dists[k].log == nil {
				continue
			}
			c, err := run.Predict(ctx)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case err != nil: // it says nothing of such a text: from here on it is left out
				dists[k] = dist{}
				continue
			}
			dists[k].set(c)
			if _, err := run.Pick(id, along{}); err != nil {
				return nil, err
			}
		}
		l.add(p, model, dists)
		if i == 0 {
			l.show(p, o, text, model, dists[:len(p.drawn())])
		}
		if _, err := text.Append(id); err != nil {
			return nil, err
		}
	}
}

// along is why a run takes a token that its dice did not give: it is led along a
// text. The dice of its stages move on as they would.
type along struct{}

// String implements argen.Explanation.
func (along) String() string { return "led along a text" }

// MarshalJSON implements argen.Explanation.
func (along) MarshalJSON() ([]byte, error) { return []byte(`"along"`), nil }

// add adds a place: the distributions of the strategies, then those of the
// other models.
func (l *led) add(p *Plan, model dist, dists []dist) {
	l.places++
	n, k := len(p.drawn()), 0
	for a := range n {
		for b := a + 1; b < n; b++ {
			l.gaps[k].add(dists[a], dists[b])
			k++
		}
	}
	for _, other := range dists[n:] {
		l.gaps[k].add(model, other)
		k++
	}
}

// show keeps a place if it is the one to be shown: that of o, or the one where
// the strategies differ most so far. One at which a strategy has no distribution
// is never it.
func (l *led) show(p *Plan, o Compare, text *argen.Run, model dist, after []dist) {
	t, apart := l.places-1, 0.0
	if slices.ContainsFunc(after, func(d dist) bool { return d.log == nil }) {
		return
	}
	if len(after) > 1 {
		var all []float64
		for _, d := range after[1:] {
			var g gap
			g.add(after[0], d)
			all = append(all, g.tv)
		}
		slices.Sort(all)
		apart = all[len(all)/2] // the median, since greedy is farthest wherever the model is unsure
	}
	if o.Place >= 0 && t != o.Place || o.Place < 0 && apart <= l.shown.apart {
		return
	}
	l.shown = place{apart: apart, t: t, text: p.Tokenizer.Decode(text.Context()), model: model.clone()}
	for _, d := range after {
		l.shown.after = append(l.shown.after, d.clone())
	}
}

func (d dist) clone() dist {
	return dist{append([]float64(nil), d.log...), append([]float64(nil), d.prob...)}
}

// A Step is the distribution of the next token at one place, under the model
// itself and after the chain of each strategy.
type Step struct {
	T          int    // of the token, from 0
	Context    string // the text before it, prompt included
	Tokens     []StepToken
	Strategies []StepAfter
	Rest       float64 // the model's probability of all other tokens
	Others     int     // how many those are that it holds possible
}

// A StepToken is one of the most probable tokens of the model.
type StepToken struct {
	ID    argen.ID
	Token string
	Prob  float64
}

// A StepAfter is what a strategy makes of the distribution.
type StepAfter struct {
	Name  string
	Probs []float64 // of the tokens; 0 if it was removed
	Rest  float64   // of all others
	Kept  int       // tokens left
	Bits  float64   // entropy
}

// stepTokens is how many tokens a Step lists.
const stepTokens = 10

// step is the place that is shown, nil if there is none.
func (l *led) step(p *Plan) *Step {
	w := &l.shown
	if w.apart < 0 {
		return nil
	}
	s := &Step{T: w.t, Context: w.text, Rest: 1}
	var c argen.Candidates
	if err := c.Reset(w.model.log); err != nil {
		return nil // no distribution of a model is none
	}
	for _, id := range c.Top(stepTokens) {
		s.Tokens = append(s.Tokens, StepToken{id, string(p.Tokenizer.Piece(id)), w.model.prob[id]})
		s.Rest -= w.model.prob[id]
	}
	s.Others = c.Len() - len(s.Tokens)
	s.Rest = max(0, s.Rest)
	for k, i := range p.drawn() {
		a := StepAfter{Name: p.Strategies[i].Name, Rest: 1}
		d := w.after[k]
		for _, t := range s.Tokens {
			a.Probs = append(a.Probs, d.prob[t.ID])
			a.Rest -= d.prob[t.ID]
		}
		a.Rest = max(0, a.Rest)
		for id, q := range d.prob {
			if !math.IsInf(d.log[id], -1) {
				a.Kept++
			}
			if q > 0 {
				a.Bits -= float64(q * d.log[id] / math.Ln2)
			}
		}
		a.Bits = max(0, a.Bits)
		s.Strategies = append(s.Strategies, a)
	}
	return s
}
