package lesson

import (
	"math"
	"testing"
)

// TestProducts compares the sums over all strings with products of matrices: of
// the causal table by rows, of the one that fills in a letter by pairs of
// neighbours.
func TestProducts(t *testing.T) {
	for _, s := range []*spelling{letters(), spell([]string{"ab", "b", "bab"})} {
		for _, n := range []int{1, 2, 3} {
			causal, masked := s.products(n)
			if math.Abs(causal-1) > 1e-9 {
				t.Errorf("%d symbols: from left to right the sum is %v", n, causal)
			}
			if want := maskedByPairs(s, n); math.Abs(masked-want) > 1e-12*want {
				t.Errorf("%d symbols: the sum of the filled in is %v, by pairs %v", n, masked, want)
			}
		}
	}
}

// maskedByPairs carries on the row of sums over all strings that end with a pair
// of neighbours.
func maskedByPairs(s *spelling, n int) float64 {
	q, v := s.fill(), len(s.next)
	row := square(v, 0) // [the last but one][the last]
	for b := range v {
		row[border][b] = 1
	}
	for range n - 1 {
		next := square(v, 0)
		for a := range v {
			for b := range v {
				for c := range v {
					next[b][c] += row[a][b] * q[a][c][b]
				}
			}
		}
		row = next
	}
	sum := 0.0
	for a := range v {
		for b := range v {
			sum += row[a][b] * q[a][border][b]
		}
	}
	return sum
}

// TestMaskedByHand: one letter, "a", written once between borders, so that of the
// strings of one and two symbols each product can be written down.
func TestMaskedByHand(t *testing.T) {
	s := spell([]string{"a"}) // ·a·: the only place with two neighbours holds a between borders
	q := s.fill()
	// P(a | ·, ·) = 1.1/1.2, any other neighbours leave ½ each.
	between := 1.1 / 1.2
	if math.Abs(q[border][border][1]-between) > 1e-15 || q[1][1][1] != .5 || q[border][1][border] != .5 {
		t.Fatalf("%v", q)
	}
	if _, one := s.products(1); math.Abs(one-1) > 1e-15 { // a single symbol is a distribution
		t.Errorf("one symbol: %v", one)
	}
	// ··: P(·|·,·)², ·a and a·: P(·|·,a) P(a|·,·) each, aa: P(a|·,a) P(a|a,·).
	want := math.Pow(1-between, 2) + 2*.5*between + .25
	if _, two := s.products(2); math.Abs(two-want) > 1e-15 {
		t.Errorf("two symbols: %v, want %v", two, want)
	}
}

// TestFill: of ·ab· the a stands behind a border and before b, and the b behind a
// and before a border; neighbours that never were leave all three alike.
func TestFill(t *testing.T) {
	s := spell([]string{"ab"})
	q := s.fill()
	const a, b = 1, 2
	for _, c := range []struct {
		before, after, symbol int
		want                  float64
	}{
		{border, b, a, 1.1 / 1.3},
		{border, b, b, .1 / 1.3},
		{a, border, b, 1.1 / 1.3},
		{b, border, a, 1. / 3},
		{border, a, b, 1. / 3},
		{a, a, a, 1. / 3},
	} {
		if got := q[c.before][c.after][c.symbol]; math.Abs(got-c.want) > 1e-15 {
			t.Errorf("P(%d | %d, %d) = %v, want %v", c.symbol, c.before, c.after, got, c.want)
		}
	}
}

// TestDescent: gradient descent comes to the counts whatever the rate, and each
// step is one along the gradient of the token loss, taken by differences.
func TestDescent(t *testing.T) {
	s := spell([]string{"ab", "b", "bab"})
	loss := func(theta [][]float64) float64 {
		sum, n := 0.0, 0.0
		p := make([]float64, len(theta))
		for a, row := range theta {
			softmax(p, row)
			for b, c := range s.counts[a] {
				sum -= c * math.Log(p[b])
				n += c
			}
		}
		return sum / n
	}
	const rate, h = .5, 1e-5
	s.descend(1, rate, func(step int, p [][]float64) {
		if step == 0 {
			return
		}
		for a := range p {
			want := make([]float64, len(p))
			for b := range want {
				up, down := square(len(p), 0), square(len(p), 0)
				up[a][b], down[a][b] = h, -h
				want[b] = -rate * (loss(up) - loss(down)) / (2 * h)
			}
			softmax(want, want)
			for b := range want {
				if math.Abs(p[a][b]-want[b]) > 1e-9 {
					t.Errorf("P(%d | %d) = %v after a step, by differences %v", b, a, p[a][b], want[b])
				}
			}
		}
	})
	for _, rate := range []float64{2, 8} {
		next := 0
		s.descend(4000, rate, func(step int, p [][]float64) {
			if step != next {
				t.Fatalf("step %d is shown, not %d", step, next)
			}
			next++
			for a := range p {
				for b := range p {
					if step == 4000 && math.Abs(p[a][b]-s.next[a][b]) > 1e-9 {
						t.Errorf("rate %v: P(%d | %d) = %v, counted %v", rate, b, a, p[a][b], s.next[a][b])
					}
				}
			}
		})
		if next != 4001 {
			t.Errorf("rate %v: %d steps are shown", rate, next-1)
		}
	}
}
