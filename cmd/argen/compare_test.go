package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/internal/strict"
)

func TestParseStrategy(t *testing.T) {
	for text, want := range map[string][2]string{ // name, chain and search
		"top_p=0.9":                            {"top_p=0.9", "top_p=0.9"},
		"cut: top_p=0.9, temperature=0.8":      {"cut", "top_p=0.9,temperature=0.8"},
		"cut:greedy":                           {"cut", "greedy"},
		"T=0.7: temperature=0.7":               {"T=0.7", "temperature=0.7"},
		"beams=4":                              {"beams=4", "beams=4"},
		"x: temperature=0.8,beams=4":           {"x", "temperature=0.8,beams=4"},
		"x: beams=4,temperature=0.8":           {"x", "temperature=0.8,beams=4"},
		"x: beams=4/length_penalty:0.5":        {"x", "beams=4/length_penalty:0.5"},
		"beams=4/length_penalty:0.5":           {"beams=4/length_penalty:0.5", "beams=4/length_penalty:0.5"},
		`x: ban="a, beams=2",top_k=3`:          {"x", `ban="a, beams=2",top_k=3`},
		`ban="a: b"`:                           {`ban="a: b"`, `ban="a: b"`},
		"none":                                 {"none", "none"},
		"argen":                                {"argen", "temperature=1"},
		"ours: preset argen":                   {"ours", "temperature=1"},
		"preset argen":                         {"preset argen", "temperature=1"},
		" min-p : min_p=0.1 ":                  {"min-p", "min_p=0.1"},
		`d: draft="story-ngram",temperature=2`: {"d", `temperature=2,draft="story-ngram"`},
	} {
		s, err := parseStrategy(text)
		if err != nil || s.Name != want[0] || s.String() != want[1] {
			t.Errorf("%q: %q, %q, %v; want %q", text, s.Name, s, err, want)
		}
	}
}

// What a strategy says can be read again: that is how a comparison goes on.
func TestUsualStrategies(t *testing.T) {
	for _, u := range usualStrategies {
		s, err := strategyOf(u.text)
		if err != nil || s.String() != u.text && s.String()+"/4" != u.text {
			t.Errorf("%s: %q, %v", u.name, s, err)
		}
		again, err := strategyOf(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%s: %q, %v", u.name, again, err)
		}
	}
}

