package strict

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"strings"
)

// A step is one level of a value's path: the member or element being read.
type step struct {
	name  int // where the member's name begins (its quote), −1 before the first
	index int // of the element, −1 in an object
}

// field is the path of the value being read: `model.vocab["Ġthe"]`.
func (j *JSON) field() string {
	const most = 20 // levels shown of a very deep one
	var b strings.Builder
	for i, s := range j.path {
		if i == most {
			b.WriteString("…")
			break
		}
		if s.index >= 0 {
			fmt.Fprintf(&b, "[%d]", s.index)
		}
		if s.name < 0 {
			continue
		}
		switch name := brief(string(j.nameAt(s.name))); {
		case name == "" || strings.IndexFunc(name, func(r rune) bool { return r > 127 || !isWord(byte(r)) || r == '.' }) >= 0:
			fmt.Fprintf(&b, "[%q]", name)
		case b.Len() > 0:
			b.WriteString("." + name)
		default:
			b.WriteString(name)
		}
	}
	return b.String()
}

// nameAt returns the name whose opening quote is at offset at.
func (j *JSON) nameAt(at int) []byte {
	i := at + 1
	for j.data[i] != '"' {
		if j.data[i] == '\\' {
			i++ // \" does not end it
		}
		i++
	}
	raw := j.data[at+1 : i]
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return unescape(nil, raw)
}

// names is the set of an object's names, to find one that stands twice. It
// keeps where each begins in the data, so a hundred million bytes of names do
// not become as many strings: the first few in a list, more in a hash table.
type names struct {
	few   [8]uint32
	n     int
	table []entry // its length is a power of two
}

// An entry is a name in the table.
type entry struct {
	at   uint32 // where it begins, 0 if the place is free
	hash uint32
}

// The seed changes with every run of the program, so nobody can write a file
// whose names all fall into one place. What is found does not depend on it.
var seed = maphash.MakeSeed()

func hash(name []byte) uint32 { return uint32(maphash.Bytes(seed, name)) }

func (s *names) reset() {
	s.n = 0
	s.table = s.table[:0]
}

// add adds the name that begins at offset at. If it is there already, add
// returns where it stood first, otherwise −1.
func (s *names) add(j *JSON, at int, name []byte) int {
	if s.n < len(s.few) {
		for _, first := range s.few[:s.n] {
			if bytes.Equal(j.nameAt(int(first)), name) {
				return int(first)
			}
		}
		s.few[s.n] = uint32(at)
		s.n++
		return -1
	}
	if s.n >= len(s.table)/8*7 {
		s.grow(j)
	}
	e := entry{uint32(at), hash(name)}
	for i := e.hash; ; i++ {
		switch old := &s.table[int(i)&(len(s.table)-1)]; {
		case old.at == 0:
			*old = e
			s.n++
			return -1
		case old.hash == e.hash && bytes.Equal(j.nameAt(int(old.at)), name):
			return int(old.at)
		}
	}
}

// grow doubles the table; the first time it takes in the few.
func (s *names) grow(j *JSON) {
	old := s.table
	size := max(64, 2*len(old))
	if len(old) == 0 && cap(s.table) >= size { // an earlier object's
		s.table = s.table[:size]
		clear(s.table)
	} else {
		s.table = make([]entry, size)
	}
	if len(old) == 0 {
		for _, at := range s.few {
			s.put(entry{at, hash(j.nameAt(int(at)))})
		}
	}
	for _, e := range old {
		if e.at > 0 {
			s.put(e)
		}
	}
}

// put adds a name that is not there.
func (s *names) put(e entry) {
	i := e.hash
	for s.table[int(i)&(len(s.table)-1)].at > 0 {
		i++
	}
	s.table[int(i)&(len(s.table)-1)] = e
}
