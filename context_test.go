package argen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/tokenizer"
)

// A narrow model has a short context, and its logits depend on all of it.
type narrow struct {
	window int
	bos    argen.ID
}

func (m *narrow) Info() argen.Info {
	return argen.Info{Ref: "narrow", Kind: "narrow", VocabSize: 258, ContextLength: m.window, BOS: m.bos, AddBOS: m.bos != argen.NoID}
}

func (m *narrow) Start() argen.State { return &narrowState{m: m} }

type narrowState struct {
	m   *narrow
	ids []argen.ID
}

func (s *narrowState) Len() int          { return len(s.ids) }
func (s *narrowState) Rewind(n int)      { s.ids = s.ids[:n] }
func (s *narrowState) Fork() argen.State { return &narrowState{s.m, slices.Clone(s.ids)} }

func (s *narrowState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	if len(s.ids)+len(ids) > s.m.window {
		return nil, errors.New("the context is longer than the model's")
	}
	s.ids = append(s.ids, ids...)
	h := fnv.New64a()
	for _, id := range s.ids {
		h.Write([]byte{byte(id), byte(id >> 8)})
	}
	logits := make([]float64, 258)
	for i := range logits {
		h.Write([]byte{1})
		logits[i] = float64(h.Sum64()%1000) / 100
	}
	return logits, nil
}

// A narrow model that scores, and counts the passes.
type scoring struct {
	narrow
	passes, tokens int
}

func (m *scoring) Start() argen.State { return &scoringState{narrowState{m: &m.narrow}, m} }

type scoringState struct {
	narrowState
	counts *scoring
}

func (s *scoringState) Fork() argen.State {
	return &scoringState{narrowState{s.m, slices.Clone(s.ids)}, s.counts}
}

