package story

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
	"argen/tokenizer"
)

// reference is story-reference.json: figures of an independent prototype in
// Python for the same grammar.
type reference struct {
	GrammarSHA256 string `json:"grammar_sha256"`
	Stories       []struct {
		Text    string
		Tokens  int
		Log2P   float64
		Words   []string
		LogP    []float64 `json:"token_log2p"`
		Entropy []float64 `json:"token_entropy"`
	}
	Prefixes []struct {
		Prefix      []string
		Text        string
		EntropyBits float64 `json:"entropy_bits"`
		States      int
		Next        map[string]float64
	}
	Rejected []struct {
		Words        []string
		Why          string
		StrictAt     *int `json:"strict_reject_at"`
		WellFormedAt *int `json:"wellformed_reject_at"`
	}
	MonteCarlo struct {
		Stories  int
		PerToken [2]float64 `json:"bits_per_token"`
		PerWord  [2]float64 `json:"bits_per_word"`
		PerStory [2]float64 `json:"bits_per_story"`
		Tokens   [2]float64 `json:"tokens_per_story"`
		States   float64    `json:"mean_filter_states"`
	} `json:"monte_carlo"`
}

var readReference = sync.OnceValue(func() reference {
	var r reference
	data, err := os.ReadFile("testdata/story-reference.json")
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		panic(err)
	}
	return r
})

// near fails the test unless got is within tol of want.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

func TestGrammarIsTheReferences(t *testing.T) {
	sum := sha256.Sum256(source)
	if got, want := hex.EncodeToString(sum[:]), readReference().GrammarSHA256; got != want {
		t.Errorf("the embedded grammar has SHA-256 %s, the reference was made with %s", got, want)
	}
	if got := Truth().Info().SHA256; got != readReference().GrammarSHA256 {
		t.Errorf("Info().SHA256 = %s", got)
	}
}

func TestVocab(t *testing.T) {
	v := Default().Vocab()
	if len(v) != 686 || v[BOS] != "<s>" || v[EOS] != "</s>" || !slices.IsSorted(v[2:]) {
		t.Errorf("vocabulary of %d words begins %q; want 686: <s>, </s>, then sorted words", len(v), v[:4])
	}
	for i, w := range v {
		if id, ok := Default().ID(w); !ok || int(id) != i {
			t.Errorf("ID(%q) = %d, %v, want %d", w, id, ok, i)
		}
	}
	if id, ok := Default().ID("Maria"); ok {
		t.Errorf("ID(Maria) = %d, but no story has this name", id)
	}
}

