package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

// onTable are flags of the tests of the whole table: in this model every token
// is possible, so that no stage leads to a dead end.
var onTable = []string{"-m", "story-ngram", "--seed", "3", "-q"}

// inBytes are those for stages that constrain the text: a model that can write
// any text.
func inBytes(t *testing.T) []string {
	t.Helper()
	path, err := filepath.Abs("../../model/transformer/testdata/gpt2")
	if err != nil {
		t.Fatal(err)
	}
	return []string{"-m", path, "--seed", "3", "-q"}
}

const tablePrompt = "It was a"

// wordOf is a stage as a chain may have it, at work if its first number is what
// switches it off.
func wordOf(s sampler.Spec) string {
	switch {
	case s.Example != "":
		return s.Example
	case len(s.Params) > 0 && s.Params[0].Default == s.Params[0].Off:
		return s.Name + "=" + working(s.Params[0])
	}
	return s.Name
}

// working is a number at which a parameter does not switch its stage off: the
// default, or one near it.
func working(p sampler.Param) string {
	for _, x := range []float64{p.Default, p.Default + 0.5, p.Default + 1, p.Default + 2} {
		if x != p.Off && p.Check(sampler.Value{Number: x}) == nil {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
	}
	return strconv.FormatFloat(p.Default, 'f', -1, 64)
}

// eachStage runs a test for every stage of the table.
func eachStage(t *testing.T, test func(t *testing.T, s sampler.Spec)) {
	for _, s := range sampler.Table {
		t.Run(s.Name, func(t *testing.T) { test(t, s) })
	}
}

// Every stage works in every command, alone and among others: the trace names
// the chain as it can be pasted back to the same bytes, holds when it is run
// again, and is shown again as it was.
func TestTableByChain(t *testing.T) {
	bytes := inBytes(t)
	t.Chdir(t.TempDir())
	eachStage(t, func(t *testing.T, s sampler.Spec) {
		word, args := wordOf(s), onTable
		among := "top_k=30," + word + ",temperature=1.1"
		if s.Group == sampler.Constraint {
			args, among = bytes, word+",top_k=30,temperature=1.1" // else it may find no token that it can let pass
		}
		checkChain(t, args, "--chain", word)
		if s.Name != "temperature" && s.Name != "top_k" {
			checkChain(t, args, "--chain", among)
		}
	})
}

// Every stage that has flags works by them as it does by its chain.
func TestTableByFlags(t *testing.T) {
	bytes := inBytes(t)
	t.Chdir(t.TempDir())
	eachStage(t, func(t *testing.T, s sampler.Spec) {
		flags, args := flagsOf(t, s), onTable
		if s.Group == sampler.Constraint {
			args = bytes
		}
		if flags == nil {
			return
		}
		chain := checkChain(t, args, flags...)
		if !strings.Contains(","+chain, ","+s.Name) {
			t.Errorf("%q make the chain %s", flags, chain)
		}
	})
}

// flagsOf are flags that put a stage into the chain: its values as the word of
// the table has them.
func flagsOf(t *testing.T, s sampler.Spec) []string {
	t.Helper()
	if len(s.Params) == 0 {
		return []string{"--" + s.Switch()}
	}
	stages, err := sampler.Parse(wordOf(s))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(stages[0])
	var fields map[string]any
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		t.Fatal(err)
	}
	var args []string
	for i, p := range s.Params {
		if p.Flag == "" {
			continue
		}
		value := working(p)
		switch list := i >= len(s.Params)-s.Repeat; {
		case p.Kind == sampler.Choice:
			value = p.Words[0]
		case list && s.Repeat == 2:
			value = "a=-1.5"
		case p.File:
			value = s.Name + ".txt"
			if err := os.WriteFile(value, []byte(fields[p.Name].(string)), 0o600); err != nil {
				t.Fatal(err)
			}
		case p.Kind == sampler.Text || p.Kind == sampler.Token:
			value = "a"
			if text, ok := fields[p.Name].(string); ok {
				value = text
			}
		case list:
			value = strconv.FormatFloat(math.Max(p.Least, 0), 'g', -1, 64)
		}
		args = append(args, "--"+p.Flag, value)
	}
	return args
}

