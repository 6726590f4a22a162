package sampler

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"argen"
)

// Guidance pushes the text away from what the model would write after another
// prompt, a negative one: classifier-free guidance.
//
//	ln p ← Scale·(ln p(token | text) − ln q) + ln q,  q = p(token | negative + new tokens)
//
// Scale 1 does nothing, above 1 the prompt counts for more than it did, and 0
// draws as if the negative prompt stood in its place. Without a negative prompt
// it is the last token of the prompt. The negative prompt begins with BOS where
// the model's own configuration says so; the new tokens follow it, whoever
// chose them. Where that is longer than the model's context the oldest tokens
// but BOS are left out, half a window at a time.
//
// It is transformers', and goes before all other stages as there. A token that
// is impossible after the negative prompt counts as having ln q = −745 there,
// that of the smallest number above 0; transformers makes it NaN.
//
// Sanchez et al., Stay on topic with Classifier-Free Guidance, 2023.
type Guidance struct {
	Scale    float64 `json:"scale"`    // weight of the prompt
	Negative string  `json:"negative"` // the negative prompt

	other *otherText // once bound
}

var guidanceSpec = Spec{
	Name: "guidance", Doc: "moves away from what the model would write after a negative prompt: logprobs become scale times their distance from those there, plus those there",
	Group: Shape, Source: "Sanchez et al. 2023; transformers",
	Params: []Param{
		{Name: "scale", Flag: "guidance", Doc: "weight of the prompt against the negative one", Default: 1.5, Off: 1, Least: math.Inf(-1), Most: math.Inf(1)},
		{Name: "negative", Flag: "negative-prompt", Kind: Text, Doc: "negative prompt; none: the last token of the prompt", Optional: true},
	},
	New: func(a Args) (argen.Transform, error) { return Guidance{Scale: a.Float(0), Negative: a.Text(1)}, nil },
}

// Name implements argen.Transform.
func (Guidance) Name() string { return "guidance" }

// String implements argen.Transform.
func (g Guidance) String() string { return word(g.Name(), g.Scale, g.Negative) }

// Bind implements argen.Binder.
func (g Guidance) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	if m == nil {
		return nil, errors.New("it needs a model, here is only a vocabulary")
	}
	g.other = &otherText{model: m, info: m.Info()}
	if g.Negative == "" {
		return g, nil
	}
	ids, err := t.Encode(g.Negative)
	if err != nil {
		return nil, fmt.Errorf("negative prompt: %v", err) // no %w: it is not the prompt that is wrong
	}
	if bos := g.other.info.BOS; g.other.info.AddBOS && bos != argen.NoID && (len(ids) == 0 || ids[0] != bos) {
		ids = slices.Insert(ids, 0, bos)
	}
	if most := g.other.info.ContextLength; most > 0 && len(ids) >= most {
		leave := "tokens leave"
		if len(ids) == 1 {
			leave = "token leaves"
		}
		return nil, fmt.Errorf("negative prompt: %d %s no room in the model's context of %d: shorten it", len(ids), leave, most)
	}
	g.other.prompt = ids
	return g, nil
}

// Apply implements argen.Transform.
func (g Guidance) Apply(c *argen.Candidates, past argen.Past) {
	if g.Scale == 1 {
		return
	}
	if g.other == nil {
		c.Fail(errors.New("it is not bound to a model"))
		return
	}
	reading, err := g.other.read(past)
	if err != nil {
		c.Fail(fmt.Errorf("after the negative prompt: %w", err))
		return
	}
	defer g.other.done(reading)
	const least = -745
	q := &reading.next
	all, otherAll := c.LogSumExp(), q.LogSumExp()
	c.Map(func(id argen.ID, l float64) float64 {
		other := float64(least)
		if q.Has(id) {
			other = max(least, q.Logit(id)-otherAll)
		}
		return float64(g.Scale*(l-all-other)) + other
	})
}

// An otherText is a text that the model reads beside that of the run: another
// prompt with the same new tokens. All stages bound together share it, those of
// forks too.
type otherText struct {
	model  argen.Model
	info   argen.Info
	prompt []argen.ID // none: the last token of the run's

	lock sync.Mutex
	work []argen.ID
	idle []*reading // those that are free, the last used last
}

// A reading is a state somewhere in such texts, and what the model says there.
// What it says depends on its tokens alone, so that any state will do, and the
// nearest is the fastest.
type reading struct {
	state argen.State
	ids   []argen.ID // that state is to read
	next  argen.Candidates
}

// mostReadings is how many are kept for runs to come back to.
const mostReadings = 16

// read returns what the model says of the next token. Until done is called the
// reading belongs to the caller.
func (o *otherText) read(past argen.Past) (*reading, error) {
	ctx := past.Context
	if ctx == nil {
		ctx = context.Background()
	}
	r := o.nearest(past)
	logits, err := r.state.Extend(ctx, r.ids[r.state.Len():]...)
	if err == nil {
		err = r.next.Reset(logits)
	}
	if err != nil {
		r.ids = r.ids[:r.state.Len()]
		o.done(r)
		return nil, err
	}
	return r, nil
}

// nearest takes the idle reading that has most of the text before the next
// token, or begins one.
func (o *otherText) nearest(past argen.Past) *reading {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.work = o.text(o.work[:0], past)
	best, most := -1, -1
	for i, r := range o.idle {
		if n := same(r.ids, o.work); n >= most {
			best, most = i, n
		}
	}
	r := &reading{}
	if best < 0 {
		r.state = o.model.Start()
	} else {
		r = o.idle[best]
		o.idle = slices.Delete(o.idle, best, best+1)
		r.state.Rewind(most)
	}
	r.ids = append(r.ids[:0], o.work...)
	return r
}

// text appends what the model has before the next token.
func (o *otherText) text(ids []argen.ID, past argen.Past) []argen.ID {
	if len(o.prompt) > 0 {
		ids = append(ids, o.prompt...)
	} else {
		ids = append(ids, past.IDs[max(0, past.Prompt-1):past.Prompt]...)
	}
	ids = append(ids, past.IDs[past.Prompt:]...)
	n, most, kept := len(ids), o.info.ContextLength, 0
	if most == 0 || n < most {
		return ids
	}
	if ids[0] == o.info.BOS {
		kept = 1
	}
	half := max(1, (most-kept)/2)
	return slices.Delete(ids, kept, min(n, kept+(n-most+half)/half*half))
}

// done gives a reading back.
func (o *otherText) done(r *reading) {
	o.lock.Lock()
	defer o.lock.Unlock()
	if len(o.idle) == mostReadings {
		o.idle = slices.Delete(o.idle, 0, 1)
	}
	o.idle = append(o.idle, r)
}

// same is how many tokens two texts have in common at their beginning.
func same(a, b []argen.ID) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
