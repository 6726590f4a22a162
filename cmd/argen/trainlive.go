package main

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// A liveView draws the training in place on a terminal, below what stands there
// already; its last picture stays.
type liveView struct {
	in    io.Reader // keys, nil for none
	out   io.Writer
	plain bool // no colour

	screen  *trainingScreen
	program *tea.Program
	done    chan error
}

func (v *liveView) begin(h *trainingHead, cancel context.CancelCauseFunc) error {
	v.screen = newTrainingScreen(h, time.Now)
	options := []tea.ProgramOption{
		tea.WithInput(v.in), tea.WithOutput(v.out), tea.WithoutSignalHandler(),
		tea.WithWindowSize(80, 24), // where out does not say
	}
	if v.plain {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	v.program = tea.NewProgram(&liveModel{v.screen, cancel}, options...)
	v.done = make(chan error, 1)
	go func() {
		_, err := v.program.Run()
		v.done <- err
	}()
	return nil
}

func (v *liveView) step(n *trainingNews) error {
	v.program.Send(n)
	return nil
}

func (v *liveView) end() error {
	if v.program == nil {
		return nil
	}
	v.program.Send(trainingOver{})
	err := <-v.done
	v.program = nil
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// trainingOver is the message that ends the view.
type trainingOver struct{}

// A liveModel is the screen in Bubble Tea's terms.
type liveModel struct {
	screen *trainingScreen
	cancel context.CancelCauseFunc
}

// Init implements tea.Model.
func (m *liveModel) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update implements tea.Model.
func (m *liveModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.screen.w, m.screen.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.screen.styles = stylesFor(msg.IsDark())
	case *trainingNews:
		m.screen.step(msg)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "ctrl+c", "q":
			m.screen.stopping = true
			m.cancel(context.Canceled)
		case "ctrl+z":
			return m, tea.Suspend
		}
	case trainingOver:
		m.screen.over = true
		return m, tea.Quit
	}
	return m, nil
}

// View implements tea.Model.
func (m *liveModel) View() tea.View { return tea.NewView(m.screen.String()) }

// trainingStyles are the colours of the view, of Okabe and Ito as in argen step.
// None stands alone.
type trainingStyles struct {
	text, dim, bold   lipgloss.Style
	loss, held, floor lipgloss.Style
	bar, recall       lipgloss.Style
}

func stylesFor(dark bool) trainingStyles {
	pick := lipgloss.LightDark(dark)
	ink := func(light, dark string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	return trainingStyles{
		text: lipgloss.NewStyle(), bold: lipgloss.NewStyle().Bold(true), dim: ink("#6B6B6B", "#8F8F8F"),
		loss: ink("#0072B2", "#56B4E9"), held: ink("#B34700", "#E69F00").Bold(true), floor: ink("#007A5A", "#2BC79B"),
		bar: ink("#0072B2", "#56B4E9"), recall: ink("#007A5A", "#2BC79B"),
	}
}
