package grammar

import "cmp"

// number is the id of a frame's stack, 0 if it has none.
func (f frame) number() uint64 {
	if f.up == nil {
		return 0
	}
	return f.up.id + 1
}

func compareFrames(a, b frame) int {
	if a.up == b.up {
		return cmp.Compare(a.to, b.to)
	}
	return cmp.Compare(a.number(), b.number())
}

// mix adds a frame to a hash.
func (f frame) mix(h uint64) uint64 {
	h = (h ^ uint64(uint32(f.to))<<32 ^ f.number()) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// hash mixes frames.
func hash(frames []frame, h uint64) uint64 {
	for _, f := range frames {
		h = f.mix(h)
	}
	return h
}

// A frameSet is a set of frames that is cleared at no cost. It is the inner
// loop of a step where a text can be read in many ways.
type frameSet struct {
	slots []slot // a power of two, at least half of them free
	n     int
	round uint32
}

type slot struct {
	frame
	round uint32 // of the set when it was filled
}

func (s *frameSet) clear() {
	if s.n = 0; s.round == 1<<32-1 {
		clear(s.slots)
		s.round = 0
	}
	s.round++
}

// add reports whether a frame is new.
func (s *frameSet) add(f frame) bool {
	if 2*s.n >= len(s.slots) {
		before := s.slots
		s.slots, s.n = make([]slot, max(64, 2*len(before))), 0
		for _, old := range before {
			if old.round == s.round {
				s.add(old.frame)
			}
		}
	}
	mask := uint64(len(s.slots) - 1)
	for i := f.mix(0) & mask; ; i = (i + 1) & mask {
		switch slot := &s.slots[i]; {
		case slot.round != s.round:
			slot.frame, slot.round = f, s.round
			s.n++
			return true
		case slot.frame == f:
			return false
		}
	}
}
