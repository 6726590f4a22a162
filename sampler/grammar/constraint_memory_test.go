package grammar

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
	"argen/tokenizer"
)

// padded is a vocabulary whose last two tokens stand for no text.
type padded struct{ vocab }

func (p padded) Control(id argen.ID) bool { return int(id) >= len(p.vocab)-2 }

// A constraint never changes: forks, steps back and several goroutines see what
// they would alone, and memory that is short changes nothing but time.
func TestConstraintDoesNotChange(t *testing.T) {
	g := must(JSONSchema(`{"type": "array", "items": {"type": ["object", "string", "integer"]}}`))
	masks := func(c *Constraint, seed uint64) [][]argen.ID {
		rng := rand.New(rand.NewPCG(seed, 1))
		w := written{c, nil}
		var all [][]argen.ID
		for range 40 {
			allowed, err := w.allows()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, allowed)
			id := allowed[rng.IntN(len(allowed))]
			if jsonVocab.Control(id) {
				break
			}
			w = w.then(id)
		}
		return all
	}
	alone := make([][][]argen.ID, 8)
	for seed := range alone {
		alone[seed] = masks(g.On(jsonVocab, jsonVocab.eos()), uint64(seed))
	}
	shared, short := g.On(jsonVocab, jsonVocab.eos()), g.On(jsonVocab, jsonVocab.eos())
	short.run.most = 2000
	var wait sync.WaitGroup
	for seed := range alone {
		for name, c := range map[string]*Constraint{"shared": shared, "short of memory": short} {
			wait.Go(func() {
				for range 3 {
					if got := masks(c, uint64(seed)); !slices.EqualFunc(got, alone[seed], slices.Equal) {
						t.Errorf("%s, seed %d: other tokens are allowed than alone", name, seed)
					}
				}
			})
		}
	}
	wait.Wait()
}

// What is kept stays within limits, however long and however deep the text.
func TestMemoryIsBounded(t *testing.T) {
	v := everyByte("((", "))", "()(", strings.Repeat("(", 40))
	c := must(GBNF(`root ::= ("(" root ")" | [a-z])*`)).On(v, v.eos())
	c.run.most = 100_000
	rng := rand.New(rand.NewPCG(1, 1))
	w := written{c, nil}
	largest := 0
	for range 3000 {
		allowed, err := w.allows()
		if err != nil {
			t.Fatal(err)
		}
		id := allowed[rng.IntN(len(allowed))]
		if v.Control(id) {
			continue
		}
		w.Constraint = w.Learn(id)
		largest = max(largest, c.run.cells)
	}
	if largest < 100_000 || largest > 300_000 {
		t.Errorf("at most %d words are kept of 100,000 to 200,000, and the last few", largest)
	}
}

// A step allocates nothing once the masks are known.
func TestApplyDoesNotAllocate(t *testing.T) {
	words, err := tokenizer.NewWords([]string{"<s>", "</s>", "the", "cat", "sat"})
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]written{
		"bytes": {must(Regex("[a-z]+")).On(everyByte("ab"), nil), nil},
		"words": {must(Regex("the [a-z ]+")).On(words, []argen.ID{1}), nil},
	} {
		if name == "words" {
			w = w.then(2)
		}
		all, err := argen.NewCandidates(make([]float64, w.tok.VocabSize()))
		if err != nil {
			t.Fatal(err)
		}
		logits := make([]float64, w.tok.VocabSize())
		step := func() {
			if err := all.Reset(logits); err != nil {
				t.Fatal(err)
			}
			w.Apply(all, argen.Past{IDs: w.ids})
		}
		for range 4 {
			step()
		}
		if n := testing.AllocsPerRun(5, step); n != 0 {
			t.Errorf("%s: %v allocations a step", name, n)
		}
	}
}
