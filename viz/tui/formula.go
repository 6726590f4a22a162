package tui

import (
	"fmt"
	"math"
	"strings"

	"argen"
)

// formulaLine is P(token | context) with its numbers filled in.
func (m *model) formulaLine(w int) string {
	step, _ := m.shown()
	if step == nil {
		return m.s.dim.Render(m.s.fit("no token follows: "+m.words(m.cur().why()), w))
	}
	given := " " + m.given(step.T) + ") = "
	switch {
	case m.cursor >= 0 && m.cursor < len(step.Top):
		t := &step.Top[m.cursor]
		if t.RemovedBy != "" {
			return m.join(w, m.probability(t.Token, given, t.Prob), m.whyGone(t))
		}
		return m.equation(t.Token, given, t.Prob, t.Rank, max(-math.Log2(t.Prob), 0), "", w)
	case !m.picked():
		all := len(step.Top) + step.Rest.Tokens
		return m.join(w, m.s.bold.Render("P( ? |"+given)+"?", tokens(all), fmt.Sprintf("entropy %.2f bits", step.Entropy))
	}
	note := ""
	switch {
	case step.Given():
		note = "forced"
	case step.SampledProb != step.Prob:
		note = "drawn with " + prob(step.SampledProb)
	}
	return m.equation(step.Token, given, step.Prob, step.Rank, step.Surprisal, note, w)
}

// equation is P(token | context) = p and what follows from p.
func (m *model) equation(token, given string, p float64, rank int, bits float64, note string, w int) string {
	return m.join(w, m.probability(token, given, p), fmt.Sprintf("rank %d", rank), m.s.number(bits, 2)+" bits", note)
}

// probability is P(token | context) = p.
func (m *model) probability(token, given string, p float64) string {
	return m.s.bold.Render("P(") + m.s.chosen.Render(m.s.quote(token)) + m.s.bold.Render(" |"+given+prob(p))
}

// whyGone says which stage removed a token, and by which inequality.
func (m *model) whyGone(t *argen.TopToken) string {
	by := m.s.g.cut + " " + m.s.clean(t.RemovedBy)
	if t.Why != "" {
		by += ": " + m.words(t.Why)
	}
	return by
}

// join is as many parts as fit into a line, the first one at any rate.
func (m *model) join(w int, parts ...string) string {
	line := parts[0]
	for _, p := range parts[1:] {
		longer := line + " " + m.s.g.dot + " " + p
		if p == "" || width(longer) > w {
			continue
		}
		line = longer
	}
	return m.s.fit(line, w)
}

// given is the end of the context before step t, a few words.
func (m *model) given(t int) string {
	const enough = 40
	b := m.cur()
	text := ""
	i := min(t, len(b.steps)) - 1
	for complete := false; i >= 0 && len(text) < enough; i-- {
		step := &b.steps[i]
		if complete && partial(step) {
			continue
		}
		complete = complete || step.Text != ""
		text = b.written(i) + text
	}
	prompt := ""
	if i < 0 {
		prompt = m.prompt(enough)
	}
	whole := i < 0 && prompt == m.wholePrompt()
	text = m.s.clean(strings.Join(strings.Fields(prompt+text), " "))
	most := min(max(m.s.w/5, 8), 28)
	runes := []rune(text)
	switch n := len(runes); {
	case whole && n == 0:
		return "nothing"
	case whole && n <= most:
		return text
	case n > most:
		text = string(runes[n-most:])
		if i := strings.IndexByte(text, ' '); i >= 0 && i < len(text)-1 {
			text = text[i+1:]
		}
	}
	return m.s.g.ellipsis + " " + text
}

// totalsLine sums up what has been written.
func (m *model) totalsLine(w int) string {
	b := m.cur()
	n := len(b.steps)
	if n == 0 {
		return m.s.fit("ln P = 0 "+m.s.g.dot+" no token yet", w)
	}
	sum := b.steps[n-1].CumLogProb
	mean := max(-sum/float64(n), 0)
	return m.join(w, m.s.bold.Render("ln P = "+m.s.number(sum, 3)), tokens(n),
		"perplexity "+m.s.bold.Render(m.s.number(math.Exp(mean), 2)),
		m.s.number(mean/math.Ln2, 2)+" bits a token")
}

// tokens counts tokens.
func tokens(n int) string {
	if n == 1 {
		return "1 token"
	}
	return count(n) + " tokens"
}
