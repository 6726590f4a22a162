package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"argen"
	"argen/sampler"
	"argen/sampler/search"
)

// A question is answered in the line above the keys.
type question struct {
	text  string
	given func(m *model) string                          // what stands there to begin with
	do    func(m *model, answer string) (tea.Cmd, error) // an error is shown and asked again
}

var (
	askToken = &question{
		text: "append, whatever the dice say (text or #ID): ",
		do: func(m *model, answer string) (tea.Cmd, error) {
			ids, err := m.encode(answer)
			if err != nil || len(ids) == 0 {
				return nil, err
			}
			return m.start(opForce(ids)), nil
		},
	}
	askDice = &question{
		text: "u, from 0 up to but not 1: ",
		do: func(m *model, answer string) (tea.Cmd, error) {
			u, err := strconv.ParseFloat(strings.Replace(answer, ",", ".", 1), 64)
			if err != nil || !(u >= 0 && u < 1) {
				return nil, fmt.Errorf("u is a number with 0 ≤ u < 1, not %s", m.s.quote(answer))
			}
			return m.start(opDice(u)), nil
		},
	}
	askChain = &question{
		text:  "chain: ",
		given: func(m *model) string { return m.cur().chain },
		do: func(m *model, answer string) (tea.Cmd, error) {
			chain, err := sampler.Parse(answer)
			if err == nil && m.o.Search != nil {
				err = search.Check(m.o.Search, chain)
			}
			if err != nil {
				return nil, err
			}
			return m.start(opChain(func([]argen.Transform) ([]argen.Transform, error) { return chain, nil })), nil
		},
	}
	askTrack = &question{
		text: "track the token: ",
		do: func(m *model, answer string) (tea.Cmd, error) {
			ids, err := m.encode(answer)
			if err != nil || len(ids) == 0 {
				return nil, err
			}
			return m.toggleTrack(ids[0]), nil
		},
	}
)

// encode makes tokens of what was typed: a listed token that reads like it,
// the one of #ID, or what the tokenizer makes of it.
func (m *model) encode(text string) ([]argen.ID, error) {
	if next := m.cur().next; next != nil {
		for _, c := range next.Top {
			if c.Token == text {
				return []argen.ID{c.ID}, nil
			}
		}
	}
	if digits, ok := strings.CutPrefix(text, "#"); ok && m.gen.Tokenizer != nil {
		last := m.gen.Tokenizer.VocabSize() - 1
		if n, err := strconv.ParseUint(digits, 10, 31); err == nil {
			if n > uint64(last) {
				return nil, fmt.Errorf("%s: the vocabulary has ids 0 to %d", text, last)
			}
			return []argen.ID{argen.ID(n)}, nil
		}
	}
	if m.gen.Tokenizer == nil {
		return nil, fmt.Errorf("%s is not listed, and there is no tokenizer to look it up", m.s.quote(text))
	}
	return m.gen.Tokenizer.Encode(text)
}

// ask opens a question.
func (m *model) ask(q *question) tea.Cmd {
	m.asking, m.playing, m.hurry = q, false, false
	m.input.set("")
	if q.given != nil {
		m.input.set(q.given(m))
	}
	return nil
}

// edit is a key while a question is open.
func (m *model) edit(msg tea.Msg) tea.Cmd {
	m.note = ""
	switch k := msg.(type) {
	case tea.PasteMsg:
		m.input.insert(k.Content)
	case tea.KeyPressMsg:
		switch k.String() {
		case "esc":
			m.asking = nil
			return nil
		case "enter":
			do, err := m.asking.do(m, string(m.input.text))
			if err != nil {
				m.note = err.Error()
				return nil
			}
			m.asking = nil
			return do
		}
		m.input.press(k)
	}
	return nil
}

// trackKey tracks the token pointed at, or asks for one.
func (m *model) trackKey() tea.Cmd {
	b := m.cur()
	if m.cursor >= 0 && b.next != nil && m.cursor < len(b.next.Top) {
		return m.toggleTrack(b.next.Top[m.cursor].ID)
	}
	return m.ask(askTrack)
}

// toggleTrack begins or ends to follow a token.
func (m *model) toggleTrack(id argen.ID) tea.Cmd {
	if i := slices.Index(m.track, id); i >= 0 {
		m.track = slices.Delete(slices.Clone(m.track), i, i+1)
		m.note = m.s.quote(m.piece(id)) + " is not tracked any more"
		return nil
	}
	m.track = append(m.track[:len(m.track):len(m.track)], id)
	m.note = m.s.quote(m.piece(id)) + " is tracked"
	if m.cur().live == nil {
		return nil
	}
	return m.start(opLook)
}

// piece is a token's text.
func (m *model) piece(id argen.ID) string {
	if t := m.gen.Tokenizer; t != nil && id >= 0 && int(id) < t.VocabSize() {
		return string(t.Piece(id))
	}
	b := m.cur()
	steps := b.steps
	if b.next != nil {
		steps = append(steps[:len(steps):len(steps)], *b.next)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		for _, c := range steps[i].Top {
			if c.ID == id {
				return c.Token
			}
		}
	}
	return fmt.Sprintf("#%d", id)
}
