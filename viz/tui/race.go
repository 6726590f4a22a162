package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
)

// A runner is a candidate in the race for the largest ln P + noise, where the
// dice belong to the step and the token.
type runner struct {
	token *argen.TopToken
	noise float64
}

func (r runner) sum() float64 { return math.Log(r.token.SampledProb) + r.noise }

// runners are the candidates that are listed, that with the largest sum first.
func (m *model) runners(step *argen.Step) []runner {
	var list []runner
	for i := range step.Top {
		if t := &step.Top[i]; t.SampledProb > 0 {
			list = append(list, runner{t, argen.Gumbel(m.cur().head.Seed, step.T, t.ID)})
		}
	}
	slices.SortStableFunc(list, func(a, b runner) int {
		return cmp.Or(cmp.Compare(b.sum(), a.sum()), cmp.Compare(a.token.ID, b.token.ID))
	})
	return list
}

// raceLines show the race: what it is, the sums of the best, how the winner's
// came about.
func (m *model) raceLines(step *argen.Step, w int) []string {
	if !m.fallen() {
		return []string{m.s.dim.Render(m.s.fit("noise is added to each ln P; it is not shown yet", w)), "", ""}
	}
	said := m.s.fit("ln P + noise: the noise belongs to seed, step and token", w)
	return []string{m.s.dim.Render(said), m.finishLine(step, w), m.sumLine(step, w)}
}

// finishLine has the candidates as they come in, as many as fit.
func (m *model) finishLine(step *argen.Step, w int) string {
	var b strings.Builder
	for i, r := range m.runners(step) {
		style, mark := m.s.even, ""
		if i%2 == 0 {
			style = m.s.odd
		}
		if m.picked() && r.token.ID == step.ID {
			style, mark = m.s.hit, m.s.g.mark
		}
		text := m.s.g.bound + mark + m.s.token(r.token.Token) + " " + m.s.number(r.sum(), 2) + " "
		if width(b.String())+width(text) > w {
			break
		}
		b.WriteString(style.Render(text))
	}
	return m.s.fit(b.String(), w)
}

// sumLine is the sum of the winner.
func (m *model) sumLine(step *argen.Step, w int) string {
	if !m.picked() {
		return ""
	}
	ln := math.Log(step.SampledProb)
	return m.s.text.Render(m.s.fit(fmt.Sprintf("%s has the largest: %s + %s = %s", m.s.quote(step.Token),
		m.s.number(ln, 2), m.s.number(step.Noise, 2), m.s.number(ln+step.Noise, 2)), w))
}
