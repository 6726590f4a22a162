package grammar

import (
	"math/big"
	"strings"
)

// How long numbers are that no limit makes shorter, so that a model cannot
// write digits without end and others can read what it writes.
const (
	mostDigits   = 16 // before the point, and after it
	mostExponent = 2  // digits
)

var digit = class{{'0', '9'}}

// digits is so many digits.
func digits(least, most int) expr { return repeat{digit, least, most} }

// natural is 0, or digits that do not begin with one.
var natural = choice{literal("0"), sequence{class{{'1', '9'}}, digits(0, mostDigits-1)}}

// anyInteger and anyNumber have no limits but those of length.
var (
	anyInteger = sequence{optional(literal("-")), natural}
	anyNumber  = sequence{
		anyInteger, optional(sequence{literal("."), digits(1, mostDigits)}),
		optional(sequence{newClass(span{'e', 'e'}, span{'E', 'E'}), optional(newClass(span{'+', '+'}, span{'-', '-'})), digits(1, mostExponent)}),
	}
)

// A bound is a limit of numbers: nil is none.
type bound struct {
	*big.Rat
	open bool // the limit itself is out
}

// tighter returns the stronger of two bounds, of which sign 1 is lower ones and
// −1 upper ones.
func (b bound) tighter(c bound, sign int) bound {
	switch {
	case b.Rat == nil:
		return c
	case c.Rat == nil:
		return b
	}
	switch d := b.Cmp(c.Rat) * sign; {
	case d < 0:
		return c
	case d == 0 && c.open:
		return c
	}
	return b
}

// apart reports whether no number is within both limits.
func apart(low, high bound) bool {
	if low.Rat == nil || high.Rat == nil {
		return false
	}
	d := low.Cmp(high.Rat)
	return d > 0 || d == 0 && (low.open || high.open)
}

// integers is the integers within limits.
func integers(low, high bound) expr {
	if low.Rat == nil && high.Rat == nil {
		return anyInteger
	}
	var least, most *big.Int
	if low.Rat != nil {
		least = floor(low.Rat)
		if low.open || !low.IsInt() {
			least.Add(least, big.NewInt(1))
		}
	}
	if high.Rat != nil {
		most = floor(high.Rat)
		if high.open && high.IsInt() {
			most.Sub(most, big.NewInt(1))
		}
	}
	far := new(big.Int).Exp(big.NewInt(10), big.NewInt(mostDigits), nil)
	far.Sub(far, big.NewInt(1))
	if most == nil {
		most = beyond(least, far)
	}
	if least == nil {
		least = new(big.Int).Neg(beyond(new(big.Int).Neg(most), far))
	}
	var all choice
	if least.Sign() < 0 && least.Cmp(most) <= 0 {
		from := big.NewInt(1)
		if most.Sign() < 0 {
			from = new(big.Int).Neg(most)
		}
		all = append(all, sequence{literal("-"), naturals(from, new(big.Int).Neg(least))})
	}
	if most.Sign() >= 0 {
		from := new(big.Int)
		if least.Sign() > 0 {
			from = least
		}
		all = append(all, naturals(from, most))
	}
	return all
}

// beyond is far, or if that is not above least, what has a digit more.
func beyond(least, far *big.Int) *big.Int {
	if least == nil || least.Cmp(far) < 0 {
		return far
	}
	return new(big.Int).Mul(least, big.NewInt(10))
}

// floor is the largest integer that is not above x.
func floor(x *big.Rat) *big.Int {
	return new(big.Int).Div(x.Num(), x.Denom()) // Euclidean, and the denominator is positive
}

// naturals is the numbers 0 ≤ least … most as they are written.
func naturals(least, most *big.Int) expr {
	if least.Cmp(most) > 0 {
		return choice{}
	}
	a, b := least.String(), most.String()
	var all choice
	for n := len(a); n <= len(b); n++ {
		low, high := "1"+strings.Repeat("0", n-1), strings.Repeat("9", n)
		if n == len(a) {
			low = a
		}
		if n == len(b) {
			high = b
		}
		all = append(all, between(low, high))
	}
	return all
}

// between is the digits from low to high, both of one length.
func between(low, high string) expr {
	n := len(low)
	switch {
	case n == 0:
		return nil
	case strings.Trim(low, "0") == "" && strings.Trim(high, "9") == "":
		return digits(n, n)
	case low[0] == high[0]:
		return sequence{literal(low[:1]), between(low[1:], high[1:])}
	}
	all := choice{
		sequence{literal(low[:1]), between(low[1:], strings.Repeat("9", n-1))},
		sequence{literal(high[:1]), between(strings.Repeat("0", n-1), high[1:])},
	}
	if low[0]+1 < high[0] {
		all = append(all, sequence{class{{rune(low[0]) + 1, rune(high[0]) - 1}}, digits(n-1, n-1)})
	}
	return all
}

// numbers is the numbers within limits. Those with limits have no exponent.
func numbers(low, high bound) expr {
	if low.Rat == nil && high.Rat == nil {
		return anyNumber
	}
	zero := new(big.Rat)
	var all choice
	if high.Rat == nil || high.Sign() >= 0 {
		all = append(all, decimals(bound{zero, false}.tighter(low, 1), high))
	}
	if low.Rat == nil || low.Sign() < 0 {
		minus := func(b bound) bound {
			if b.Rat != nil {
				b.Rat = new(big.Rat).Neg(b.Rat)
			}
			return b
		}
		all = append(all, sequence{literal("-"), decimals(bound{zero, false}.tighter(minus(high), 1), minus(low))})
	}
	return all
}

// decimals is the numbers from low, 0 or more, to high as they are written
// without a sign.
func decimals(low, high bound) expr {
	if apart(low, high) {
		return choice{}
	}
	a, under := split(low.Rat)
	f := fraction{low: under, lowOpen: low.open, most: max(mostDigits, len(under))}
	if high.Rat == nil {
		far := new(big.Int).Exp(big.NewInt(10), big.NewInt(mostDigits), nil)
		next := new(big.Int).Add(a, big.NewInt(1))
		return choice{
			sequence{literal(a.String()), f.text(true, false)},
			sequence{naturals(next, beyond(a, far)), f.text(false, false)},
		}
	}
	b, over := split(high.Rat)
	f.high, f.highOpen, f.most = over, high.open, max(f.most, len(over))
	if a.Cmp(b) == 0 {
		return sequence{literal(a.String()), f.text(true, true)}
	}
	return choice{
		sequence{literal(a.String()), f.text(true, false)},
		sequence{naturals(new(big.Int).Add(a, big.NewInt(1)), new(big.Int).Sub(b, big.NewInt(1))), f.text(false, false)},
		sequence{literal(b.String()), f.text(false, true)},
	}
}

// split returns a decimal number's integer part and the digits after the point,
// without zeros at the end.
func split(x *big.Rat) (*big.Int, string) {
	whole := floor(x)
	places := 0
	for p := new(big.Rat).Set(x); !p.IsInt(); places++ {
		p.Mul(p, big.NewRat(10, 1))
	}
	_, after, _ := strings.Cut(x.FloatString(places), ".")
	return whole, after
}
