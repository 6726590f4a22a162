package modeltest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// The faults here are on purpose: nothing to write down or make smaller.
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "0s"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// A recorder is a test that keeps what it is told.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
	said   strings.Builder
}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return "recorder" }

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.said, format+"\n", args...)
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failed = true
	r.Logf(format, args...)
}

func (r *recorder) FailNow() {
	r.failed = true
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.FailNow()
}

func (r *recorder) Log(args ...any)   { r.Logf("%s", fmt.Sprint(args...)) }
func (r *recorder) Error(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }
func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }
func (r *recorder) Fail()             { r.failed = true }
func (r *recorder) Failed() bool      { return r.failed }

// said runs Check and returns what it complains about, "" if nothing.
func said(m argen.Model, o ...Options) string {
	r := &recorder{}
	done := make(chan struct{})
	go func() { // Goexit ends it
		defer close(done)
		Check(r, m, o...)
	}()
	<-done
	if !r.failed {
		return ""
	}
	return r.said.String()
}

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

func TestGoodModelsPass(t *testing.T) {
	short := newToy()
	short.info.ContextLength = 5
	one := newToy()
	one.info.ContextLength = 1
	dead := newToy()
	dead.dead = 1
	long := newToy()
	long.info.ContextLength = 1 << 30
	for name, c := range map[string]struct {
		m argen.Model
		o Options
	}{
		"plain":              {newToy(), Options{Normalised: 1e-12}},
		"short context":      {short, Options{}},
		"one token":          {one, Options{}},
		"long context":       {long, Options{}},
		"dead ends":          {dead, Options{Normalised: 1e-12}},
		"nothing of nothing": {newToy("nothing of nothing"), Options{}},
		"some tokens":        {newToy(), Options{Tokens: []argen.ID{4, 2}, MaxLen: 3, Checks: 5}},
		"rounding, allowed":  {newToy("rounds by call"), Options{Tolerance: 1e-6}},
		"not normalised":     {newToy("not normalised"), Options{}},
	} {
		if says := said(c.m, c.o); says != "" {
			t.Errorf("%s: %s", name, says)
		}
	}
	Check(t, newToy())
}

func TestBrokenModelsFail(t *testing.T) {
	for fault, want := range map[string]string{
		"shares its slice":                 "after its parent rewound to",
		"copies on append only":            "rewound to",
		"shares its logits":                "",
		"one buffer":                       "",
		"forks itself":                     "",
		"forks the empty context":          "a fork of",
		"NaN":                              "is NaN",
		"+Inf":                             "is +Inf",
		"too few":                          "there are 10 logits, the vocabulary has 11 tokens",
		"too many":                         "there are 12 logits, the vocabulary has 11 tokens",
		"random":                           "differ: the logit of token 10",
		"changes late":                     "",
		"rounds by call":                   "one by one instead of all at once",
		"counts tokens from the last call": "one by one instead of all at once",
		"no panic":                         "does not panic",
		"grows":                            "does not panic",
		"panics late":                      "a refused Rewind(-1)",
		"keeps one more":                   "after Rewind(",
		"keeps logits":                     "the logit of token",
		"stale":                            "the logit of token",
		"takes negative ids":               "Extend([-1]) with an id outside the vocabulary is no error",
		"takes large ids":                  "Extend([11]) with an id outside the vocabulary is no error",
		"a refusal adds tokens":            "after good ones leaves",
		"ignores ctx":                      "with a cancelled ctx is no error",
		"ignores ctx without ids":          "with a cancelled ctx and no ids is no error",
		"a cancelled call adds tokens":     "with a cancelled ctx leaves",
		"starts with a token":              "a new state has 1 tokens",
		"no explanation":                   "Explain(",
		"explains anything":                "Explain(-1) is no error",
		"explaining rewinds":               "after Explain",
		"says nothing":                     `Explain(0) is ""`,
	} {
		if says := said(newToy(fault)); says == "" {
			t.Errorf("a model that %q passes", fault)
		} else if !strings.Contains(says, want) {
			t.Errorf("%s: want %q in\n%s", fault, want, says)
		}
	}
	limited := newToy("no limit")
	limited.info.ContextLength = 9
	if says := said(limited); !strings.Contains(says, "beyond the longest context is no error") {
		t.Errorf("a context beyond its length: %s", says)
	}
	if says := said(newToy("not normalised"), Options{Normalised: 1e-6}); !strings.Contains(says, "the logits are no logprobs") {
		t.Errorf("not normalised: %s", says)
	}
	if says := said(newToy("rounds by call"), Options{Tolerance: 1e-12}); !strings.Contains(says, "the logit of token 10") {
		t.Errorf("rounding beyond the tolerance: %s", says)
	}
}

func TestBadInfoFails(t *testing.T) {
	for want, change := range map[string]func(*argen.Info){
		"the vocabulary has 0 tokens":      func(i *argen.Info) { i.VocabSize = 0 },
		"ContextLength -1 and Order 0":     func(i *argen.Info) { i.ContextLength = -1 },
		"ContextLength 0 and Order -1":     func(i *argen.Info) { i.Order = -1 },
		"BOS is id 11 of a vocabulary":     func(i *argen.Info) { i.BOS = vocab },
		"BOS is id -2 of a vocabulary":     func(i *argen.Info) { i.BOS = -2 },
		"AddBOS is set and there is no":    func(i *argen.Info) { i.AddBOS = true },
		"id 11 is outside the vocabulary":  func(i *argen.Info) { i.Stop = []argen.ID{2, vocab} },
		"id -1 is outside the vocabulary":  func(i *argen.Info) { i.Stop = []argen.ID{argen.NoID} },
		"there are 11 logits, the vocabul": func(i *argen.Info) { i.VocabSize = 12 },
	} {
		m := newToy()
		change(&m.info)
		if says := said(m); !strings.Contains(says, want) {
			t.Errorf("want %q in %q", want, says)
		}
	}
	if says := said(newToy(), Options{Tokens: []argen.ID{vocab}}); !strings.Contains(says, "outside the vocabulary") {
		t.Errorf("Options.Tokens outside the vocabulary: %q", says)
	}
}

// The walks alone find what shares memory, whatever the other checks do.
func TestWalksFindSharing(t *testing.T) {
	for _, fault := range []string{"shares its slice", "copies on append only", "shares its logits", "one buffer", "keeps logits"} {
		r := &recorder{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c := &checker{model: newToy(fault), Options: Options{MaxLen: 12}, seen: map[string][]float64{}}
			c.info = c.model.Info()
			c.Tokens = []argen.ID{0, 1, 2, 3, 4, 5}
			c.checkWalks(r)
		}()
		<-done
		if !r.failed {
			t.Errorf("no walk finds a model that %q", fault)
		}
	}
}
