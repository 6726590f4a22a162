package tui

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"argen"
	"argen/sampler/search"
)

// Options say how the loop is shown. The zero value of each is its default.
type Options struct {
	Big   bool // for projectors: fewer things, larger
	ASCII bool // only the 95 characters of ASCII on the screen
	// Color is what the terminal can show; 0: as the terminal says. ASCII is
	// no colour, but bold and underlined text.
	Color colorprofile.Profile
	Dark  *bool   // whether the background is dark; nil: ask the terminal
	Speed float64 // tokens a second; 0: wait for keys

	Search   search.Procedure      // picks the tokens, if not nil
	Track    []argen.ID            // tokens whose P is followed
	StopWhen func(argen.Step) bool // playing pauses after a step for which it holds
	StopText string                // what StopWhen says, in words

	// Replay is a trace to be read again; then no run is needed.
	Replay *argen.Trace
	// ForkSinks returns the sinks of a new branch; nil: it is not logged.
	ForkSinks func() ([]argen.Sink, error)
	// Save writes a file that the user asked for and returns its name; nil
	// writes to the working directory and never over a file that is there.
	Save        func(name string, data []byte, mode fs.FileMode) (string, error)
	TraceFile   string // its name for a trace; "": argen-trace.jsonl
	PictureFile string // its name for a picture of the screen; "": argen-step.svg

	// Left is told how things stood when the view was left, after its end.
	Left func(Leaving)

	// after is how time passes; tests have their own.
	after func(time.Duration, tea.Msg) tea.Cmd
}

// A Leaving is how things stood when the view was left.
type Leaving struct {
	Trace  *argen.Trace // of the branch shown, up to where it was shown
	Chain  string       // in force at the end
	ByHand bool         // the seed alone does not give the text again
	Branch int          // the index of the one shown; 0 is the first
}

func (m *model) leaving() Leaving {
	b := m.cur()
	l := Leaving{Trace: &argen.Trace{Head: b.head, Steps: b.steps}, Chain: b.chain, Branch: m.at}
	l.ByHand = b.chain != b.head.Chain && b.live != nil
	for i := range b.steps {
		s := &b.steps[i]
		l.ByHand = l.ByHand || s.Given() || s.Dice || s.Chain != "" && s.Chain != b.head.Chain
	}
	return l
}

// Run shows a run of gen, or o.Replay if run is nil, until the user leaves.
// The run should be one with [argen.Generator].Top, the number of tokens that
// are listed. It and its branches are closed at the end.
//
// in and out are the terminal. The error is nil if the user left by the key
// for it, context.Canceled after an interrupt, and that of ctx if it is done.
func Run(ctx context.Context, run *argen.Run, gen argen.Generator, in io.Reader, out io.Writer, o Options) error {
	if run == nil && o.Replay == nil {
		return errors.New("nothing to show: neither a run nor a trace")
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	m := newModel(working, run, gen, o)
	args := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler(),
		tea.WithWindowSize(80, 24), // where out does not say
	}
	if o.Color != colorprofile.Unknown {
		args = append(args, tea.WithColorProfile(o.Color))
	}
	_, err := tea.NewProgram(m, args...).Run()
	stop() // a command at work ends soon, and holds its run until then
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case err == nil && m.interrupted, errors.Is(err, tea.ErrInterrupted):
		err = context.Canceled
	case err == nil:
		err = m.failed
	}
	err = errors.Join(err, m.close(err))
	if o.Left != nil {
		o.Left(m.leaving())
	}
	return err
}

// close ends all branches. What went wrong is their reason, and is not
// returned again.
func (m *model) close(why error) error {
	var all error
	for i := range m.branches {
		l := m.branches[i].live
		if l == nil {
			continue
		}
		l.mu.Lock()
		if err := l.close(why); err != nil && !(why != nil && errors.Is(err, why)) {
			all = errors.Join(all, err)
		}
		l.mu.Unlock()
	}
	return all
}
