package report

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen"
)

// TestTraceView: what a page says of a text is what its trace has.
func TestTraceView(t *testing.T) {
	tr := trace(3, "the")
	tr.Ended.Text = " the the"
	tr.Steps[0].Forced = true
	tr.Steps[1].Gumbel, tr.Steps[1].Noise = true, 1.25
	tr.Steps[2].Text, tr.Steps[2].Prob = "\n\n", 1
	tr.Ended.Reason = argen.StopToken
	s, err := Trace{Name: "a.jsonl", Trace: tr}.section(generous(t))
	if err != nil {
		t.Fatal(err)
	}
	v := s.View.(traceView)
	for name, pair := range map[string][2]any{
		"title": {"A text: the the the", s.Title},
		// e^1.234567 = 3.4369; 1.234567 / ln 2 = 1.7811 bits
		"total": {[]string{"−3.704", "1.781", "3.437"}, v.Total},
		"ended": {"stop_token: the model ended it", v.Ended},
		"head":  {[]string{"a.jsonl", "the", "7", "ltr"}, []string{v.Name, v.Chain, v.Seed, v.Dir}},
		"words": {[]word{
			{T: 0, Blank: " ", Text: "the", Prob: "0.291", Shade: 3},
			{T: 1, Blank: " ", Text: "the", Prob: "0.291", Shade: 3},
			{T: 2, Text: `\n\n`, Breaks: 2, Prob: "1", Shade: 9},
		}, v.Words},
		"steps": {[][]string{
			{"0", "the", "0.2909", "2", "1.781", "3.21", "0.4", "3", "−1.235", "given"},
			{"1", "the", "0.2909", "2", "1.781", "3.21", "0.4", "3", "−2.469", "noise 1.25"},
			{"2", "the", "1", "2", "1.781", "3.21", "0.4", "3", "−3.704", "drawn, u = 0.25"},
		}, v.Steps.Rows},
		"figures": {len(traceCharts), len(v.Figures)},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s (-want, +got):\n%s", name, diff)
		}
	}
}

// TestTitle: a long text is cut where 60 letters end, and a text of nothing has a
// name.
func TestTitle(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "A text: (nothing was written)",
		"a\n  b":                "A text: a b",
		strings.Repeat("é", 60): "A text: " + strings.Repeat("é", 60),
		strings.Repeat("é", 61): "A text: " + strings.Repeat("é", 59) + "…",
	} {
		s, err := Trace{Name: "x", Trace: &argen.Trace{Head: argen.Header{PromptText: text}}}.section(generous(t))
		if err != nil || s.Title != want {
			t.Errorf("%q is called %q, want %q (%v)", text, s.Title, want, err)
		}
	}
}

// TestWord: blanks stand before a word, a token that adds nothing shows itself.
func TestWord(t *testing.T) {
	for _, test := range []struct {
		token, text string
		prob        float64
		want        word
	}{
		{" the", " the", .5, word{Blank: " ", Text: "the", Prob: "0.5", Shade: 5}}, // 4.5 ninths
		{"</s>", "", .001, word{Text: "</s>", Prob: "0.001"}},
		{"\xe2\x82", "", 0, word{Text: visible("\xe2\x82"), Prob: "0"}},
		{"  ", "  ", 2, word{Text: "··", Prob: "2", Shade: 9}},
		{"", "", math.NaN(), word{Text: "∅", Prob: "–"}},
		{"a\nb\n", "a\nb\n", 1, word{Text: `a\nb\n`, Breaks: 2, Prob: "1", Shade: 9}},
	} {
		if diff := cmp.Diff(test.want, newWord(&argen.Step{Token: test.token, Text: test.text, Prob: test.prob})); diff != "" {
			t.Errorf("%q (-want, +got):\n%s", test.token, diff)
		}
	}
	for breaks, want := range []int{0, 1, 2, 3, 3} {
		if got := len(word{Breaks: breaks}.LineEnds()); got != want {
			t.Errorf("%d line ends are shown as %d", breaks, got)
		}
	}
}

