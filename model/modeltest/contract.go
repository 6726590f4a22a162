package modeltest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"argen"
)

// A branch is a state and what it should be.
type branch struct {
	state argen.State
	ids   []argen.ID
	held  []float64 // what it returned last; valid until it is called again
	kept  []float64 // a copy of that
}

// start returns a branch whose state has read ids.
func (c *checker) start(t rapid.TB, ids []argen.ID) *branch {
	t.Helper()
	b := &branch{state: c.model.Start()}
	c.extend(t, b, ids...)
	return b
}

// extend extends a branch and compares it with a fresh state.
func (c *checker) extend(t rapid.TB, b *branch, ids ...argen.ID) {
	t.Helper()
	b.ids = append(slices.Clip(b.ids), ids...)
	got, err := b.state.Extend(context.Background(), ids...)
	c.look(t, b, got, err, fmt.Sprintf("Extend(%v)", ids))
}

// look compares what a branch returned with what a fresh state returns.
func (c *checker) look(t rapid.TB, b *branch, got []float64, err error, call string) {
	t.Helper()
	want := c.reference(t, b.ids)
	b.held, b.kept = nil, nil
	switch {
	case b.state.Len() != len(b.ids):
		t.Fatalf("after %s the context has %d tokens, want %d: %v", call, b.state.Len(), len(b.ids), b.ids)
	case want == nil && err == nil:
		t.Fatalf("after %s the empty context has logits, that of a fresh state has none", call)
	case want == nil:
		return
	case err != nil:
		t.Fatalf("%s to the context %v: %v", call, b.ids, err)
	}
	if says := c.wrong(got); says != "" {
		t.Fatalf("after %s to the context %v %s", call, b.ids, says)
	}
	if says := differ(got, want, c.Tolerance); says != "" {
		t.Fatalf("after %s to the context %v %s", call, b.ids, says)
	}
	b.held, b.kept = got, slices.Clone(got)
}

func (c *checker) rewind(t rapid.TB, b *branch, n int) {
	t.Helper()
	b.state.Rewind(n)
	b.ids = b.ids[:n:n]
	b.held, b.kept = nil, nil
	if b.state.Len() != n {
		t.Fatalf("after Rewind(%d) the context has %d tokens", n, b.state.Len())
	}
}

func (c *checker) fork(t rapid.TB, b *branch) *branch {
	t.Helper()
	f := &branch{state: b.state.Fork(), ids: slices.Clone(b.ids)}
	b.held, b.kept = nil, nil
	if f.state.Len() != len(b.ids) || b.state.Len() != len(b.ids) {
		t.Fatalf("a fork of %d tokens has %d, and its parent %d", len(b.ids), f.state.Len(), b.state.Len())
	}
	return f
}

// A refusal is a call of Extend that must be refused.
type refusal struct {
	what string
	ctx  context.Context
	ids  []argen.ID
}

func (c *checker) refusals() []refusal {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	good := c.Tokens[0]
	list := []refusal{
		{"with a cancelled ctx", cancelled, []argen.ID{good}},
		{"with a cancelled ctx and no ids", cancelled, nil},
	}
	for _, bad := range []argen.ID{-1, argen.ID(c.info.VocabSize), math.MinInt32, math.MaxInt32} {
		list = append(list,
			refusal{"with an id outside the vocabulary", context.Background(), []argen.ID{bad}},
			refusal{"with an id outside the vocabulary after good ones", context.Background(), []argen.ID{good, good, bad}})
	}
	return list
}

// refuse makes the call and looks whether the state is what it was.
func (c *checker) refuse(t rapid.TB, b *branch, r refusal) {
	t.Helper()
	logits, err := b.state.Extend(r.ctx, r.ids...)
	if err == nil {
		t.Fatalf("Extend(%v) %s is no error and returns %d logits", r.ids, r.what, len(logits))
	}
	if b.state.Len() != len(b.ids) {
		t.Fatalf("a refused Extend(%v) %s leaves %d tokens, there were %d", r.ids, r.what, b.state.Len(), len(b.ids))
	}
	got, err := b.state.Extend(context.Background())
	c.look(t, b, got, err, fmt.Sprintf("a refused Extend(%v) %s", r.ids, r.what))
}

