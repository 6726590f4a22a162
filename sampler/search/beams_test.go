package search_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/search"

	"pgregory.net/rapid"
)

// hashed is a model of a few tokens whose logits are as good as random and
// depend on the whole context.
type hashed struct {
	v    int
	seed uint64
	stop []argen.ID
}

func (m hashed) Info() argen.Info {
	return argen.Info{Ref: "hashed", Kind: "hashed", VocabSize: m.v, BOS: argen.NoID, Stop: m.stop}
}
func (m hashed) Start() argen.State { return &hashedState{m: m} }

type hashedState struct {
	m   hashed
	ids []argen.ID
}

func (s *hashedState) Len() int          { return len(s.ids) }
func (s *hashedState) Rewind(n int)      { s.ids = s.ids[:n:n] }
func (s *hashedState) Fork() argen.State { return &hashedState{s.m, slices.Clone(s.ids)} }
func (s *hashedState) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.ids = append(s.ids, ids...)
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, s.m.seed)
	_ = binary.Write(h, binary.LittleEndian, s.ids)
	logits := make([]float64, s.m.v)
	for i := range logits {
		h.Write([]byte{byte(i)})
		logits[i] = float64(h.Sum64()>>11%5000) / 1000
	}
	return logits, nil
}

// A line is a text in the naive search.
type line struct {
	ids   []argen.ID
	score float64
}

// naive is beam search of one group as transformers' documentation and code have
// it, with all candidates sorted and each context computed anew.
func naive(t *rapid.T, m hashed, b search.Beams, tokens int) []line {
	ends := func(ids []argen.ID) bool {
		return len(ids) == tokens || slices.Contains(m.stop, ids[len(ids)-1])
	}
	byScore := func(x, y line) int { return cmp.Compare(y.score, x.score) }
	final := func(sum float64, n int) float64 { return sum / math.Pow(float64(n), b.Length) }
	running, done := []line{{}}, []line(nil)
	for n := 1; ; n++ {
		var all []line
		for _, l := range running {
			logits, err := m.Start().Extend(ctx, l.ids...)
			if err != nil {
				t.Fatal(err)
			}
			for id := range argen.ID(m.v) {
				logp, err := argen.LogProb(logits, id)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, line{append(slices.Clone(l.ids), id), l.score + logp})
			}
		}
		slices.SortStableFunc(all, byScore)
		all = all[:min(len(all), max(2, 1+len(m.stop))*b.N)]
		running = nil
		for rank, l := range all {
			switch {
			case !ends(l.ids) && len(running) < b.N:
				running = append(running, l)
			case ends(l.ids) && rank < b.N:
				done = append(done, line{l.ids, final(l.score, n)})
			}
		}
		slices.SortStableFunc(done, byScore)
		done = done[:min(len(done), b.N)]
		if len(running) == 0 {
			return done
		}
		if len(done) < b.N {
			continue
		}
		length := n
		if b.Early == "never" && b.Length > 0 {
			length = tokens
		}
		if b.Early == "true" || done[b.N-1].score >= final(running[0].score, length) {
			return done
		}
	}
}

func TestBeamsAreTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := hashed{v: rapid.IntRange(3, 9).Draw(t, "v"), seed: rapid.Uint64().Draw(t, "seed")}
		for id := range argen.ID(rapid.IntRange(0, min(3, m.v-1)).Draw(t, "ends")) {
			m.stop = append(m.stop, id)
		}
		tokens := rapid.IntRange(1, 7).Draw(t, "tokens")
		b := search.Beams{
			N: rapid.IntRange(1, 6).Draw(t, "n"), Groups: 1, Length: rapid.SampledFrom([]float64{-0.5, 0, 0.7, 1, 2}).Draw(t, "length"),
			Early: rapid.SampledFrom([]string{"false", "true", "never"}).Draw(t, "early"),
		}
		want := naive(t, m, b, tokens)
		r, err := argen.Generator{Model: m, Tokenizer: numbers(m.v), MaxTokens: tokens}.StartIDs(nil)
		if err != nil {
			t.Fatal(err)
		}
		p := b.Picker()
		if _, _, err := p.Choose(ctx, r); err != nil {
			t.Fatal(err)
		}
		got := p.(search.Lister).Texts()
		if len(got) != len(want) {
			t.Fatalf("%d texts, want %d", len(got), len(want))
		}
		for i, w := range want {
			if math.Abs(got[i].Score-w.score) > 1e-9 {
				t.Fatalf("text %d: %v with %v, want %v with %v", i, got[i].IDs, got[i].Score, w.ids, w.score)
			}
		}
		if !slices.Equal(got[0].IDs, want[0].ids) && (len(want) < 2 || want[0].score > want[1].score+1e-9) {
			t.Fatalf("the best is %v, want %v", got[0].IDs, want[0].ids)
		}
	})
}

