package sampler_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"

	"pgregory.net/rapid"
)

// A masked toy holds every seventh token impossible, others after other texts.
// The last token ends a text.
type masked struct{ toy }

func (m masked) Info() argen.Info {
	info := m.toy.Info()
	info.Stop = m.Vocabulary.Info().Stop
	return info
}

func (m masked) Start() argen.State {
	return &echo{predict: func(ids []argen.ID) []float64 {
		logits := m.predict(ids)
		for i := len(ids) % 7; i < len(logits); i += 7 {
			logits[i] = math.Inf(-1)
		}
		return logits
	}}
}

// anyIDs draws a few ids of a vocabulary as a chain has them.
func anyIDs(t *rapid.T, v int) string {
	var ids []string
	for range rapid.IntRange(1, 6).Draw(t, "ids") {
		ids = append(ids, fmt.Sprint("#", rapid.IntRange(0, v-1).Draw(t, "id")))
	}
	return strings.Join(ids, "/")
}

// anyWords draws a chain of different stages, those with tokens among them with
// any tokens.
func anyWords(t *rapid.T, v int) string {
	var words []string
	seen := map[string]bool{}
	table := slices.Clip(sampler.Table)
	for _, name := range []string{"allow", "greedy"} { // what one leaves the other may have to force
		s, _ := sampler.Lookup(name)
		table = append(table, s, s)
	}
	for range rapid.IntRange(0, 5).Draw(t, "stages") {
		s := rapid.SampledFrom(table).Draw(t, "stage")
		if seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		word := ""
		switch s.Name {
		case "allow", "ban", "begin_suppress":
			word = s.Name + "=" + anyIDs(t, v)
		case "logit_bias", "sequence_bias":
			word = s.Name + "=" + strings.ReplaceAll(anyIDs(t, v), "/", "/-inf/") + "/2.5"
		case "min_tokens", "forced_eos":
			word = fmt.Sprint(s.Name, "=", rapid.IntRange(0, 9).Draw(t, "n"), "/generated/", anyIDs(t, v))
		case "regex":
			word = `regex="[a-z]*"`
		case "grammar", "json_schema":
			continue // what they want is not in this vocabulary
		default:
			word = anyStage(t, s).String()
		}
		words = append(words, word)
	}
	return strings.Join(words, ",")
}

