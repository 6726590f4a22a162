package tui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"argen"
)

// keyMap are the keys, in the order of the help.
type keyMap struct {
	Next, Beat, Play, Faster, Slower, Back, First key.Binding

	Up, Down, Pick, Rank, Type, Dice, Fork, Switch, Prev key.Binding

	Temp, TopK, TopP, Chain, Track key.Binding

	Save, Picture, Help, Leave, Quit key.Binding

	live bool
}

// newKeys returns the keys for a run, or those for a trace.
func newKeys(ascii, live bool) keyMap {
	k := keyMap{live: live}
	bind := func(b *key.Binding, onlyLive bool, sign, plain, what string, keys ...string) {
		if ascii {
			sign = plain
		}
		*b = key.NewBinding(key.WithKeys(keys...), key.WithHelp(sign, what))
		b.SetEnabled(live || !onlyLive)
	}
	bind(&k.Next, false, "⏎ →", "enter", "next token", "enter", "right", "n")
	bind(&k.Beat, false, ".", ".", "next phase", ".")
	bind(&k.Play, false, "space", "space", "play, pause", "space", " ")
	bind(&k.Faster, false, "+ −", "+ -", "faster, slower", "+", "=")
	bind(&k.Slower, false, "−", "-", "slower", "-", "_")
	bind(&k.Back, false, "←", "left", "back", "left", "backspace", "b")
	bind(&k.First, false, "home", "home", "to the prompt", "home", "g")

	bind(&k.Up, false, "↑ ↓", "up down", "point at a token", "up")
	bind(&k.Down, false, "↓", "down", "point below", "down")
	bind(&k.Pick, true, "⏎", "enter", "append the token pointed at", "enter")
	bind(&k.Rank, true, "1…9", "1-9", "append the token of that rank", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	bind(&k.Type, true, "i", "i", "type what comes next", "i")
	bind(&k.Dice, true, "u", "u", "throw the dice yourself", "u", "d")
	bind(&k.Fork, true, "f", "f", "fork: a branch from here", "f")
	bind(&k.Switch, true, "tab", "tab", "switch branch", "tab")
	bind(&k.Prev, true, "shift+tab", "shift+tab", "branch before", "shift+tab")

	bind(&k.Temp, true, "t T", "t T", "temperature down, up", "t", "T")
	bind(&k.TopK, true, "k K", "k K", "top_k down, up", "k", "K")
	bind(&k.TopP, true, "p P", "p P", "top_p down, up", "p", "P")
	bind(&k.Chain, true, "c", "c", "type the whole chain", "c")
	bind(&k.Track, false, "x", "x", "track a token, or no more", "x")

	bind(&k.Save, false, "w", "w", "write the trace to a file", "w")
	bind(&k.Picture, false, "s", "s", "save a picture of the screen", "s")
	bind(&k.Help, false, "?", "?", "help", "?", "h", "f1")
	bind(&k.Leave, false, "esc", "esc", "leave what you are in", "esc")
	bind(&k.Quit, false, "q", "q", "quit", "q")
	return k
}

// line are the keys of the line below the screen, the most needed first.
func (k keyMap) line() []key.Binding {
	return []key.Binding{
		short(k.Next, "next"), short(k.Play, "play"), k.Back, short(k.Up, "point"), short(k.Type, "type"),
		short(k.Fork, "fork"), short(k.Temp, "temperature"), short(k.Chain, "chain"),
	}
}

// short is a binding with fewer words.
func short(b key.Binding, what string) key.Binding {
	b.SetHelp(b.Help().Key, what)
	return b
}

// page are all keys, as the page of help has them.
func (k keyMap) page() [][]key.Binding {
	return [][]key.Binding{
		{k.Next, k.Beat, k.Play, k.Faster, k.Back, k.First},
		{k.Up, k.Pick, k.Rank, k.Type, k.Dice, k.Fork, k.Switch},
		{k.Temp, k.TopK, k.TopP, k.Chain, k.Track},
		{k.Save, k.Picture, k.Help, k.Leave, k.Quit},
	}
}

// press does what a key is for.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "ctrl+c":
		return m.interrupt()
	case "ctrl+z":
		m.playing, m.hurry = false, false
		return tea.Suspend
	}
	if m.asking != nil && !m.s.small() {
		return m.edit(k)
	}
	m.note = ""
	if m.s.small() { // nobody sees what a key does
		if key.Matches(k, m.keys.Quit) {
			return tea.Quit
		}
		return nil
	}
	if m.helping {
		return m.pressHelp(k)
	}
	switch {
	case key.Matches(k, m.keys.Pick) && m.cursor >= 0:
		return m.force(m.cursor)
	case key.Matches(k, m.keys.Next):
		return m.nextToken()
	case key.Matches(k, m.keys.Beat):
		m.playing, m.hurry = false, false
		if m.dropping() {
			m.drop = drops
			return nil
		}
		return m.forward()
	case key.Matches(k, m.keys.Play):
		return m.toggle()
	case key.Matches(k, m.keys.Faster):
		return m.faster(1)
	case key.Matches(k, m.keys.Slower):
		return m.faster(-1)
	case key.Matches(k, m.keys.Back):
		return m.back()
	case key.Matches(k, m.keys.First):
		return m.first()
	case key.Matches(k, m.keys.Up):
		return m.point(-1)
	case key.Matches(k, m.keys.Down):
		return m.point(1)
	case key.Matches(k, m.keys.Rank):
		return m.force(int(k.String()[0] - '1'))
	case key.Matches(k, m.keys.Save):
		return m.saveTrace()
	case key.Matches(k, m.keys.Picture):
		return m.savePicture()
	case key.Matches(k, m.keys.Help):
		m.helping, m.playing, m.hurry = true, false, false
		return nil
	case key.Matches(k, m.keys.Leave):
		m.cursor = -1
		return nil
	case key.Matches(k, m.keys.Quit):
		return tea.Quit
	}
	return m.pressLive(k)
}

