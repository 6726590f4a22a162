package grammar

import "strings"

// A fraction is digits after a point that are within limits, which are such
// digits too.
type fraction struct {
	low, high         string
	lowOpen, highOpen bool
	most              int // digits
}

// text is a point and digits, or nothing where that is within the limits; each
// counts only if it is asked for.
func (f fraction) text(low, high bool) expr {
	x := sequence{literal("."), f.digits(0, low, high)}
	if f.ends(0, low, high) {
		return optional(x)
	}
	return x
}

// ends reports whether the digits may end after the first i, which so far are
// those of low, or of high, if these are set.
func (f fraction) ends(i int, low, high bool) bool {
	zero := func(limit string) bool { return strings.Trim(limit[min(i, len(limit)):], "0") == "" }
	return !(low && (f.lowOpen || !zero(f.low))) && !(high && f.highOpen && zero(f.high))
}

// digits is the digits after the first i; one of them at least if i is 0.
func (f fraction) digits(i int, low, high bool) expr {
	if low && !f.lowOpen && i >= len(f.low) {
		low = false // it is reached, and more digits only go beyond it
	}
	least := 0
	if i == 0 {
		least = 1
	}
	if !low && !high {
		return digits(least, f.most-i)
	}
	var all choice
	if i > 0 && f.ends(i, low, high) {
		all = append(all, nil)
	}
	if i == f.most {
		return all
	}
	from, to := byte('0'), byte('9')
	if low && i < len(f.low) {
		from = f.low[i]
	}
	if high {
		if to = '0'; i < len(f.high) {
			to = f.high[i]
		}
	}
	for d := from; d <= to; d++ {
		stillLow, stillHigh := low && d == from, high && d == to
		all = append(all, sequence{literal([]byte{d}), f.digits(i+1, stillLow, stillHigh)})
	}
	return all
}
