package ngram

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"argen"
)

// unpacked returns a file of testdata.
func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(name, ".gz") {
		return data
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if data, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return data
}

// references are the models of testdata/kenlm/reference.py.
var references = []struct {
	name, text string
	options    Options
	fallbacks  int // orders without discounts of their own
}{
	{"tiny-3", "tiny.txt", Options{Order: 3}, 1},
	{"stories-2", "stories.txt.gz", Options{Order: 2}, 0},
	{"stories-3", "stories.txt.gz", Options{Order: 3}, 0},
	{"stories-5-pruned", "stories.txt.gz", Options{Order: 5, Prune: []int{0, 0, 1}}, 0},
}

// Estimated from the same text, every n-gram has the probability and back-off
// weight that lmplz gives it.
func TestKenLMEstimates(t *testing.T) {
	for _, ref := range references {
		t.Run(ref.name, func(t *testing.T) {
			m, report, err := TrainText(context.Background(), bytes.NewReader(unpacked(t, "kenlm/"+ref.text)), ref.options)
			if err != nil {
				t.Fatal(err)
			}
			fallbacks := 0
			for _, d := range report.Discounts {
				if d.Fallback {
					fallbacks++
				}
			}
			if fallbacks != ref.fallbacks {
				t.Errorf("%d orders fall back to fixed discounts, expected %d", fallbacks, ref.fallbacks)
			}
			compareARPA(t, m, unpacked(t, "kenlm/"+ref.name+".arpa.gz"))
		})
	}
}

// compareARPA compares a model with an ARPA file, which it reads with none of
// the code under test.
func compareARPA(t *testing.T, m *Model, arpa []byte) {
	t.Helper()
	const tolerance = 1e-4
	order, seen := 0, make([]int, m.order)
	for line := range strings.Lines(string(arpa)) {
		line = strings.TrimSuffix(line, "\n")
		switch line {
		case `\1-grams:`, `\2-grams:`, `\3-grams:`, `\4-grams:`, `\5-grams:`:
			order = int(line[1] - '0')
			continue
		}
		cols := strings.Split(line, "\t")
		if order == 0 || len(cols) < 2 {
			continue
		}
		seen[order-1]++
		var ids []argen.ID
		for word := range strings.SplitSeq(cols[1], " ") {
			id, ok := m.ID(word)
			if !ok && word != unkName {
				t.Fatalf("%s is not in the vocabulary", word)
			}
			ids = append(ids, id)
		}
		n := m.number(ids)
		if n == root || n < m.level[order-1] || n >= m.level[order] {
			t.Fatalf("%q is not in the model", cols[1])
		}
		if got, want := float64(m.logprob(n)), parse(t, cols[0]); math.Abs(got-want) > tolerance {
			t.Errorf("log10 P(%s) = %v, lmplz has %v", cols[1], got, want)
		}
		if len(cols) == 3 && order < m.order {
			if got, want := float64(m.nodes[n].backoff), parse(t, cols[2]); math.Abs(got-want) > tolerance {
				t.Errorf("log10 of the back-off weight of %q = %v, lmplz has %v", cols[1], got, want)
			}
		}
	}
	for k, n := range m.NGrams() {
		if n != seen[k] {
			t.Errorf("%d %d-grams, lmplz has %d", n, k+1, seen[k])
		}
	}
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	var v float64
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

// Sentences get the scores that KenLM's own look-up gives them, from a model
// that is estimated here and from the one that lmplz wrote.
func TestKenLMScores(t *testing.T) {
	var want map[string]struct {
		Scores                      []float64
		Perplexity, PerplexityKnown float64
	}
	data := bytes.ReplaceAll(unpacked(t, "kenlm/reference.json"), []byte("perplexity_known"), []byte("perplexityKnown"))
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(unpacked(t, "kenlm/heldout.txt")), "\n"), "\n")
	for _, ref := range references {
		trained, _, err := TrainText(context.Background(), bytes.NewReader(unpacked(t, "kenlm/"+ref.text)), ref.options)
		if err != nil {
			t.Fatal(err)
		}
		read, err := OpenARPA("testdata/kenlm/" + ref.name + ".arpa.gz")
		if err != nil {
			t.Fatal(err)
		}
		w := want[ref.name]
		for _, c := range []struct {
			from      string
			m         *Model
			tolerance float64 // of a sentence
		}{{"trained", trained, 1e-4}, {"read", read, 2e-5}} {
			var all, known float64
			var words, knowns int
			for i, line := range lines {
				at, sum := c.m.Begin(), 0.0
				for _, word := range append(strings.Fields(line), eosName) {
					id, ok := c.m.ID(word)
					var log10 float64
					at, log10 = c.m.Score(at, id)
					sum += log10
					words++
					if ok {
						known += log10
						knowns++
					}
				}
				all += sum
				if math.Abs(sum-w.Scores[i]) > c.tolerance {
					t.Errorf("%s, %s: line %d has log10 P %v, KenLM %v", ref.name, c.from, i+1, sum, w.Scores[i])
				}
			}
			near := func(what string, got, want float64) {
				if math.Abs(got/want-1) > 5e-6 {
					t.Errorf("%s, %s: perplexity %s = %v, KenLM %v", ref.name, c.from, what, got, want)
				}
			}
			near("with unknown words", math.Pow(10, -all/float64(words)), w.Perplexity)
			near("of known words", math.Pow(10, -known/float64(knowns)), w.PerplexityKnown)
		}
	}
}
