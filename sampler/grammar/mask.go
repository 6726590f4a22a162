package grammar

import "argen"

// walk calls do with the tokens that the grammar lets follow a state, those
// with one text at a time, and the state after them.
func (m *machine) walk(from *state, do func(ids []argen.ID, to *state)) {
	v := m.words
	path := make([]*state, v.deep+1)
	path[0] = from
	for i := 1; i < len(v.nodes)-1; {
		n := &v.nodes[i]
		to, class := path[n.deep-1], m.class[n.byte]
		if to.next != nil && to.next[class] != nil {
			to = to.next[class]
		} else {
			to = m.step(to, class)
		}
		if to == lost {
			i = int(n.past)
			continue
		}
		path[n.deep] = to
		i++
		if end := v.nodes[i].first; end > n.first {
			do(v.ids[n.first:end], to)
		}
	}
}

// mask computes which tokens may come next at a state, a bit each; nil is none.
func (m *machine) mask(s *state) []uint64 {
	if s.mask != nil || s == lost {
		return s.mask
	}
	mask := make([]uint64, (m.words.size+63)/64)
	m.walk(s, func(ids []argen.ID, to *state) {
		if !m.leads(to) {
			return
		}
		for _, id := range ids {
			if m.joiner == nil || m.goesOn(id, to) {
				mask[id>>6] |= 1 << (id & 63)
			}
		}
	})
	for _, id := range m.stop {
		bit := uint64(1) << (id & 63)
		switch text := !m.tok.Control(id); {
		case text && !m.after(s, m.tok.Piece(id)).ends: // a text would end with this one
			mask[id>>6] &^= bit
		case !text && s.ends:
			mask[id>>6] |= bit
		}
	}
	if m.room() {
		s.mask = mask
		m.cells += len(mask)
	}
	return mask
}

// mostLooks is from how many states tokens are tried to look ahead.
const mostLooks = 32

// leads reports whether tokens lead from a state to one where the text may end.
// In a vocabulary that has a token for each byte they always do; in one of
// words, a token may be the beginning of a word that no others complete. A text
// whose end is too far away to be found counts as one that has an end. Between
// tokens of a tokenizer that joins them there may be a blank or nothing.
//
// What it says depends on the state alone, not on what was computed before: a
// run that went back, or is done again, must come to the same.
func (m *machine) leads(s *state) bool {
	if s.ends || m.words.allBytes {
		return true
	}
	if s.lead == unknown {
		s.lead = no
		if m.reaches(s) {
			s.lead = yes
		}
	}
	return s.lead == yes
}

// An answer is what is known of a state.
type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// reaches looks for a state where the text may end, breadth first.
func (m *machine) reaches(s *state) bool {
	m.round++
	round := m.round
	s.met = round
	found := []*state{s}
	for i := 0; i < len(found); i++ {
		if i == mostLooks {
			return true
		}
		for _, to := range m.following(found[i]) {
			if to.ends {
				return true
			}
			if to.met != round {
				to.met = round
				found = append(found, to)
			}
		}
	}
	return false
}

// mostNear is how many tokens are tried after one.
const mostNear = 64

// goesOn reports whether some token can come after one, after which is this
// state, with what the tokenizer puts between the two. Where many might, and
// the first of them do not, it is left open.
func (m *machine) goesOn(id argen.ID, to *state) bool {
	if to.ends {
		return true
	}
	m.following(to)
	for i, join := range [2]string{"", " "} {
		for n, next := range to.near[i] {
			if got := m.joiner.Join(id, next); got == join || n == mostNear || got != "" && got != " " {
				return true
			}
		}
	}
	return false
}

// following is the states after the tokens that the grammar lets follow a
// state.
func (m *machine) following(s *state) []*state {
	if s.after != nil {
		return s.after
	}
	after := []*state{}
	m.round++
	round := m.round
	s.near = [2][]argen.ID{}
	for i, from := range [2]*state{s, m.step(s, m.class[' '])} {
		if i == 1 && m.joiner == nil || from == lost {
			break
		}
		m.walk(from, func(ids []argen.ID, to *state) {
			if len(s.near[i]) <= mostNear {
				s.near[i] = append(s.near[i], ids...)
			}
			if to.noted != round {
				to.noted = round
				after = append(after, to)
			}
		})
	}
	if m.room() {
		s.after = after
		m.cells += len(after)
	}
	return after
}
