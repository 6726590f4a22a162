package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"argen"
	"argen/sampler"
)

// An op is work on the run of the present branch. Ops wait for each other: a
// Run belongs to one goroutine at a time.
type op func(ctx context.Context, l *live) (opResult, error)

// An opResult is what an op did, beyond how things stand now.
type opResult struct {
	appended []argen.Step
	note     string
	fork     *live
	thrown   bool // u was given by hand
}

// doneMsg ends an op.
type doneMsg struct {
	branch int
	opResult
	now  snapshot
	fork snapshot // how things stand on the new branch
	err  error
}

// start runs an op in the background, after those before it.
func (m *model) start(o op) tea.Cmd {
	if m.busy {
		if len(m.queue) < mostQueued {
			m.queue = append(m.queue[:len(m.queue):len(m.queue)], o)
		}
		return nil
	}
	m.busy, m.slow = true, false
	m.ops++
	at, l, ctx, track := m.at, m.cur().live, m.ctx, m.track
	return tea.Batch(m.o.after(patience, slowMsg{m.ops}), func() tea.Msg {
		l.mu.Lock()
		defer l.mu.Unlock()
		msg := doneMsg{branch: at}
		if l.closed {
			msg.err = context.Canceled
			return msg
		}
		msg.opResult, msg.err = o(ctx, l)
		now, err := l.look(ctx, track)
		msg.now = now
		if msg.err == nil {
			msg.err = err
		}
		if f := msg.opResult.fork; f != nil && msg.err == nil {
			msg.fork, msg.err = f.look(ctx, track)
		}
		return msg
	})
}

// patience is how long an op may take before the screen says that it is at
// work.
const patience = 200 * time.Millisecond

// slowMsg says that an op has taken that long.
type slowMsg struct{ n int }

// mostQueued is how many keys may wait for the language model.
const mostQueued = 16

func opLook(context.Context, *live) (opResult, error) { return opResult{}, nil }

// opAppend appends the token of the dice.
func opAppend(ctx context.Context, l *live) (opResult, error) {
	if l.run.Over() != "" {
		return opResult{}, nil
	}
	step, err := l.append(ctx, nil)
	if err != nil {
		return opResult{}, err
	}
	return opResult{appended: []argen.Step{step}}, nil
}

// opForce appends tokens whatever the dice say.
func opForce(ids []argen.ID) op {
	return func(ctx context.Context, l *live) (opResult, error) {
		var r opResult
		for _, id := range ids {
			if why := l.run.Over(); why != "" {
				tr := l.run.Trace()
				s := snapshot{head: tr.Head, steps: tr.Steps, over: why}
				r.note = "the text is over: " + s.why()
				return r, nil
			}
			step, err := l.append(ctx, &id)
			if err != nil {
				return r, err
			}
			r.appended = append(r.appended, step)
		}
		return r, nil
	}
}

func opBack(n int) op {
	return func(_ context.Context, l *live) (opResult, error) { return opResult{}, l.back(n) }
}

// opDice sets u for the next step.
func opDice(u float64) op {
	return func(_ context.Context, l *live) (opResult, error) {
		l.dice = &u
		return opResult{thrown: true}, nil
	}
}

func opFork(sinks func() ([]argen.Sink, error)) op {
	return func(_ context.Context, l *live) (opResult, error) {
		var own []argen.Sink
		if sinks != nil {
			var err error
			if own, err = sinks(); err != nil {
				return opResult{note: err.Error()}, nil
			}
		}
		f, err := l.fork(own)
		return opResult{fork: f}, err
	}
}

// opChain changes the chain; edit gets the one in force.
func opChain(edit func([]argen.Transform) ([]argen.Transform, error)) op {
	return func(_ context.Context, l *live) (opResult, error) {
		chain, err := edit(l.run.Chain())
		if err != nil {
			return opResult{note: err.Error()}, nil
		}
		if chainName(chain) != chainName(l.run.Chain()) {
			// Read again, stages have learnt nothing, as a trace promises.
			if chain, err = sampler.Parse(chainName(chain)); err == nil {
				err = l.run.SetChain(chain)
			}
			if err != nil {
				return opResult{note: err.Error()}, nil
			}
		}
		return opResult{note: "chain: " + chainName(chain)}, nil
	}
}

func chainName(chain []argen.Transform) string { return sampler.Format(chain) }

// named is a chain's name, also of one without stages.
func named(chain string) string {
	if chain == "" || chain == argen.NoChain {
		return "no chain"
	}
	return chain
}

// done takes in what an op did.
func (m *model) done(msg doneMsg) tea.Cmd {
	m.busy, m.slow = false, false
	b := &m.branches[msg.branch]
	if msg.err != nil && m.ctx.Err() != nil {
		return nil // on the way out
	}
	same := len(msg.now.steps) == len(b.steps) && msg.now.chain == b.chain && b.next != nil && msg.now.next != nil
	b.snapshot = msg.now
	if msg.note != "" {
		m.note = msg.note
	}
	if msg.err != nil {
		m.note = msg.err.Error()
		m.playing, m.hurry, m.again, m.queue = false, false, false, nil
		if !errors.Is(msg.err, context.Canceled) {
			m.failed = msg.err
		}
		return nil
	}
	m.failed = nil
	if f := msg.opResult.fork; f != nil {
		m.branches = append(m.branches[:len(m.branches):len(m.branches)], branch{name: fmt.Sprint(len(m.branches) + 1), live: f, snapshot: msg.fork})
		m.at = len(m.branches) - 1
		m.note = fmt.Sprintf("branch %d begins here; %s switches", len(m.branches), m.keys.Switch.Help().Key)
	}
	if !same || msg.thrown || msg.opResult.fork != nil {
		m.arrived(msg.appended)
	}
	if msg.thrown {
		m.beat = pick
	}
	if len(m.queue) > 0 {
		o := m.queue[0]
		m.queue = m.queue[1:]
		return m.start(o)
	}
	return m.tick()
}

// arrived begins the next token, and stops where it is to stop.
func (m *model) arrived(appended []argen.Step) {
	m.beat = deal
	m.cursor = -1
	m.hurry, m.again = m.again, false
	if m.fast() && m.playing {
		m.beat = pick
	}
	for i := range appended {
		if m.o.StopWhen != nil && m.o.StopWhen(appended[i]) {
			m.playing, m.hurry = false, false
			m.note = fmt.Sprintf("stopped at step %d, %s", appended[i].T, m.s.quote(appended[i].Token))
			if m.o.StopText != "" {
				m.note += ": " + m.o.StopText
			}
		}
	}
	if m.cur().next == nil {
		m.playing = false
		m.beat = enter
	}
}