func (c *checker) checkRefusals(t rapid.TB) {
	t.Helper()
	for _, n := range []int{0, 1, min(3, c.MaxLen)} {
		b := c.start(t, c.likely(t, n))
		for _, r := range c.refusals() {
			c.refuse(t, b, r)
			c.rewind(t, b, n/2) // so that nothing at hand can be returned
			c.refuse(t, b, r)
			c.extend(t, b, c.likely(t, n)[n/2:]...)
		}
	}
}

// checkLimit fills the context and goes one beyond.
func (c *checker) checkLimit(t rapid.TB) {
	t.Helper()
	longest := c.info.ContextLength
	if longest == 0 || longest > 1<<20 {
		return
	}
	over := refusal{"beyond the longest context", context.Background(), make([]argen.ID, longest+1)}
	for i := range over.ids {
		over.ids[i] = c.Tokens[i%len(c.Tokens)]
	}
	c.refuse(t, c.start(t, nil), over)
	b := c.start(t, over.ids[:1])
	c.refuse(t, b, refusal{over.what, over.ctx, over.ids[1:]})
	if longest <= 256 {
		c.extend(t, b, over.ids[1:longest]...)
		c.refuse(t, b, refusal{over.what, over.ctx, over.ids[longest:]})
	}
}

// checkRewind calls Rewind where it must panic.
func (c *checker) checkRewind(t rapid.TB) {
	t.Helper()
	b := c.start(t, c.likely(t, min(3, c.MaxLen)))
	n := len(b.ids)
	for _, to := range []int{-1, n + 1, math.MinInt, math.MaxInt} {
		panicked := func() (panicked bool) {
			defer func() { panicked = recover() != nil }()
			b.state.Rewind(to)
			return false
		}()
		if !panicked {
			t.Fatalf("Rewind(%d) of a context of %d tokens does not panic", to, n)
		}
		got, err := b.state.Extend(context.Background())
		c.look(t, b, got, err, fmt.Sprintf("a refused Rewind(%d)", to))
	}
	c.rewind(t, b, n)
	c.extend(t, b)
	for n > 0 {
		n--
		c.rewind(t, b, n)
		c.extend(t, b)
		c.extend(t, b) // the same again
	}
}

// checkExplain asks a state that can say where probabilities come from.
func (c *checker) checkExplain(t rapid.TB) {
	t.Helper()
	b := c.start(t, c.likely(t, min(3, c.MaxLen)))
	e, ok := b.state.(argen.Explainer)
	if !ok {
		return
	}
	for _, id := range []argen.ID{-1, argen.ID(c.info.VocabSize)} {
		if _, err := e.Explain(id); err == nil {
			t.Fatalf("Explain(%d) is no error; the vocabulary has %d tokens", id, c.info.VocabSize)
		}
	}
	for _, id := range []argen.ID{c.Tokens[0], argen.ID(c.info.VocabSize - 1)} {
		x, err := e.Explain(id)
		if err != nil {
			t.Fatalf("Explain(%d): %v", id, err)
		}
		if data, err := json.Marshal(x); err != nil || len(data) < 3 || x.String() == "" {
			t.Fatalf("Explain(%d) is %q, as JSON %s, %v", id, x.String(), data, err)
		}
	}
	got, err := b.state.Extend(context.Background())
	c.look(t, b, got, err, "Explain")
}

// others returns n tokens, none of which is the one of ids at its place (if
// there is more than one to take).
func (c *checker) others(ids []argen.ID, n int) []argen.ID {
	list := make([]argen.ID, n)
	for i := range list {
		list[i] = c.Tokens[c.rng.IntN(len(c.Tokens))]
		if i < len(ids) && list[i] == ids[i] {
			at := slices.Index(c.Tokens, ids[i])
			list[i] = c.Tokens[(at+1)%len(c.Tokens)]
		}
	}
	return list
}