// pressLive does what is for runs only, and for tracking.
func (m *model) pressLive(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Type):
		return m.ask(askToken)
	case key.Matches(k, m.keys.Dice):
		return m.ask(askDice)
	case key.Matches(k, m.keys.Chain):
		return m.ask(askChain)
	case key.Matches(k, m.keys.Track):
		return m.trackKey()
	case key.Matches(k, m.keys.Fork):
		m.playing, m.hurry = false, false
		return m.start(opFork(m.o.ForkSinks))
	case key.Matches(k, m.keys.Switch):
		return m.switchTo(1)
	case key.Matches(k, m.keys.Prev):
		return m.switchTo(-1)
	case key.Matches(k, m.keys.Temp), key.Matches(k, m.keys.TopK), key.Matches(k, m.keys.TopP):
		return m.nudge(k.String())
	}
	if !m.keys.live && k.Text != "" {
		m.note = fmt.Sprintf("%s is for runs; this is a trace read again", m.s.quote(k.Text))
	}
	return nil
}

// first goes back to the prompt.
func (m *model) first() tea.Cmd {
	b := m.cur()
	m.playing, m.hurry, m.cursor, m.beat = false, false, -1, deal
	if b.live != nil {
		return m.start(opBack(max(len(b.steps), 1)))
	}
	b.snapshot = readTo(b.read, 0)
	return m.tick()
}

// point moves among the candidates listed.
func (m *model) point(by int) tea.Cmd {
	b := m.cur()
	if b.next == nil || len(b.next.Top) == 0 {
		return nil
	}
	m.playing, m.hurry = false, false
	if m.cursor += by; m.cursor < -1 {
		m.cursor = -1
	}
	m.cursor = min(m.cursor, m.listable(b.next, m.picked())-1)
	return nil
}

// force appends a listed candidate.
func (m *model) force(i int) tea.Cmd {
	b := m.cur()
	switch {
	case b.live == nil:
		m.note = "this is a trace read again: what it says cannot be changed"
		return nil
	case b.next == nil || m.busy:
		return nil
	case i >= m.listable(b.next, m.picked()):
		m.note = fmt.Sprintf("only %d tokens are listed", m.listable(b.next, m.picked()))
		return nil
	}
	m.playing, m.hurry = false, false
	return m.start(opForce([]argen.ID{b.next.Top[i].ID}))
}
