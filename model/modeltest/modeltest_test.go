package modeltest

import (
	"flag"
	"fmt"
	"os"
	"runtime"
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
