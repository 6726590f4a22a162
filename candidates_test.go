package argen

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// someLogits draws a vocabulary with what is hard in it: ties, −Inf, both
// zeros, numbers as large and as small as they come.
func someLogits() *rapid.Generator[[]float64] {
	hard := rapid.OneOf(
		rapid.Float64Range(-20, 20),
		rapid.Map(rapid.IntRange(-4, 4), func(i int) float64 { return float64(i) }),
		rapid.SampledFrom([]float64{math.Inf(-1), 0, math.Copysign(0, -1), 1e30, -1e30, 5e-324, -5e-324, math.MaxFloat64, -math.MaxFloat64, math.Nextafter(1, 2)}),
	)
	easy := rapid.OneOf(
		rapid.Float64Range(-20, 20),
		rapid.Map(rapid.IntRange(-4, 4), func(i int) float64 { return float64(i) }),
		rapid.Just(math.Inf(-1)),
	)
	return rapid.Custom(func(t *rapid.T) []float64 {
		from := rapid.SampledFrom([]*rapid.Generator[float64]{easy, hard}).Draw(t, "from")
		n := rapid.SampledFrom([]int{1, 2, 6, 25, 300, 2500}).Draw(t, "n")
		few := rapid.SliceOfN(from, min(n, 25), min(n, 25)).Draw(t, "few")
		// More would take long to draw and to shrink: these repeat, or lie
		// around the few.
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		spread := rapid.SampledFrom([]float64{0, 1e-9, 2}).Draw(t, "spread")
		logits := slices.Clone(few)
		for len(logits) < n {
			logits = append(logits, clamp(few[rng.IntN(len(few))]+spread*rng.NormFloat64(), 0))
			if l := few[rng.IntN(len(few))]; rng.IntN(4) == 0 {
				logits[len(logits)-1] = l
			}
		}
		if !slices.ContainsFunc(logits, func(l float64) bool { return !math.IsInf(l, -1) }) {
			logits[len(logits)/2] = 0.5
		}
		return logits
	})
}

func TestCandidatesAreAsTheNaiveOnes(t *testing.T) {
	reused := [2]*Candidates{{}, {ledger: true}}
	rapid.Check(t, func(t *rapid.T) {
		logits := someLogits().Draw(t, "logits")
		c := reused[0]
		if rapid.Bool().Draw(t, "ledger") {
			c = reused[1]
		}
		if err := c.Reset(logits); err != nil {
			t.Fatal(err)
		}
		n := newNaive(logits)
		compare(t, c, n, logits)
		for stage := range rapid.IntRange(0, 6).Draw(t, "stages") {
			c.begin(stage + 1)
			n.stage, n.mass = stage+1, 1
			change(t, c, n)
			compare(t, c, n, logits)
		}
	})
}

// change does one thing at random to both.
func change(t *rapid.T, c *Candidates, n *naive) {
	if rapid.Bool().Draw(t, "look first") {
		c.Top(rapid.IntRange(0, len(n.logits)+1).Draw(t, "look"))
	}
	switch rapid.SampledFrom([]string{"keep", "filter", "remove", "force", "map", "set", "divide", "none"}).Draw(t, "do") {
	case "keep":
		k := rapid.IntRange(-1, len(n.logits)+2).Draw(t, "k")
		c.Keep(k)
		n.keep(slices.Clone(n.order()[:min(max(k, 1), len(n.logits))]))
	case "filter":
		modulus, rest := ID(rapid.IntRange(1, 5).Draw(t, "modulus")), ID(rapid.IntRange(0, 4).Draw(t, "rest"))
		limit := rapid.SampledFrom([]float64{-25, -2, 0, 30}).Draw(t, "limit")
		keep := func(id ID, l float64) bool { return id%modulus == rest || l > limit }
		last := ID(-1)
		c.Filter(func(id ID, l float64) bool {
			if id <= last {
				t.Fatalf("asked for %d after %d", id, last)
			}
			last = id
			return keep(id, l)
		})
		var left []ID
		for _, id := range n.order() {
			if keep(id, n.logits[id]) {
				left = append(left, id)
			}
		}
		if left == nil {
			left = []ID{n.ordered[0]}
		}
		n.keep(left)
	case "remove":
		ids := rapid.SliceOf(rapid.Custom(func(t *rapid.T) ID { return ID(rapid.IntRange(-1, len(c.logits)).Draw(t, "id")) })).Draw(t, "remove")
		if rapid.Bool().Draw(t, "the best") {
			ids = append(ids, n.order()[:rapid.IntRange(0, len(n.logits)).Draw(t, "how many")]...)
		}
		c.Remove(ids...)
		left := slices.DeleteFunc(slices.Clone(n.order()), func(id ID) bool { return slices.Contains(ids, id) })
		if len(left) == 0 {
			left = n.ordered[:1]
		}
		n.keep(slices.Clone(left))
	case "force":
		if rapid.IntRange(0, 4).Draw(t, "seldom") > 0 {
			return
		}
		id := ID(rapid.IntRange(0, len(c.logits)-1).Draw(t, "id"))
		c.Force(id)
		n.force(id)
	case "map":
		add := rapid.SampledFrom([]float64{1, -0.3, math.NaN(), math.Inf(1), math.Inf(-1), 1e300}).Draw(t, "add")
		f := func(id ID, l float64) float64 {
			if id%3 == 0 {
				return l
			}
			return l + add
		}
		c.Map(f)
		for id, l := range n.logits {
			n.logits[id] = clamp(f(id, l), l)
		}
	case "set":
		id := ID(rapid.IntRange(-1, len(c.logits)).Draw(t, "id"))
		l := rapid.SampledFrom([]float64{0, 3, -3, math.NaN(), math.Inf(-1), math.Inf(1)}).Draw(t, "l")
		c.Set(id, l)
		if old, ok := n.logits[id]; ok {
			n.logits[id] = clamp(l, old)
		}
	case "divide":
		by := rapid.SampledFrom([]float64{1, 2, 0.8, 1e300, 1e-300, 5e-324}).Draw(t, "by")
		all := maps.Clone(n.logits)
		fits := true
		for id := range all {
			all[id] /= by
			fits = fits && !math.IsInf(all[id], 0)
		}
		if c.Divide(by) != fits {
			t.Fatalf("Divide(%v) reports %v", by, !fits)
		}
		if fits {
			n.logits = all
		}
	}
}

