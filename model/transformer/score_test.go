package transformer_test

import (
	"testing"

	"argen"
	"argen/model/transformer"
	"argen/tokenizer"
)

// A slow model has states that are no Scorers: they compute token by token.
type slow struct{ argen.Model }

func (m slow) Start() argen.State { return slowState{m.Model.Start()} }

type slowState struct{ argen.State }

// anyBytes is a tokenizer that gives every token a piece.
type anyBytes struct {
	tokenizer.Bytes
	v int
}

func (a *anyBytes) VocabSize() int         { return a.v }
func (*anyBytes) Piece(id argen.ID) []byte { return []byte{byte(id)} }
func (*anyBytes) Control(argen.ID) bool    { return false }
func (*anyBytes) Decode([]argen.ID) string { return "" }

func scorer(m argen.Model) argen.Generator {
	return argen.Generator{Model: m, Tokenizer: &anyBytes{v: m.Info().VocabSize}, ContextShift: true}
}

func text(n, v int) []argen.ID {
	ids := make([]argen.ID, n)
	for i := range ids {
		ids[i] = argen.ID((i*i*3 + i*11) % v)
	}
	return ids
}

// A text is scored in passes to the same bits as token by token, whether it
// fits the context or slides through it.
func TestScoreOfText(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, _ *reference) {
		for _, n := range []int{2, 40, m.Config().Context, 2*m.Config().Context + 3} {
			if n > 600 {
				continue
			}
			ids := text(n, m.Config().VocabSize)
			got, err := scorer(m).Score(ctx, nil, ids)
			if err != nil {
				t.Fatal(err)
			}
			want, err := scorer(slow{m}).Score(ctx, nil, ids)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.Steps {
				if g, w := got.Steps[i], want.Steps[i]; g.LogProb != w.LogProb || g.Logit != w.Logit || g.Entropy != w.Entropy || g.Dropped != w.Dropped {
					t.Fatalf("%d tokens, step %d: ln P = %v (%d dropped), token by token %v (%d)", n, i, g.LogProb, g.Dropped, w.LogProb, w.Dropped)
				}
			}
		}
	})
}

// A text of 256 tokens, in passes and token by token.
func BenchmarkScore(b *testing.B) {
	for _, c := range []struct {
		name                       string
		vocab, hidden, layers, ffn int
	}{
		{"story", 687, 128, 3, 352},
		{"15M", 32000, 288, 6, 768},
	} {
		m := randomLlama(b, false, c.vocab, c.hidden, c.layers, 4, c.ffn)
		ids := text(256, c.vocab)
		for name, m := range map[string]argen.Model{"passes": m, "single": slow{m}} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := scorer(m).Score(ctx, nil, ids); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*len(ids))/b.Elapsed().Seconds(), "tokens/s")
			})
		}
	}
}