func TestReadStrategies(t *testing.T) {
	all, err := readStrategies("x.yaml", []byte(`
# a comment
nucleus: top_p=0.9
"two words": {chain: "temperature=0.8", search: beams=2}
ours: {preset: argen}
`))
	if err != nil || len(all) != 3 || all[0].Name != "nucleus" || all[1].Name != "two words" || all[1].String() != "temperature=0.8,beams=2" || all[2].String() != "temperature=1" {
		t.Errorf("%v, %v", all, err)
	}
	all, err = readStrategies("x.yaml", []byte("- greedy\n- \"hot: temperature=2\"\n- {name: llama, preset: argen}\n- {search: beams=3}\n"))
	if err != nil || len(all) != 4 || all[0].Name != "greedy" || all[1].Name != "hot" || all[2].Name != "llama" || all[3].Name != "beams=3" {
		t.Errorf("%v, %v", all, err)
	}
	for text, want := range map[string]string{
		"":                             "x.yaml: it is empty",
		"# nothing\n":                  "x.yaml: it is empty",
		"{}":                           "x.yaml:1:1: there is nothing in it",
		"[]":                           "x.yaml:1:1: there is nothing in it",
		"a: ~":                         "x.yaml:1:4: found nothing where a chain should stand",
		"greedy":                       "x.yaml:1:1: found a text: want a map of strategies, or a list",
		"a: [greedy]":                  "x.yaml:1:4: found a list where a chain should stand",
		"a:\nb: greedy":                "x.yaml:1:3: found nothing where a chain should stand",
		"a: greedy\n  b: c":            "mapping values are not allowed",
		"a: top_p=2":                   `x.yaml:1:4: "a": chain, column 7: top_p: p "2" is out of range`,
		"- {chain: greedy, chian: x}":  `x.yaml:1:19: unknown field "chian" (did you mean chain?)`,
		"- {chain: greedy, chain: x}":  "chain stands twice",
		"a: {name: b, chain: greedy}":  `x.yaml:1:5: "a" has its name before the colon already`,
		"a: {name: }":                  "x.yaml:1:5: ",
		"a: {preset: argen, chain: x}": "a preset is a chain of its own",
		"- {name: a}":                  "it has no chain, no search and no preset",
		"- {preset: lama}":             `unknown preset "lama"`,
		"a: &x greedy\nb: *x":          "is an anchor or alias: write it out",
		"{<<: {a: greedy}}":            "",
		"a: greedy\n---\nb: greedy":    "x.yaml:2:1: a second document begins",
		"? [a]\n: greedy":              "found a list where the name of a strategy should stand",
		"- - greedy":                   "x.yaml:1:3: found a list where a strategy should stand",
		strings.Repeat("[", 20000):     "x.yaml: ",
		"a: greedy,beams=2":            "leave out one of them",
	} {
		_, err := readStrategies("x.yaml", []byte(text))
		var at *strict.Error
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &at) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadStrategies(f *testing.F) {
	f.Add([]byte("a: greedy\nb: {chain: top_p=0.9, search: beams=4}\n"))
	f.Add([]byte("- greedy\n- {name: x, preset: argen}\n"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := readStrategies("x.yaml", data)
		if err != nil {
			return
		}
		for _, s := range all {
			if s.Name == "" {
				t.Errorf("%q has a strategy without a name", data)
			}
			if again, err := strategyOf(s.String()); err != nil || again.String() != s.String() {
				t.Errorf("%q is not read again: %v", s, err)
			}
		}
	})
}

func FuzzParseComparison(f *testing.F) {
	f.Add([]byte(`{"model":"m","samples":2,"metrics":[{"name":"x"}],"strategies":[{"name":"a","metrics":{"x":{"mean":1,"lo":"nan","hi":"inf","texts":[1,2,3],"difference":{"noise":false}}}}],"step":{"t":1,"tokens":[{"token":"a","prob":1}],"strategies":[{"name":"a","kept":1,"entropy":0,"probs":[1],"rest":0}]}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseComparison("x.json", data)
		if err != nil {
			return
		}
		d := c.chart()
		for _, s := range d.Strategies {
			if len(s.Values) != len(d.Metrics) {
				t.Errorf("%d numbers for %d metrics", len(s.Values), len(d.Metrics))
			}
		}
	})
}

// However much of a comparison is there, the rest makes the same bytes of it;
// what is damaged is said with its line.
func TestCompareGoesOn(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	args := []string{"compare", "-m", "story-ngram", "--samples", "4", "-n", "20", "--strategy", "temperature=1", "--strategy", "greedy", "--strategy", "beams=2", "--show", "0"}
	succeed(t, "", append(args, "-o", whole)...)
	read := func(folder, name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	samples := read(whole, samplesFile)
	head := bytes.IndexByte(samples, '\n') + 1
	for i, cut := range []int{head, head + 1, head + 700, len(samples) / 2, len(samples) - 1, len(samples)} {
		part := filepath.Join(dir, string(rune('a'+i)))
		if err := os.Mkdir(part, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(part, samplesFile), samples[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		again := []string{"compare", "--resume", part, "--show", "0"}
		if i%2 == 1 {
			again = append(args, "-o", part)
		}
		succeed(t, "", again...)
		for _, name := range []string{samplesFile, compareFile, tableCSV, tableMD, "frontier.svg", "metrics.svg", "same-step.svg"} {
			if !bytes.Equal(read(part, name), read(whole, name)) {
				t.Errorf("cut at %d: %s is another", cut, name)
			}
		}
	}
	old := t.TempDir()
	if err := os.WriteFile(filepath.Join(old, samplesFile), bytes.Replace(samples, []byte(`"argen":"`), []byte(`"argen":"9.`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := runArgs("", "compare", "--resume", old, "--show", "0"); r.code != 0 || !strings.Contains(r.stderr, "argen: argen 9.") || !strings.Contains(r.stderr, " began the comparison, this is ") {
		t.Errorf("exit code %d, %q", r.code, r.stderr)
	}
	lines := bytes.SplitAfter(samples, []byte("\n"))
	for want, change := range map[string][]byte{
		`samples.jsonl:2: it is no text of a comparison`:     bytes.Join([][]byte{lines[0], []byte("{\n")}, nil),
		`samples.jsonl:2: another text should stand here`:    bytes.Join([][]byte{lines[0], lines[2]}, nil),
		`samples.jsonl:14: there are more than the 12 texts`: append(bytes.Clone(samples), lines[1]...),
		`samples.jsonl:2: id 99999`:                          bytes.Join([][]byte{lines[0], bytes.Replace(bytes.Replace(lines[1], []byte(`"ids":[`), []byte(`"ids":[99999,`), 1), []byte(`"logprobs":[`), []byte(`"logprobs":[-1,`), 1)}, nil),
		`ids have`:                                           bytes.Join([][]byte{lines[0], bytes.Replace(lines[1], []byte(`"logprobs":[`), []byte(`"logprobs":[-1,-1,`), 1)}, nil),
		`the verdict of the grammar is missing`:              bytes.Join([][]byte{lines[0], bytes.Replace(lines[1], []byte(`"story":`), []byte(`"storey":`), 1)}, nil),
		`what was measured is not of this strategy`:          bytes.Join([][]byte{lines[0], bytes.Replace(lines[1], []byte(`"sampled_entropy":`), []byte(`"x":`), 1)}, nil),
		`is not the model that the comparison began with`:    bytes.Replace(samples, []byte(`"sha256":"`), []byte(`"sha256":"00`), 1),
		`version 9, this program reads version 1`:            bytes.Replace(samples, []byte(`"version":1`), []byte(`"version":9`), 1),
		`unknown stage "temprature"`:                         bytes.Replace(samples, []byte(`"chain":"temperature=1"`), []byte(`"chain":"temprature=1"`), 1),
	} {
		part := t.TempDir()
		if err := os.WriteFile(filepath.Join(part, samplesFile), change, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := runArgs("", "compare", "--resume", part); r.code != 1 || !strings.Contains(r.stderr, want) || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("exit code %d, %q, want %q", r.code, r.stderr, want)
		}
		if now := read(part, samplesFile); !bytes.Equal(now, change) {
			t.Errorf("%s: the file was changed", want)
		}
	}
}