func TestReferenceStories(t *testing.T) {
	model := Truth()
	tok := tokenizer.NewStory(model.g.Vocab())
	whole := 0
	for _, story := range readReference().Stories {
		ids, err := tok.Encode(story.Text)
		if err != nil {
			t.Fatal(err)
		}
		if text := tok.Decode(ids); text != story.Text {
			t.Errorf("decoded %q, want %q", text, story.Text)
		}
		ids = append(ids, EOS)
		words := model.g.Words(ids)
		if len(ids) != story.Tokens {
			t.Errorf("%d tokens, want %d: %s", len(ids), story.Tokens, story.Text)
		}
		got, err := model.Score(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, p := range got {
			sum += p.LogProb / math.Ln2
		}
		near(t, "log2 P of the story", sum, story.Log2P, 1e-9)
		if len(story.Words) > 0 { // word by word for the first few
			whole++
			if !slices.Equal(words, story.Words) {
				t.Errorf("words %q, want %q", words, story.Words)
			}
			for i, p := range got {
				near(t, "log2 P of "+story.Words[i], p.LogProb/math.Ln2, story.LogP[i], 1e-9)
				near(t, "entropy before "+story.Words[i], p.Entropy, story.Entropy[i], 1e-9)
			}
		}
		v, err := model.g.Judge(words)
		if err != nil || !v.Coherent || !v.WellFormed || v.At != -1 || v.ShapeAt != -1 {
			t.Errorf("a story of the grammar is judged %+v, %v: %s", v, err, story.Text)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if n := len(readReference().Stories); n != 200 || whole != 50 {
		t.Errorf("%d reference stories, %d of them word by word", n, whole)
	}
}

func TestReferencePrefixes(t *testing.T) {
	model := Truth()
	for _, p := range readReference().Prefixes {
		s := model.start()
		logits, err := s.Extend(t.Context(), model.g.IDs(p.Prefix...)...)
		if err != nil {
			t.Fatal(err)
		}
		entropy := 0.0
		for id, l := range logits {
			prob := math.Exp(l)
			near(t, p.Text+" → "+model.g.vocab[id], prob, p.Next[model.g.vocab[id]], 1e-9)
			if prob > 0 {
				entropy -= prob * math.Log2(prob)
			}
		}
		near(t, p.Text+": entropy", entropy, p.EntropyBits, 1e-9)
		if s.Hypotheses() != p.States {
			t.Errorf("%q: %d hypotheses, want %d", p.Text, s.Hypotheses(), p.States)
		}
	}
}

func TestReferenceRejected(t *testing.T) {
	lost := map[string]string{"a stranger’s name": "name", "agreement": "agreement"}
	for _, r := range readReference().Rejected {
		v, err := Default().Judge(r.Words)
		if err != nil {
			t.Fatal(err)
		}
		at := func(p *int) int {
			if p == nil {
				return -1
			}
			return *p
		}
		if v.Coherent || v.At != at(r.StrictAt) || v.ShapeAt != at(r.WellFormedAt) || v.WellFormed != (r.WellFormedAt == nil) {
			t.Errorf("%s: %+v, want a rejection at %d, of the shape at %d", r.Why, v, at(r.StrictAt), at(r.WellFormedAt))
		}
		if v.Lost != lost[r.Why] || v.Got != r.Words[v.At] || len(v.Expected) == 0 {
			t.Errorf("%s: %+v", r.Why, v)
		}
	}
}

func TestReferenceMonteCarlo(t *testing.T) {
	want := readReference().MonteCarlo
	got, err := Truth().EntropyRate(t.Context(), 2000, 1)
	if err != nil {
		t.Fatal(err)
	}
	// Two independent estimates differ by less than four standard errors of
	// their difference but once in 16,000 times.
	agree := func(what string, got Estimate, want [2]float64) {
		t.Helper()
		near(t, what, got.Mean, want[0], 4*math.Hypot(got.StdErr, want[1]))
		// Position entropies vary less than surprisals; half the stories.
		if !(got.StdErr > 0 && got.StdErr < want[1]*math.Sqrt2*1.1) {
			t.Errorf("%s: standard error %g, that of the reference is %g", what, got.StdErr, want[1])
		}
	}
	agree("bits per token", got.PerToken, want.PerToken)
	agree("bits per word", got.PerWord, want.PerWord)
	agree("bits per story", got.PerStory, want.PerStory)
	agree("tokens per story", got.Length, want.Tokens)
	near(t, "hypotheses", got.Hypotheses, want.States, 0.05)
	again, _ := Truth().EntropyRate(t.Context(), 2000, 1)
	if again != got {
		t.Errorf("the same seed gave %+v and %+v", got, again)
	}
	if _, err := Truth().EntropyRate(t.Context(), 1, 1); err == nil {
		t.Error("a standard error of one story")
	}
}

// sampled returns n stories of the grammar.
func sampled(t testing.TB, g *Grammar, n int) [][]argen.ID {
	rng := rand.New(rand.NewPCG(7, 7))
	stories := make([][]argen.ID, n)
	for i := range stories {
		ids, err := g.Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		stories[i] = ids
	}
	return stories
}

func TestSamplesAreCoherentAndProbabilitiesSumToOne(t *testing.T) {
	model := Truth()
	for _, ids := range sampled(t, model.g, 300) {
		s := model.Start()
		logits, err := s.Extend(t.Context())
		for i, id := range ids {
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, l := range logits {
				sum += math.Exp(l)
			}
			near(t, "sum of P", sum, 1, 1e-12)
			if math.IsInf(logits[id], -1) {
				t.Fatalf("the sampled word %s at %d is impossible: %s", model.g.vocab[id], i, strings.Join(model.g.Words(ids), " "))
			}
			logits, err = s.Extend(t.Context(), id)
		}
	}
}

// The sampler and the filter read the same grammar: first words come as often
// as the filter says, by Pearson's chi-squared test.
func TestSampleFollowsTheDistribution(t *testing.T) {
	const n = 4000
	model := Truth()
	counts := map[argen.ID]float64{}
	for _, ids := range sampled(t, model.g, n) {
		counts[ids[0]]++
	}
	logits, err := model.Start().Extend(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	chi2, cells := 0.0, 0
	for id, l := range logits {
		if want := n * math.Exp(l); want > 0 {
			d := counts[argen.ID(id)] - want
			chi2 += d * d / want
			cells++
		}
	}
	// 18 degrees of freedom: P(χ² > 51.4) = 5e-5.
	if cells != 19 || chi2 > 51.4 {
		t.Errorf("χ² = %.1f over %d first words", chi2, cells)
	}
}
