package train

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
)

// The tokens of the smallest world there are verdicts on.
const (
	tinyEOS argen.ID = iota
	tinyA
	tinyB
	tinyBOS
	tinyVocab = 4
	tinyLen   = 3
)

// tinyTexts are all sequences that can be drawn: up to the end, or tinyLen.
func tinyTexts() (all [][]argen.ID) {
	var grow func(ids []argen.ID)
	grow = func(ids []argen.ID) {
		for id := range argen.ID(tinyVocab) {
			next := append(slices.Clone(ids), id)
			if id == tinyEOS || len(next) > tinyLen {
				all = append(all, next)
			} else {
				grow(next)
			}
		}
	}
	grow([]argen.ID{tinyBOS})
	return all
}

func tinyWorld(t *testing.T) (Config, params[float64]) {
	t.Helper()
	c, err := Config{VocabSize: tinyVocab, Hidden: 8, Layers: 2, Heads: 4, KVHeads: 2, FF: 5, Context: tinyLen}.complete()
	if err != nil {
		t.Fatal(err)
	}
	w := newParams[float64](c)
	copy(w.arena, normal(stream(7, "test", 0), len(w.arena)))
	for i := range w.arena {
		w.arena[i] *= 0.6
	}
	return c, w
}

// prob is the probability of a sequence.
func prob(n *net[float64], w *params[float64], ids []argen.ID) float64 {
	var b batch
	b.reset()
	b.add(ids, 0)
	return math.Exp(-n.loss(w, &b))
}

// The chance to be accepted is computed from all sequences there are. The
// gradient that verdicts give, weighed by how often each sequence is drawn, is
// its gradient, whatever is subtracted from all verdicts.
func TestVerdictGradient(t *testing.T) {
	c, w := tinyWorld(t)
	texts := tinyTexts()
	n := newNet(c, reference, len(texts)*tinyLen, 0)
	accept := func(ids []argen.ID) float64 {
		if ids[len(ids)-1] == tinyEOS && slices.Contains(ids, tinyB) {
			return 1
		}
		return 0
	}
	chance := func() float64 {
		sum := 0.0
		for _, ids := range texts {
			sum += prob(n, &w, ids) * accept(ids)
		}
		return sum
	}
	if j := chance(); j < 0.05 || j > 0.6 {
		t.Fatalf("the chance to be accepted is %v, which tests little", j)
	}
	for _, baseline := range []float64{0, 0.37} {
		grad := newParams[float64](c)
		var b batch
		b.reset()
		total := 0.0
		for _, ids := range texts {
			p := prob(n, &w, ids)
			total += p
			b.add(ids, 0)
			b.weigh(p * (accept(ids) - baseline))
		}
		if math.Abs(total-1) > 1e-12 {
			t.Fatalf("all sequences together have probability %v", total)
		}
		n.learn(&w, &grad, &b, 1)
		loss := func() float64 { return -chance() }
		for _, v := range c.layout() {
			agrees(t, v.name, loss, w.arena[v.at:v.at+v.size()], grad.arena[v.at:])
		}
	}
}

// Sequences are drawn as often as the network says, also when others beside
// them have ended.
func TestGeneratorDraws(t *testing.T) {
	c, w := tinyWorld(t)
	const rows, rounds = 50, 200
	g := newGenerator(c, reference, rows, tinyLen)
	count := map[string]int{}
	key := func(ids []argen.ID) string {
		var s strings.Builder
		for _, id := range ids {
			s.WriteByte('0' + byte(id))
		}
		return s.String()
	}
	for round := range rounds {
		var all []drawing
		for i := range rows {
			all = append(all, drawing{ids: []argen.ID{tinyBOS}, rng: stream(1, "test", uint64(round*rows+i))})
		}
		g.run(&w, all, tinyEOS)
		for _, d := range all {
			count[key(d.ids)]++
		}
	}
	n := newNet(c, reference, tinyLen, 0)
	for _, ids := range tinyTexts() {
		p, draws := prob(n, &w, ids), float64(rows*rounds)
		got := float64(count[key(ids)])
		if deviation := math.Sqrt(draws * p * (1 - p)); math.Abs(got-draws*p) > 4*deviation+1 {
			t.Errorf("%v was drawn %v times, want %.1f ± %.1f", ids, got, draws*p, deviation)
		}
		delete(count, key(ids))
	}
	if len(count) > 0 {
		t.Errorf("drawn, but not to be: %v", count)
	}
}

