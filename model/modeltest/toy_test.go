package modeltest

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"argen"
)

// A toy is a model whose logits are made of the last three ids. Its states do
// what the contract says, but for the faults it is told to have.
type toy struct {
	info   argen.Info
	faults map[string]bool
	dead   argen.ID // after it nothing is possible
	calls  int
	buffer []float64
	mu     sync.Mutex
}

const vocab = 11

func newToy(faults ...string) *toy {
	m := &toy{
		info: argen.Info{Kind: "toy", VocabSize: vocab, BOS: argen.NoID, Stop: []argen.ID{1}},
		dead: argen.NoID, faults: map[string]bool{}, buffer: make([]float64, vocab),
	}
	for _, f := range faults {
		m.faults[f] = true
	}
	return m
}

func (m *toy) Info() argen.Info { return m.info }

func (m *toy) Start() argen.State {
	s := &state{m: m, logits: make([]float64, vocab)}
	if m.faults["starts with a token"] {
		s.ids = append(s.ids, 3)
	}
	if m.faults["no explanation"] || m.faults["explains anything"] || m.faults["explaining rewinds"] || m.faults["says nothing"] {
		return &explainer{s}
	}
	return s
}

type state struct {
	m      *toy
	ids    []argen.ID
	logits []float64
	fresh  bool
}

func (s *state) Len() int { return len(s.ids) }

var errRefused = errors.New("refused")

func (s *state) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	f := s.m.faults
	s.m.mu.Lock() // the faults write to what all states share
	defer s.m.mu.Unlock()
	if f["a refusal adds tokens"] {
		defer func(n int) { s.ids = s.ids[:len(s.ids):len(s.ids)] }(len(s.ids))
	}
	if ctx.Err() != nil && !f["ignores ctx"] && !(f["ignores ctx without ids"] && len(ids) == 0) {
		if f["a cancelled call adds tokens"] {
			s.ids = append(s.ids, ids...)
			s.fresh = false
		}
		return nil, ctx.Err()
	}
	if limit := s.m.info.ContextLength; limit > 0 && len(s.ids)+len(ids) > limit && !f["no limit"] {
		return nil, errRefused
	}
	n := len(s.ids)
	for _, id := range ids {
		if (id < 0 && !f["takes negative ids"]) || (id >= vocab && !f["takes large ids"]) {
			if !f["a refusal adds tokens"] {
				s.ids = s.ids[:n]
			}
			return nil, errRefused
		}
		s.ids = append(s.ids, id)
	}
	if len(s.ids) == 0 && f["nothing of nothing"] {
		return nil, errRefused
	}
	if s.fresh && len(ids) == 0 {
		return s.logits, nil
	}
	if f["stale"] && len(ids) == 0 && s.logits[0] != 0 {
		return s.logits, nil
	}
	out := s.logits
	if f["one buffer"] {
		out = s.m.buffer
	}
	s.fill(out, len(ids))
	s.fresh = !f["stale"]
	if f["too few"] {
		return out[:vocab-1], nil
	}
	if f["too many"] {
		return append(slices.Clone(out), 0), nil
	}
	return out, nil
}

// fill computes the logits.
func (s *state) fill(out []float64, added int) {
	f := s.m.faults
	h := uint64(len(s.ids) + 1)
	if f["counts tokens from the last call"] {
		h = uint64(added)
	}
	for _, id := range s.ids[max(0, len(s.ids)-3):] {
		h = (h ^ uint64(uint32(id))) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	s.m.calls++
	sum := 0.0
	for i := range out {
		h = h*6364136223846793005 + 1442695040888963407
		out[i] = float64(h>>40) / (1 << 22)
		sum += math.Exp(out[i])
	}
	for i := range out {
		out[i] -= math.Log(sum)
		if n := len(s.ids); n > 0 && s.ids[n-1] == s.m.dead {
			out[i] = math.Inf(-1)
		}
	}
	switch last := &out[vocab-1]; {
	case f["rounds by call"]:
		*last += float64(added) * 1e-9
	case f["random"]:
		*last += float64(s.m.calls) * 1e-12
	case f["changes late"] && s.m.calls > 2000:
		*last += 1e-12
	case f["NaN"] && len(s.ids) == 7:
		*last = math.NaN()
	case f["+Inf"] && len(s.ids) == 7:
		*last = math.Inf(1)
	case f["not normalised"]:
		*last += 0.1
	}
}

func (s *state) Rewind(n int) {
	f := s.m.faults
	if n < 0 || n > len(s.ids) {
		switch {
		case f["no panic"]:
			return
		case f["grows"] && n > 0 && n <= cap(s.ids):
		case f["panics late"] && n < 0:
			s.ids = s.ids[:0]
			s.fresh = false
			panic("rewind")
		default:
			panic("rewind")
		}
	}
	if f["keeps one more"] && n < len(s.ids) {
		n++
	}
	if !f["keeps logits"] {
		s.fresh = s.fresh && n == len(s.ids)
	}
	s.ids = s.ids[:n]
}

func (s *state) Fork() argen.State {
	f := s.m.faults
	next := &state{m: s.m, ids: slices.Clone(s.ids), logits: slices.Clone(s.logits), fresh: s.fresh}
	switch {
	case f["forks itself"]:
		return s
	case f["shares its slice"]:
		next.ids = s.ids
	case f["copies on append only"]: // which a rewind undoes
		s.ids = slices.Clip(s.ids)
		next.ids = s.ids
	case f["shares its logits"]:
		next.logits = s.logits
	case f["forks the empty context"]:
		next.ids, next.fresh = nil, false
	}
	return next
}

// An explainer explains every token in the same way.
type explainer struct{ *state }

type explanation struct {
	argen.Explanation
	text string
}

func (e explanation) String() string               { return e.text }
func (e explanation) MarshalJSON() ([]byte, error) { return []byte(`{"toy":true}`), nil }

func (e *explainer) Explain(id argen.ID) (argen.Explanation, error) {
	f := e.m.faults
	if (id < 0 || id >= vocab) && !f["explains anything"] || f["no explanation"] {
		return nil, errRefused
	}
	if f["explaining rewinds"] {
		e.Rewind(0)
	}
	if f["says nothing"] {
		return explanation{}, nil
	}
	return explanation{text: "because"}, nil
}
