package grammar

// A program is a grammar made ready to be run. It never changes.
type program struct {
	rules  []rule
	root   int32   // the rule that the text is
	steps  []step  // by the state they leave
	first  []int32 // by state: its first step; one more than states
	finish []bool  // by state: the rule may end here, without taking anything more
	onward []bool  // by state: something more may be taken before the rule ends
	class  [256]uint8
	bytes  []byteSpan // by class of bytes; all of one class lead to the same places
}

// A rule is a part of a program that has a name.
type rule struct {
	name        string // "" of one that stands for a part of another
	parent      int    // that other
	at          mark   // where it is defined
	entry, exit int32
	// order is its place in an order in which a rule stands before all that it
	// may begin with.
	order int
	// nullable is set if the rule may be empty, productive if it can end,
	// lively if it can take a byte.
	nullable, productive, lively bool
}

// A step leads from a state to another.
type step struct {
	kind   stepKind
	lo, hi uint8 // of take: classes of bytes; while the program is built, bytes
	to     int32
	rule   int32 // of enter
}

type stepKind uint8

const (
	empty   stepKind = iota // takes nothing
	take                    // takes a byte
	enter                   // goes through another rule first
	nowhere                 // is not to be gone
)

// from returns the steps that leave a state.
func (p *program) from(state int32) []step { return p.steps[p.first[state]:p.first[state+1]] }

// free reports whether a step may be gone without taking a byte.
func (p *program) free(s *step) bool {
	return s.kind == empty || s.kind == enter && p.rules[s.rule].nullable
}

// states is their number.
func (p *program) states() int { return len(p.first) - 1 }

// classify groups bytes that no step tells apart, and puts their classes in
// place of the bytes.
func (p *program) classify() {
	var begins [257]bool
	begins[0] = true
	for _, s := range p.steps {
		if s.kind == take {
			begins[s.lo], begins[int(s.hi)+1] = true, true
		}
	}
	for b := range 256 {
		if begins[b] {
			p.bytes = append(p.bytes, byteSpan{lo: byte(b)})
		}
		p.class[b] = uint8(len(p.bytes) - 1)
		p.bytes[len(p.bytes)-1].hi = byte(b)
	}
	for i := range p.steps {
		if s := &p.steps[i]; s.kind == take {
			s.lo, s.hi = p.class[s.lo], p.class[s.hi]
		}
	}
}
