package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"argen"
)

// agrees compares a derivative with central differences of f in every number
// of x:
//
//	∂f/∂xᵢ ≈ (f(xᵢ+h) − f(xᵢ−h)) / 2h
//
// whose error is about h² + 1e-16/h, 1e-10 for h = 1e-5, times the size of f
// and its third derivative.
func agrees(t *testing.T, what string, f func() float64, x, derivative []float64) {
	t.Helper()
	const h = 1e-5
	for i := range x {
		old := x[i]
		x[i] = old + h
		up := f()
		x[i] = old - h
		down := f()
		x[i] = old
		want := (up - down) / (2 * h)
		if !(math.Abs(derivative[i]-want) <= 1e-7*(1+math.Abs(want))) {
			t.Fatalf("%s: derivative %d is %.12g, differences give %.12g", what, i, derivative[i], want)
		}
	}
}

func normal(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// weighed makes one number of an output, so that its gradient is by.
func weighed(y, by []float64) float64 { return reference.dot(y, by) }

func TestNormDerivative(t *testing.T) {
	rng := stream(1, "test", 0)
	const rows, d = 3, 5
	x, g, dy := normal(rng, rows*d), normal(rng, d), normal(rng, rows*d)
	y, inv := make([]float64, rows*d), make([]float64, rows)
	f := func() float64 {
		rmsNorm(y, inv, x, g, 1e-2)
		return weighed(y, dy)
	}
	f()
	dx, dg := make([]float64, rows*d), make([]float64, d)
	rmsNormBack(dx, dg, dy, x, inv, g)
	agrees(t, "x", f, x, dx)
	agrees(t, "g", f, g, dg)
}

func TestRotationDerivative(t *testing.T) {
	rng := stream(1, "test", 0)
	r := newRotations[float64](Config{Hidden: 6, Heads: 1, Context: 9, RopeTheta: 100})
	x, dy := normal(rng, 12), normal(rng, 12) // two heads
	f := func() float64 {
		y := append([]float64(nil), x...)
		r.rotate(y, 7, 6, false)
		return weighed(y, dy)
	}
	dx := append([]float64(nil), dy...)
	r.rotate(dx, 7, 6, true)
	agrees(t, "x", f, x, dx)
}

func TestSiLUMulDerivative(t *testing.T) {
	rng := stream(1, "test", 0)
	gate, up, dy, y := normal(rng, 7), normal(rng, 7), normal(rng, 7), make([]float64, 7)
	f := func() float64 {
		reference.siluMul(y, gate, up)
		return weighed(y, dy)
	}
	dgate, dup := make([]float64, 7), make([]float64, 7)
	f()
	siluMulBack(&reference, dgate, dup, dy, gate, up, append([]float64(nil), y...))
	agrees(t, "gate", f, gate, dgate)
	agrees(t, "up", f, up, dup)
}

func TestCrossEntropyDerivative(t *testing.T) {
	rng := stream(1, "test", 0)
	z := normal(rng, 9)
	for target := range z {
		f := func() float64 {
			return 0.3 * crossEntropy(&reference, append([]float64(nil), z...), target, 0, false)
		}
		dz := append([]float64(nil), z...)
		crossEntropy(&reference, dz, target, 0.3, true)
		agrees(t, "z", f, z, dz)
	}
}

// Where the probability of the target is nothing in float32, the loss is
// still finite.
func TestCrossEntropyOfTheImpossible(t *testing.T) {
	z := []float32{1000, -3000, 999}
	got := crossEntropy(&kernels, z, 1, 1, true)
	if want := 4000 + math.Log(1+math.Exp(-1)); math.Abs(got-want) > 1e-4 {
		t.Errorf("loss %v, want %v", got, want)
	}
	if z[1] != -1 || z[0]+z[2] != 1 {
		t.Errorf("gradient %v", z)
	}
}

// One sequence longer than a block of rows, heads that share keys and values.
func TestAttentionDerivative(t *testing.T) {
	rng := stream(1, "test", 0)
	c, err := Config{VocabSize: 2, Hidden: 8, Layers: 1, Heads: 4, KVHeads: 2, FF: 2, Context: blockRows + 3}.complete()
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(c, reference, c.Context, 0)
	s, length := &n.layers[0], 7
	for _, t0 := range []int{0, c.Context - length} { // a sequence need not begin the batch
		x := s.qkv[t0*n.qkvWidth : (t0+length)*n.qkvWidth]
		copy(x, normal(rng, len(x)))
		dy := normal(rng, length*c.Hidden)
		y := s.att[t0*c.Hidden : (t0+length)*c.Hidden]
		f := func() float64 {
			n.attend(s, t0, length, s.probs)
			return weighed(y, dy)
		}
		f()
		copy(n.datt[t0*c.Hidden:], dy)
		clear(n.dqkv)
		n.attendBack(s, t0, length, s.probs)
		agrees(t, "qkv", f, x, n.dqkv[t0*n.qkvWidth:])
	}

	length = c.Context // more than one block
	copy(s.qkv, normal(rng, len(s.qkv)))
	copy(n.datt, normal(rng, len(n.datt)))
	dy := append([]float64(nil), n.datt...)
	f := func() float64 {
		n.attend(s, 0, length, s.probs)
		return weighed(s.att, dy)
	}
	f()
	clear(n.dqkv)
	n.attendBack(s, 0, length, s.probs)
	for _, token := range []int{0, blockRows - 1, blockRows, length - 1} {
		from := token * n.qkvWidth
		agrees(t, "qkv of a long sequence", f, s.qkv[from:from+n.qkvWidth], n.dqkv[from:])
	}
}

// The whole network, every weight: three sequences of unequal length, padding,
// heads that share, dropout, a head in several pieces.
func TestNetworkDerivative(t *testing.T) {
	c, err := Config{VocabSize: 7, Hidden: 8, Layers: 2, Heads: 4, KVHeads: 2, FF: 5, Context: 6}.complete()
	if err != nil {
		t.Fatal(err)
	}
	for name, drop := range map[string]float64{"plain": 0, "dropout": 0.3} {
		t.Run(name, func(t *testing.T) {
			rng := stream(2, "test", 0)
			n := newNet(c, reference, 12, drop)
			n.headRows = 5
			n.logits = n.logits[:n.headRows*c.VocabSize]
			w, grad := newParams[float64](c), newParams[float64](c)
			copy(w.arena, normal(rng, len(w.arena)))
			for i := range w.arena {
				w.arena[i] *= 0.6
			}
			var b batch
			b.reset()
			b.add([]argen.ID{1, 2, 3, 4, 1, 2, 6}, 11)
			b.add([]argen.ID{0, 5}, 12)
			b.add([]argen.ID{6, 6, 2, argen.NoID, argen.NoID}, 13)
			scale := 1.0 / 9
			n.learn(&w, &grad, &b, scale)
			f := func() float64 {
				n.forward(&w, &b, drop)
				return scale * n.head(&w, nil, &b, nil, 0)
			}
			for _, v := range c.layout() {
				agrees(t, v.name, f, w.arena[v.at:v.at+v.size()], grad.arena[v.at:])
			}
		})
	}
}

// A gradient is added to what is there: that of two batches is the sum of
// theirs, and that of one is not changed by what the net held before.
func TestGradientsAdd(t *testing.T) {
	c, err := Config{VocabSize: 7, Hidden: 8, Layers: 2, Heads: 2, FF: 5, Context: 6}.complete()
	if err != nil {
		t.Fatal(err)
	}
	rng := stream(3, "test", 0)
	n := newNet(c, reference, 9, 0)
	w := newParams[float64](c)
	copy(w.arena, normal(rng, len(w.arena)))
	one, other := []argen.ID{1, 2, 3, 4, 1, 2}, []argen.ID{0, 5, 4}
	gradient := func(batches ...[][]argen.ID) []float64 {
		grad := newParams[float64](c)
		for _, sequences := range batches {
			var b batch
			b.reset()
			for _, s := range sequences {
				b.add(s, 0)
			}
			n.learn(&w, &grad, &b, 0.1)
		}
		return grad.arena
	}
	together := gradient([][]argen.ID{one, other})
	apart := gradient([][]argen.ID{other}, [][]argen.ID{one})
	for i := range together {
		if math.Abs(together[i]-apart[i]) > 1e-12 {
			t.Fatalf("number %d of the gradient is %v in one batch, %v in two", i, together[i], apart[i])
		}
	}
}

func TestDropout(t *testing.T) {
	x := make([]float64, 10_001)
	for i := range x {
		x[i] = 1
	}
	dropout(x, 0.2, 5)
	zeros := 0
	for _, v := range x {
		switch v {
		case 0:
			zeros++
		case 1.25:
		default:
			t.Fatalf("a number became %v", v)
		}
	}
	if zeros < 1840 || zeros > 2160 { // 2000 ± 4 standard deviations of 40
		t.Errorf("%d of 10001 are zero, want about 2000", zeros)
	}
}
