package argen

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A prediction is what a Run knows of the next token before it is appended.
type prediction struct {
	model  distribution // before any stage
	top    []ID         // the most probable of the model
	stages []Stage
	sums   []softmax // after each stage
	rng    rand.PCG  // after the dice thrown so far
	dice   rand.PCG  // of the stages, likewise

	chosen    bool // the dice were thrown for the token too
	typed     bool // u was given
	choice    ID
	how       Explanation // of a token picked by a procedure of its own
	u         float64
	low, high float64 // the part of [0,1) that is the choice's
	raced     bool    // the choice has the largest sum of ln P and noise
	noise     float64
}

// float64 takes the next number of the stream, in [0,1).
func (p *prediction) float64() float64 { return rand.New(&p.rng).Float64() }

// stageFloat64 takes the next number of the stream of the stages.
func (p *prediction) stageFloat64() float64 { return rand.New(&p.dice).Float64() }

// newStage records a stage that was just applied to that many tokens of that
// entropy.
func newStage(t Transform, c *Candidates, in int, entropy float64) Stage {
	params, err := json.Marshal(t)
	if err != nil {
		params = nil // a stage with a field that JSON cannot hold; samplertest finds it
	}
	return Stage{
		Name: t.Name(), Params: params, In: in, Kept: c.Len(),
		MassRemoved: max(0, 1-c.mass), EntropyIn: entropy, Entropy: c.Entropy(), LastStanding: c.stood,
	}
}

// bind returns the stages of a chain at work.
func bind(chain []Transform, t Tokenizer, m Model) ([]Transform, error) {
	bound := chain
	for i, stage := range chain {
		b, ok := stage.(Binder)
		if !ok {
			continue
		}
		if &bound[0] == &chain[0] {
			bound = slices.Clone(chain)
		}
		var err error
		if bound[i], err = b.Bind(t, m); err != nil {
			return nil, fmt.Errorf("%s: %w", stage.Name(), err)
		}
	}
	return bound, nil
}

// learn returns the chain for the step after a token, of which prob is the
// probability after the chain.
func (r *Run) learn(chain []Transform, id ID, prob float64) []Transform {
	var next []Transform
	for i, t := range chain {
		l, ok := t.(Learner)
		if !ok {
			continue
		}
		if next == nil {
			next = slices.Clone(chain)
		}
		next[i] = l.Learn(Drawn{ID: id, Prob: prob, Before: r.c.remembered(i+1, id)})
	}
	if next == nil {
		return chain
	}
	return next
}

// Choose throws the dice: the token is the first whose cumulative probability
// exceeds a uniform number u in [0,1), or, where [Generator].Gumbel is set, the
// one with the largest sum of ln P and noise. It must follow Predict; called
// again it gives the same token.
func (r *Run) Choose() ID {
	switch {
	case r.next.chosen:
	case r.gen.Gumbel:
		r.race()
	default:
		r.choose(r.next.float64(), false)
	}
	return r.next.choice
}

// ChooseAt is Choose with a u given by hand, 0 ≤ u < 1. The stream of dice
// moves on all the same.
func (r *Run) ChooseAt(u float64) ID {
	if !r.next.chosen {
		r.next.float64()
	}
	r.choose(u, true)
	return r.next.choice
}

// choose finds the candidate whose part of [0,1) holds u.
func (r *Run) choose(u float64, typed bool) {
	p := &r.next
	p.chosen, p.typed, p.u, p.raced = true, typed, u, false
	p.low, p.high = 0, 0
	for k, n := 0, 16; k < r.c.Len(); n *= 4 {
		for _, id := range r.c.Top(n)[k:] {
			prob := r.c.Prob(id)
			if prob == 0 {
				p.high = 1
				return
			}
			p.choice, p.low, p.high = id, p.high, p.high+prob
			if u < p.high {
				return
			}
		}
		k = min(n, r.c.Len())
	}
	// Rounding may leave the sum a little below 1: the last one has the rest.
	p.high = 1
}

// Preview returns the step that Append would make of a token and leaves the
// run as it is. It must follow Predict.
func (r *Run) Preview(id ID) (Step, error) {
	if err := r.ready(id); err != nil {
		return Step{}, err
	}
	step, text := r.step(id), r.now().text
	step.Text = text.Add(id)
	return step, nil
}

// step makes the record of a token to be appended.
func (r *Run) step(id ID) Step {
	p, m := &r.next, &r.next.model
	s := Step{
		T: r.t(), ContextLen: r.seen(), Dropped: r.dropped(len(r.ids)),
		ID: id, Token: string(r.gen.Tokenizer.Piece(id)),
		Logit: m.logits[id], LogProb: m.logprob(id), Rank: m.rank(id), Entropy: m.entropy,
		Kept: r.c.Len(), Forced: !p.chosen || id != p.choice, Stages: p.stages,
	}
	s.Prob = m.prob(id)
	s.Surprisal = max(0, -s.LogProb/math.Ln2)
	s.CumLogProb = s.LogProb
	if s.T > 0 {
		s.CumLogProb += r.steps[len(r.steps)-1].CumLogProb
	}
	s.SampledProb = r.sampled(id)
	switch {
	case s.Forced:
	case p.raced:
		s.Gumbel, s.Noise = true, p.noise
	default:
		s.Dice, s.U, s.Low, s.High = p.typed, p.u, p.low, p.high
	}
	before := r.head.Chain
	if s.T > 0 {
		before = r.marks[len(r.marks)-2].name
	}
	if now := r.now(); now.name != before || now.anew {
		s.Chain = now.name
	}
	if r.gen.Top > 0 {
		s.Top, s.Rest = r.list(id)
	}
	s.Choice = p.how
	if e, ok := r.state.(Explainer); ok && r.gen.Explain {
		s.Origin, _ = e.Explain(id) // a model that cannot say leaves it out
	}
	return s
}

