package search_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model"
	"argen/sampler"
	"argen/sampler/search"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"beams":                                    "beams=4",
		"beams=1":                                  "beams=1",
		"beams=4/length_penalty:0.8":               "beams=4/length_penalty:0.8",
		"beams=6/3/0.5":                            "beams=6/3/0.5",
		"beams = 4 / early_stopping: never":        "beams=4/early_stopping:never",
		"beams=4/1/0/1/true/2":                     "beams=4/early_stopping:true/2",
		"beams=4/sample:true":                      "beams=4/sample:true",
		"beams=4/groups:2/diversity_penalty:1":     "beams=4/2/1",
		"contrastive":                              "contrastive=0.6",
		"contrastive=0.5/8":                        "contrastive=0.5/8",
		"stochastic_beams=3":                       "stochastic_beams=3",
		"best_of=8/total":                          "best_of=8/total",
		"best_of=by:total":                         "best_of=4/total",
		"beams=4/length_penalty:-0.5/return:1":     "beams=4/length_penalty:-0.5/return:1",
		`draft="story-ngram"`:                      `draft="story-ngram"`,
		`draft="a b"/7`:                            `draft="a b"/7`,
		"contrastive=k:2":                          "contrastive=0.6/2",
		"beams=1000/length_penalty:0/sample:false": "beams=1000/length_penalty:0",
	} {
		p, err := search.Parse(text)
		if err != nil || p.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, p, err, want)
			continue
		}
		if back, err := search.Parse(p.String()); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%q: written as %q, which is %v, %v", text, p, back, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "search, column 1: a search is missing, argen help search lists all",
		"beam=4":                       `search, column 1: unknown search "beam": did you mean beams? argen help search lists all`,
		"beams=0":                      `search, column 7: beams: n "0" is out of range, it must be a whole number with 1 ≤ n ≤ 1000`,
		"beams=2.5":                    `search, column 7: beams: n "2.5" is no whole number, it must be a whole number with 1 ≤ n ≤ 1000`,
		"beams=4/3/1":                  "search, column 1: beams: 4 beams cannot be divided into 3 groups of the same size",
		"beams=4/2":                    "search, column 1: beams: groups without a diversity_penalty above 0 would all find the same",
		"beams=4/1/1":                  "search, column 1: beams: a diversity_penalty is between groups: give 2 or more",
		"beams=4/2/1/sample:true":      "search, column 1: beams: groups take the best candidates: sample goes without them",
		"beams=4/return:5":             "search, column 1: beams: 4 beams cannot return 5 texts",
		"beams=4/early_stopping:maybe": `search, column 24: beams: early_stopping "maybe" is none of false, true, never`,
		"beams=4/length_penalty:NaN":   `search, column 24: beams: length_penalty "NaN" is no number, it must be a number with -10 ≤ length_penalty ≤ 10`,
		"contrastive=1.5":              `search, column 13: contrastive: alpha "1.5" is out of range, it must be a number with 0 ≤ alpha ≤ 1`,
		"contrastive=0.5/0":            `search, column 17: contrastive: k "0" is out of range, it must be a whole number with 1 ≤ k ≤ 1000`,
		"best_of=4/median":             `search, column 11: best_of: by "median" is none of mean, total`,
		"beams=4,best_of=2":            "search: beams and best_of: one procedure picks the tokens, choose one",
		"beams=4,":                     "search, column 9: a search is missing, argen help search lists all",
	} {
		if p, err := search.Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v\nwant %s", text, p, err, want)
		}
	}
}

