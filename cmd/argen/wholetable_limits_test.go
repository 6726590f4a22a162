package main

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"argen/sampler"
)

// A value just outside of a parameter's range is refused by flag and in a
// chain, and the message states the range.
func TestTableRanges(t *testing.T) {
	eachStage(t, func(t *testing.T, s sampler.Spec) {
		for i, p := range s.Params {
			if p.Kind != sampler.Float && p.Kind != sampler.Int {
				continue
			}
			for _, value := range outside(p) {
				if p.Flag != "" && i < len(s.Params)-s.Repeat {
					r := runArgs("", "generate", "-m", "story-ngram", "--"+p.Flag+"="+value, "x")
					if r.code != exitUsage || !strings.Contains(r.stderr, p.Range()) {
						t.Errorf("--%s=%s: exit code %d, %q, the range is %s", p.Flag, value, r.code, r.stderr, p.Range())
					}
				}
				word := s.Name + "=" + p.Name + ":" + value
				if r := runArgs("", "generate", "-m", "story-ngram", "--chain", word, "x"); r.code != exitUsage || !strings.Contains(r.stderr, p.Range()) {
					t.Errorf("--chain %s: exit code %d, %q, the range is %s", word, r.code, r.stderr, p.Range())
				}
			}
		}
	})
}

// outside are numbers just outside of a parameter's range.
func outside(p sampler.Param) []string {
	step := func(x float64, up float64) float64 {
		if p.Kind == sampler.Int {
			return x + math.Copysign(1, up)
		}
		return math.Nextafter(x, up)
	}
	var all []float64
	switch {
	case math.IsInf(p.Least, -1):
	case p.Above:
		all = append(all, p.Least)
	default:
		all = append(all, step(p.Least, math.Inf(-1)))
	}
	if !math.IsInf(p.Most, 1) {
		all = append(all, step(p.Most, math.Inf(1)))
	}
	var texts []string
	for _, x := range all {
		texts = append(texts, strconv.FormatFloat(x, 'g', -1, 64))
	}
	if p.Kind == sampler.Int {
		for i, x := range all {
			texts[i] = strconv.FormatInt(int64(x), 10)
		}
	}
	return texts
}

// A stage that stands in a chain twice, one that nobody knows, and one left
// open are refused.
func TestTableChains(t *testing.T) {
	eachStage(t, func(t *testing.T, s sampler.Spec) {
		word := wordOf(s)
		for chain, want := range map[string]string{
			word + "," + word: s.Name + " stands twice",
			word + ",":        "a stage is missing",
			s.Name + "x":      "unknown stage",
		} {
			if r := runArgs("", "sample", "--chain", chain, "x"); r.code != exitUsage || !strings.Contains(r.stderr, want) {
				t.Errorf("--chain %s: exit code %d, %q, want %q", chain, r.code, r.stderr, want)
			}
		}
	})
}

// A vocabulary of one token goes through every stage; logits that are no
// distribution are refused in plain words, whatever the chain.
func TestTableLogits(t *testing.T) {
	eachStage(t, func(t *testing.T, s sampler.Spec) {
		word := "temperature=1"
		if s.Example == "" { // one with tokens needs their names
			word = s.Name
		}
		r := runArgs("[-3.5]", "sample", "--logits", "-", "--chain", word, "--draws", "3", "--json", "-q")
		if r.code != 0 || !strings.Contains(r.stdout, `"probs":[1],"removed":[],"draws":[0,0,0]`) {
			t.Errorf("%s: exit code %d, %s%s", word, r.code, r.stdout, r.stderr)
		}
		for logits, want := range map[string]string{
			`[1, "nan", 2]`:     "logits: the logit of token 1 is NaN (1 of 3 logits are not finite)",
			`[1, 2, "inf"]`:     "logits: the logit of token 2 is +Inf (1 of 3 logits are not finite)",
			`["-inf", "-inf"]`:  "logits: all 2 logits are -Inf: no token can follow here",
			`[]`:                "logits: the vocabulary is empty: there are no logits",
			`["nan", "nan", 1]`: "logits: the logit of token 0 is NaN (2 of 3 logits are not finite)",
		} {
			r := runArgs(logits, "sample", "--logits", "-", "--chain", word, "-q")
			if r.code != exitFailed || !strings.HasPrefix(r.stderr, "argen: "+want) {
				t.Errorf("%s of %s: exit code %d, %q, want %q", word, logits, r.code, r.stderr, want)
			}
		}
	})
}

// A chain that would leave no token leaves the last one standing, and the
// ledger says who removed the others.
func TestTableLastStanding(t *testing.T) {
	t.Chdir(t.TempDir())
	out := succeed(t, "", slices.Concat([]string{"sample"}, onTable, []string{"--json", "--chain", "greedy,top_k=1,min_p=1,top_p=0.001", "--draws", "3", tablePrompt})...)
	var s struct {
		Draws   []int
		Removed []struct{ By string }
		Stages  []struct{ Kept int }
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	for _, g := range s.Stages {
		if g.Kept != 1 {
			t.Errorf("kept %d", g.Kept)
		}
	}
	for _, r := range s.Removed {
		if r.By != "greedy" {
			t.Errorf("removed by %q", r.By)
		}
	}
	if len(s.Draws) != 3 || s.Draws[0] != s.Draws[2] {
		t.Errorf("draws %v", s.Draws)
	}
}

// A stage that would remove all that is left says that the last one stays
// against its rule, whichever way it removes, in every view and in the trace.
func TestLastStanding(t *testing.T) {
	t.Chdir(t.TempDir())
	for chain, want := range map[string]bool{`ban="#0"/"#1"`: true, `logit_bias="#0"/-inf/"#1"/-inf`: true, `ban="#0"`: false, "greedy": false} {
		args := []string{"sample", "--logits", "-", "--chain", chain, "--seed", "1"}
		text, record := succeed(t, "[2, 1]", args...), succeed(t, "[2, 1]", append(args, "--json")...)
		if strings.Contains(text, ", the last one stays, ") != want || strings.Contains(record, `"last_standing":true`) != want {
			t.Errorf("%s: want %t\n%s%s", chain, want, text, record)
		}
	}
	flags := []string{"--chain", `top_k=2,ban="sunny"/"windy"`, "-n", "1", "--log", "log.jsonl", tablePrompt}
	if out := succeed(t, "", slices.Concat([]string{"step", "--plain"}, onTable, flags)...); !strings.Contains(out, "Stage ban: 2 → 1 token, removes P = 0.4495, the last one stays; ") {
		t.Error(out)
	}
	if out := succeed(t, "", "step", "--replay", "log.jsonl", "--json"); strings.Count(out, `"last_standing":true`) != 1 {
		t.Error(out)
	}
	succeed(t, "", "verify", "log.jsonl")
}
