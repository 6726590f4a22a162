package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// A progress tells whoever waits how far a long job is: a bar where stderr is
// a terminal, else a line for every tenth of it, once there is something to
// wait for. It belongs to one goroutine.
type progress struct {
	w     io.Writer // nil: says nothing
	bar   bool
	wide  func() int // of the terminal, in columns
	clock func() time.Time

	stage string
	start time.Time // of the stage
	drawn time.Time // when the bar was drawn last
	tenth int64     // the last line was for this many tenths
	width int       // of the bar on the screen
}

// progress returns one that writes to stderr as the flags and the terminal
// say.
func (a *app) progress() *progress {
	p := &progress{clock: time.Now}
	if a.quiet {
		return p
	}
	p.bar, p.wide = a.stderrTTY && a.env("TERM") != "dumb", a.width
	p.w = a.stderr
	if p.bar {
		p.w = a.stderr.W // a bar is drawn with \r, and holds no text of others
	}
	return p
}

// set says that done of total units of a stage are done; total is 0 if nobody
// knows it.
func (p *progress) set(stage string, done, total int64, unit string) {
	if p.w == nil {
		return
	}
	now := p.clock()
	if stage != p.stage {
		p.stage, p.start, p.tenth = stage, now, 0
		p.drawn = time.Time{}
	}
	share := 0.0
	if total > 0 {
		share = min(float64(done)/float64(total), 1)
	}
	if p.bar {
		if now.Sub(p.drawn) >= 200*time.Millisecond {
			p.drawn = now
			p.draw(p.line(share, total > 0, done, unit, now.Sub(p.start)))
		}
		return
	}
	const patience = 500 * time.Millisecond
	if tenth := int64(share * 10); tenth > p.tenth && tenth < 10 {
		p.tenth = tenth
		if now.Sub(p.start) < patience {
			return
		}
		fmt.Fprintf(p.w, "argen: %s %d %%, %s %s\n", stage, tenth*10, thousands(done), unit)
	}
}

// line is the bar's text, less than 80 columns wide.
func (p *progress) line(share float64, known bool, done int64, unit string, spent time.Duration) string {
	const cells = 24
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s ", p.stage)
	if known {
		full := int(share * cells)
		fmt.Fprintf(&b, "%s%s %3.0f %%", strings.Repeat("━", full), strings.Repeat("─", cells-full), 100*share)
	} else {
		fmt.Fprintf(&b, "%s %s", thousands(done), unit)
	}
	if s := spent.Seconds(); s >= 0.2 {
		fmt.Fprintf(&b, "  %s %s/s", amount(float64(done)/s), unit)
		if known && share > 0.01 {
			fmt.Fprintf(&b, ", %.0f s left", s/share-s)
		}
	}
	return b.String()
}

// draw puts text in the place of what was drawn before, cut where the terminal
// would break the line: \r does not take a broken one back.
func (p *progress) draw(text string) {
	if p.wide != nil {
		if runes := []rune(text); len(runes) >= p.wide() {
			text = string(runes[:max(p.wide()-1, 0)])
		}
	}
	width := utf8.RuneCountInString(text)
	fmt.Fprint(p.w, "\r"+text+strings.Repeat(" ", max(p.width-width, 0)))
	p.width = width
}

// end takes the bar from the screen.
func (p *progress) end() {
	if p.width > 0 {
		p.draw("")
		fmt.Fprint(p.w, "\r")
		p.width = 0
	}
	p.stage = ""
}