// Whatever the chain, and whoever chooses tokens, changes the chain, goes back
// or forks: a run is logged so that it can be read, and holds when it is run
// again.
func TestLoggedRunsHold(t *testing.T) {
	const v = 40
	model := masked{toy{samplertest.Vocabulary(v), 0, argen.NoID, nil}}
	rapid.Check(t, func(t *rapid.T) {
		m := model
		m.context = rapid.SampledFrom([]int{0, 9, 16}).Draw(t, "context")
		chain := func() []argen.Transform {
			text := anyWords(t, v)
			chain, err := sampler.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			return chain
		}
		var log bytes.Buffer
		gen := argen.Generator{
			Model: m, Tokenizer: m, Chain: chain(), Seed: rapid.Uint64().Draw(t, "seed"),
			Gumbel: rapid.Bool().Draw(t, "same dice"), ContextShift: rapid.Bool().Draw(t, "shift"),
			Top: rapid.SampledFrom([]int{0, 1, 3, 10, v}).Draw(t, "top"), MaxTokens: 14,
			Track: []argen.ID{argen.ID(rapid.IntRange(0, v-1).Draw(t, "track"))},
			Stop:  rapid.SampledFrom([][]string{nil, {"a", "bc"}}).Draw(t, "stop"), NoStop: rapid.Bool().Draw(t, "no stop"),
			Sinks: []argen.Sink{argen.NewJSONL(&log)},
		}
		r, err := gen.StartIDs([]argen.ID{3, 1, 3})
		if err != nil {
			t.Fatal(err)
		}
		writeAnyhow(t, r, chain, func() argen.ID { return argen.ID(rapid.IntRange(0, v-1).Draw(t, "forced")) })
		var forked bytes.Buffer
		f, err := r.Fork(argen.NewJSONL(&forked))
		if err != nil {
			t.Fatal(err)
		}
		writeAnyhow(t, f, chain, func() argen.ID { return 5 })
		for _, run := range []*argen.Run{r, f} {
			if err := run.Close(nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, text := range []string{log.String(), forked.String()} {
			traces, err := argen.ReadTraces("log", strings.NewReader(text))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			for _, trace := range traces {
				if err := argen.Verify(context.Background(), argen.Generator{Model: m, Tokenizer: m}, trace, sampler.Parse); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
			}
		}
	})
}

// writeAnyhow takes some steps of a run, in any way that there is.
func writeAnyhow(t *rapid.T, r *argen.Run, chain func() []argen.Transform, other func() argen.ID) {
	for range rapid.IntRange(1, 8).Draw(t, "steps") {
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			if err := r.Back(rapid.IntRange(0, 3).Draw(t, "back")); err != nil {
				t.Fatal(err)
			}
		case 1:
			if err := r.SetChain(chain()); err != nil {
				t.Fatal(err)
			}
		}
		_, err := r.Predict(t.Context())
		if errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "no token can follow") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch rapid.IntRange(0, 5).Draw(t, "how") {
		case 0:
			_, err = r.Force(other())
		case 1:
			_, err = r.Append(r.ChooseAt(rapid.Float64Range(0, 0.999).Draw(t, "u")))
		default:
			_, err = r.Append(r.Choose())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// logged writes a text of so many tokens, at most, and returns its trace as a
// log has it.
func logged(t *testing.T, gen argen.Generator, prompt ...argen.ID) *argen.Trace {
	t.Helper()
	var log bytes.Buffer
	gen.Sinks = []argen.Sink{argen.NewJSONL(&log)}
	r, err := gen.StartIDs(prompt)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.Steps(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	traces, err := argen.ReadTraces("log", &log)
	if err != nil {
		t.Fatal(err)
	}
	return traces[0]
}

// Of forced tokens the best few are listed behind the best of the model. Where
// the first of them is next in rank to these it does not make the list longer
// when the run is done again.
func TestForcedTokensHold(t *testing.T) {
	m := samplertest.Vocabulary(40)
	chain, err := sampler.Parse("top_k=3,allow=#3/#4/#5/#6/#7")
	if err != nil {
		t.Fatal(err)
	}
	gen := argen.Generator{Model: m, Tokenizer: m, Chain: chain, MaxTokens: 5, Top: 3}
	trace := logged(t, gen, 1)
	if n := len(trace.Steps[0].Top); n < 6 || trace.Steps[0].Top[3].Rank != 4 {
		t.Fatalf("%d tokens are listed: %+v", n, trace.Steps[0].Top)
	}
	if err := argen.Verify(t.Context(), gen, trace, sampler.Parse); err != nil {
		t.Error(err)
	}
}

// A trace with a token behind the end of a text that a stage calls complete is
// told so.
func TestVerifyBehindTheEnd(t *testing.T) {
	m := toy{samplertest.Vocabulary(26), 0, argen.NoID, nil}
	chain, err := sampler.Parse(`regex="ab"`)
	if err != nil {
		t.Fatal(err)
	}
	gen := argen.Generator{Model: m, Tokenizer: m, Chain: chain, Top: 3}
	trace := logged(t, gen)
	if trace.Ended.Reason != argen.Complete || len(trace.Steps) != 2 {
		t.Fatalf("%d steps, %+v", len(trace.Steps), trace.Ended)
	}
	more := trace.Steps[1]
	more.T = 2
	trace.Steps = append(trace.Steps, more)
	err = argen.Verify(t.Context(), gen, trace, sampler.Parse)
	if want := `step 2: token is "b" (id 1) in the trace and none, since a stage says that the text is complete when run again`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A fork where a stage calls the text complete ends as the run does.
func TestForkOfACompleteText(t *testing.T) {
	m := toy{samplertest.Vocabulary(26), 0, argen.NoID, nil}
	chain, err := sampler.Parse(`regex="ab"`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := argen.Generator{Model: m, Tokenizer: m, Chain: chain}.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = r.Next(t.Context())
	}
	var trace argen.Trace
	f, err := r.Fork(&trace)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(nil); err != nil || trace.Ended.Reason != argen.Complete || f.Over() != r.Over() {
		t.Errorf("%v: it ends by %q, the run by %q", err, trace.Ended.Reason, r.Over())
	}
	if err := f.SetChain(nil); err != nil || f.Over() != "" {
		t.Errorf("%v: with another chain it is over by %q", err, f.Over())
	}
}

// A bound stage may work in many forks at once, and in each as if alone.
func TestStagesInForks(t *testing.T) {
	const v = 40
	m := masked{toy{samplertest.Vocabulary(v), 0, argen.NoID, nil}}
	for _, s := range sampler.Table {
		if s.Name == "grammar" || s.Name == "json_schema" {
			continue // what they want is not in this vocabulary
		}
		t.Run(s.Name, func(t *testing.T) {
			word := s.Name
			switch {
			case s.Name == "regex":
				word = `regex="[a-z]*"`
			case s.Example != "":
				word = s.Example
			case len(s.Params) > 0 && s.Params[0].Default == s.Params[0].Off:
				word += "=1.25"
				if s.Params[0].Kind == sampler.Int {
					word = s.Name + "=2"
				}
			}
			chain, err := sampler.Parse(word)
			if err != nil {
				t.Fatal(err)
			}
			r, err := argen.Generator{Model: m, Tokenizer: m, Chain: chain, Seed: 8, Top: 5, NoStop: true}.StartIDs([]argen.ID{3, 1, 3, 1})
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			var logs [6]bytes.Buffer
			for i := range logs {
				f, err := r.Fork(argen.NewJSONL(&logs[i]))
				if err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					for n := range 8 {
						if _, err := f.Predict(t.Context()); err != nil {
							t.Error(err)
							return
						}
						id := f.Choose()
						if n > 2 {
							id = argen.ID(n * (i%3 + 1) % 26) // two forks each write the same
						}
						if _, err := f.Append(id); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			for i := range 3 {
				steps := func(log *bytes.Buffer) string {
					_, rest, _ := strings.Cut(log.String(), "\n") // headers have names of their own
					return rest
				}
				if a, b := steps(&logs[i]), steps(&logs[i+3]); a != b || a == "" {
					t.Errorf("forks that write the same differ:\n%s\n%s", a, b)
				}
			}
		})
	}
}
