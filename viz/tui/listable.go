package tui

import (
	"slices"

	"argen"
)

// listable is how many of the tokens of a step may be listed: not the last one if
// it stands there only because it was picked, as long as nobody is to know that.
func (m *model) listable(step *argen.Step, known bool) int {
	last := len(step.Top) - 1
	if known || last < 0 || step.Top[last].ID != step.ID || m.listedAnyway(step, last) {
		return last + 1
	}
	return last
}

// listedAnyway reports whether the last token would be listed too if another one
// had been picked: it is among the best of the model, is tracked, or is one of
// those that are drawn from where the best are not.
func (m *model) listedAnyway(step *argen.Step, last int) bool {
	own := &step.Top[last]
	most := m.listed // of the model's best
	if m.o.Replay != nil {
		most = len(step.Top) // nothing says how many
	}
	if own.Rank == last+1 && last < most || slices.Contains(m.track, own.ID) {
		return true
	}
	best, before, sum := 0, 0, 0.0
	for i := range step.Top {
		t := &step.Top[i]
		if t.Rank == i+1 && i < most {
			best++
			sum += t.SampledProb
		}
		if t.SampledProb > own.SampledProb {
			before++
		}
	}
	return sum < 0.5 && before < (best+1)/2
}