func TestDraw(t *testing.T) {
	probs := []float32{0, 0.25, 0, 0.75, 0}
	for _, c := range []struct {
		u    float64
		want argen.ID
	}{{0, 1}, {0.249, 1}, {0.25, 3}, {1 - 1e-16, 3}, {1, 3}} {
		if got := draw(probs, c.u); got != c.want {
			t.Errorf("u %v draws %d, want %d", c.u, got, c.want)
		}
	}
}

// Three of twelve: (1 − 1/4)/√(3/16) = √3 and −1/4/√(3/16) = −1/√3; their mean
// is 0 and that of their squares 1.
func TestAdvantages(t *testing.T) {
	good, bad := advantages(3, 12)
	if math.Abs(good-math.Sqrt(3)) > 1e-15 || math.Abs(bad+1/math.Sqrt(3)) > 1e-15 {
		t.Errorf("advantages %v and %v", good, bad)
	}
	for _, accepted := range []int{0, 12} {
		if good, bad := advantages(accepted, 12); good != 0 || bad != 0 {
			t.Errorf("%d of 12: advantages %v and %v", accepted, good, bad)
		}
	}
}

// without is the verdict that a sequence has ended and has no token of an id.
func without(id argen.ID) *Verdict {
	return &Verdict{Name: "without", BOS: 1, EOS: 0, Samples: 40, MaxLen: 12, Accept: func(ids []argen.ID) (bool, error) {
		return ids[len(ids)-1] == 0 && !slices.Contains(ids, id), nil
	}}
}

func verdictTrainer(t *testing.T, v *Verdict, o Options) *Trainer {
	t.Helper()
	c := Config{VocabSize: 6, Hidden: 16, Layers: 1, Heads: 2, FF: 24, Context: 16}
	tr, err := New(c, o, v, [][]argen.ID{{1, 3, 0}})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// What is accepted becomes more, without any text to learn from, and the model
// surer of itself.
func TestLearnsFromVerdicts(t *testing.T) {
	tr := verdictTrainer(t, without(3), Options{Seed: 1, Steps: 40, Optimizer: AdamW, AdamRate: 0.003, Warmup: -1})
	var accepted []int
	var losses []float64
	for range 40 {
		s, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		accepted, losses = append(accepted, s.Accepted), append(losses, s.Loss)
		n, tokens := 0, 0
		for _, sample := range tr.Samples() {
			if sample.Accepted {
				n++
			}
			tokens += len(sample.IDs)
		}
		if n != s.Accepted || tokens != s.Tokens || len(tr.Samples()) != 40 {
			t.Fatalf("step %+v has %d samples of %d tokens, %d accepted", s, len(tr.Samples()), tokens, n)
		}
	}
	sum := func(x []int) (n int) {
		for _, v := range x {
			n += v
		}
		return n
	}
	if first, last := sum(accepted[:5]), sum(accepted[35:]); !(first < 120 && last > 191) {
		t.Errorf("of 200 each, %d were accepted in the first five steps and %d in the last: %v", first, last, accepted)
	}
	if first, last := losses[0], losses[39]; !(last < first*0.7) {
		t.Errorf("how unsure the model is goes from %v to %v nats per token", first, last)
	}
}

// The same bits for any number of threads, and after a stop.
func TestVerdictSameBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	v := without(3)
	v.Corpus, v.Mix = list{{1, 4, 5, 0}, {1, 5, 0}}, 0.05
	o := Options{Seed: 3, Steps: 6, Batch: 3, Shards: 3, Micro: 30}
	var want []byte
	for _, threads := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(threads)
		tr := verdictTrainer(t, v, o)
		steps(t, tr, 2)
		tr.judge()
		c, err := ReadCheckpoint("x", written(t, tr))
		if err != nil {
			t.Fatal(err)
		}
		steps(t, tr, 4)
		got := written(t, tr)
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("with %d threads the weights differ from those with 1", threads)
		}
		if tr, err = Resume(c, v, tr.held); err != nil {
			t.Fatal(err)
		}
		if steps(t, tr, 4); !bytes.Equal(written(t, tr), want) {
			t.Errorf("with %d threads the weights differ after a stop", threads)
		}
	}
	c, err := ReadCheckpoint("x", want)
	if err != nil {
		t.Fatal(err)
	}
	other := *v
	other.Samples = 41
	if _, err := Resume(c, &other, [][]argen.ID{{1, 3, 0}}); err == nil || !strings.Contains(err.Error(), "verdict without of 41 sequences") {
		t.Errorf("another verdict: error %v", err)
	}
}