func TestFromFlags(t *testing.T) {
	for line, want := range map[string]string{
		"":        "",
		"beams=4": "beams=4",
		"beams=4 length-penalty=0.8 beam-sample=true": "beams=4/length_penalty:0.8/sample:true",
		"beams=6 beam-groups=3 diversity-penalty=2":   "beams=6/3/2",
		"contrastive=0.5,8":                           "contrastive=0.5/8",
		"contrastive=0.5/8":                           "contrastive=0.5/8",
		"contrastive=0.5":                             "contrastive=0.5",
		"best-of=3 best-by=total":                     "best_of=3/total",
		"stochastic-beams=2":                          "stochastic_beams=2",

		"length-penalty=0.8":       "error: --length-penalty goes with --beams",
		"best-by=total":            "error: --best-by goes with --best-of",
		"beams=4 best-of=2":        "error: --beams and --best-of: one procedure picks the tokens, choose one",
		"contrastive=0.5,8,2":      `error: --contrastive: "0.5,8,2" has more than contrastive=ALPHA/K`,
		"contrastive=0.5,":         `error: --contrastive: k "" is no whole number, it must be a whole number with 1 ≤ k ≤ 1000`,
		"beams=4 beam-groups=3":    "error: beams: 4 beams cannot be divided into 3 groups of the same size",
		"contrastive=2,4":          `error: --contrastive: alpha "2" is out of range, it must be a number with 0 ≤ alpha ≤ 1`,
		"beams=x length-penalty=1": `error: --beams: "x" is no whole number, it must be a whole number with 1 ≤ n ≤ 1000`,
	} {
		given := map[string][]string{}
		for word := range strings.FieldsSeq(line) {
			name, value, _ := strings.Cut(word, "=")
			given[name] = []string{value}
		}
		p, err := search.FromFlags(func(flag string) []string { return given[flag] })
		got := ""
		switch {
		case err != nil:
			got = "error: " + err.Error()
		case p != nil:
			got = p.String()
		}
		if got != want {
			t.Errorf("%q: %s\nwant %s", line, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, form := range search.Table {
		f.Add(form.Name)
		f.Add(form.Name + "=2/0.5/x:\"y\"")
	}
	f.Add("beams=4/length_penalty:0.8,best_of")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := search.Parse(text)
		if err != nil {
			return
		}
		if back, err := search.Parse(p.String()); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%q: written as %q, which is %v, %v", text, p, back, err)
		}
	})
}

// procedures are all of the table with their defaults, or as their examples have
// them.
func procedures(t *testing.T) []search.Procedure {
	t.Helper()
	var all []search.Procedure
	for _, f := range search.Table {
		text := f.Name
		if f.Example != "" {
			text = f.Example
		}
		p, err := search.Parse(text)
		if s, ok := p.(search.Seconded); ok {
			g, second := story(t), stories(t, 1)
			p, err = s.Bind(g.Model, g.Tokenizer, second.Model, second.Tokenizer)
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Name() != f.Name {
			t.Errorf("%s calls itself %s", f.Name, p.Name())
		}
		all = append(all, p)
	}
	return all
}

// story is the embedded transformer.
func story(t testing.TB) argen.Generator {
	t.Helper()
	lm, err := model.Open(ctx, "story", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lm.Close() })
	return argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, MaxTokens: 8, Seed: 3, Top: 3}
}

// What a procedure writes is logged, read again, verified, and the same again.
func TestTraces(t *testing.T) {
	for _, p := range procedures(t) {
		t.Run(p.Name(), func(t *testing.T) {
			g := story(t)
			g.Search = p.String()
			var err error
			if g.Chain, err = sampler.Parse("top_k=20,temperature=0.9"); err != nil {
				t.Fatal(err)
			}
			var logs [2]bytes.Buffer
			for i := range logs {
				g.Sinks = []argen.Sink{argen.NewJSONL(&logs[i])}
				r, err := g.Start("One morning")
				if err != nil {
					t.Fatal(err)
				}
				write(t, r, p.Picker())
			}
			if d := cmp.Diff(logs[0].String(), logs[1].String()); d != "" {
				t.Fatalf("the same seed wrote otherwise: %s", d)
			}
			traces, err := argen.ReadTraces("log", &logs[0])
			if err != nil {
				t.Fatal(err)
			}
			trace := traces[0]
			if trace.Head.Search != p.String() || len(trace.Steps) == 0 {
				t.Fatalf("search %q, %d steps", trace.Head.Search, len(trace.Steps))
			}
			for _, s := range trace.Steps {
				if s.Choice == nil || !strings.HasPrefix(s.Choice.String(), p.String()) {
					t.Fatalf("step %d says %v", s.T, s.Choice)
				}
			}
			if err := argen.Verify(ctx, g, trace, sampler.Parse); err != nil {
				t.Error(err)
			}
			trace.Steps[2].LogProb += 1e-3
			if err := argen.Verify(ctx, g, trace, sampler.Parse); err == nil {
				t.Error("a changed trace was verified")
			}
		})
	}
}

// A token that a stage forces may be one that the model holds impossible: what a
// search says of its text can be logged all the same.
func TestImpossibleTokensAreLogged(t *testing.T) {
	for _, p := range procedures(t) {
		if _, ok := p.(search.Contrastive); ok {
			continue // the truth has no hidden states
		}
		t.Run(p.Name(), func(t *testing.T) {
			lm, err := model.Open(ctx, "truth", model.Options{})
			if err != nil {
				t.Fatal(err)
			}
			g := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, MaxTokens: 3, Search: p.String()}
			if g.Chain, err = sampler.Parse("forced_eos=3"); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			g.Sinks = []argen.Sink{argen.NewJSONL(&log)}
			r, err := g.Start("")
			if err != nil {
				t.Fatal(err)
			}
			if trace := write(t, r, p.Picker()); !math.IsInf(trace.LogProb(), -1) {
				t.Fatalf("ln P %v", trace.LogProb())
			}
			traces, err := argen.ReadTraces("log", &log)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range traces[0].Steps {
				if s.Choice == nil {
					t.Errorf("step %d says nothing", s.T)
				}
			}
		})
	}
}

