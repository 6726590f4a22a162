package argen_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/sampler"
)

func TestVerify(t *testing.T) {
	g := logger(t)
	_, trace := logged(t, g, "It was")
	if err := argen.Verify(t.Context(), g, trace, sampler.Parse); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*argen.Trace)
		want   string
	}{
		"token":  {func(tr *argen.Trace) { tr.Steps[7].ID, tr.Steps[7].Token = 5, "x" }, `step 7: token is "x" (id 5) in the trace and`},
		"prob":   {func(tr *argen.Trace) { tr.Steps[3].Prob *= 1 + 1e-6 }, "step 3: prob is"},
		"u":      {func(tr *argen.Trace) { tr.Steps[2].U += 1e-6 }, "step 2: u is"},
		"cum":    {func(tr *argen.Trace) { tr.Steps[9].CumLogProb -= 1e-6 }, "step 9: cum_logprob is"},
		"stage":  {func(tr *argen.Trace) { tr.Steps[1].Stages[0].Kept = 99 }, "step 1: kept of stage top_k is 99 in the trace and 5 when run again"},
		"top":    {func(tr *argen.Trace) { tr.Steps[0].Top[0].SampledProb += 1e-6 }, "step 0: sampled_prob of top token 0 is"},
		"seed":   {func(tr *argen.Trace) { tr.Head.Seed++ }, "step 0: "},
		"model":  {func(tr *argen.Trace) { tr.Head.Model.SHA256 = strings.Repeat("0", 64) }, "another model"},
		"chain":  {func(tr *argen.Trace) { tr.Head.Chain = "top_k=x" }, "chain of the header"},
		"params": {func(tr *argen.Trace) { tr.Steps[4].Stages[1].Name = "top_p" }, `step 4: name of stage 1 is top_p in the trace and temperature when run again`},
		"stages": {func(tr *argen.Trace) { tr.Steps[4].Stages = nil }, "step 4: number of stages is 0"},
		"listed": {func(tr *argen.Trace) { tr.Steps[5].Top[4].Token = "x" }, "step 5: token of top token 4 is x"},
		"fewer":  {func(tr *argen.Trace) { tr.Steps[5].Top = tr.Steps[5].Top[1:] }, "step 5: number of top tokens is"},
		"rest":   {func(tr *argen.Trace) { tr.Steps[6].Rest.Prob += 1e-6 }, "step 6: prob of the rest is"},
		"never":  {func(tr *argen.Trace) { tr.Steps[2].LogProb = math.Inf(-1) }, "step 2: logprob is -Inf"},
		"forced": {func(tr *argen.Trace) { tr.Steps[8].Forced = true }, "step 8: u is"},
		"dice":   {func(tr *argen.Trace) { tr.Steps[8].Dice, tr.Steps[8].U = true, 1 }, "step 8: u is 1 in the trace and not a number in [0,1)"},
		"thrown": {func(tr *argen.Trace) {
			i := slices.IndexFunc(tr.Steps, func(s argen.Step) bool { return s.Low > 0 })
			tr.Steps[i].Dice, tr.Steps[i].U = true, tr.Steps[i].Low/2
		}, ": token is "},
		"end":     {func(tr *argen.Trace) { tr.Ended.Tokens-- }, "tokens of the end"},
		"logprob": {func(tr *argen.Trace) { tr.Ended.LogProb++ }, "logprob of the end"},
		"text":    {func(tr *argen.Trace) { tr.Ended.Text = tr.Ended.Text[1:] }, "text of the end"},
	} {
		_, bad := logged(t, g, "It was")
		test.change(bad)
		err := argen.Verify(t.Context(), g, bad, sampler.Parse)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// Verify follows all that a person can do: other chains, forced tokens, dice.
func TestVerifyByHand(t *testing.T) {
	var trace argen.Trace
	g := truth(9)
	g.Top, g.Sinks = 4, []argen.Sink{&trace}
	r := start(t, g, "")
	steps(t, r, 3)
	r.SetChain(chain(t, "top_k=2"))
	steps(t, r, 2)
	c, err := r.Predict(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Append(c.At(c.Len() - 1).ID); err != nil {
		t.Fatal(err)
	}
	if _, err = r.Predict(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Append(r.ChooseAt(0.25)); err != nil {
		t.Fatal(err)
	}
	r.SetChain(nil)
	steps(t, r, 3)
	if trace.Steps[3].Chain != "top_k=2" || trace.Steps[4].Chain != "" || !trace.Steps[5].Forced || !trace.Steps[6].Dice {
		t.Errorf("%+v", trace.Steps)
	}
	if err := argen.Verify(t.Context(), g, &trace, sampler.Parse); err != nil {
		t.Error(err)
	}
}

// A BOS that is given is not doubled, and is no token of the text.
func TestGivenBOS(t *testing.T) {
	g := truth(7)
	ids := []argen.ID{story.BOS, 44, 647}
	for _, bos := range []argen.BOS{argen.AutoBOS, argen.WithBOS, argen.NoBOS} {
		g.BOS = bos
		r, err := g.StartIDs(ids)
		if err != nil || len(r.Context()) != 3 {
			t.Errorf("BOS %d: the prompt is %v, %v", bos, r.Context(), err)
		}
		scored, err := g.Score(t.Context(), nil, ids)
		if err != nil || len(scored.Steps) != 2 || math.IsInf(scored.LogProb(), -1) || len(scored.Head.PromptIDs) != 1 {
			t.Errorf("BOS %d: %v, %d tokens, ln P = %v after %v", bos, err, len(scored.Steps), scored.LogProb(), scored.Head.PromptIDs)
		}
	}
}

func TestScore(t *testing.T) {
	g := truth(7)
	g.MaxTokens = 40
	_, trace := logged(t, g, "")
	ids, err := g.Tokenizer.Encode(trace.Text())
	if err != nil {
		t.Fatal(err)
	}
	scored, err := g.Score(t.Context(), nil, ids)
	if err != nil || len(scored.Steps) != 40 || math.Abs(scored.LogProb()-trace.LogProb()) > 1e-9 {
		t.Errorf("%v: %d tokens, ln P = %v, the run had %v", err, len(scored.Steps), scored.LogProb(), trace.LogProb())
	}
	if !scored.Steps[3].Forced || scored.Steps[3].LogProb != trace.Steps[3].LogProb {
		t.Errorf("%+v", scored.Steps[3])
	}
}

func TestIdentities(t *testing.T) {
	g := truth(7)
	g.MaxTokens = 30
	_, trace := logged(t, g, "")
	ids := append([]argen.ID{}, trace.Head.PromptIDs...)
	for _, s := range trace.Steps {
		ids = append(ids, s.ID)
	}
	laws, err := argen.CheckIdentities(t.Context(), g.Model, ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, law := range laws {
		if !law.Holds() {
			t.Errorf("%s: off by %g", law.Name, law.Off)
		}
	}
}

// A model that breaks a law is told which.
func TestBrokenIdentities(t *testing.T) {
	for law, m := range map[string]counting{
		"rewind":    {forgets: false},
		"past":      {forgets: false},
		"fork":      {forgets: true, shared: new(int)},
		"recompute": {forgets: true, passes: true},
	} {
		laws, err := argen.CheckIdentities(t.Context(), m, []argen.ID{1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range laws {
			if l.Name == law && l.Holds() || l.Name == "sum" && !l.Holds() {
				t.Errorf("%+v breaks %s: %s is off by %v", m, law, l.Name, l.Off)
			}
		}
	}
	laws, err := argen.CheckIdentities(t.Context(), counting{forgets: true}, []argen.ID{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range laws {
		if !l.Holds() || l.Off > 0 && l.Name != "sum" {
			t.Errorf("%s is broken by a model that breaks none: off by %v", l.Name, l.Off)
		}
	}
}

// A counting model's logits tell how many tokens a state has read.
type counting struct {
	forgets bool // whatever is rewound
	passes  bool // counts the calls too
	shared  *int // by all states: how often one read something
}

func (counting) Info() argen.Info {
	return argen.Info{VocabSize: 5, BOS: argen.NoID}
}
func (m counting) Start() argen.State { return &countingState{m: m} }

type countingState struct {
	m       counting
	n, seen int
}

func (s *countingState) Len() int          { return s.n }
func (s *countingState) Fork() argen.State { c := *s; return &c }
func (s *countingState) Rewind(n int) {
	if s.m.forgets {
		s.seen -= s.n - n
	}
	s.n = n
}

func (s *countingState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.n += len(ids)
	s.seen += len(ids)
	logits := []float64{0, 0, 0, 0, float64(s.seen)}
	if s.m.passes && len(ids) > 1 {
		logits[0] = 1
	}
	if s.m.shared != nil {
		if len(ids) > 0 {
			*s.m.shared++
		}
		logits[0] = float64(*s.m.shared)
	}
	return logits, nil
}

// A model that computes nonsense breaks the laws, wherever it is found.
func TestIdentitiesOfNonsense(t *testing.T) {
	logits := make([]float64, 258)
	logits[9] = math.NaN()
	_, err := argen.CheckIdentities(t.Context(), bytesGenerator(logits).Model, []argen.ID{1, 2})
	if err == nil || !strings.HasPrefix(err.Error(), "position 0: the logit of token 9 is NaN") {
		t.Errorf("%v", err)
	}
}

// rounding is a model that says that it rounds its activations.
type rounding struct{ argen.Model }

func (m rounding) Info() argen.Info {
	info := m.Model.Info()
	info.Activations = "int8"
	return info
}

// A trace says how the activations were rounded, and holds only for a model that
// rounds them so.
func TestVerifyActivations(t *testing.T) {
	g := truth(3)
	g.MaxTokens = 2
	exact := g.Model
	g.Model = rounding{exact}
	log, trace := logged(t, g, "")
	if !strings.Contains(log, `"activations":"int8"}`) {
		t.Errorf("the header does not say it: %s", log)
	}
	read, err := argen.ReadTraces("a.jsonl", strings.NewReader(log))
	if err != nil || read[0].Head.Model.Activations != "int8" {
		t.Errorf("read back: %+v, %v", read, err)
	}
	if err := argen.Verify(t.Context(), g, trace, sampler.Parse); err != nil {
		t.Error(err)
	}
	g.Model = exact
	err = argen.Verify(t.Context(), g, trace, sampler.Parse)
	if err == nil || !strings.Contains(err.Error(), "the trace was made with int8 activations") || !strings.Contains(err.Error(), "is run with float32 activations") {
		t.Errorf("%v", err)
	}
}
