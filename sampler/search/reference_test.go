package search_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"argen"
	"argen/model/transformer"
	"argen/sampler/search"
)

var ctx = context.Background()

// stopping is a model with other tokens that end a text.
type stopping struct {
	argen.Model
	stop []argen.ID
}

func (m stopping) Info() argen.Info {
	i := m.Model.Info()
	i.Stop = m.stop
	return i
}

// numbers is a tokenizer whose tokens are their numbers.
type numbers int

func (numbers) Encode(text string) ([]argen.ID, error) {
	id, err := strconv.Atoi(text)
	return []argen.ID{argen.ID(id)}, err
}

func (n numbers) Decode(ids []argen.ID) (text string) {
	for _, id := range ids {
		text += string(n.Piece(id))
	}
	return text
}
func (numbers) Piece(id argen.ID) []byte { return []byte(strconv.Itoa(int(id)) + " ") }
func (numbers) Control(argen.ID) bool    { return false }
func (n numbers) VocabSize() int         { return int(n) }

// A reference is what transformers found with a model.
type reference struct {
	Prompts map[string][]argen.ID
	Beam    []beamCase
	Diverse []beamCase `json:"diverse_beam"`

	Contrastive []struct {
		Prompt string
		Alpha  float64    `json:"penalty_alpha"`
		K      int        `json:"top_k"`
		IDs    []argen.ID `json:"ids"`
	}
}

type beamCase struct {
	Prompt    string
	Beams     int       `json:"num_beams"`
	Groups    int       `json:"num_beam_groups"`
	Diversity float64   `json:"diversity_penalty"`
	Return    int       `json:"num_return_sequences"`
	Tokens    int       `json:"max_new_tokens"`
	Length    float64   `json:"length_penalty"`
	Early     any       `json:"early_stopping"`
	EOS       *argen.ID `json:"eos_token_id"`
	Sequences [][]argen.ID
	Scores    []float64
	LogProbs  []float64 `json:"sum_logprobs"`
}

// references are those of testdata, by the model's name.
func references(t *testing.T) map[string]reference {
	t.Helper()
	file := "testdata/transformers.json.gz"
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]reference
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// open opens a model of the transformer's testdata, by the name that
// its reference has.
func open(t testing.TB, name string) argen.Model {
	t.Helper()
	m, err := transformer.Open(filepath.Join("../../model/transformer/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// write lets a picker write a text to its end.
func write(t testing.TB, r *argen.Run, p search.Picker) *argen.Trace {
	t.Helper()
	for {
		if _, err := search.Next(ctx, r, p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(nil); err != nil {
		t.Fatal(err)
	}
	return r.Trace()
}

// tolerance is how far a score may be from that of the reference, which sums
// log-probabilities in float32.
const tolerance = 1e-4

func TestBeamsAsTransformers(t *testing.T) {
	beams, groups := 0, 0
	for name, ref := range references(t) {
		t.Run(name, func(t *testing.T) {
			m := open(t, name)
			for i, c := range append(slices.Clip(ref.Beam), ref.Diverse...) {
				b := search.Beams{N: c.Beams, Groups: max(1, c.Groups), Diversity: c.Diversity, Length: c.Length, Return: c.Return, Early: "false"}
				switch early := c.Early.(type) {
				case string:
					b.Early = early
				case bool:
					b.Early = strconv.FormatBool(early)
				}
				model := stopping{Model: m}
				if c.EOS != nil {
					model.stop = []argen.ID{*c.EOS}
				}
				gen := argen.Generator{Model: model, Tokenizer: numbers(m.Info().VocabSize), MaxTokens: c.Tokens, BOS: argen.NoBOS, Search: b.String()}
				r, err := gen.StartIDs(ref.Prompts[c.Prompt])
				if err != nil {
					t.Fatal(err)
				}
				p := b.Picker()
				trace := write(t, r, p)
				texts := p.(search.Lister).Texts()
				if len(texts) != len(c.Sequences) {
					t.Fatalf("case %d, %s: %d texts, want %d", i, b, len(texts), len(c.Sequences))
				}
				for k, text := range texts {
					if !slices.Equal(text.IDs, c.Sequences[k]) || !(math.Abs(text.Score-c.Scores[k]) <= tolerance) {
						t.Errorf("case %d, %s, text %d: %v with %v, want %v with %v", i, b, k, text.IDs, text.Score, c.Sequences[k], c.Scores[k])
					}
					if len(c.LogProbs) > 0 && !(math.Abs(text.LogProb-c.LogProbs[k]) <= 2*tolerance) {
						t.Errorf("case %d, %s, text %d: ln P %v, want %v", i, b, k, text.LogProb, c.LogProbs[k])
					}
				}
				if got := r.Context()[len(ref.Prompts[c.Prompt]):]; !slices.Equal(got, texts[0].IDs) || math.Abs(trace.LogProb()-texts[0].LogProb) > 1e-9 {
					t.Errorf("case %d, %s: the run wrote %v with ln P %v, the search found %v with %v", i, b, got, trace.LogProb(), texts[0].IDs, texts[0].LogProb)
				}
				if c.Groups > 1 {
					groups++
				} else {
					beams++
				}
			}
		})
	}
	if beams != 150 || groups != 64 {
		t.Errorf("%d cases of beams and %d of groups of them were compared, the references have 150 and 64", beams, groups)
	}
}

func TestContrastiveAsTransformers(t *testing.T) {
	compared := 0
	for name, ref := range references(t) {
		if len(ref.Contrastive) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := open(t, name)
			for i, c := range ref.Contrastive {
				p := search.Contrastive{Alpha: c.Alpha, K: c.K}
				gen := argen.Generator{Model: m, Tokenizer: numbers(m.Info().VocabSize), MaxTokens: len(c.IDs), NoStop: true, BOS: argen.NoBOS, Search: p.String()}
				r, err := gen.StartIDs(ref.Prompts[c.Prompt])
				if err != nil {
					t.Fatal(err)
				}
				write(t, r, p.Picker())
				if got := r.Context()[len(ref.Prompts[c.Prompt]):]; !slices.Equal(got, c.IDs) {
					t.Errorf("case %d, %s: %v, want %v", i, p, got, c.IDs)
				}
				compared++
			}
		})
	}
	if compared != 36 {
		t.Errorf("%d cases were compared, the references have 36", compared)
	}
}
