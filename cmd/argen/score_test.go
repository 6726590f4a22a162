package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"argen"
	"argen/model"
)

// A bodiless model is one without a beginning: from an empty context it
// predicts nothing, else each of its four tokens with the same probability.
type bodiless struct{ givenLogits }

func (b *bodiless) Start() argen.State { return &bodilessState{givenState{g: &b.givenLogits}} }

// Its text are the letters a to d.
func (b *bodiless) Encode(text string) ([]argen.ID, error) {
	var ids []argen.ID
	for _, r := range text {
		ids = append(ids, argen.ID(r-'a'))
	}
	return ids, nil
}

func (b *bodiless) Decode(ids []argen.ID) string {
	var text strings.Builder
	for _, id := range ids {
		text.Write(b.Piece(id))
	}
	return text.String()
}

func (b *bodiless) Piece(id argen.ID) []byte { return []byte{'a' + byte(id)} }

type bodilessState struct{ givenState }

func (s *bodilessState) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	if s.n == 0 && len(ids) == 0 {
		return nil, argen.ErrEmptyContext
	}
	return s.givenState.Extend(ctx, ids...)
}

// Where nothing stands before the first token it has no probability and is not
// counted.
func TestScoreWithoutBeginning(t *testing.T) {
	b := &bodiless{givenLogits{make([]float64, 4)}}
	lm := &model.LM{Model: b, Tokenizer: b, Ref: "bodiless"}
	s := &scoring{logits: true}
	got, err := s.of(t.Context(), lm, text{text: "abcda"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Counted != 4 || math.Abs(float64(got.Bits)-8) > 1e-12 || math.Abs(float64(got.Perplexity)-4) > 1e-12 || math.Abs(float64(got.BitsPerByte)-2) > 1e-12 {
		t.Errorf("%+v, want 4 tokens of 2 bits", got)
	}
	first := got.Tokens[0]
	if len(got.Tokens) != 5 || first.Token != "a" || first.LogProb != nil || first.Rank != nil || first.Logits != nil {
		t.Errorf("the first of %d tokens is %+v", len(got.Tokens), first)
	}
	for i, token := range got.Tokens[1:] {
		if token.T != i+1 || *token.Prob != 0.25 || *token.Surprisal != 2 || *token.Rank != int(token.ID)+1 || len(token.Logits) != 4 {
			t.Errorf("token %d is %+v", i+1, token)
		}
	}
	if line, err := jsonLine(got); err != nil || !strings.Contains(string(line), `{"t":0,"id":0,"token":"a","logprob":null,"prob":null,"rank":null,"surprisal":null,"entropy":null}`) {
		t.Errorf("%s, %v", line, err)
	}
	if table := scoreText([]*score{got}); !strings.Contains(table, "    0          -         -       -         -  a\n") {
		t.Errorf("table:\n%s", table)
	}
	for _, empty := range []text{{}, {ids: []argen.ID{}}} {
		if got, err := s.of(t.Context(), lm, empty); err == nil || !strings.Contains(err.Error(), "the text is empty") {
			t.Errorf("an empty text: %+v, %v", got, err)
		}
	}
	if got, err := s.of(t.Context(), lm, text{text: "a"}); err != nil || got.Counted != 0 || len(got.Tokens) != 1 {
		t.Errorf("a single token: %+v, %v", got, err)
	}
}

// Models that cut a text differently are shown one after the other, the same
// cuts side by side.
func TestScoreTables(t *testing.T) {
	p := func(x float64) *number { n := number(x); return &n }
	rank := 1
	token := func(name string, prob float64) scoredToken {
		return scoredToken{Token: name, Prob: p(prob), LogProb: p(math.Log(prob)), Surprisal: p(-math.Log2(prob)), Entropy: p(1), Rank: &rank}
	}
	one := &score{Model: "one", Tokens: []scoredToken{token("ab", 0.5), token("c", 1)}, Counted: 2}
	two := &score{Model: "two\x1b[2J", Tokens: []scoredToken{token("ab", 0.125), token("c", 1)}, Counted: 2}
	three := &score{Model: "three", Tokens: []scoredToken{token("abc", 0.5)}, Counted: 1}
	if got := scoreText([]*score{one, two}); !strings.Contains(got, "0.5000      0.1250       2.00  ab  <\n") || strings.Contains(got, "\x1b") {
		t.Errorf("side by side:\n%s", got)
	}
	if got := scoreText([]*score{one, three}); !strings.HasPrefix(got, "The models cut the text into different tokens.\n") || strings.Contains(got, "bits lost") {
		t.Errorf("one after the other:\n%s", got)
	}
}

// TestScoreGivenBOS: a BOS in the text is one that nothing predicts, and the
// numbers stand beside the tokens that they are of.
func TestScoreGivenBOS(t *testing.T) {
	want := scores(t, "--ids", "44,647")
	got := scores(t, "--ids", "0,44,647")
	if len(got.Tokens) != 3 || got.Tokens[0].LogProb != nil || got.Counted != 2 || got.LogProb != want.LogProb {
		t.Errorf("%+v, without BOS %+v", got, want)
	}
	for i := range want.Tokens {
		if x, y := want.Tokens[i], got.Tokens[i+1]; y.LogProb == nil || *x.LogProb != *y.LogProb || x.ID != y.ID {
			t.Errorf("token %d: %+v, without BOS %+v", i, y, x)
		}
	}
}

func scores(t *testing.T, args ...string) (one score) {
	t.Helper()
	if err := json.Unmarshal([]byte(succeed(t, "", append([]string{"score", "--json", "-m", "truth"}, args...)...)), &one); err != nil {
		t.Fatal(err)
	}
	return one
}

// What --inside shows is what the scores of the text, and of the text without a
// token, are made of; also where the window slid.
func TestInside(t *testing.T) {
	const ref = "../../model/transformer/testdata/gpt2"
	ids := make([]int, 200)
	for i := range ids {
		ids[i] = (i*i*3 + i*11) % 512
	}
	score := func(ids []int, more ...string) *score {
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")
		scored := score{}
		args := append([]string{"score", "-m", ref, "--json", "--context-shift", "--ids", list}, more...)
		if err := json.Unmarshal([]byte(succeed(t, "", args...)), &scored); err != nil {
			t.Fatal(err)
		}
		return &scored
	}
	near := func(what string, got, want number) {
		t.Helper()
		if math.Abs(float64(got-want)) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	for _, place := range []int{5, 150} {
		whole := score(ids, "--inside", fmt.Sprint(place))
		token, in := whole.Tokens[place], whole.Inside
		if len(in.Context) != place-token.Dropped || in.T != place || len(in.Lens) != 3 || len(in.Hidden) != 3 || len(in.Hidden[0]) != 48 || len(in.Attention) != 2 {
			t.Fatalf("%d tokens in sight at %d, %d lenses", len(in.Context), in.T, len(in.Lens))
		}
		near("the last lens", in.Lens[2].LogProb, *token.LogProb)
		for _, heads := range in.Attention {
			for _, weights := range heads {
				sum := number(0)
				for _, w := range weights {
					sum += w
				}
				if math.Abs(float64(sum-1)) > 1e-6 || len(weights) != len(in.Context) {
					t.Errorf("%d weights sum to %v", len(weights), sum)
				}
			}
		}
		seen := ids[token.Dropped : place+1]
		for _, i := range []int{0, 3, len(seen) - 2} {
			without := score(append(append([]int{}, seen[:i]...), seen[i+1:]...))
			near("the effect", in.Effects[i], *token.LogProb-*without.Tokens[len(seen)-2].LogProb)
		}
	}
}

// The sums of the answer that ends a conversation are those of its tokens, and
// the same as those of a text that begins where the answer does.
func TestScoreOfAnAnswer(t *testing.T) {
	lm, err := model.Open(t.Context(), "../../model/testdata/gguf/llama-tied.Q8_0.gguf", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lm.Close()
	conversation := func(answer string) text {
		m := &model.Messages{}
		m.Add("user", "Hi  there")
		if answer != "" {
			m.Add("assistant", answer)
		}
		return text{messages: m}
	}
	s := &scoring{}
	question, err := s.of(t.Context(), lm, conversation(""))
	if err != nil || question.Answer != nil {
		t.Fatalf("%+v, %v: there is no answer", question, err)
	}
	got, err := s.of(t.Context(), lm, conversation("Hello."))
	if err != nil {
		t.Fatal(err)
	}
	a := got.Answer
	if a == nil || a.T != len(question.Tokens) || a.Counted != len(got.Tokens)-a.T || got.Text != question.Text+"Hello.<|im_end|>\n" {
		t.Fatalf("%+v of %q, want the answer from token %d on", a, got.Text, len(question.Tokens))
	}
	sum := 0.0
	for _, token := range got.Tokens[a.T:] {
		sum += float64(*token.LogProb)
	}
	for _, want := range []float64{sum, float64(got.LogProb - question.LogProb)} {
		if math.Abs(float64(a.LogProb)-want) > 1e-9 {
			t.Errorf("ln P(answer) = %v, want %v", a.LogProb, want)
		}
	}
	if bytes := float64(len("Hello.\n")); math.Abs(float64(a.Bits)+sum/math.Ln2) > 1e-9 || math.Abs(float64(a.BitsPerByte*number(bytes)-a.Bits)) > 1e-9 {
		t.Errorf("%+v", a)
	}
}

// A text of which nothing is predicted says why, and what to do.
func TestScoreOfNothing(t *testing.T) {
	b := &bodiless{givenLogits{make([]float64, 4)}}
	lm := &model.LM{Model: b, Tokenizer: b, Ref: "bodiless"}
	for ids, want := range map[string]string{
		"a":  "No token is counted: a first token is predicted from nothing, which bodiless\ncannot do: score two tokens or more.\n",
		"ab": "",
	} {
		got, err := (&scoring{}).of(t.Context(), lm, text{text: ids})
		if err != nil {
			t.Fatal(err)
		}
		if out := scoreText([]*score{got}); want == "" && strings.Contains(out, "No token") || !strings.HasSuffix(out, want) {
			t.Errorf("%q: %s, want %q at the end", ids, out, want)
		}
	}
	gguf, err := model.Open(t.Context(), "../../model/testdata/gguf/llama-tied.Q8_0.gguf", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer gguf.Close()
	for id, want := range map[argen.ID]string{1: "the token of a beginning alone", 300: "--add-bos yes puts <|im_start|> before it"} {
		if got, err := (&scoring{}).of(t.Context(), gguf, text{ids: []argen.ID{id}}); err != nil || !strings.Contains(got.silent, want) {
			t.Errorf("token %d: %+v, %v; want %q", id, got, err, want)
		}
	}
}
