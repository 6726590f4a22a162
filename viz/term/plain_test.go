package term

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"argen"
)

func shown(t rapid.TB, p Plain, trace *argen.Trace) string {
	var b strings.Builder
	p.W = &b
	if err := trace.Replay(&p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A run with one step of each kind.
func steps() *argen.Trace {
	return &argen.Trace{
		Head: argen.Header{
			Model: argen.Info{Ref: "toy", VocabSize: 9}, PromptIDs: []argen.ID{1, 2}, PromptText: "A fox", Chain: "top_k=2", Seed: 7,
		},
		Steps: []argen.Step{
			{
				T: 0, ContextLen: 2, ID: 3, Token: "ran", Text: " ran", Prob: 0.25, LogProb: math.Log(0.25), Rank: 2, Entropy: 1.5,
				SampledProb: 1.0 / 3, Kept: 2, U: 0.7, Low: 2.0 / 3, High: 1, Surprisal: 2, CumLogProb: math.Log(0.25),
				Top: []argen.TopToken{
					{ID: 4, Token: "sat", Prob: 0.5, Rank: 1, SampledProb: 2.0 / 3},
					{ID: 3, Token: "ran", Prob: 0.25, Rank: 2, SampledProb: 1.0 / 3},
					{ID: 5, Token: "flew", Prob: 0.2, Rank: 3, RemovedBy: "top_k", Why: "0.2 < 0.25", StageProbs: []float64{0.21}},
				},
				Rest: argen.Rest{Tokens: 6, Prob: 0.05},
				Stages: []argen.Stage{
					{Name: "temperature", In: 9, Kept: 9, EntropyIn: 1.5, Entropy: 1.4},
					{Name: "top_k", In: 9, Kept: 2, MassRemoved: 0.25, EntropyIn: 1.4, Entropy: 0.918},
					{Name: "min_p", In: 2, Kept: 2, EntropyIn: 0.918, Entropy: 0.918},
				},
			},
			{
				T: 1, ContextLen: 3, ID: 6, Token: ".", Text: ".", Prob: 1, Rank: 1, SampledProb: 1, Kept: 1, U: 0.31, High: 1,
				CumLogProb: math.Log(0.25), Top: []argen.TopToken{{ID: 6, Token: ".", Prob: 1, Rank: 1, SampledProb: 1}}, Rest: argen.Rest{Tokens: 8},
				Stages: []argen.Stage{{Name: "top_k", In: 9, Kept: 1}},
			},
			{
				T: 2, ContextLen: 4, ID: 5, Token: "flew", Text: " flew", Prob: 0, LogProb: math.Inf(-1), Rank: 9, Entropy: 0.5, Forced: true,
				Surprisal: math.Inf(1), CumLogProb: math.Inf(-1), Kept: 2,
				Top: []argen.TopToken{
					{ID: 0, Token: "</s>", Prob: 0.9, Rank: 1, SampledProb: 0.9},
					{ID: 1, Token: "a", Prob: 0.1, Rank: 2, SampledProb: 0.1},
					{ID: 5, Token: "flew", Rank: 9, Logit: math.Inf(-1)},
				},
				Rest: argen.Rest{Tokens: 6},
			},
			{T: 3, ContextLen: 5, Token: "</s>", Prob: 0.5, Rank: 1, Kept: 3, Dice: true, U: 0.25, High: 0.5, Surprisal: 1, CumLogProb: math.Inf(-1)},
		},
		Ended: &argen.End{Reason: argen.StopToken, Tokens: 4, Text: " ran. flew", LogProb: math.Inf(-1)},
	}
}

func TestPlain(t *testing.T) {
	const want = `Model toy, chain top_k=2, seed 7.
Prompt: “A fox”, 2 tokens.

Step 0. Context: A fox (2 tokens)
  Predict: 1.5 bits of uncertainty. The most probable of 9 tokens, P of the
      model and after the chain:
         1    0.5000    0.6667  “sat”
         2    0.2500    0.3333  “ran”
         3    0.2000         0  “flew”, removed by top_k, 0.2 < 0.25
              0.0500         0  6 others
  Stage temperature: 9 tokens; 1.5 → 1.4 bits.
  Stage top_k: 9 → 2 tokens, removes P = 0.2500; 1.4 → 0.92 bits.
  Without effect here: min_p.
  Choose: of 2 tokens, u = 0.7 falls on “ran”, whose part is 0.6667 to 1.
  Why not “flew”? P = 0.2000, rank 3, 0.2100 after temperature: removed by
      top_k, since 0.2 < 0.25.
  Append: “ran”, P = 0.2500, rank 2, 2 bits. ln P(text) = −1.39.

Step 1. Context: A fox ran (3 tokens)
  Predict: only “.” is possible, P = 1, 0 bits of uncertainty.
  Stage top_k: 9 → 1 token, removes P = 0; 0 bits.
  Choose: only “.” is left, u = 0.31 changes nothing.
  Append: “.”, P = 1, rank 1, 0 bits. ln P(text) = −1.39.

Step 2. Context: A fox ran. (4 tokens)
  Predict: 0.5 bits of uncertainty. The most probable of 9 tokens:
         1    0.9000  “</s>”
         2    0.1000  “a”
         9         0  “flew”
                   0  6 others
  Choose: “flew” is given, the dice could not have chosen it.
  Why not “flew”? P = 0, rank 9: it was chosen.
  Append: “flew”, P = 0, rank 9, ∞ bits. ln P(text) = −∞.

Step 3. Context: A fox ran. flew (5 tokens)
  Predict: 0 bits of uncertainty.
  Choose: of 3 tokens, your u = 0.25 falls on “</s>”, whose part is 0 to 0.5.
  Append: “</s>”, P = 0.5000, rank 1, 1 bit. ln P(text) = −∞.

End: the model ended the text, after 4 tokens.
  ln P(text) = −∞, perplexity ∞ a token.
  Text: ran. flew
`
	if got := shown(t, Plain{Why: []argen.ID{5}}, steps()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A draw by noise says which sum was the largest.
func TestNoise(t *testing.T) {
	trace := steps()
	trace.Steps, trace.Ended = trace.Steps[:2], nil
	for i := range trace.Steps {
		trace.Steps[i].Gumbel, trace.Steps[i].Noise = true, 1.25
	}
	got := shown(t, Plain{}, trace)
	for _, want := range []string{
		"  Choose: of 2 tokens, “ran” has the largest ln P + noise, −1.1 + 1.25 = 0.15.\n",
		"  Choose: only “.” is left, noise changes nothing.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Fewer tokens than are recorded: their mass goes to the others.
func TestTop(t *testing.T) {
	trace := steps()
	trace.Steps, trace.Ended = trace.Steps[:1], nil
	got := shown(t, Plain{Top: 1}, trace)
	for _, want := range []string{"0.5000    0.6667  “sat”", "0.2500    0.3333  “ran”", "0.2500         0  7 others"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "flew") {
		t.Errorf("lists more than asked for:\n%s", got)
	}
}

func TestBack(t *testing.T) {
	var b strings.Builder
	p := &Plain{W: &b}
	trace := steps()
	trace.Ended = nil
	if err := trace.Replay(p); err != nil {
		t.Fatal(err)
	}
	if err := p.Back(1); err != nil {
		t.Fatal(err)
	}
	if err := p.Step(trace.Steps[1]); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "Back: step 1 and all after it no longer count.\n\nStep 1. Context: A fox ran (3 tokens)\n") {
		t.Errorf("after a step back:\n%s", got)
	}
}

// Whatever tokens hold: no line is wider than a terminal, none holds what it
// acts on, and --ascii gives ASCII.
func TestAnyToken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trace := steps()
		trace.Head.PromptText = rapid.String().Draw(t, "prompt")
		for i := range trace.Steps {
			s := &trace.Steps[i]
			s.Token = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\x1b[2J", "\u202e", "日本語日本語日本語日本語日本語日本語日本語", "\xff\xfe", strings.Repeat("x", 300)})).Draw(t, "token")
			s.Text = s.Token
			for k := range s.Top {
				s.Top[k].Token = s.Token
			}
		}
		for _, ascii := range []bool{false, true} {
			got := shown(t, Plain{Why: []argen.ID{5}, ASCII: ascii}, trace)
			if argen.Printable(got) != got {
				t.Errorf("a terminal would act on %q", got)
			}
			for _, line := range strings.Split(got, "\n") {
				if w := ansi.StringWidth(line); w > columns && !strings.HasPrefix(line, "      ") && !strings.HasPrefix(line, "  Text:") {
					t.Errorf("%d columns: %q", w, line)
				}
			}
		}
	})
	got := shown(t, Plain{Why: []argen.ID{5}, ASCII: true}, steps())
	if i := strings.IndexFunc(got, func(r rune) bool { return r > 126 }); i >= 0 {
		t.Errorf("not ASCII: %q", got[i:min(i+20, len(got))])
	}
}

// A chain that somebody changed is told where it begins; none at all is said so
// too.
func TestChangedChain(t *testing.T) {
	trace := steps()
	trace.Head.Chain, trace.Steps[1].Chain = argen.NoChain, "top_p=0.5"
	got := shown(t, Plain{}, trace)
	if !strings.HasPrefix(got, "Model toy, no stages, seed 7.\n") || strings.Count(got, "Chain from here on") != 1 ||
		!strings.Contains(got, "Context: A fox ran (3 tokens)\n  Chain from here on: top_p=0.5.\n") {
		t.Error(got)
	}
}
