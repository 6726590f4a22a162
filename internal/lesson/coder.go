package lesson

import (
	"fmt"
	"math"
	"math/bits"

	"argen"
)

// Arithmetic coding: a text is a part of [0,1), as long as its probability. Each
// token takes of the present part the share that its probability is; some number
// within what is left, written with as few binary digits as tell it from all
// other parts, is the code. It has −log₂ P(text) bits and one or two more.
//
// The arithmetic is that of whole numbers, so that whoever decodes comes to the
// same parts: of the interval 63 bits are kept, digits that are certain go out,
// and where it lies across the middle the digit waits for the next (Witten, Neal,
// Cleary, Arithmetic Coding for Data Compression, 1987).
const (
	codeTop     = 1 << 63
	codeHalf    = codeTop / 2
	codeQuarter = codeTop / 4
)

// shares are the whole numbers that stand for probabilities: about P·2⁴⁰, at
// least 1 for all that is possible, so that what is rare has a code too.
type shares struct {
	upTo  []uint64 // Σ of those of ids up to and with this one
	total uint64
}

// set takes the shares of logits.
func (s *shares) set(logits []float64) error {
	most := math.Inf(-1)
	for _, l := range logits {
		most = max(most, l)
	}
	sum := 0.0
	for _, l := range logits {
		sum += math.Exp(l - most)
	}
	if math.IsNaN(sum) || math.IsInf(most, 0) {
		return fmt.Errorf("the model predicts nothing that could be coded")
	}
	s.upTo = s.upTo[:0]
	s.total = 0
	for _, l := range logits {
		if !math.IsInf(l, -1) {
			s.total += 1 + uint64(math.Exp(l-most)/sum*(1<<40))
		}
		s.upTo = append(s.upTo, s.total)
	}
	return nil
}

// of returns where the part of an id begins and ends.
func (s *shares) of(id argen.ID) (from, to uint64) {
	if id > 0 {
		from = s.upTo[id-1]
	}
	return from, s.upTo[id]
}

// find returns the id whose part holds x < total.
func (s *shares) find(x uint64) argen.ID {
	low, high := 0, len(s.upTo)-1
	for low < high {
		if mid := (low + high) / 2; s.upTo[mid] > x {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return argen.ID(low)
}

// A codeInterval is the part of [0, 2⁶³) that is left.
type codeInterval struct{ low, width uint64 }

func newCodeInterval() codeInterval { return codeInterval{0, codeTop} }

// narrow goes to the part [from, to) of total.
func (v *codeInterval) narrow(from, to, total uint64) {
	begin, end := scale(v.width, from, total), scale(v.width, to, total)
	v.low, v.width = v.low+begin, end-begin
}

// scale is ⌊a·b / c⌋ for b ≤ c, a ≤ 2⁶³.
func scale(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}

// double makes the interval twice as wide as long as a digit of it is certain or
// waits, and calls f for each: with the digit and how much is to be taken off
// before doubling, waits set for one that is not known yet.
func (v *codeInterval) double(f func(off uint64, digit uint, waits bool)) {
	for {
		var off uint64
		switch end := v.low + v.width; {
		case end <= codeHalf:
			f(0, 0, false)
		case v.low >= codeHalf:
			off = codeHalf
			f(off, 1, false)
		case v.low >= codeQuarter && end <= codeHalf+codeQuarter:
			off = codeQuarter
			f(off, 0, true)
		default:
			return
		}
		v.low, v.width = (v.low-off)*2, v.width*2
	}
}

// An encoder writes tokens as binary digits.
type encoder struct {
	codeInterval
	shares
	code    []byte
	digits  int // in code
	waiting int // digits that are the opposite of the next certain one
}

func newEncoder() *encoder { return &encoder{codeInterval: newCodeInterval()} }

// add codes a token that has been predicted by logits.
func (e *encoder) add(logits []float64, id argen.ID) error {
	if err := e.set(logits); err != nil {
		return err
	}
	from, to := e.of(id)
	if from == to {
		return fmt.Errorf("the model holds token #%d impossible: it has no code", id)
	}
	e.narrow(from, to, e.total)
	e.double(func(_ uint64, digit uint, waits bool) {
		if waits {
			e.waiting++
			return
		}
		e.write(digit)
	})
	return nil
}

// write writes a certain digit and those that waited for it.
func (e *encoder) write(digit uint) {
	for next := digit; ; next = 1 - digit {
		if e.digits%8 == 0 {
			e.code = append(e.code, 0)
		}
		e.code[e.digits/8] |= byte(next << (7 - e.digits%8))
		e.digits++
		if e.waiting == 0 {
			return
		}
		e.waiting--
	}
}

// end writes what tells the interval from all others.
func (e *encoder) end() {
	e.waiting++
	if e.low < codeQuarter {
		e.write(0)
	} else {
		e.write(1)
	}
}

// A decoder reads what an encoder has written, given the same logits.
type decoder struct {
	codeInterval
	shares
	code  []byte
	next  int    // the digit to be read next
	value uint64 // of the 63 digits that lie in the interval
}

func newDecoder(code []byte) *decoder {
	d := &decoder{codeInterval: newCodeInterval(), code: code}
	for range 63 {
		d.read()
	}
	return d
}

// read reads a digit; behind the end all are 0.
func (d *decoder) read() {
	d.value *= 2
	if d.next/8 < len(d.code) {
		d.value += uint64(d.code[d.next/8]>>(7-d.next%8)) & 1
	}
	d.next++
}

// token returns the next token, of which these are the logits.
func (d *decoder) token(logits []float64) (argen.ID, error) {
	if err := d.set(logits); err != nil {
		return argen.NoID, err
	}
	// The last x with low + ⌊width·x / total⌋ ≤ value.
	hi, lo := bits.Mul64(d.value-d.low+1, d.total)
	lo, borrow := bits.Sub64(lo, 1, 0)
	x, _ := bits.Div64(hi-borrow, lo, d.width)
	id := d.find(min(x, d.total-1))
	from, to := d.of(id)
	d.narrow(from, to, d.total)
	d.double(func(off uint64, _ uint, _ bool) {
		d.value -= off
		d.read()
	})
	return id, nil
}
