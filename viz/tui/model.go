package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"argen"
)

// model is the whole state of the screen.
type model struct {
	ctx context.Context
	gen argen.Generator
	o   Options
	s   screen // size, signs, colours
	// keys depend on what is shown: a trace takes no other token.
	keys keyMap

	branches []branch
	at       int  // the branch shown
	listed   int  // tokens that a step lists at most
	busy     bool // an op is at work
	slow     bool // and has been for a while
	ops      int  // how many there were
	queue    []op // those that wait for it

	beat    beat
	playing bool
	speed   float64 // tokens a second while playing
	hurry   bool    // one token's beats are running, at the pace of a key press
	again   bool    // and so shall those of the token after
	ticks   int     // the number of the tick waited for
	drop    int     // how far u has fallen, of drops

	cursor  int // index among the candidates listed, −1 for none
	track   []argen.ID
	asking  *question
	input   typed
	helping bool
	helpAt  int    // lines of help above the screen
	note    string // one line about what just happened

	failed      error // what the last op said, if it went wrong
	interrupted bool
}

// A beat is a moment in a token's life; see the package comment.
type beat int

const (
	deal beat = iota
	fall
	pick
	enter
	beats = 4
)

// keyPace is how long a beat lasts after a key press.
const keyPace = 350 * time.Millisecond

// fastest is the speed up to which the beats are shown.
const fastest = 3

type tickMsg struct{ n int }

func newModel(ctx context.Context, run *argen.Run, gen argen.Generator, o Options) *model {
	if o.after == nil {
		o.after = func(d time.Duration, msg tea.Msg) tea.Cmd {
			return tea.Tick(d, func(time.Time) tea.Msg { return msg })
		}
	}
	m := &model{
		ctx: ctx, gen: gen, o: o, cursor: -1, speed: 1,
		track: slices.Clone(o.Track),
	}
	if o.Speed > 0 {
		m.speed, m.playing = o.Speed, true
	}
	m.s = newScreen(o.ASCII, o.Dark == nil || *o.Dark)
	if run != nil {
		m.branches = []branch{{name: "1", live: newLive(run, o.Search)}}
		m.branches[0].head = run.Trace().Head
	} else {
		m.branches = []branch{{name: "1", read: o.Replay, snapshot: readTo(o.Replay, 0)}}
	}
	m.listed = listed(gen, o)
	m.keys = newKeys(o.ASCII, run != nil)
	return m
}

// listed is how many tokens a step lists at most, so that the screen stays the
// same whatever a step lists.
func listed(gen argen.Generator, o Options) int {
	if o.Replay == nil {
		return gen.Top
	}
	most := 0
	for i := range o.Replay.Steps {
		most = max(most, len(o.Replay.Steps[i].Top))
	}
	return most
}

func (m *model) cur() *branch { return &m.branches[m.at] }

// shown is the step on the screen: the next one, or at the end of the text the
// last one, of which nothing is hidden any more.
func (m *model) shown() (step *argen.Step, b beat) {
	c := m.cur()
	switch n := len(c.steps); {
	case c.next != nil:
		return c.next, m.beat
	case n > 0:
		return &c.steps[n-1], enter
	}
	return nil, enter
}

// Init implements tea.Model.
func (m *model) Init() tea.Cmd {
	var ask, look tea.Cmd
	if m.o.Dark == nil {
		ask = tea.RequestBackgroundColor
	}
	if m.cur().live != nil {
		look = m.start(opLook)
	} else {
		look = m.tick()
	}
	return tea.Batch(ask, look)
}

// Update implements tea.Model.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.s.w, m.s.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		if m.o.Dark == nil {
			m.s.setDark(msg.IsDark())
		}
	case tickMsg:
		if msg.n == m.ticks {
			return m, m.forward()
		}
	case slowMsg:
		m.slow = m.busy && msg.n == m.ops
	case doneMsg:
		return m, m.done(msg)
	case tea.PasteMsg:
		if m.asking != nil {
			return m, m.edit(msg)
		}
	case tea.InterruptMsg:
		return m, m.interrupt()
	case tea.KeyPressMsg:
		return m, m.press(msg)
	}
	return m, nil
}

func (m *model) interrupt() tea.Cmd {
	m.interrupted = true
	return tea.Quit
}

// fast reports whether whole tokens are shown at once.
func (m *model) fast() bool { return m.speed > fastest }

// tick asks for the next beat, if beats come by themselves now.
func (m *model) tick() tea.Cmd {
	m.ticks++
	if m.busy || m.cur().next == nil || !m.playing && !m.hurry {
		return nil
	}
	d := keyPace
	switch {
	case m.playing && m.fast():
		d = time.Duration(float64(time.Second) / m.speed)
	case m.playing:
		d = time.Duration(float64(time.Second) / m.speed / beats)
	}
	switch {
	case m.dropping():
		d /= 2 * drops
	case m.beat == fall: // landed
		d /= 2
	}
	return m.o.after(d, tickMsg{m.ticks})
}

