// Package vec64 has the loops over a whole vocabulary of float64 that each step
// of a text takes: plain Go beside SIMD, with the same bits.
package vec64

import (
	"math"

	"argen/internal/tensor"
)

// kernel is what the functions of this package run on, as those of tensor.
var kernel = tensor.Kernel()

// Nothing is an x whose exp is 0.
const Nothing = -746

const (
	// lanes is how many sums SumExp has side by side.
	lanes = 16
	// manyLogits is how many logits it takes for that: fewer are summed up in
	// their order.
	manyLogits = 4096
	// least is where e^x becomes denormal; a sum of many leaves out what is below.
	least = -708
)

// sums are those of SumExp: Σ e, what rounding has added to it, and Σ e·x.
type sums struct{ sum, lost, dot [lanes]float64 }

// SumExp returns Σ exp(x) and Σ exp(x)·x with x = logit − most ≤ 0. The first is
// compensated (Kahan, Further Remarks on Reducing Truncation Errors, 1965): the
// sum of any number of terms is right to 2 ulp.
//
// A sum in one order waits for each of its additions. Of 4,096 logits and more
// there are 16 sums, logit i in that of i mod 16, which are added at the end.
func SumExp(logits []float64, most float64) (sum, dot float64) {
	if len(logits) < manyLogits {
		return sumInOrder(logits, most)
	}
	var s sums
	n := len(logits) / lanes * lanes
	sumLanes(&s, logits[:n], most)
	if n < len(logits) {
		var rest [lanes]float64
		for i := copy(rest[:], logits[n:]); i < lanes; i++ {
			rest[i] = math.Inf(-1)
		}
		sumLanes(&s, rest[:], most)
	}
	lost := 0.0
	for i := range lanes {
		dot += s.dot[i]
		for _, e := range [2]float64{s.sum[i], -s.lost[i]} {
			y := e - lost
			t := sum + y
			lost = (t - sum) - y
			sum = t
		}
	}
	return sum, dot
}

func sumInOrder(logits []float64, most float64) (sum, dot float64) {
	lost := 0.0
	for _, l := range logits {
		if x := l - most; x > Nothing {
			e := Exp(x)
			dot += float64(e * x)
			y := e - lost
			t := sum + y
			lost = (t - sum) - y
			sum = t
		}
	}
	return sum, dot
}

// sumLanesGo adds logits, a multiple of lanes, to sums.
func sumLanesGo(s *sums, logits []float64, most float64) {
	for ; len(logits) >= lanes; logits = logits[lanes:] {
		for i, l := range logits[:lanes] {
			x, e := l-most, 0.0
			if x > least {
				e = Exp(x)
			} else {
				x = 0
			}
			s.dot[i] += float64(e * x)
			y := e - s.lost[i]
			t := s.sum[i] + y
			s.lost[i] = (t - s.sum[i]) - y
			s.sum[i] = t
		}
	}
}

// Divide sets dst = x / by and reports whether no quotient of a finite number is
// infinite.
func Divide(dst, x []float64, by float64) bool {
	dst = dst[:len(x)]
	n := len(x) / lanes * lanes
	ok := divide(dst[:n], x[:n], by)
	return divideGo(dst[n:], x[n:], by) && ok
}

func divideGo(dst, x []float64, by float64) bool {
	ok := true
	for i, v := range x {
		q := v / by
		dst[i] = q
		if math.IsInf(q, 0) && !math.IsInf(v, 0) {
			ok = false
		}
	}
	return ok
}

// CountAbove returns how many numbers are above a limit, and how many equal it.
func CountAbove(x []float64, limit float64) (above, equal int) {
	n := len(x) / lanes * lanes
	above, equal = countAbove(x[:n], limit)
	a, e := countAboveGo(x[n:], limit)
	return above + a, equal + e
}

func countAboveGo(x []float64, limit float64) (above, equal int) {
	for _, v := range x {
		if v > limit {
			above++
		}
		if v == limit {
			equal++
		}
	}
	return above, equal
}

// Above returns the first place from i on with a number above a limit, the end if
// there is none.
func Above(x []float64, i int, limit float64) int {
	for i < len(x) {
		blocks := (len(x) - i) / lanes
		n := firstAbove(x[i:i+blocks*lanes], limit)
		end := min(i+(n+1)*lanes, len(x)) // of the block that has one, or of what no block has
		for i += n * lanes; i < end; i++ {
			if x[i] > limit {
				return i
			}
		}
	}
	return len(x)
}

// firstAboveGo returns the first block with a number above a limit, how many
// there are if there is none.
func firstAboveGo(x []float64, limit float64) int {
	for i, v := range x {
		if v > limit {
			return i / lanes
		}
	}
	return len(x) / lanes
}

// Finite reports whether no number is NaN or infinite.
func Finite(x []float64) bool {
	n := len(x) / lanes * lanes
	return finite(x[:n]) && finiteGo(x[n:])
}

// finiteGo adds 0 times each number: of NaN and infinity that is NaN.
func finiteGo(x []float64) bool {
	sum := 0.0
	for _, v := range x {
		sum += v * 0
	}
	return sum == 0
}