// beams are the texts of a beam search with a chain.
func beams(t *testing.T, m hashed, chain string, b search.Beams, tokens int) []search.Text {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	r, err := argen.Generator{Model: m, Tokenizer: numbers(m.v), MaxTokens: tokens, Chain: stages}.StartIDs([]argen.ID{3, 3})
	if err != nil {
		t.Fatal(err)
	}
	p := b.Picker()
	if _, _, err := p.Choose(ctx, r); err != nil {
		t.Fatal(err)
	}
	return p.(search.Lister).Texts()
}

// The stages act on ln P, and what they leave is added up as it is: transformers
// does not renormalise between processors and scores.
func TestStagesActOnLogProbs(t *testing.T) {
	m := hashed{v: 7, seed: 21, stop: []argen.ID{0}}
	b := search.Beams{N: 3, Groups: 1, Early: "false"}
	plain := beams(t, m, "none", b, 5)
	for i, hot := range beams(t, m, "temperature=2", b, 5) {
		if !slices.Equal(hot.IDs, plain[i].IDs) || math.Abs(hot.Score-plain[i].Score/2) > 1e-9 || math.Abs(hot.LogProb-plain[i].LogProb) > 1e-9 {
			t.Errorf("temperature 2, text %d: %+v, without it %+v", i, hot, plain[i])
		}
	}
	for _, text := range beams(t, m, "ignore_eos", b, 5) {
		if slices.Contains(text.IDs, 0) || math.Abs(text.Score-text.LogProb) > 1e-9 {
			t.Errorf("without ends: %+v", text)
		}
	}
	// A penalty divides logits above 0 and multiplies those below; ln P is below.
	const r = 1.5
	for _, text := range beams(t, m, "repetition_penalty=1.5", b, 5) {
		context, want := []argen.ID{3, 3}, 0.0
		for _, id := range text.IDs {
			logits, err := m.Start().Extend(ctx, context...)
			if err != nil {
				t.Fatal(err)
			}
			logp, err := argen.LogProb(logits, id)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(context, id) {
				logp *= r
			}
			want += logp
			context = append(context, id)
		}
		if math.Abs(text.Score-want) > 1e-9 {
			t.Errorf("with a penalty: %+v, want a score of %v", text, want)
		}
	}
}

// Groups without anything to avoid each other's tokens for would be one search;
// with a penalty each later group begins with other tokens.
func TestGroupsDiffer(t *testing.T) {
	m := hashed{v: 9, seed: 4}
	r, err := argen.Generator{Model: m, Tokenizer: numbers(m.v), MaxTokens: 4}.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := search.Beams{N: 3, Groups: 3, Diversity: 100, Length: 1, Early: "false"}.Picker()
	if _, _, err := p.Choose(ctx, r); err != nil {
		t.Fatal(err)
	}
	texts := p.(search.Lister).Texts()
	for at := range 4 {
		seen := map[argen.ID]bool{}
		for _, text := range texts {
			seen[text.IDs[at]] = true
		}
		if len(seen) != 3 {
			t.Errorf("token %d: the three groups chose %v, %v, %v", at, texts[0].IDs, texts[1].IDs, texts[2].IDs)
		}
	}
}

