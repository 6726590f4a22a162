package report

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"
)

// TestOverview: the numbers of a text are those worked out by hand, and several
// texts have them side by side.
func TestOverview(t *testing.T) {
	tr := trace(3, "plain") // 3 tokens of −1.234567 nats, of which two pairs are the same, in 18 bytes
	tr.Ended.Text = " plain plain plain"
	tr.Steps[0].Rank, tr.Steps[1].Nanos = 1, 6_000_000
	page := &page{words: catalogue(t, "en"), thrift: thrifts[0]}
	got := page.sums([]Trace{{Name: "a.jsonl", Trace: tr, Number: 1}}).Rows[0]
	want := []string{"1: a.jsonl", "plain · plain · seed 7", "3", "1.781", "0.2969", "3.437", "3.21", "33 %", "50 %", "2"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the row is %q, want %q", got, want)
	}
	tr.Steps[1].Nanos = 0
	if n := len(page.sums([]Trace{{Trace: tr}}).Head); n != len(want)-1 {
		t.Errorf("%d columns where no time was measured", n)
	}
	long := page.average([]Trace{{Trace: trace(200, "word")}})
	for i, y := range long.Series[0].Y { // each token has −1.234567 nats
		if math.Abs(y-1.234567/math.Ln2) > 1e-12 {
			t.Errorf("after %v tokens the mean is %v bits", long.Series[0].X[i], y)
		}
	}
	if x := long.Series[0].X; len(x) > mostPoints || x[len(x)-1] != 200 {
		t.Errorf("a curve of 200 tokens has %d points, the last at %v", len(x), x[len(x)-1])
	}

	for _, texts := range []int{1, 2, 9} {
		r := Report{Words: catalogue(t, "en")}
		for range texts {
			r.Parts = append(r.Parts, Trace{Name: "a.jsonl", Trace: trace(3, "plain")})
		}
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		charts := map[int]int{1: 4, 2: 2 + 2*4, 9: 2*2 + 9*4}[texts] // seven curves on a chart
		if n := strings.Count(b.String(), "<svg "); n != charts {
			t.Errorf("%d charts of %d texts, want %d", n, texts, charts)
		}
		if has := strings.Contains(b.String(), "texts side by side"); has != (texts > 1) {
			t.Errorf("%d texts: an overview is there: %v", texts, has)
		}
	}
}

// TestReasons: every reason of a stage has a form in the other languages unless it
// is an inequality alone.
func TestReasons(t *testing.T) {
	german := &page{words: catalogue(t, "de")}
	word := regexp.MustCompile(`[a-z]{3,}`)
	seen := map[string]bool{}
	for _, words := range []string{
		"greedy", "top_k=2", "top_p=0.5", "min_p=0.5", "typical_p=0.3", "top_n_sigma=0.5", "tail_free=0.3", "epsilon_cutoff=0.05", "eta_cutoff=0.3",
		"top_a=0.9", "top_h=0.2", "mirostat=2/tau:1", "temperature=0", "no_repeat_ngram=1", "ignore_eos", "min_tokens=9", `ban="the"`, `allow=" and"`, `regex="[a-z ]+"`,
	} {
		chain, err := sampler.Parse(words)
		if err != nil {
			t.Fatalf("%s: %v", words, err)
		}
		g := argen.Generator{Model: story.Truth(), Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Chain: chain, Seed: 1, MaxTokens: 6, Top: 40}
		run, err := g.Start("It was a")
		if err != nil {
			t.Fatalf("%s: %v", words, err)
		}
		for step, err := range run.Steps(context.Background()) {
			if err != nil {
				break // a form that nothing fits ends the text
			}
			for _, top := range step.Top {
				if top.Why == "" {
					continue
				}
				seen[words] = true
				if said := german.reason(top.Why); said == top.Why && word.MatchString(said) {
					t.Errorf("%s: %q is English in German", words, said)
				}
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("reasons of %d stages alone: %v", len(seen), seen)
	}
	for in, want := range map[string]string{
		"the one before it holds 1 ≥ 0.9":                                                                                       "das eine davor hat 1 ≥ 0.9",
		"the regular expression wants one of [a-z] after “{x}”, not the end":                                                    "regulärer Ausdruck: erwartet wird eines von [a-z] nach „{x}“, nicht das Ende",
		"beams=4, token 0: 4 of 8 candidates go on; * wins\n* beam 1 -> 1    -0.0001  \",\"\n  beam 1 falls  -13.8963  \"the\"": "beams=4, Token 0: 4 von 8 Kandidaten gehen weiter; * gewinnt\n* Strahl 1 -> 1    -0.0001  \",\"\n  Strahl 1 fällt  -13.8963  \"the\"",
		"draft=\"m\", token 2 of pass 3: \"a\", p 0.5, q 0.2: accepted, p >= q":                                                 "draft=\"m\", Token 2 von Durchgang 3: \"a\", p 0.5, q 0.2: angenommen, p >= q",
		"0.0031 < 0.05 × 0.71": "0.0031 < 0.05 × 0.71",
	} {
		if got := german.reason(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if got := (&page{words: catalogue(t, "en")}).reason(in); got != in {
			t.Errorf("%q is %q in English", in, got)
		}
	}
}