func (s *scoringState) Score(ctx context.Context, ids ...argen.ID) (rows [][]float64, err error) {
	s.counts.passes++
	s.counts.tokens += len(ids)
	for _, id := range ids {
		row, err := s.Extend(ctx, id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func sliding(window int, bos argen.ID) argen.Generator {
	return argen.Generator{
		Model: &narrow{window, bos}, Tokenizer: tokenizer.NewBytes(), Seed: 3, Top: 2, ContextShift: true,
	}
}

func byteIDs(n int) []argen.ID {
	ids := make([]argen.ID, n)
	for i := range ids {
		ids[i] = argen.ID(i * 7 % 256)
	}
	return ids
}

// alike reports an error unless a step is that of a model that was given the
// tokens that are said to be in sight, and nothing else.
func alike(t *testing.T, g argen.Generator, ids []argen.ID, s *argen.Step) {
	t.Helper()
	keep := 0
	if len(ids) > 0 && ids[0] == g.Model.Info().BOS {
		keep = 1
	}
	window := g.Model.Info().ContextLength
	if s.ContextLen != len(ids)-s.Dropped || s.ContextLen >= window || s.Dropped > 0 && s.ContextLen < (window-keep)/2 {
		t.Errorf("a context of %d tokens: %d dropped, %d seen of %d", len(ids), s.Dropped, s.ContextLen, window)
	}
	if (s.Dropped > 0) != (len(ids) >= window) {
		t.Errorf("a context of %d tokens of %d: %d dropped", len(ids), window, s.Dropped)
	}
	fresh, err := argen.Generator{Model: g.Model, Tokenizer: g.Tokenizer, BOS: argen.NoBOS}.StartIDs(slices.Concat(ids[:keep], ids[keep+s.Dropped:]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Predict(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want, err := fresh.Preview(s.ID); err != nil || s.LogProb != want.LogProb || s.Logit != want.Logit || s.Entropy != want.Entropy {
		t.Errorf("after %d tokens ln P = %v, a fresh run on what is in sight has %v, %v", len(ids), s.LogProb, want.LogProb, err)
	}
}

// Prompts around the limit, without and with a window that slides, and steps
// beyond it.
func TestContextShift(t *testing.T) {
	for _, bos := range []argen.ID{argen.NoID, 256} {
		for _, window := range []int{2, 3, 8, 17} {
			for _, n := range []int{window - 1, window, window + 1, 10 * window} {
				t.Run(fmt.Sprint(bos, "/", window, "/", n), func(t *testing.T) {
					g := sliding(window, bos)
					ids := byteIDs(n)
					if bos != argen.NoID {
						ids[0] = bos
					}
					g.ContextShift = false
					_, err := g.StartIDs(ids)
					want := fmt.Sprintf("prompt: %d tokens leave no room in the model's context of %d: shorten it, or --context-shift drops the oldest", n, window)
					if n < window && err != nil || n >= window && (err == nil || err.Error() != want) {
						t.Errorf("without: %v, want %s", err, want)
					}

					var log bytes.Buffer
					g.ContextShift, g.MaxTokens, g.Sinks = true, 3*window, []argen.Sink{argen.NewJSONL(&log)}
					r, err := g.StartIDs(ids)
					if err != nil {
						t.Fatal(err)
					}
					for step, err := range r.Steps(t.Context()) {
						if err != nil {
							t.Fatal(err)
						}
						alike(t, g, r.Context()[:len(r.Context())-1], &step)
					}
					if len(r.Trace().Steps) != 3*window || len(r.Context()) != n+3*window {
						t.Errorf("%d steps, %d tokens", len(r.Trace().Steps), len(r.Context()))
					}
					traces, err := argen.ReadTraces("log", &log)
					if err != nil || !traces[0].Head.ContextShift {
						t.Fatal(err)
					}
					last := traces[0].Steps[3*window-1]
					if last.Dropped == 0 || last.Dropped != r.Trace().Steps[3*window-1].Dropped {
						t.Errorf("the log says that %d were dropped", last.Dropped)
					}
					if err := argen.Verify(t.Context(), g, traces[0], parse); err != nil {
						t.Errorf("Verify: %v", err)
					}
					traces[0].Steps[3*window-1].Dropped++
					var differs *argen.Mismatch
					if err := argen.Verify(t.Context(), g, traces[0], parse); !errors.As(err, &differs) || differs.Field != "dropped" {
						t.Errorf("Verify of a changed trace: %v", err)
					}
				})
			}
		}
	}
}

// Going back over a place where tokens were dropped, and forks, go on with the
// same bits.
func TestContextShiftBackAndFork(t *testing.T) {
	g := sliding(9, 256)
	g.MaxTokens = 40
	straight, err := g.StartIDs(byteIDs(4))
	if err != nil {
		t.Fatal(err)
	}
	want := steps(t, straight, 40)
	for back := range 40 {
		r, err := g.StartIDs(byteIDs(4))
		if err != nil {
			t.Fatal(err)
		}
		steps(t, r, 30)
		fork, err := r.Fork()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Back(back); err != nil {
			t.Fatal(err)
		}
		left := 40 - max(30-back, 0)
		if got := steps(t, r, left); got.CumLogProb != want.CumLogProb || got.Dropped != want.Dropped {
			t.Errorf("%d back: %v, want %v", back, got.CumLogProb, want.CumLogProb)
		}
		if got := steps(t, fork, 10); got.CumLogProb != want.CumLogProb {
			t.Errorf("a fork: %v, want %v", got.CumLogProb, want.CumLogProb)
		}
	}
}

// A window that BOS fills can never slide.
func TestContextOfOne(t *testing.T) {
	_, err := sliding(1, 256).StartIDs(byteIDs(3))
	if err == nil || !strings.Contains(err.Error(), "context of 1 is full with BOS alone") {
		t.Errorf("%v", err)
	}
	g := bytesGenerator(make([]float64, 258))
	g.Model.(*fake).context = 1
	_, err = g.StartIDs(byteIDs(1))
	if err == nil || err.Error() != "prompt: 1 token leaves no room in the model's context of 1: shorten it, or --context-shift drops the oldest" {
		t.Errorf("%v", err)
	}
}

// In a context of one token without BOS nothing stands before the next.
func TestContextOfOneWithoutBOS(t *testing.T) {
	g := bytesGenerator(nil)
	g.Model = &needy{fake{logits: make([]float64, 258), context: 1}}
	g.ContextShift = true
	r, err := g.Start("ab")
	if err != nil {
		t.Fatal(err)
	}
	const want = "step 0: the model's context of 1 has room for the next token alone, and the model predicts nothing without one before it"
	if _, err := r.Predict(t.Context()); err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
	r, err = g.Start("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Predict(t.Context()); !errors.Is(err, argen.ErrEmptyContext) {
		t.Errorf("without a prompt: %v", err)
	}
}

// A text is scored in passes as long as the window allows, and as it would be
// token by token.
func TestScoreInPasses(t *testing.T) {
	for _, bos := range []argen.ID{argen.NoID, 256} {
		for _, n := range []int{1, 2, 63, 64, 65, 700} {
			g := sliding(64, bos)
			one, err := g.Score(t.Context(), nil, byteIDs(n))
			if err != nil {
				t.Fatal(err)
			}
			m := &scoring{narrow: narrow{64, bos}}
			g.Model = m
			many, err := g.Score(t.Context(), byteIDs(n)[:n/2], byteIDs(n)[n/2:])
			if err != nil || n > 2 && (m.passes > 2+n/16 || m.tokens < n/2-2) {
				t.Fatalf("%v, %d passes over %d tokens", err, m.passes, m.tokens)
			}
			for i, s := range many.Steps {
				if want := one.Steps[i+n/2]; s.LogProb != want.LogProb || s.Dropped != want.Dropped || s.Entropy != want.Entropy {
					t.Fatalf("%d tokens: token %d has ln P = %v, want %v", n, i, s.LogProb, want.LogProb)
				}
			}
		}
	}
	_, err := sliding(64, 256).Score(t.Context(), nil, []argen.ID{1, 258})
	if err == nil || err.Error() != "text: token 1 is id 258, the vocabulary has ids 0 to 257" {
		t.Errorf("an id outside the vocabulary: %v", err)
	}
}
