package argen

import (
	"fmt"
	"slices"
)

// Fork returns a second run at the same place, with sinks of its own, which
// are told all steps so far. From here the two know nothing of each other.
func (r *Run) Fork(sinks ...Sink) (*Run, error) {
	r.forks++
	f := r.copy(0)
	f.gen.Sinks = sinks
	f.c.ledger, f.complete = r.c.ledger, r.complete
	f.head.Parent, f.head.ForkT = r.head.ID, len(r.steps)
	f.head.ID = fmt.Sprintf("%s.%d-%d", r.head.ID, len(r.steps), r.forks)
	past := Trace{Head: f.head, Steps: f.steps}
	return f, past.Replay(sinks...)
}

// copy returns a second run at the same place, with the steps from one on.
func (r *Run) copy(from int) *Run {
	f := &Run{
		gen: r.gen, info: r.info, head: r.head, state: r.state.Fork(), cut: r.cut, ahead: r.ahead,
		ids: slices.Clone(r.ids), text: slices.Clone(r.text), marks: slices.Clone(r.marks[from:]), steps: slices.Clone(r.steps[from:]),
	}
	f.dice = f.next.stageFloat64
	return f
}
