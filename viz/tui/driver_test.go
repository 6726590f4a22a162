package tui

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"
)

// A driver is the program around the model, without terminal and clock: it
// runs commands at once and keeps the tick that is waited for.
type driver struct {
	t    testing.TB
	m    *model
	tick tea.Msg // the next one, nil if none
	wait time.Duration
	quit bool
}

func truth(t testing.TB, chain string) argen.Generator {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	return argen.Generator{
		Model: story.Truth(), Tokenizer: tokenizer.NewStory(story.Default().Vocab()),
		Chain: stages, Seed: 7, Top: 12,
	}
}

// drive shows a run of gen.
func drive(t testing.TB, gen argen.Generator, prompt string, o Options) *driver {
	t.Helper()
	run, err := gen.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	return driveRun(t, run, gen, o)
}

func driveRun(t testing.TB, run *argen.Run, gen argen.Generator, o Options) *driver {
	t.Helper()
	d := &driver{t: t}
	if o.Dark == nil {
		dark := true
		o.Dark = &dark
	}
	if o.Save == nil {
		o.Save = func(name string, _ []byte, _ fs.FileMode) (string, error) { return name, nil }
	}
	o.after = func(wait time.Duration, msg tea.Msg) tea.Cmd {
		if _, ok := msg.(tickMsg); ok {
			d.tick, d.wait = msg, wait
		}
		return nil
	}
	d.m = newModel(context.Background(), run, gen, o)
	d.do(d.m.Init())
	return d
}

func (d *driver) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.do(c)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		d.send(msg)
	}
}

func (d *driver) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.do(cmd)
}

// keys presses keys, written as bubbletea names them.
func (d *driver) keys(names ...string) *driver {
	for _, name := range names {
		d.send(keyPress(name))
	}
	return d
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace,
		"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	}
	switch code, ok := special[name]; {
	case ok:
		return tea.KeyPressMsg{Code: code}
	case name == "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case strings.HasPrefix(name, "ctrl+"):
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// typing presses a key for each character.
func (d *driver) typing(text string) *driver {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

// pass lets the ticks happen that are waited for, at most n.
func (d *driver) pass(n int) *driver {
	for ; n > 0 && d.tick != nil; n-- {
		msg := d.tick
		d.tick = nil
		d.send(msg)
	}
	return d
}

// tokens appends n tokens by the key for it.
func (d *driver) tokens(n int) *driver {
	for range n {
		d.keys("enter").pass(2 * drops)
	}
	return d
}

func (d *driver) size(w, h int) *driver {
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// text is the screen without styles; it fails if a line does not fit.
func (d *driver) text() string {
	d.t.Helper()
	lines := strings.Split(d.m.Screen(), "\n")
	if len(lines) > d.m.s.h {
		d.t.Errorf("%d lines on a screen of %d", len(lines), d.m.s.h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != d.m.s.w {
			d.t.Errorf("line %d has %d cells, the screen %d: %q", i, n, d.m.s.w, ansi.Strip(l))
		}
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
