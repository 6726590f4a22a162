package lesson

import (
	"math"
	"testing"
)

// TestEnumeration: the strings of a spelling, written one by one, have the
// probabilities that products of matrices give, and make 1 with what is open.
func TestEnumeration(t *testing.T) {
	s := letters()
	const length = 4
	e := s.enumerate(length)
	if n, want := len(s.next)-1, 0; n != 26 {
		t.Fatalf("%d letters", n)
	} else {
		for i, power := 0, 1; i <= length; i, power = i+1, power*n {
			want += power
		}
		if e.count != want {
			t.Errorf("%d strings, want %d", e.count, want)
		}
	}
	ended, open := s.lengths(length)
	for n := range ended {
		if math.Abs(ended[n]-e.ended[n]) > 1e-12 || math.Abs(open[n+1]-e.open[n+1]) > 1e-12 {
			t.Errorf("length %d: %v and %v, enumerated %v and %v", n, ended[n], open[n+1], e.ended[n], e.open[n+1])
		}
		if sum := e.all(n + 1); math.Abs(sum-1) > 1e-12 {
			t.Errorf("all strings up to %d letters sum to %v", n+1, sum)
		}
	}
}

// TestCounts: what a hand counts in "ab" and "b" with one more of each pair.
func TestCounts(t *testing.T) {
	s := spell([]string{"ab", "b"}) // ·ab·b·
	want := [][]float64{
		{1. / 5, 2. / 5, 2. / 5}, // · a, · b, and one each
		{1. / 4, 1. / 4, 2. / 4}, // a b
		{3. / 5, 1. / 5, 1. / 5}, // b · twice
	}
	for a := range want {
		for b := range want {
			if math.Abs(s.next[a][b]-want[a][b]) > 1e-15 {
				t.Errorf("P(%s | %s) = %v, want %v", s.symbols[b], s.symbols[a], s.next[a][b], want[a][b])
			}
		}
	}
	// Of three letters at most: the first by hand, all of them by the strings.
	apart, joint := s.correlation(1)
	h := .2*math.Log2(5) + .8*math.Log2(2.5)
	if math.Abs(apart-h) > 1e-12 || math.Abs(joint-h) > 1e-12 {
		t.Errorf("one letter: %v and %v bits, want %v", apart, joint, h)
	}
}

// TestCorrelation compares with the distribution over all strings written out,
// and with a case that is known: two symbols that are always equal share one bit.
func TestCorrelation(t *testing.T) {
	s := spell([]string{"ab", "b", "bab"})
	const length = 3
	probs := map[[length]int]float64{}
	var walk func(at int, x [length]int, p float64)
	walk = func(at int, x [length]int, p float64) {
		if at == length {
			probs[x] += p
			return
		}
		if at > 0 && x[at-1] == border {
			walk(at+1, x, p) // ended: the border goes on
			return
		}
		last := border
		if at > 0 {
			last = x[at-1]
		}
		for b, q := range s.next[last] {
			x[at] = b
			walk(at+1, x, p*q)
		}
	}
	walk(0, [length]int{}, 1)
	joint, apart := 0.0, 0.0
	var single [length][3]float64
	for x, p := range probs {
		joint -= p * math.Log2(p)
		for i, b := range x {
			single[i][b] += p
		}
	}
	for _, m := range single {
		apart += entropy(m[:])
	}
	gotApart, gotJoint := s.correlation(length)
	if math.Abs(gotApart-apart) > 1e-12 || math.Abs(gotJoint-joint) > 1e-12 {
		t.Errorf("%v and %v bits, all strings have %v and %v", gotApart, gotJoint, apart, joint)
	}
	twins := &spelling{next: [][]float64{{0, .5, .5}, {0, 1, 0}, {0, 0, 1}}}
	if apart, joint := twins.correlation(2); apart != 2 || joint != 1 {
		t.Errorf("two equal symbols: %v bits apart, %v together, want 2 and 1", apart, joint)
	}
}