// A corpus alone, as where all verdicts are the same, is learnt from as text is.
func TestCorpusBesideVerdicts(t *testing.T) {
	v := without(0)
	v.Accept = func([]argen.ID) (bool, error) { return false, nil }
	v.Corpus, v.Mix = list{{1, 4, 5, 0}, {1, 5, 0}}, 0.5
	o := Options{Seed: 3, Steps: 6, Batch: 2, Pool: 1, Shards: 2, Clip: -1}
	tr := verdictTrainer(t, v, o)
	text, err := New(tr.Config(), o, v.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := tr.Step()
	b, errB := text.Step()
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.GradNorm/b.GradNorm-0.5) > 1e-5 {
		t.Errorf("half a corpus has a gradient of %v, a whole one %v", a.GradNorm, b.GradNorm)
	}
}

func TestVerdictFails(t *testing.T) {
	v := without(3)
	tr := verdictTrainer(t, v, Options{Seed: 1, Steps: 3})
	before := slices.Clone(tr.weights.arena)
	tr.writer.Accept = func([]argen.ID) (bool, error) { return false, errors.New("no judge is there") }
	if _, err := tr.Step(); err == nil || err.Error() != "train: step 1: the verdict on sample 0: no judge is there" {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(before, tr.weights.arena) {
		t.Error("the weights have changed")
	}
	for want, change := range map[string]func(v *Verdict, o *Options){
		"1 sequences a step":     func(v *Verdict, _ *Options) { v.Samples = 1 },
		"at most 17 tokens":      func(v *Verdict, _ *Options) { v.MaxLen = 17 },
		"begin with id 6":        func(v *Verdict, _ *Options) { v.BOS = 6 },
		"end with -1":            func(v *Verdict, _ *Options) { v.EOS = argen.NoID },
		"Accept is nil":          func(v *Verdict, _ *Options) { v.Accept = nil },
		"0.1 of a corpus":        func(v *Verdict, _ *Options) { v.Mix = 0.1 },
		"0 of a corpus":          func(v *Verdict, _ *Options) { v.Corpus = list{{1, 2}} },
		"without dropout":        func(_ *Verdict, o *Options) { o.Dropout = 0.1 },
		"without early stopping": func(_ *Verdict, o *Options) { o.Patience = 1 },
	} {
		v, o := without(3), Options{Steps: 1}
		change(v, &o)
		_, err := New(tr.Config(), o, v, [][]argen.ID{{1, 2}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	many := *without(3)
	many.Samples = 1 << 16
	for _, c := range []Config{
		{VocabSize: 6, Hidden: 2048, Layers: 1, Heads: 2, KVHeads: 2, FF: 24, Context: 16},
		{VocabSize: 1 << 20, Hidden: 2, Layers: 1, Heads: 1, KVHeads: 1, FF: 2, Context: 16},
	} {
		if _, err := newWriter(many, c, Options{Shards: 1}); err == nil || !strings.Contains(err.Error(), "GiB for each thread") {
			t.Errorf("%d sequences of a vocabulary of %d: error %v", many.Samples, c.VocabSize, err)
		}
	}
}

// Tokens per second of whole steps: writing, the grammar's verdicts, and
// learning from them. Random weights write as long as they may.
func BenchmarkVerdict(b *testing.B) {
	g := story.Default()
	v := &Verdict{Name: "story", BOS: story.BOS, EOS: story.EOS, MaxLen: 116, Accept: func(ids []argen.ID) (bool, error) {
		words := make([]string, len(ids))
		for i, id := range ids {
			words[i] = g.Vocab()[id]
		}
		verdict, err := g.Judge(words)
		return verdict.Coherent, err
	}}
	trainer, err := New(storyShape(128, 4, 352), Options{Steps: 1 << 30, Optimizer: AdamW}, v, nil)
	if err != nil {
		b.Fatal(err)
	}
	benchmarkSteps(b, trainer)
}
