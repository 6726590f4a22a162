package ngram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"argen"
)

// trained is a model of plain text.
func trained(t testing.TB, text string, o Options) *Model {
	t.Helper()
	m, _, err := TrainText(context.Background(), strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// prob is P(word | words before it), by Score; the first may be <s>.
func prob(t testing.TB, m *Model, words string) float64 {
	t.Helper()
	c, log10 := Context{}, 0.0
	for w := range strings.FieldsSeq(words) {
		id, ok := m.ID(w)
		if !ok {
			t.Fatalf("no word %q", w)
		}
		c, log10 = m.Score(c, id)
	}
	return math.Pow(10, log10)
}

// Two sentences, a b and a c, whose probabilities can be had by hand. Each
// smoothing predicts 5 tokens: <unk>, </s>, a, b, c.
func TestByHand(t *testing.T) {
	for _, test := range []struct {
		smoothing Smoothing
		words     string
		want      float64
	}{
		{MaximumLikelihood, "a", 2. / 6},
		{MaximumLikelihood, "<s> a", 1},
		{MaximumLikelihood, "a b", 1. / 2},
		{MaximumLikelihood, "b </s>", 1},
		{MaximumLikelihood, "b b", 0},
		{MaximumLikelihood, "<unk> b", 1. / 6}, // a context never seen
		{AddK, "a", 3. / 11},
		{AddK, "<unk>", 1. / 11},
		{AddK, "a b", 2. / 7},
		{AddK, "a </s>", 1. / 7},
		{AddK, "a <unk>", 1. / 7},
		{WittenBell, "a", (2 + 4./5) / 10}, // T = 4 types, c = 6
		{WittenBell, "<unk>", 4. / 5 / 10},
		{WittenBell, "a b", (1 + 2*.18) / 4},
		{WittenBell, "a </s>", 2 * .28 / 4},
		{StupidBackoff, "a b", 1. / 2},
		{StupidBackoff, "a </s>", .4 * 2 / 6},
		// Contexts before a, b, c and </s>: 1, 1, 1, 2, of 5. Too little for
		// discounts: .5, 1 and 1.5.
		{KneserNey, "<unk>", .1},
		{KneserNey, "b", .5/5 + .1},
		{KneserNey, "</s>", 1./5 + .1},
		{KneserNey, "a b", .5/2 + .5*.2},
		{KneserNey, "a </s>", .5 * .3},
		{KneserNey, "<s> a", 1./2 + 1./2*.2},
	} {
		m := trained(t, "a b\na c\n", Options{Order: 2, Smoothing: test.smoothing})
		if got := prob(t, m, test.words); math.Abs(got-test.want) > 1e-7 {
			t.Errorf("%s: P(%s) = %.9f, by hand %.9f", test.smoothing, test.words, got, test.want)
		}
	}
}

// The discounts of a made-up table of counts, by the formula.
func TestDiscounts(t *testing.T) {
	// Y = 8/16 = .5; D₁ = 1 − 1·4/8, D₂ = 2 − 1.5·2/4, D₃ = 3 − 2·1/2
	if d := discountsOf([5]int64{0, 8, 4, 2, 1}); d != (Discount{D1: .5, D2: 1.25, D3: 2}) {
		t.Errorf("discounts %+v", d)
	}
	for _, n := range [][5]int64{{}, {0, 5, 0, 1, 1}, {0, 5, 5, 0, 1}, {0, 0, 3, 1, 1}, {0, 10, 1, 90, 1}, {0, 100, 10, 1, 90}} {
		if d := discountsOf(n); d != fallback {
			t.Errorf("%v: %+v, expected those to fall back on", n, d)
		}
	}
}

// random returns sentences over a vocabulary of v words, the lower the more
// frequent.
func random(rng *rand.Rand, v, sentences, longest int) [][]argen.ID {
	text := make([][]argen.ID, sentences)
	for i := range text {
		for range rng.IntN(longest + 1) {
			u := rng.Float64()
			text[i] = append(text[i], 2+argen.ID(u*u*u*float64(v)))
		}
	}
	return text
}

// numbered is a vocabulary of <s>, </s> and v words, and <unk> if open.
func numbered(v int, open bool) Vocab {
	vocab := Vocab{Words: []string{"<s>", "</s>"}, Unk: argen.NoID, BOS: 0, EOS: 1}
	for i := range v {
		vocab.Words = append(vocab.Words, fmt.Sprintf("w%d", i))
	}
	if open {
		vocab.Unk = argen.ID(len(vocab.Words))
		vocab.Words = append(vocab.Words, "<unk>")
	}
	return vocab
}

func seq(text [][]argen.ID) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		for _, s := range text {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// The same model comes out however much memory there is and however many
// processors, and leaves no file behind.
func TestSameBytes(t *testing.T) {
	vocab := numbered(300, true)
	text := random(rand.New(rand.NewPCG(1, 2)), 300, 6000, 20)
	train := func(memory int64, order int, s Smoothing) ([]byte, Report) {
		t.Helper()
		o := Options{Order: order, Smoothing: s, Memory: memory, TempDir: t.TempDir(), KeepCounts: true, KeepText: true}
		m, report, err := Train(context.Background(), seq(text), vocab, o)
		if err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(o.TempDir); err != nil || len(left) > 0 {
			t.Errorf("%d files are left in the temporary folder, %v", len(left), err)
		}
		var b bytes.Buffer
		if err := m.WriteBinary(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes(), report
	}
	for _, order := range []int{1, 3, 5, 9} {
		want, report := train(0, order, KneserNey)
		if report.Runs != 0 || report.Sentences != 6000 {
			t.Fatalf("report %+v", report)
		}
		got, report := train(1, order, KneserNey) // as little as can be
		if report.Runs < 10 {
			t.Fatalf("order %d: %d runs on disk", order, report.Runs)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("order %d: counted by %d runs on disk the model differs", order, report.Runs)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, s := range Smoothings {
		runtime.GOMAXPROCS(1)
		want, _ := train(0, 4, s)
		for _, processors := range []int{2, 3, 8} {
			runtime.GOMAXPROCS(processors)
			if got, _ := train(0, 4, s); !bytes.Equal(got, want) {
				t.Errorf("%s: with %d processors the model differs from that of one", s, processors)
			}
		}
	}
}

// Keys of one to eight words sort as windows do.
func TestSortKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 1000} {
		keys := make([][4]uint64, n)
		for i := range keys {
			keys[i] = [4]uint64{rng.Uint64N(1 << 20), rng.Uint64N(3), rng.Uint64(), rng.Uint64N(5)}
		}
		want := slices.Clone(keys)
		slices.SortFunc(want, func(a, b [4]uint64) int { return slices.Compare(a[:], b[:]) })
		sortKeys(keys, make([][4]uint64, n), 212)
		if !slices.Equal(keys, want) {
			t.Errorf("%d keys are not sorted", n)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	text := func(s string) func(Options) error {
		return func(o Options) error {
			_, _, err := TrainText(context.Background(), strings.NewReader(s), o)
			return err
		}
	}
	ids := func(v Vocab, s ...argen.ID) func(Options) error {
		return func(o Options) error {
			_, _, err := Train(context.Background(), seq([][]argen.ID{s}), v, o)
			return err
		}
	}
	broken := func(Options) error {
		_, _, err := TrainText(context.Background(), &failing{"a b\n"}, Options{})
		return err
	}
	for _, test := range []struct {
		train func(Options) error
		o     Options
		want  string
	}{
		{text(""), Options{}, "ngram: the training text is empty"},
		{text("\n \n"), Options{}, "ngram: the training text has no words, only empty lines"},
		{text("a b\nc \x00d"), Options{}, "ngram: line 2 of the text, byte 3: a zero byte: this is no text"},
		{text("a\nb </s>\n"), Options{}, "ngram: line 2 of the text, byte 3: </s> is a special word and must not stand in the text: delete or rename it"},
		{broken, Options{}, "ngram: reading line 2 of the text: it broke"},
		{text("a"), Options{Order: -1}, "ngram: order -1: choose 1 to 9"},
		{text("a"), Options{Order: 10}, "ngram: order 10: choose 1 to 9"},
		{text("a"), Options{Smoothing: "good-turing"}, `ngram: smoothing "good-turing": choose one of kneser-ney, witten-bell, add-k, stupid-backoff, maximum-likelihood`},
		{text("a"), Options{Smoothing: AddK, K: -1}, "ngram: k = -1: add-k needs a finite k above 0"},
		{text("a"), Options{Smoothing: AddK, K: math.NaN()}, "ngram: k = NaN: add-k needs a finite k above 0"},
		{text("a"), Options{Memory: -1}, "ngram: memory of -1 bytes: give 0 (1 GiB) or more"},
		{text("a"), Options{Prune: []int{1}}, "ngram: pruning threshold 1 for unigrams: it must be 0"},
		{text("a"), Options{Prune: []int{0, 2, 1}}, "ngram: pruning threshold 1 of order 3 is below 2 of order 2: they must not fall"},
		{text("a"), Options{Prune: []int{0, 0, 0, 0}}, "ngram: 4 pruning thresholds for order 3"},
		{text("a"), Options{Smoothing: AddK, Prune: []int{0, 1}}, "ngram: pruning needs an interpolated smoothing, kneser-ney or witten-bell, not add-k"},
		{ids(Vocab{}), Options{}, "ngram: begin-of-sentence id 0 is not in the vocabulary of 0: sentences need one as context"},
		{ids(Vocab{Words: []string{"a", "b"}, EOS: 2}), Options{}, "ngram: end-of-sentence id 2 is not in the vocabulary of 2: sentences need one to be predicted"},
		{ids(Vocab{Words: []string{"a", "b"}}), Options{}, "ngram: id 0 is both begin and end of sentence"},
		{ids(Vocab{Words: []string{"a", "b"}, EOS: 1, Unk: 1}), Options{}, "ngram: id 1 is both unknown word and sentence border"},
		{ids(Vocab{Words: []string{"a", "b"}, EOS: 1, Unk: 7}), Options{}, "ngram: unknown-word id 7 is not in the vocabulary of 2"},
		{ids(numbered(2, false), 2, 4), Options{}, "ngram: sentence 1, token 2: id 4 must be in the vocabulary of 4 and not begin or end a sentence"},
		{ids(numbered(2, false), 1), Options{}, "ngram: sentence 1, token 1: id 1 must be in the vocabulary of 4 and not begin or end a sentence"},
	} {
		if err := test.train(test.o); err == nil || err.Error() != test.want {
			t.Errorf("error %v, expected %s", err, test.want)
		}
	}
}

// failing is a reader that breaks after some text.
type failing struct{ text string }

func (f *failing) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, errors.New("it broke")
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

// A cancelled context ends training and takes the files along.
func TestTrainIsCancelled(t *testing.T) {
	for _, after := range []int{0, 5000} {
		ctx, cancel := context.WithCancel(context.Background())
		dir := t.TempDir()
		sentences := func(yield func([]argen.ID, error) bool) {
			for i := 0; ; i++ {
				if i == after {
					cancel()
				}
				if !yield([]argen.ID{2, 3, 2, 2}, nil) {
					return
				}
			}
		}
		_, _, err := Train(ctx, sentences, numbered(3, false), Options{Memory: 1, TempDir: dir})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d sentences: %v", after, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%d files are left, %v", len(left), err)
		}
	}
}
