package story

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"argen"
)

// A Source is a place of the grammar that can emit the next word.
type Source struct {
	Place string  `json:"place"`          // "person.name", or "literal"
	Slot  string  `json:"slot,omitempty"` // the slot that holds the row: "hero"
	Line  int     `json:"line"`           // of the grammar
	Prob  float64 `json:"prob"`           // P(the word comes from here | words so far)
}

// An Explanation says which places of the grammar can emit a word next. It
// implements [argen.Explanation].
type Explanation struct {
	Word       string   `json:"word"`
	Prob       float64  `json:"prob"`       // P(word | words so far), the sum of those of Sources
	Hypotheses int      `json:"hypotheses"` // ways to derive the words so far
	Sources    []Source `json:"sources"`    // most probable first
}

// String says it in one line.
func (e Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: P = %.4g exactly, %s", e.Word, e.Prob, counted(e.Hypotheses, "hypothesis", "hypotheses"))
	for i, s := range e.Sources {
		b.WriteString([]string{"; ", ", "}[min(i, 1)])
		if s.Slot == "" {
			fmt.Fprintf(&b, "%s of line %d (%.4g)", s.Place, s.Line, s.Prob)
			continue
		}
		fmt.Fprintf(&b, "%s of %s in line %d (%.4g)", s.Place, s.Slot, s.Line, s.Prob)
	}
	if len(e.Sources) == 0 {
		b.WriteString("; no story goes on like this")
	}
	return b.String()
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// MarshalJSON implements json.Marshaler.
func (e Explanation) MarshalJSON() ([]byte, error) {
	type plain Explanation
	return json.Marshal(plain(e))
}

// Explain implements argen.Explainer.
func (s *State) Explain(id argen.ID) (argen.Explanation, error) {
	g := s.m.g
	if id < 0 || int(id) >= len(g.vocab) {
		return nil, fmt.Errorf("id %d, the story vocabulary has ids 0 to %d", id, len(g.vocab)-1)
	}
	found, err := s.origins(context.Background())
	if err != nil {
		return nil, err
	}
	e := Explanation{Word: g.vocab[id], Hypotheses: s.Hypotheses(), Sources: []Source{}}
	for _, o := range found {
		if o.word != id {
			continue
		}
		e.Prob += o.prob
		e.Sources = append(e.Sources, g.source(o))
	}
	slices.SortStableFunc(e.Sources, func(a, b Source) int { return cmp.Compare(b.Prob, a.Prob) })
	return e, nil
}

// An origin is a word that can come next, and the item that emits it.
type origin struct {
	word argen.ID
	pc   uint16
	prob float64
}

// origins returns where the next word can come from, in order of discovery.
func (s *State) origins(ctx context.Context) ([]origin, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sc := s.m.scratch.Get().(*scratch)
	defer s.m.scratch.Put(sc)
	o := origins{index: map[origin]int{}}
	err := s.each(sc, &o)
	return o.list, err
}

type origins struct {
	list  []origin
	index map[origin]int // by word and pc
}

func (o *origins) emit(w *walker, e emission) error {
	key := origin{word: e.word, pc: w.vec[atPC]}
	i, known := o.index[key]
	if !known {
		i = len(o.list)
		o.index[key] = i
		o.list = append(o.list, key)
	}
	o.list[i].prob += e.prob
	return nil
}

// source names the place of an origin.
func (g *Grammar) source(o origin) Source {
	it := &g.prog[o.pc]
	s := Source{Place: "literal", Line: it.at.line, Prob: o.prob}
	if it.op == opCell {
		slot := g.slots[it.slot]
		s.Slot = slot.name
		s.Place = slot.table.name + "." + slot.table.cols[it.col]
	}
	return s
}