func clamp(x, otherwise float64) float64 {
	if math.IsNaN(x) {
		return otherwise
	}
	return max(-math.MaxFloat64, min(x, math.MaxFloat64))
}

// compare looks at c in every way there is.
func compare(t *rapid.T, c *Candidates, n *naive, logits []float64) {
	t.Helper()
	order := n.order()
	if c.Len() != len(order) || c.VocabSize() != len(logits) {
		t.Fatalf("Len %d of %d, want %d of %d", c.Len(), c.VocabSize(), len(order), len(logits))
	}
	if rapid.Bool().Draw(t, "in parts") {
		for _, k := range []int{1, len(order) / 5, len(order) / 2} {
			if got := c.Top(k); !slices.Equal(got, order[:k]) {
				t.Fatalf("Top(%d) = %v, want %v", k, got, order[:k])
			}
		}
	}
	if got := c.Top(len(order) + 1); !slices.Equal(got, order) {
		t.Fatalf("Top = %v, want %v", got, order)
	}
	var each []ID
	c.Each(func(id ID, l float64) {
		each = append(each, id)
		if l != n.logits[id] || l != c.Logit(id) {
			t.Fatalf("logit of %d is %v, want %v", id, l, n.logits[id])
		}
	})
	if !slices.Equal(each, n.ids()) {
		t.Fatalf("Each %v, want %v", each, n.ids())
	}
	most, total := n.sum()
	// Each of Len additions rounds by 2⁻⁵³ of the sum at most; the rest is for the
	// exponentials.
	rounding := float64(len(order)+8) * 0x1p-53
	sum := 0.0
	c.Each(func(id ID, l float64) {
		p := c.Prob(id)
		sum += p
		if want := math.Exp(l-most) / total; math.Abs(p-want) > rounding {
			t.Fatalf("P(%d) = %v, want %v", id, p, want)
		}
		if lp := c.LogProb(id); p > 0 && math.Abs(math.Exp(lp)-p) > 1e-12 {
			t.Fatalf("LogProb(%d) = %v, P is %v", id, lp, p)
		}
	})
	if math.Abs(sum-1) > 1e-12 {
		t.Fatalf("probabilities sum to %v", sum)
	}
	if got, want := c.LogSumExp(), most+math.Log(total); math.Abs(got-want) > rounding*max(1, math.Abs(want)) {
		t.Fatalf("LogSumExp %v, want %v", got, want)
	}
	if got := c.At(c.Len() - 1); got != (Candidate{order[len(order)-1], n.logits[order[len(order)-1]], c.Prob(order[len(order)-1])}) {
		t.Fatalf("the last is %v", got)
	}
	if len(order) <= 30 {
		if got, want := c.Entropy(), n.entropy(); math.Abs(got-want) > 1e-12 {
			t.Fatalf("Entropy %v, want %v", got, want)
		}
	}
	for id := ID(-1); int(id) <= len(logits); id++ {
		if _, has := n.logits[id]; c.Has(id) != has {
			t.Fatalf("Has(%d) = %v", id, !has)
		}
		if c.ledger && id >= 0 && int(id) < len(logits) && c.removedBy(id) != n.cut[id] {
			t.Fatalf("%d was removed by %d, want %d", id, c.removedBy(id), n.cut[id])
		}
	}
	if c.ledger && n.stage > 0 && math.Abs(c.mass-n.mass) > 1e-12 {
		t.Fatalf("stage %d left %v of the mass, want %v", n.stage, c.mass, n.mass)
	}
}