// checkChain runs step, generate, verify, sample and a replay with flags, and
// returns the chain that they made.
func checkChain(t *testing.T, on []string, flags ...string) string {
	t.Helper()
	args := slices.Concat(on, flags)
	with := func(command string, more ...string) []string {
		return slices.Concat([]string{command}, args, more, []string{tablePrompt})
	}
	trace := succeed(t, "", with("step", "--json", "-n", "6")...)
	var head struct{ Chain string }
	if err := json.Unmarshal([]byte(strings.SplitN(trace, "\n", 2)[0]), &head); err != nil {
		t.Fatal(err)
	}
	succeed(t, "", with("generate", "--log", "log.jsonl", "-n", "6", "--top", "10")...)
	logged, err := os.ReadFile("log.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if string(logged) != trace {
		t.Errorf("%q: generate logs other bytes than step --json prints", flags)
	}
	if back := succeed(t, "", slices.Concat([]string{"step"}, on, []string{"--json", "-n", "6", "--chain", head.Chain, tablePrompt})...); back != trace {
		t.Errorf("%q: the chain %s pasted back gives other bytes", flags, head.Chain)
	}
	succeed(t, "", "verify", "log.jsonl")
	if again := succeed(t, "", "step", "--json", "--replay", "log.jsonl"); again != trace {
		t.Errorf("%q: replayed it gives other bytes", flags)
	}
	for _, out := range []string{
		succeed(t, "", with("step", "--plain", "-n", "3", "--why", "a")...),
		succeed(t, "", "step", "--plain", "--replay", "log.jsonl"),
		succeed(t, "", with("sample", "--draws", "5")...),
	} {
		if argen.Printable(out) != out {
			t.Errorf("%q prints %q", flags, out)
		}
	}
	ascii := succeed(t, "", with("step", "--plain", "--ascii", "-n", "6", "--why", "the")...)
	if i := strings.IndexFunc(ascii, func(r rune) bool { return r > '~' && r != '“' && r != '”' }); i >= 0 { // which are tokens
		t.Errorf("%q: --ascii prints %.60q", flags, ascii[max(0, i-20):])
	}
	checkSampled(t, succeed(t, "", with("sample", "--json", "--draws", "5")...), flags)
	checkEdit(t, with)
	return head.Chain
}

// checkSampled checks the ledger of a distribution: what is kept sums to 1, and
// every token that went has a stage and a reason.
func checkSampled(t *testing.T, out string, flags []string) {
	t.Helper()
	var s struct {
		Probs   []float64
		Removed []struct{ By, Why string }
		Stages  []struct {
			In, Kept int
			Mass     float64 `json:"mass_removed"`
		}
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	sum, kept := 0.0, 0
	for _, p := range s.Probs {
		sum += p
		if p > 0 {
			kept++
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("%q: what is left sums to %v", flags, sum)
	}
	last := s.Stages[0].In
	possible := last
	for _, g := range s.Stages {
		if g.In != last || g.Kept < 1 || g.Kept > g.In || g.Mass < 0 || g.Mass > 1 || g.Kept == g.In && g.Mass > 0 {
			t.Errorf("%q: a stage with %+v after %d tokens", flags, g, last)
		}
		last = g.Kept
	}
	takesBack := strings.Contains(fmt.Sprint(flags), "allow") || strings.Contains(fmt.Sprint(flags), "forced") // what was ruled out
	if len(s.Removed) != possible-last && !takesBack || len(s.Removed) > possible || kept > last {
		t.Errorf("%q: %d tokens removed of %d, %d kept, %d with a probability", flags, len(s.Removed), possible, last, kept)
	}
	for _, r := range s.Removed {
		if r.By == "" || r.Why == "" {
			t.Errorf("%q: a token was removed by %q, since %q", flags, r.By, r.Why)
			break
		}
	}
}

// checkEdit checks that putting in place what was drawn changes nothing,
// whatever stages learn and throw.
func checkEdit(t *testing.T, with func(string, ...string) []string) {
	t.Helper()
	var drawn generated
	if err := json.Unmarshal([]byte(succeed(t, "", with("generate", "--same-dice", "--json", "-n", "12")...)), &drawn); err != nil {
		t.Fatal(err)
	}
	if len(drawn.IDs) < 4 {
		return // the text ended
	}
	var c struct {
		Changed  []int
		Original generated
	}
	out := succeed(t, "", with("step", "--json", "-n", "12", "--edit", fmt.Sprintf("2=#%d", drawn.IDs[2]))...)
	if err := json.Unmarshal([]byte(out), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Changed) > 0 || c.Original.Text != drawn.Text {
		t.Errorf("%q: no edit, but %v change", with(""), c.Changed)
	}
}
