package lesson

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Unit says what a number counts, and so how it is written.
type Unit string

// The units.
const (
	Share   Unit = "share"  // of 1, written in %
	Prob    Unit = "prob"   // a probability
	Bits    Unit = "bits"   // of information
	Count   Unit = "count"  // a whole number
	Ratio   Unit = "ratio"  // times
	Error   Unit = "error"  // a distance from what must be, mostly rounding
	Seconds Unit = "s"      // time, different in every run
	Other   Unit = "number" // anything else
)

// numberJSON is how a number stands in JSON, which has no NaN and no infinity: null
// is what could not be measured, or has no end.
type numberJSON struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	Lo    *float64 `json:"lo,omitempty"`
	Hi    *float64 `json:"hi,omitempty"`
	Unit  Unit     `json:"unit"`
	N     int      `json:"n,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	finite := func(x *float64) *float64 {
		if x == nil || math.IsNaN(*x) || math.IsInf(*x, 0) {
			return nil
		}
		return x
	}
	return json.Marshal(numberJSON{n.Name, finite(&n.Value), finite(n.Lo), finite(n.Hi), n.Unit, n.N})
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(data []byte) error {
	var x numberJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*n = Number{Name: x.Name, Value: math.NaN(), Lo: x.Lo, Hi: x.Hi, Unit: x.Unit, N: x.N}
	if x.Value != nil {
		n.Value = *x.Value
	}
	return nil
}

// String is the number as texts have it.
func (n Number) String() string { return n.Unit.format(n.Value) }

// WithInterval is the number with its interval in brackets, if it has one.
func (n Number) WithInterval() string {
	if n.Lo == nil || n.Hi == nil {
		return n.String()
	}
	lo, hi := n.Unit.format(*n.Lo), n.Unit.format(*n.Hi)
	return fmt.Sprintf("%s [%s, %s]", n, strings.TrimSuffix(lo, " %"), strings.TrimSuffix(hi, " %"))
}

// format writes a number of the unit: shares with two digits, near 1 with one more,
// probabilities with four after the point, others with three, or one from 100 on, and
// small ones by their power of ten.
func (u Unit) format(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 1):
		return "+∞"
	case math.IsInf(x, -1):
		return "−∞"
	}
	var s string
	switch size := math.Abs(x); {
	case u == Count && size < 1<<53: // beyond, not every whole number is a float64
		s = thousands(int(math.Round(x)))
	case u == Share && (size == 0 || size >= .0995 && size <= .9905 || size == 1):
		s = strconv.FormatFloat(100*x, 'f', 0, 64)
	case u == Share && size >= .00995:
		s = strconv.FormatFloat(100*x, 'f', 1, 64)
	case u == Share:
		s = strconv.FormatFloat(100*x, 'g', 2, 64)
	case size == 0:
		s = "0"
	case size >= 1<<53:
		s = strconv.FormatFloat(x, 'g', 4, 64)
	case u == Error || size < .0005:
		s = strconv.FormatFloat(x, 'e', 1, 64)
	case u == Prob:
		s = strconv.FormatFloat(x, 'f', 4, 64)
	case size < 100:
		s = strconv.FormatFloat(x, 'f', 3, 64)
	default:
		s = strconv.FormatFloat(x, 'f', 1, 64)
	}
	s = strings.ReplaceAll(s, "-", "−")
	if u == Share {
		s += " %"
	}
	return s
}

// thousands writes a whole number with commas: 49,152.
func thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