// checkForks forks, rewinds one side and lets it write other tokens over the
// past that the two have in common; then the other side is looked at.
func (c *checker) checkForks(t rapid.TB) {
	t.Helper()
	n := min(8, c.MaxLen)
	for k := range n {
		for _, parentWrites := range []bool{true, false} {
			ids := c.likely(t, n)
			writes := c.start(t, ids)
			reads := c.fork(t, writes)
			who := "its parent"
			if !parentWrites {
				writes, reads, who = reads, writes, "its fork"
			}
			c.rewind(t, writes, k)
			c.extend(t, writes, c.others(ids[k:], n-k)...)
			what := fmt.Sprintf("Extend() on a state of %d tokens, after %s rewound to %d and extended,", n, who, k)
			got, err := reads.state.Extend(context.Background())
			c.look(t, reads, got, err, what)
			for m := n - 1; m >= 0; m -= 3 {
				c.rewind(t, reads, m)
				got, err := reads.state.Extend(context.Background())
				c.look(t, reads, got, err, what+fmt.Sprintf(" and Rewind(%d)", m))
				c.extend(t, reads, ids[m:]...)
			}
			c.rewind(t, writes, 0)
			c.extend(t, writes, ids...)
		}
	}
}

// checkParallel uses states and forks of one state from many goroutines.
func (c *checker) checkParallel(t rapid.TB) {
	t.Helper()
	const workers = 8
	common := c.likely(t, min(2, c.MaxLen))
	parent := c.start(t, common)
	type job struct {
		state argen.State // a fork; nil to start one
		ids   []argen.ID
		want  [][]float64 // by number of tokens
	}
	jobs := make([]job, workers)
	for i := range jobs {
		j := &jobs[i]
		j.ids = append(slices.Clone(common), c.others(nil, c.MaxLen-len(common))...)
		if i < workers/2 {
			j.ids = c.likely(t, c.MaxLen)
			copy(j.ids, common)
		}
		for n := range len(j.ids) + 1 {
			j.want = append(j.want, c.reference(t, j.ids[:n]))
		}
		switch i % 3 {
		case 0:
			j.state = parent.state.Fork()
		case 1:
			j.state = jobs[i-1].state.Fork() // a fork's fork
		}
	}
	jobs[0].state = parent.state
	faults := make([]string, workers)
	var wg sync.WaitGroup
	for i, j := range jobs {
		wg.Go(func() {
			s := j.state
			if s == nil {
				s = c.model.Start()
			}
			for round := range 2 {
				if faults[i] = c.follow(s, j.ids, j.want); faults[i] != "" {
					return
				}
				fork := s.Fork()
				s.Rewind(round)
				if faults[i] = c.follow(fork, j.ids, j.want); faults[i] != "" {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, fault := range faults {
		if fault != "" {
			t.Fatalf("with %d goroutines, each with its own state: %s", workers, fault)
		}
	}
}

// follow extends a state by what it has not read of ids, one by one, and says
// what is wrong, "" if nothing is.
func (c *checker) follow(s argen.State, ids []argen.ID, want [][]float64) string {
	for n := s.Len(); n <= len(ids); n++ {
		got, err := s.Extend(context.Background())
		if err != nil && want[n] != nil {
			return fmt.Sprintf("Extend() after %v: %v", ids[:n], err)
		}
		if says := differ(got, want[n], c.Tolerance); err == nil && says != "" {
			return fmt.Sprintf("after %v %s", ids[:n], says)
		}
		if n == len(ids) {
			break
		}
		if _, err := s.Extend(context.Background(), ids[n]); err != nil {
			return fmt.Sprintf("after %v, Extend(%d): %v", ids[:n], ids[n], err)
		}
	}
	return ""
}