// elapsed is the time since it was called last, in nanoseconds; 0 without a
// clock.
func (r *Run) elapsed() int64 {
	if r.gen.Clock == nil {
		return 0
	}
	before := r.last
	r.last = r.gen.Clock()
	if before == 0 {
		return 0
	}
	return r.last - before
}

// sampled is the probability of a token after the chain.
func (r *Run) sampled(id ID) float64 {
	if !r.c.Has(id) {
		return 0
	}
	return r.c.Prob(id)
}

// list returns the tokens to show and the mass of all others.
func (r *Run) list(chosen ID) ([]TopToken, Rest) {
	m := &r.next.model
	ids := r.next.top
	more := slices.Clone(r.gen.Track)
	if !r.listed && r.elsewhere() {
		more = append(more, r.c.Top((r.gen.Top+1)/2)...)
	}
	for _, id := range append(more, chosen) {
		if id >= 0 && int(id) < len(m.logits) && !slices.Contains(ids, id) {
			ids = append(ids[:len(ids):len(ids)], id)
		}
	}
	top := make([]TopToken, len(ids))
	rest := Rest{Tokens: len(m.logits) - len(ids), Prob: 1, SampledProb: 1}
	possible, left := m.n, r.c.Len() // of the tokens in rest
	for i, id := range ids {
		t := TopToken{
			ID: id, Token: string(r.gen.Tokenizer.Piece(id)), Logit: m.logits[id],
			Prob: m.prob(id), Rank: i + 1, SampledProb: r.sampled(id),
		}
		if i >= len(r.next.top) {
			t.Rank = m.rank(id)
		}
		if by := r.c.removedBy(id); by > 0 {
			t.RemovedBy = r.now().chain[by-1].Name()
		}
		rest.Prob -= t.Prob
		rest.SampledProb -= t.SampledProb
		if !math.IsInf(t.Logit, -1) {
			possible--
		}
		if r.c.Has(id) {
			left--
		}
		top[i] = t
	}
	r.ledger(top)
	// What rounding leaves of nothing is no mass.
	if rest.Prob = max(0, rest.Prob); possible == 0 {
		rest.Prob = 0
	}
	if rest.SampledProb = max(0, rest.SampledProb); left == 0 {
		rest.SampledProb = 0
	}
	return top, rest
}

// elsewhere reports whether the tokens that the model finds most probable are not
// the ones that are drawn from: a stage has forced others, or they have less than
// half of the probability after the chain, as under a grammar.
func (r *Run) elsewhere() bool {
	if r.c.Forced() {
		return true
	}
	sum := 0.0
	for _, id := range r.next.top {
		sum += r.sampled(id)
	}
	return sum < 0.5
}

// ledger asks the stages what each did to the tokens listed: their
// probabilities after it, and why it removed one. The chain is gone through a
// second time, but for its last stage.
func (r *Run) ledger(top []TopToken) {
	chain := r.now().chain
	if len(chain) < 2 && !slices.ContainsFunc(top, func(t TopToken) bool { return t.RemovedBy != "" }) {
		return // the step says it all
	}
	if r.again == nil {
		r.again = &Candidates{}
	}
	c := r.again
	c.reset(&r.next.model)
	p := prediction{dice: r.stageDice()}
	past := r.past(p.stageFloat64)
	for n, stage := range chain {
		if reasoner, ok := stage.(Reasoner); ok {
			var why func(ID) string
			for i := range top {
				if r.c.removedBy(top[i].ID) != n+1 {
					continue
				}
				if why == nil {
					look := p // it may throw the dice, as Apply will
					why = reasoner.Reasons(c, r.past(look.stageFloat64))
				}
				top[i].Why = why(top[i].ID)
			}
		}
		last := n+1 == len(chain)
		if !last {
			stage.Apply(c, past)
			c.soft = r.next.sums[n] // the same again
		}
		for i := range top {
			t := &top[i]
			if last && r.c.Has(t.ID) || !last && c.Has(t.ID) {
				for len(t.StageProbs) < n {
					t.StageProbs = append(t.StageProbs, 0) // it was gone
				}
				if !last {
					t.StageProbs = append(t.StageProbs, c.Prob(t.ID))
				}
			}
		}
	}
}

// past is what a stage may look at now.
func (r *Run) past(dice func() float64) Past {
	return Past{IDs: r.ids, Prompt: len(r.head.PromptIDs), Float64: dice, Context: r.ctx}
}

// hash names a trace by what decides it: model, prompt, chain, seed, and
// whether the window slides.
func (h *Header) hash() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %d %d", h.Model.Ref, h.Model.SHA256, h.Chain, h.Seed, h.PromptIDs)
	if h.ContextShift {
		sum.Write([]byte(" context_shift"))
	}
	if h.Gumbel {
		sum.Write([]byte(" gumbel"))
	}
	if h.Search != "" {
		fmt.Fprintf(sum, " %q", h.Search)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// tail quotes the end of the context for an error.
func (r *Run) tail() string {
	text := []rune(r.gen.Tokenizer.Decode(r.ids[max(0, len(r.ids)-12):]))
	return fmt.Sprintf("%q", string(text[max(0, len(text)-40):]))
}
