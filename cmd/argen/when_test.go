package main

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

func TestConditions(t *testing.T) {
	steps := []argen.Step{
		{T: 0, ID: 5, Entropy: 9},
		{T: 1, ID: 7, Prob: 0.5, Rank: 1},
		{T: 2, ID: 7, Prob: 0.5, Rank: 1},
		{T: 3, ID: 7, Entropy: 4.5, Prob: 0.25, LogProb: -1.4, Surprisal: 2, SampledProb: 0.75, Rank: 2, Kept: 3},
	}
	for text, want := range map[string]bool{
		"entropy>4":                             true,
		"entropy > 4.5":                         false,
		"entropy>=4.5&&prob<=0.25":              true,
		"prob==.25":                             true,
		"prob!=0.25":                            false,
		"prob<0.05 || entropy>4":                true,
		"prob<0.05||entropy>5||repeat>=3":       true,
		"repeat>3":                              false,
		"t==3":                                  true,
		"id == 7 && !(rank<2)":                  true,
		"!rank==2":                              false,
		"kept<3 || logprob<-1.3 && prob>1":      false,
		"(kept<3 || logprob<-1.3) && prob<1":    true,
		"surprisal>1e0 && sampled_prob>=7.5e-1": true,
	} {
		var c condition
		if err := c.Set(text); err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := c.holds(steps); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
	var none condition
	if none.holds(steps) {
		t.Error("no condition holds")
	}
	var c condition
	if err := c.Set("t>=0"); err != nil || c.holds(nil) {
		t.Error("a condition holds before the first step")
	}
}

func TestConditionErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "column 1: want one of entropy, prob, logprob",
		"entropie>4":               `column 1: want one of entropy, prob, logprob, surprisal, sampled_prob, rank, kept, t, id, repeat, found "entropie>4"`,
		"entropy":                  "column 8: want >, >=, <, <=, == or != after entropy, found the end",
		"entropy = 4":              `column 9: want >, >=, <, <=, == or != after entropy, found "= 4"`,
		"entropy > four":           `column 11: want a number after entropy >, found "four"`,
		"entropy > 4.4.4":          `column 11: want a number after entropy >, found "4.4.4"`,
		"entropy > 4 or prob<1":    `column 13: want && or ||, or the end, found "or prob<1"`,
		"(entropy > 4":             "column 13: want && or ||, or ), found the end",
		"entropy > 4 &&":           "column 15: want one of entropy",
		"é > 4":                    `column 1: want one of entropy`,
		strings.Repeat("(", 1e6):   "more than 100 levels of parentheses",
		strings.Repeat("!", 1e6):   "more than 100 levels of parentheses",
		"entropy > 4 && prob < 1)": `column 24: want && or ||, or the end, found ")"`,
	} {
		var c condition
		err := c.Set(text)
		if err == nil {
			t.Errorf("%.20s: no error", text)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s:\n got %v\nwant %s", text, err, want)
		}
	}
}

// A condition built from parts holds as its parts do.
func TestConditionLogic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := argen.Step{Rank: rapid.IntRange(0, 3).Draw(t, "rank"), Kept: rapid.IntRange(0, 3).Draw(t, "kept")}
		var build func(depth int) (string, bool)
		build = func(depth int) (string, bool) {
			switch rapid.IntRange(0, 4-min(depth, 2)*2).Draw(t, "kind") {
			case 1:
				x, a := build(depth + 1)
				y, b := build(depth + 1)
				return "(" + x + ")&&(" + y + ")", a && b
			case 2:
				x, a := build(depth + 1)
				y, b := build(depth + 1)
				return "( " + x + " ) || ( " + y + " )", a || b
			case 3:
				x, a := build(depth + 1)
				return "!(" + x + ")", !a
			case 4:
				return "kept >= 2", step.Kept >= 2
			}
			return "rank<2", step.Rank < 2
		}
		text, want := build(0)
		var c condition
		if err := c.Set(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := c.holds([]argen.Step{step}); got != want {
			t.Errorf("%s is %v for rank %d, kept %d", text, got, step.Rank, step.Kept)
		}
	})
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"entropy>4 || prob<0.05", "!(t==1&&repeat>=3)", "rank", "((((", "prob<-1e-5)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c condition
		if err := c.Set(text); err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("error %q", err)
			}
			return
		}
		c.holds([]argen.Step{{}})
	})
}
