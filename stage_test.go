package argen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"argen"

	"github.com/google/go-cmp/cmp"
)

// named is a stage that must be bound: it keeps one token, which it names by
// its text, and remembers how probable all were.
type named struct {
	Word string `json:"word"`
	id   argen.ID
	told *[]argen.Drawn
}

func (named) Name() string     { return "named" }
func (n named) String() string { return "named=" + n.Word }

func (n named) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	var err error
	n.id, err = argen.FindToken(t, n.Word)
	return n, err
}

func (n named) Apply(c *argen.Candidates, _ argen.Past) {
	if !c.Has(n.id) {
		c.Fail(errors.New(n.Word + " cannot follow"))
		return
	}
	c.Remember()
	c.Filter(func(id argen.ID, _ float64) bool { return id == n.id })
}

func (n named) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "it is not " + n.Word }
}

func (n named) Learn(drawn argen.Drawn) argen.Transform {
	*n.told = append(*n.told, drawn)
	return n
}

// A stage that names tokens is bound before it works, tells why it removed the
// others, and learns how probable the drawn one was before.
func TestBoundStage(t *testing.T) {
	var told []argen.Drawn
	g := truth(1)
	g.Chain, g.Top = []argen.Transform{named{Word: "sunny", told: &told}}, 3
	r := start(t, g, "It was a")
	step := steps(t, r, 1)
	if g.Chain[0].(named).id != 0 {
		t.Error("the stage at work took the place of the one in the chain that was given")
	}
	if step.Token != "sunny" || step.Kept != 1 || step.SampledProb != 1 {
		t.Fatalf("%+v", step)
	}
	want := []argen.Drawn{{ID: step.ID, Prob: 1, Before: step.Prob}}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("learned %s", d)
	}
	for _, top := range step.Top {
		if by, why := top.RemovedBy, top.Why; top.ID != step.ID && (by != "named" || why != "it is not sunny") || top.ID == step.ID && by+why != "" {
			t.Errorf("%s is removed by %q, %q", top.Token, by, why)
		}
	}
	if s := step.Stages[0]; s.Kept != 1 || s.In < 2 || s.EntropyIn != step.Entropy || s.Entropy != 0 {
		t.Errorf("the ledger has %+v", s)
	}
	// Where it cannot work, the prediction fails and nothing is appended.
	_, err := r.Predict(t.Context())
	if err == nil || err.Error() != "step 1: named: sunny cannot follow" {
		t.Errorf("it fails with %v", err)
	}
	if _, err := r.Append(step.ID); err == nil {
		t.Error("a token was appended after a failed prediction")
	}
	if err := r.SetChain(nil); err != nil {
		t.Fatal(err)
	}
	steps(t, r, 1)
}

// upTo is a stage that calls the text complete after that many tokens.
type upTo int

func (upTo) Name() string   { return "up_to" }
func (upTo) String() string { return "up_to" }

func (n upTo) Apply(c *argen.Candidates, past argen.Past) {
	if len(past.IDs)-past.Prompt == int(n) {
		c.Fail(fmt.Errorf("up to here: %w", argen.ErrComplete))
	}
}

// A text that a stage calls complete ends there without an error, and goes on
// once a step is taken back or the stage is taken away.
func TestCompleteText(t *testing.T) {
	var trace argen.Trace
	g := truth(1)
	g.Chain, g.Sinks = []argen.Transform{upTo(2)}, []argen.Sink{&trace}
	r := start(t, g, "It was")
	steps(t, r, 2)
	if _, err := r.Predict(t.Context()); !errors.Is(err, io.EOF) || r.Over() != argen.Complete {
		t.Fatalf("the third prediction: %v, over: %q", err, r.Over())
	}
	if err := r.Close(io.EOF); err != nil || trace.Ended == nil || trace.Ended.Reason != argen.Complete || trace.Ended.Tokens != 2 {
		t.Errorf("it ends with %v, %+v", err, trace.Ended)
	}
	if err := r.Back(1); err != nil || r.Over() != "" {
		t.Errorf("after a step back: %v, over: %q", err, r.Over())
	}
	steps(t, r, 1)
	if _, err := r.Predict(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("once more: %v", err)
	}
	if err := r.SetChain(nil); err != nil || r.Over() != "" {
		t.Errorf("with another chain: %v, over: %q", err, r.Over())
	}
	steps(t, r, 1)
}