// The same candidates have the same bits, whichever way they came to be.
func TestCandidatesBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	logits := normal(rng, 5000)
	figures := func(c *Candidates) [3]float64 {
		return [3]float64{c.LogSumExp(), c.Entropy(), c.Prob(c.Top(1)[0])}
	}
	at := func(c *Candidates) *Candidates { // 700 best
		c.Keep(700)
		return c
	}
	a, b, d := must(logits), must(logits), must(logits)
	b.Top(5000)
	d.Top(100)
	least := d.At(699).Logit
	d.Filter(func(_ ID, l float64) bool { return l >= least })
	masked := slices.Clone(logits)
	for id := range masked {
		if !d.Has(ID(id)) {
			masked[id] = math.Inf(-1)
		}
	}
	want := figures(at(a))
	for name, c := range map[string]*Candidates{"looked at": at(b), "filtered": d, "masked": must(masked)} {
		if got := figures(c); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func must(logits []float64) *Candidates {
	c, err := NewCandidates(logits)
	if err != nil {
		panic(err)
	}
	return c
}

func normal(rng *rand.Rand, n int) []float64 {
	logits := make([]float64, n)
	for i := range logits {
		logits[i] = float64(float32(3 * rng.NormFloat64()))
	}
	return logits
}

// Every shape of distribution is put into buckets rightly, also those that
// fill a few of them.
func TestCandidatesOrderOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const n = 20_000
	for name, f := range map[string]func(i int) float64{
		"normal":         func(int) float64 { return rng.NormFloat64() },
		"equal":          func(int) float64 { return -3 },
		"few values":     func(int) float64 { return float64(rng.IntN(5)) },
		"ascending":      func(i int) float64 { return float64(i) },
		"descending":     func(i int) float64 { return -float64(i) },
		"one far above":  func(i int) float64 { return 1e30*float64(max(0, i-n+2)) + rng.Float64() },
		"many far below": func(i int) float64 { return -1e9*float64(i%7/6) + rng.Float64() },
		"all there is":   func(int) float64 { return math.MaxFloat64 * (2*rng.Float64() - 1) },
		"both ends":      func(i int) float64 { return math.MaxFloat64 * float64(i%2*2-1) },
		"denormal":       func(int) float64 { return 5e-324 * float64(rng.IntN(1000)) },
		"powers":         func(int) float64 { return -math.Exp(40 * rng.NormFloat64()) },
		"masked":         func(i int) float64 { return rng.NormFloat64() + math.Log(float64(i%3)) },
	} {
		logits := make([]float64, n)
		for i := range logits {
			logits[i] = f(i)
		}
		want := newNaive(logits).order()
		for _, first := range []int{0, 3, 511, 513, 5000} {
			c := must(logits)
			c.Top(first)
			if got := c.Top(n); !slices.Equal(got, want) {
				t.Errorf("%s, after Top(%d): not in order", name, first)
			}
		}
	}
}

func TestCandidatesRefuse(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for want, logits := range map[string][]float64{
		"the vocabulary is empty: there are no logits":                                                  {},
		"all 2 logits are -Inf: no token can follow here":                                               {-inf, -inf},
		"the logit of token 1 is NaN (2 of 3 logits are not finite): the model computes nonsense here":  {0, nan, inf},
		"the logit of token 0 is +Inf (1 of 2 logits are not finite): the model computes nonsense here": {inf, -inf},
		"the logit of token 2 is NaN (1 of 3 logits are not finite): the model computes nonsense here":  {-inf, -inf, nan},
	} {
		c := must([]float64{1, 2})
		if err := c.Reset(logits); err == nil || err.Error() != want {
			t.Errorf("%v: %v, want %s", logits, err, want)
		}
		if c.Len() != 2 || c.Top(1)[0] != 1 {
			t.Errorf("%v: the candidates changed", logits)
		}
		if _, err := newDistribution(logits); err == nil || err.Error() != want {
			t.Errorf("%v: distribution: %v, want %s", logits, err, want)
		}
	}
}

// 1, 1, 2 of 4: probabilities ¼ ¼ ½, entropy 2·¼·2 + ½·1 = 1.5 bits.
func TestDistribution(t *testing.T) {
	logits := []float64{0, math.Inf(-1), math.Ln2, 0}
	d, err := newDistribution(logits)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(d.softmax.logSumExp()-2*math.Ln2) > 1e-15 || math.Abs(d.entropy-1.5) > 1e-15 {
		t.Errorf("log-sum-exp %v, entropy %v, want ln 4 and 1.5", d.softmax.logSumExp(), d.entropy)
	}
	for id, want := range []float64{0.25, 0, 0.5, 0.25} {
		if p := math.Exp(d.logprob(ID(id))); math.Abs(p-want) > 1e-15 {
			t.Errorf("P(%d) = %v, want %v", id, p, want)
		}
	}
	for id, want := range []int{2, 4, 1, 3} {
		if got := d.rank(ID(id)); got != want {
			t.Errorf("rank of %d is %d, want %d", id, got, want)
		}
	}
	c := Candidates{}
	c.reset(&d)
	fresh := must(logits)
	if c.LogSumExp() != fresh.LogSumExp() || c.Entropy() != fresh.Entropy() || c.Len() != 3 || !slices.Equal(c.Top(3), fresh.Top(3)) {
		t.Error("candidates of a distribution are not those of its logits")
	}
}