// A picker goes on from wherever the run is: after Back, after another token
// than its own, and asked twice it says the same.
func TestPickersFollowTheRun(t *testing.T) {
	for _, p := range procedures(t) {
		t.Run(p.Name(), func(t *testing.T) {
			g := story(t)
			r, err := g.Start("One morning")
			if err != nil {
				t.Fatal(err)
			}
			picker := p.Picker()
			next := func() argen.ID {
				t.Helper()
				a, _, err := picker.Choose(ctx, r)
				if err != nil {
					t.Fatal(err)
				}
				b, _, err := picker.Choose(ctx, r)
				if err != nil || a != b {
					t.Fatalf("first %d, then %d, %v", a, b, err)
				}
				return a
			}
			first := next()
			for range 3 {
				if _, err := search.Next(ctx, r, picker); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.Back(3); err != nil {
				t.Fatal(err)
			}
			if again := next(); again != first {
				t.Errorf("%d at first, %d after steps back", first, again)
			}
			c, err := r.Predict(ctx)
			if err != nil {
				t.Fatal(err)
			}
			other := c.Top(2)[0]
			if other == first {
				other = c.Top(2)[1]
			}
			if _, err := r.Force(other); err != nil {
				t.Fatal(err)
			}
			got := next()
			fresh, _, err := p.Picker().Choose(ctx, r)
			if err != nil || got != fresh {
				t.Errorf("after another token %d, a fresh picker says %d, %v", got, fresh, err)
			}
		})
	}
}

// A procedure of which nothing was set writes what its line in a header says.
func TestZeroValues(t *testing.T) {
	for want, p := range map[string]search.Procedure{
		"beams=1/length_penalty:0": search.Beams{},
		"beams=3/length_penalty:0": search.Beams{N: 3},
		"best_of=1":                search.BestOf{},
		"best_of=3":                search.BestOf{N: 3},
		"stochastic_beams=1":       search.Stochastic{},
		"contrastive=0/1":          search.Contrastive{},
		"prompt_lookup=1/1":        search.Lookup{Tokens: 1, NGram: 1},
		"contrastive=0.5/1":        search.Contrastive{Alpha: .5},
		"beams=2/2/1/0":            search.Beams{N: 2, Groups: 2, Diversity: 1},
	} {
		asked, err := search.Parse(p.String())
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		var texts [2][]argen.ID
		for i, p := range []search.Procedure{p, asked} {
			gen := argen.Generator{Model: open(t, "llama-tied"), MaxTokens: 4, NoStop: true, BOS: argen.NoBOS}
			gen.Tokenizer = numbers(gen.Model.Info().VocabSize)
			r, err := gen.StartIDs([]argen.ID{3, 4})
			if err != nil {
				t.Fatal(err)
			}
			write(t, r, p.Picker())
			texts[i] = slices.Clone(r.Context())
		}
		if p.String() != want || !slices.Equal(texts[0], texts[1]) {
			t.Errorf("%s, want %s, writes %v, asked for by that %v", p, want, texts[0], texts[1])
		}
	}
}

func TestContrastiveNeedsHiddenStates(t *testing.T) {
	r, err := tiny(t).StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = search.Next(ctx, r, search.Contrastive{Alpha: 0.6, K: 4}.Picker())
	if want := "contrastive search compares hidden states, and this model has none: take a transformer"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestNeverNeedsALimit(t *testing.T) {
	r, err := tiny(t).StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = search.Next(ctx, r, search.Beams{N: 2, Groups: 1, Length: 1, Early: "never"}.Picker())
	if err == nil || !strings.HasSuffix(err.Error(), "give a number of tokens") {
		t.Errorf("%v", err)
	}
}

func TestCheck(t *testing.T) {
	p := search.Beams{N: 2, Groups: 1, Length: 1, Early: "false"}
	if err := search.Check(p, sampler.Default()); err != nil {
		t.Error(err)
	}
	err := search.Check(p, []argen.Transform{sampler.Greedy{}})
	if want := "greedy leaves one token, so that beams has nothing to choose from: leave out one of them"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
