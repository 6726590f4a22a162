package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"argen"
)

// fake is a model of a few tokens whose probabilities depend on the whole
// context. What comes after token broken, if it is set, is an error.
type fake struct {
	words  []string
	stop   []argen.ID
	broken string
}

func (f fake) Info() argen.Info {
	return argen.Info{Ref: "fake \x1b[31m", Kind: "fake", VocabSize: len(f.words), BOS: argen.NoID, Stop: f.stop}
}
func (f fake) Start() argen.State { return &fakeState{fake: f} }

type fakeState struct {
	fake
	ids []argen.ID
}

func (s *fakeState) Len() int { return len(s.ids) }

func (s *fakeState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	all := append(slices.Clip(s.ids), ids...)
	logits := make([]float64, len(s.words))
	seen := uint32(1)
	for _, id := range all {
		if s.broken != "" && s.words[id] == s.broken {
			return nil, errors.New("the engine \x1b[2J is gone")
		}
		seen = seen*31 + uint32(id)
	}
	for i := range logits {
		logits[i] = -float64((seen+uint32(i)*7)%29) / 10
	}
	s.ids = all
	return logits, nil
}

func (s *fakeState) Rewind(n int)      { s.ids = s.ids[:n] }
func (s *fakeState) Fork() argen.State { return &fakeState{fake: s.fake, ids: slices.Clone(s.ids)} }

// Encode knows the words and what is made of them with blanks between.
func (f fake) Encode(text string) ([]argen.ID, error) {
	if i := slices.Index(f.words, text); i >= 0 {
		return []argen.ID{argen.ID(i)}, nil
	}
	var ids []argen.ID
	for _, w := range strings.Fields(text) {
		i := slices.Index(f.words, w)
		if i < 0 {
			return nil, fmt.Errorf("no token is %s", w)
		}
		ids = append(ids, argen.ID(i))
	}
	return ids, nil
}

func (f fake) Decode(ids []argen.ID) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(f.words[id])
	}
	return b.String()
}

func (f fake) Piece(id argen.ID) []byte { return []byte(f.words[id]) }
func (f fake) Control(id argen.ID) bool { return strings.HasPrefix(f.words[id], "<") }
func (f fake) VocabSize() int           { return len(f.words) }

// plain is a fake with words that ask for nothing.
func plain() fake {
	words := []string{"</s>", "It", "was", "a", "sunny", "day", ".", "Mia", "and", "Kofi", "went", "home"}
	return fake{words: words, stop: []argen.ID{0}}
}

func (f fake) generator(seed uint64) argen.Generator {
	return argen.Generator{Model: f, Tokenizer: f, Seed: seed, Top: 8}
}