func TestStageThatDoesNotFit(t *testing.T) {
	g := truth(1)
	g.Chain = []argen.Transform{named{Word: "xyzzy"}}
	if _, err := g.Start("It"); err == nil || !strings.HasPrefix(err.Error(), "named: ") {
		t.Errorf("a chain that does not fit: %v", err)
	}
	g.Chain = chain(t, "top_k=2")
	r := start(t, g, "It")
	if err := r.SetChain([]argen.Transform{named{Word: "xyzzy"}}); err == nil || argen.FormatChain(r.Chain()) != "top_k=2" {
		t.Errorf("%v, the chain is %s", err, argen.FormatChain(r.Chain()))
	}
}

// What stages throw does not move the dice of the tokens: the same seed gives
// the same u at every position, with or without them.
func TestStageDiceAreTheirOwn(t *testing.T) {
	var throws [2][]float64
	for i, stages := range [][]argen.Transform{nil, {gambler{}, gambler{}}} {
		g := truth(5)
		g.Chain = stages
		r := start(t, g, "It")
		for range 8 {
			throws[i] = append(throws[i], steps(t, r, 1).U)
		}
	}
	if !slices.Equal(throws[0], throws[1]) {
		t.Errorf("u without and with dice of stages: %v", throws)
	}
}

// told is an explanation.
type told string

func (s told) String() string               { return string(s) }
func (s told) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]string{"how": string(s)}) }

// A token that a search picked is recorded with how, reads back so, and
// verifies.
func TestPick(t *testing.T) {
	var log bytes.Buffer
	g := truth(1)
	g.Search, g.Sinks = "by hand", []argen.Sink{argen.NewJSONL(&log)}
	r := start(t, g, "It")
	c, err := r.Predict(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	step, err := r.Pick(c.At(0).ID, told("the best"))
	if err != nil || !step.Forced || step.Choice.String() != "the best" {
		t.Fatalf("%+v, %v", step, err)
	}
	if drawn := steps(t, r, 1); drawn.Choice != nil || drawn.Forced {
		t.Errorf("a token drawn after it: %+v", drawn)
	}
	if err := r.Close(nil); err != nil {
		t.Fatal(err)
	}
	traces, err := argen.ReadTraces("log", bytes.NewReader(log.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	back := traces[0]
	data, err := back.Steps[0].Choice.MarshalJSON()
	if err != nil || back.Head.Search != "by hand" || back.Steps[0].Choice.String() != "the best" || string(data) != `{"how":"the best"}` {
		t.Errorf("read back: %q, %v, %s, %v", back.Head.Search, back.Steps[0].Choice, data, err)
	}
	if err := argen.Verify(context.Background(), g, back, parse); err != nil {
		t.Error(err)
	}
}

// hashed is a vocabulary in which every text can be written, a token a byte.
type hashed struct{ argen.Tokenizer }

func (hashed) Encode(text string) ([]argen.ID, error) { return make([]argen.ID, len(text)), nil }

func TestFindTokens(t *testing.T) {
	tok := truth(1).Tokenizer
	was, err := argen.FindToken(tok, "was")
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string][]argen.ID{"was": {was}, "#3": {3}, "#3 #12": {3, 12}, "</s>": {1}} {
		if got, err := argen.FindTokens(tok, word); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is %v, %v, want %v", word, got, err, want)
		}
	}
	hashes := hashed{tok}
	for _, word := range []string{"#include", "# 3", "#", "#-1", "#1 x", "#1 #x"} {
		if ids, err := argen.FindTokens(hashes, word); err != nil || len(ids) != len(word) {
			t.Errorf("the text %q is %v, %v", word, ids, err)
		}
	}
	for word, want := range map[string]bool{"#3": true, " #3\t#12 ": true, "": false, " ": false, "#": false, "3": false, "#3 4": false, "#3x": false, "#-1": false} {
		if argen.AreIDs(word) != want {
			t.Errorf("%q are ids: %v", word, !want)
		}
	}
	if ids, err := argen.FindTokens(tok, "It was"); err != nil || len(ids) != 2 || ids[1] != was {
		t.Errorf("two words are %v, %v", ids, err)
	}
	for _, word := range []string{"#99999", "#99999999999999999999", "#1 #99999", "#1 x", "xyzzy"} {
		if ids, err := argen.FindTokens(tok, word); err == nil {
			t.Errorf("%q is %v", word, ids)
		}
	}
	if _, err := argen.FindToken(tok, "It was"); err == nil || !strings.Contains(err.Error(), "2 tokens") {
		t.Errorf("one token of two words: %v", err)
	}
}
