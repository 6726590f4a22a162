package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"argen/sampler"
)

// Every stage is a strategy too: compare writes with it what generate writes.
func TestTableCompared(t *testing.T) {
	bytes := inBytes(t)
	t.Chdir(t.TempDir())
	eachStage(t, func(t *testing.T, s sampler.Spec) {
		word, on := wordOf(s), onTable
		if s.Group == sampler.Constraint {
			on = bytes
		}
		model := on[:2]
		out := succeed(t, "", slices.Concat([]string{"compare"}, model, []string{
			"-q", "--json", "--samples", "2", "--seed", "3", "-n", "6",
			"--strategy", "plain: none", "--strategy", "stage: " + word, tablePrompt,
		})...)
		var compared struct {
			Strategies []struct {
				Name, Chain string
				Samples     []struct {
					Seed uint64
					Text string
				}
			}
		}
		if err := json.Unmarshal([]byte(out), &compared); err != nil {
			t.Fatal(err)
		}
		if n := len(compared.Strategies); n != 2 {
			t.Fatalf("%d strategies", n)
		}
		stage := compared.Strategies[1]
		var generated struct{ Text, Chain string }
		for _, sample := range stage.Samples {
			line := succeed(t, "", slices.Concat([]string{"generate"}, model, []string{
				"-q", "--json", "--chain", word, "-n", "6", "--seed", strconv.FormatUint(sample.Seed, 10), tablePrompt,
			})...)
			if err := json.Unmarshal([]byte(line), &generated); err != nil {
				t.Fatal(err)
			}
			if generated.Text != sample.Text || generated.Chain != stage.Chain {
				t.Errorf("seed %d: compare writes %q by %s, generate %q by %s", sample.Seed, sample.Text, stage.Chain, generated.Text, generated.Chain)
			}
		}
		if len(stage.Samples) != 2 {
			t.Errorf("%d samples", len(stage.Samples))
		}
	})
}
