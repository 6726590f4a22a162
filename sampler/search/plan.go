package search

import (
	"context"
	"slices"

	"argen"
)

// A plan is a text that was found ahead of its tokens being appended.
type plan struct {
	texts []Text              // the best first: the one to append
	why   []argen.Explanation // of each of its tokens
}

// A planner is a Picker that finds a whole text and then names its tokens one
// by one, as long as they are what is appended.
type planner struct {
	find func(ctx context.Context, r *argen.Run) (plan, error)

	plan
	base  []argen.ID // the context in which it was found
	chain string     // and the chain
}

// Choose implements Picker.
func (p *planner) Choose(ctx context.Context, r *argen.Run) (argen.ID, argen.Explanation, error) {
	if _, err := r.Predict(ctx); err != nil {
		return argen.NoID, nil, err
	}
	t, ok := p.at(r)
	if !ok {
		found, err := p.find(ctx, r)
		if err != nil {
			return argen.NoID, nil, err
		}
		p.plan, p.base, p.chain = found, slices.Clone(r.Context()), argen.FormatChain(r.Chain())
		t = 0
		ids := found.texts[0].IDs
		r.ReadAhead(ids[:len(ids)-1]...) // nothing is asked for after the last
	}
	return p.texts[0].IDs[t], p.why[t], nil
}

// at returns which token of the plan comes next, false if it is not for here.
func (p *planner) at(r *argen.Run) (t int, ok bool) {
	context := r.Context()
	t = len(context) - len(p.base)
	if len(p.texts) == 0 || t < 0 || t >= len(p.texts[0].IDs) || p.chain != argen.FormatChain(r.Chain()) {
		return 0, false
	}
	return t, slices.Equal(context[:len(p.base)], p.base) && slices.Equal(context[len(p.base):], p.texts[0].IDs[:t])
}

// Texts implements Lister.
func (p *planner) Texts() []Text { return p.texts }

// newText is what a trial has written since it began at r.
func newText(r, trial *argen.Run, score float64) Text {
	past, all := len(r.Context()), trial.Context()
	text := trial.Text()
	if before := r.Text(); len(before) <= len(text) {
		text = text[len(before):]
	}
	return Text{
		IDs: slices.Clone(all[past:]), Text: text, Score: score,
		LogProb: trial.Trace().LogProb() - r.Trace().LogProb(),
	}
}
