package sampler_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

// A goldenCase is a distribution, a chain, and what it leaves by its
// definition, worked out by hand.
type goldenCase struct {
	About  string // the rule, or how the numbers come about
	Chain  string
	Pieces []string // the vocabulary; none: a, b, c …
	Words  bool     // blanks stand between pieces
	Stop   []argen.ID
	Logits []number
	Before []argen.ID // the prompt
	Drawn  []argen.ID // the new tokens
	Probs  []number   // by ID; 0 of those that are removed
}

// vocabulary is the case's.
type goldenVocabulary struct {
	pieces
	stop []argen.ID
}

func (v goldenVocabulary) Info() argen.Info {
	return argen.Info{VocabSize: len(v.pieces), BOS: argen.NoID, Stop: v.stop}
}

func (v goldenVocabulary) Start() argen.State {
	return &echo{predict: func([]argen.ID) []float64 { return make([]float64, len(v.pieces)) }}
}
func (v goldenVocabulary) Control(id argen.ID) bool { return slices.Contains(v.stop, id) }
func (v goldenVocabulary) Encode(text string) ([]argen.ID, error) {
	if i := slices.Index(v.pieces, text); i >= 0 {
		return []argen.ID{argen.ID(i)}, nil
	}
	return nil, fmt.Errorf("no piece %q", text)
}

// check puts the distribution through the chain and compares what is left.
func (k *goldenCase) check() error {
	v := goldenVocabulary{k.Pieces, k.Stop}
	for len(v.pieces) < len(k.Logits) {
		v.pieces = append(v.pieces, string(rune('a'+len(v.pieces))))
	}
	var tok argen.Tokenizer = v
	if k.Words {
		tok = words{v.pieces}
	}
	chain, err := sampler.Parse(k.Chain)
	if err != nil {
		return err
	}
	c, err := argen.NewCandidates(floats(k.Logits))
	if err != nil {
		return err
	}
	past := argen.Past{IDs: slices.Concat(k.Before, k.Drawn), Prompt: len(k.Before), Float64: func() float64 { return 0.5 }}
	for _, stage := range chain {
		if b, ok := stage.(argen.Binder); ok {
			if stage, err = b.Bind(tok, v); err != nil {
				return err
			}
		}
		for _, id := range k.Drawn {
			if l, ok := stage.(argen.Learner); ok {
				stage = l.Learn(argen.Drawn{ID: id, Prob: 1, Before: 1})
			}
		}
		stage.Apply(c, past)
	}
	if c.Err() != nil {
		return c.Err()
	}
	if len(k.Probs) != len(k.Logits) {
		return fmt.Errorf("%d probs of %d logits", len(k.Probs), len(k.Logits))
	}
	for i, want := range k.Probs {
		id, got := argen.ID(i), 0.0
		if c.Has(id) {
			got = c.Prob(id)
		}
		if math.Abs(got-float64(want)) > 1e-6 || c.Has(id) != (want > 0) {
			return fmt.Errorf("P(%d) = %v, want %v", id, got, float64(want))
		}
	}
	return nil
}

// goldens reads those of a stage, none if it has no file.
func goldens(t *testing.T, stage string) []*goldenCase {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "golden", stage+".json"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var cases []*goldenCase
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", stage, err)
	}
	return cases
}

// Every stage of the table is compared with what another program leaves, or with
// a golden file that was worked out by hand: testdata/golden/NAME.json.
func TestEveryStageHasAGolden(t *testing.T) {
	compared := map[string]int{}
	for _, k := range allCalls(t) {
		if chain, err := k.chain(); err == nil {
			for _, stage := range chain {
				compared[stage.Name()]++
			}
		}
	}
	for _, s := range sampler.Table {
		own := 0
		for _, k := range goldens(t, s.Name) {
			if chain, err := sampler.Parse(k.Chain); err == nil && slices.Contains(stageNames(chain), s.Name) {
				own++
			}
			if err := k.check(); err != nil {
				t.Errorf("%s, %s: %v", k.Chain, k.About, err)
			}
		}
		if compared[s.Name] == 0 && own == 0 {
			t.Errorf("%s has no golden: no reference has it, and testdata/golden/%s.json has none of it", s.Name, s.Name)
		}
	}
	files, err := os.ReadDir("testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, json := strings.CutSuffix(f.Name(), ".json")
		if _, ok := sampler.Lookup(name); json && !ok {
			t.Errorf("testdata/golden/%s is of no stage", f.Name())
		}
	}
}