// TestCandidates: those that a page has no room for are counted among the others,
// so that probabilities still sum to 1; the chosen one is always there.
func TestCandidates(t *testing.T) {
	s := argen.Step{
		ID: 9, Rest: argen.Rest{Tokens: 4000, Prob: .05, SampledProb: .01},
		Top: []argen.TopToken{
			{ID: 1, Token: " a", Prob: .5, SampledProb: .7},
			{ID: 2, Token: "b", Prob: .25, SampledProb: .19},
			{ID: 3, Token: "c", Prob: .125, RemovedBy: "top_k", Why: "rank 3 > 2"},
			{ID: 9, Token: "d", Prob: .075, SampledProb: .1, RemovedBy: "top_p"},
		},
	}
	all := []candidateData{
		{Token: "·a", P: .5, Q: .7},
		{Token: "b", P: .25, Q: .19},
		{Token: "c", P: .125, Note: 1},
		{Token: "d", P: .075, Q: .1, Chosen: true, Note: 2},
	}
	alone, notes := all[3], []string{"removed by top_k: rank 3 > 2", "removed by top_p"}
	alone.Note = 1
	for room, want := range map[int]stepData{
		1:  {Candidates: []candidateData{all[0], alone}, Notes: notes[1:], Rest: &restData{"all others (4,002)", .425, .2}},
		4:  {Candidates: all, Notes: notes, Rest: &restData{"all others (4,000)", .05, .01}},
		20: {Candidates: all, Notes: notes, Rest: &restData{"all others (4,000)", .05, .01}},
	} {
		p := generous(t)
		p.thrift.candidates = room
		var got stepData
		p.candidates(&got, &s, "a.jsonl")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("room for %d (-want, +got):\n%s", room, diff)
		}
		if says := strings.Join(p.notes, "\n") == "a.jsonl: candidates of a step after the best 1"; says != (room == 1) {
			t.Errorf("room for %d: the page notes %q", room, p.notes)
		}
	}
	var got stepData
	s.Rest, s.Top = argen.Rest{}, s.Top[:1]
	if generous(t).candidates(&got, &s, "a.jsonl"); got.Rest != nil {
		t.Errorf("nothing is left, and the page has %+v", got.Rest)
	}
}

// TestStages: what each stage did, with its parameters.
func TestStages(t *testing.T) {
	tr := trace(2, "x")
	tr.Steps[1].Stages = []argen.Stage{
		{Name: "top_p", Params: json.RawMessage(`{"p":0.9,"keep":2,"name":"y"}`), In: 49152, Kept: 9, MassRemoved: .0987, EntropyIn: 3.2321, Entropy: 3.088},
		{Name: "greedy", Params: json.RawMessage(`{}`), In: 9, Kept: 9, EntropyIn: 3.088, Entropy: 3.088},
		{Name: "odd", Params: json.RawMessage(`[`), In: 9, Kept: 1, LastStanding: true},
	}
	d := generous(t).traceData(tr, tr.Steps, "a.jsonl")
	want := []stageData{
		{Name: "top_p (keep = 2, p = 0.9)", Tokens: "49,152 → 9", Removed: "0.0987", Entropy: "3.232 → 3.088"},
		{Name: "greedy", Tokens: "9", Removed: "0", Entropy: "3.088", Idle: true},
		{Name: "odd", Tokens: "9 → 1", Removed: "0", Entropy: "0"},
	}
	if diff := cmp.Diff(want, d.Steps[1].Stages); diff != "" {
		t.Errorf("(-want, +got):\n%s", diff)
	}
	for got, want := range map[string]string{
		d.Steps[1].Head: "Step 1 (of 0 to 1): x",
		d.Steps[1].Said: "P = 0.2909, rank 2, surprisal 1.781 bits; the model’s uncertainty was 3.21 bits.",
		d.Steps[1].How:  "The dice gave u = 0.25, which falls into the token’s part [0.2, 0.6).",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// picked is why a search picked a token.
type picked string

func (p picked) String() string               { return string(p) }
func (p picked) MarshalJSON() ([]byte, error) { return json.Marshal(string(p)) }

// TestHow: how a token came to be chosen, in a word and in a sentence.
func TestHow(t *testing.T) {
	p := generous(t)
	for _, c := range []struct {
		step        argen.Step
		short, long string
	}{
		{argen.Step{U: .25, Low: .2, High: .6}, "drawn, u = 0.25", "The dice gave u = 0.25, which falls into the token’s part [0.2, 0.6)."},
		{argen.Step{Forced: true}, "given", "It was given, not drawn."},
		{argen.Step{Gumbel: true, Noise: -.5}, "noise −0.5", "It had the largest sum of ln P and noise; its noise was −0.5."},
		{argen.Step{Forced: true, Choice: picked("best of all")}, "search", "The search picked it: best of all"},
	} {
		if short, long := p.how(&c.step, true), p.how(&c.step, false); short != c.short || long != c.long {
			t.Errorf("%q and %q, want %q and %q", short, long, c.short, c.long)
		}
	}
}