// forward goes to the next beat, and after the last one to the next token.
func (m *model) forward() tea.Cmd {
	if m.busy || m.cur().next == nil {
		return nil
	}
	if m.beat == enter || m.playing && m.fast() {
		return m.commit()
	}
	if m.dropping() {
		m.drop++
		return m.tick()
	}
	m.beat++
	m.drop = drops // landed, unless it is shown falling
	if m.beat == fall && (m.playing || m.hurry) {
		m.drop = 0
	}
	return m.tick()
}

// drops is in how many moves u falls.
const drops = 6

// dropping reports whether u is in the air.
func (m *model) dropping() bool {
	next := m.cur().next
	return m.beat == fall && m.drop < drops && next != nil && !next.Forced && !next.Gumbel
}

// commit appends the token of the dice.
func (m *model) commit() tea.Cmd {
	m.hurry = false
	b := m.cur()
	if b.next == nil {
		return nil
	}
	if b.live != nil {
		return m.start(opAppend)
	}
	done := *b.next
	b.snapshot = readTo(b.read, len(b.steps)+1)
	m.arrived([]argen.Step{done})
	return m.tick()
}

// nextToken is the key: the beats of one token at the pace of the key. Pressed
// again while they run it ends them and begins those of the token after, so
// that each press is a token.
func (m *model) nextToken() tea.Cmd {
	b := m.cur()
	switch {
	case m.busy && b.live != nil:
		return m.start(opAppend) // waits its turn
	case b.next == nil:
		m.note = "the text is over: " + b.why()
		return nil
	case m.hurry:
		m.again = true
		return m.commit()
	case m.playing, m.beat == enter:
		return m.commit()
	}
	m.hurry = true
	return m.forward()
}

// back takes a token back, or, in the midst of its beats, begins them again.
func (m *model) back() tea.Cmd {
	b := m.cur()
	m.playing, m.hurry, m.cursor = false, false, -1
	if m.beat != deal && b.next != nil && !m.busy {
		m.beat = deal
		return m.tick()
	}
	if b.live != nil {
		return m.start(opBack(1))
	}
	b.snapshot = readTo(b.read, len(b.steps)-1)
	m.beat = deal
	return m.tick()
}

// toggle plays or pauses.
func (m *model) toggle() tea.Cmd {
	m.hurry = false
	m.drop = drops
	m.playing = !m.playing && (m.cur().next != nil || m.busy)
	if !m.playing {
		return m.tick()
	}
	if m.fast() {
		m.beat = pick
	}
	return m.tick()
}

// speeds are what + and − go through, in tokens a second.
var speeds = []float64{0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50}

func (m *model) faster(by int) tea.Cmd {
	i, _ := slices.BinarySearch(speeds, m.speed)
	if by > 0 && i < len(speeds) && speeds[i] > m.speed {
		by = 0 // between two of them
	}
	m.speed = speeds[min(max(i+by, 0), len(speeds)-1)]
	m.note = fmt.Sprintf("%s at %g tokens a second", m.s.g.play, m.speed)
	return m.tick()
}

// switchTo shows another branch.
func (m *model) switchTo(by int) tea.Cmd {
	if len(m.branches) == 1 {
		m.note = "there is one branch; " + m.keys.Fork.Help().Key + " makes another"
		return nil
	}
	if m.busy {
		return nil
	}
	m.at = (m.at + by + len(m.branches)) % len(m.branches)
	m.playing, m.hurry, m.cursor, m.beat = false, false, -1, deal
	if m.cur().next == nil {
		m.beat = enter
	}
	return m.start(opLook) // P of tokens tracked since
}

// why says why nothing can follow.
func (s *snapshot) why() string {
	if s.over != argen.Length {
		return overText(s.over)
	}
	if most := s.head.Model.ContextLength; most > 0 && len(s.head.PromptIDs)+len(s.steps) >= most && !s.head.ContextShift {
		return fmt.Sprintf("the context of the model is full: %d tokens", most)
	}
	return "as many tokens as asked for"
}

// overText is a reason as one reads it.
func overText(reason string) string {
	switch reason {
	case argen.StopToken:
		return "the model wrote an end-of-text token"
	case argen.StopString:
		return "a stop string was written"
	case argen.Complete:
		return "the text is complete"
	case argen.Interrupted:
		return "it was interrupted"
	case argen.Timeout:
		return "its time was up"
	case argen.Failed:
		return "it failed"
	}
	return reason
}