// A stop string ends a beam as an end token does, wherever its tokens are cut.
func TestBeamsStopAtStrings(t *testing.T) {
	m := hashed{v: 5, seed: 11}
	gen := argen.Generator{Model: m, Tokenizer: numbers(m.v), MaxTokens: 6, Stop: []string{"3 1", "2 2"}}
	r, err := gen.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := search.Beams{N: 40, Groups: 1, Length: 1, Early: "false"}.Picker()
	if _, _, err := p.Choose(ctx, r); err != nil {
		t.Fatal(err)
	}
	cut := 0
	for _, text := range p.(search.Lister).Texts() {
		whole := gen.Tokenizer.Decode(text.IDs)
		before := gen.Tokenizer.Decode(text.IDs[:len(text.IDs)-1])
		stops := strings.Contains(whole, "3 1") || strings.Contains(whole, "2 2")
		if strings.Contains(before, "3 1") || strings.Contains(before, "2 2") || !stops && len(text.IDs) != 6 {
			t.Errorf("%v goes on after a stop string, or ends without one", text.IDs)
		}
		if stops {
			cut++
			if strings.Contains(text.Text, "3 1") || strings.Contains(text.Text, "2 2") {
				t.Errorf("the text %q has a stop string", text.Text)
			}
		}
	}
	if cut == 0 {
		t.Error("no beam met a stop string")
	}
	// What is told of each step has those that end there, with their scores by length.
	ended, lasting := 0, 0
	for {
		step, err := search.Next(ctx, r, p)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var choice struct {
			Candidates []struct {
				Score, Final float64
				Fate         string
			}
		}
		data, err := json.Marshal(step.Choice)
		if err == nil {
			err = json.Unmarshal(data, &choice)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range choice.Candidates {
			switch tokens := float64(step.T + 1); {
			case c.Fate != "ends":
				lasting++
			case math.Abs(c.Final-c.Score/tokens) > 1e-12:
				t.Errorf("step %d: a text of score %v ends with %v", step.T, c.Score, c.Final)
			default:
				ended++
			}
		}
	}
	if ended == 0 || lasting == 0 {
		t.Errorf("%d candidates end, %d do not", ended, lasting)
	}
}

// short is a stage that calls a text complete that has so many tokens.
type short int

func (short) Name() string   { return "short" }
func (short) String() string { return "short" }
func (n short) Apply(c *argen.Candidates, past argen.Past) {
	if len(past.IDs)-past.Prompt >= int(n) {
		c.Fail(argen.ErrComplete)
	}
}

// Where a stage says that a text is complete, a search takes it as it is.
func TestSearchesKnowCompleteTexts(t *testing.T) {
	for _, p := range []search.Procedure{
		search.Beams{N: 3, Groups: 1, Length: 1, Early: "false"},
		search.Beams{N: 4, Groups: 2, Diversity: 1, Length: 1, Early: "never"},
		search.Stochastic{N: 3},
		search.BestOf{N: 2, By: "mean"},
	} {
		r, err := argen.Generator{Model: hashed{v: 6}, Tokenizer: numbers(6), MaxTokens: 9, Chain: []argen.Transform{short(3)}}.StartIDs([]argen.ID{1})
		if err != nil {
			t.Fatal(err)
		}
		picker := p.Picker()
		write(t, r, picker)
		texts := picker.(search.Lister).Texts()
		for _, text := range texts {
			if len(text.IDs) != 3 {
				t.Errorf("%s: %v", p, text.IDs)
			}
		}
		if len(texts) < 2 || r.Over() != argen.Complete {
			t.Errorf("%s: %d texts, over: %s", p, len(texts), r.Over())
		}
	}
}

// A cancelled search ends with the error of its context and leaves the run.
func TestSearchIsCancelled(t *testing.T) {
	for _, p := range procedures(t) {
		if _, needs := p.(search.Seconded); needs || p.Name() == "contrastive" {
			continue
		}
		r, err := argen.Generator{Model: hashed{v: 9}, Tokenizer: numbers(9), MaxTokens: 5}.StartIDs(nil)
		if err != nil {
			t.Fatal(err)
		}
		over, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := search.Next(over, r, p.Picker()); err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("%s: %v", p, err)
		}
		if len(r.Trace().Steps) != 0 {
			t.Errorf("%s: %d steps", p, len(r.Trace().Steps))
		}
	}
}

func BenchmarkBeams(b *testing.B) {
	for _, text := range []string{"beams=1", "beams=4"} {
		b.Run(text, func(b *testing.B) {
			g := story(b)
			g.Top, g.MaxTokens, g.NoStop = 0, 200, true
			p, err := search.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				r, err := g.Start("One morning")
				if err != nil {
					b.Fatal(err)
				}
				write(b, r, p.Picker())
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/200, "µs/token")
		})
	}
}
