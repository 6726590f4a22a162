package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/model/story"
	"argen/viz"
	"argen/viz/term"
)

// A trainingScreen is what the live view shows.
type trainingScreen struct {
	w, h   int
	styles trainingStyles
	clock  func() time.Time

	head  *trainingHead
	chart lossChart
	last  *trainingNews // nil before the first step

	start  time.Time // of the measurement of speed
	from   *trainingNews
	held   *trainingNews // the last with each
	asked  *trainingNews
	sample *trainingNews
	saved  int // step of the last checkpoint

	stopping, over bool
}

func newTrainingScreen(h *trainingHead, clock func() time.Time) *trainingScreen {
	s := &trainingScreen{w: 80, h: 24, styles: stylesFor(true), clock: clock, head: h, saved: h.From}
	s.chart.steps = h.Options.Steps
	if h.Floor != nil {
		s.chart.floor = float64(*h.Floor)
	}
	for _, p := range h.past {
		s.before(p)
	}
	return s
}

// before shows a step that was done before the training goes on.
func (s *trainingScreen) before(p viz.LearningStep) {
	n := &trainingNews{Step: p.Step, Bits: number(p.Bits)}
	if wasValidated(p) {
		bits := number(p.Validation)
		n.ValidationBits, s.held = &bits, n
		if s.chart.floor > 0 {
			excess := number(p.Validation/s.chart.floor - 1)
			n.Excess = &excess
		}
	}
	for _, r := range p.Recall {
		n.Recall = append(n.Recall, story.Recall{Kind: r.Kind, Prob: r.Prob, Count: r.Count})
	}
	if n.Recall != nil {
		s.asked = n
	}
	s.chart.add(n)
}

func (s *trainingScreen) step(n *trainingNews) {
	s.chart.add(n)
	s.last = n
	if s.from == nil {
		s.from, s.start = n, s.clock()
	}
	if n.ValidationBits != nil {
		s.held = n
	}
	if n.Recall != nil || n.Next != nil {
		s.asked = n
	}
	if n.Sample != nil {
		s.sample = n
	}
	if n.Checkpoint != "" {
		s.saved = n.Step
	}
}

// String is the screen as lines with ANSI styles, none longer than the width.
// What is left of the height after the parts that are always there goes to the
// chart and the sample.
func (s *trainingScreen) String() string {
	w := max(s.w-1, 20)
	left := max(s.h-1, 8) // the cursor's line is below
	top := []string{s.title(w), s.progress(w)}
	legend := s.legend(w)
	var recalls, next []string
	rows := 3
	if left > 30 {
		rows = 6
	}
	if s.asked != nil {
		recalls = s.recallLines(w, rows)
		next = s.nextLines(w, min(rows, 5))
	}
	left -= len(top) + len(legend) + 1 // keys
	sample := min(max(left/5, 2), 8)
	for _, block := range []*[]string{&next, &recalls} {
		if left-len(*block)-sample < 4 {
			*block = nil
		}
		left -= len(*block)
	}
	lines := slices.Concat(top, s.chart.lines(w, min(max(left-sample-1, 3), 16), &s.styles), legend, recalls, next)
	lines = append(lines, s.sampleLines(w, sample)...)
	if s.over {
		lines = append(lines, "") // the line that is cleared at the end
	} else {
		lines = append(lines, s.keys())
	}
	lines = lines[:min(len(lines), max(s.h-1, 1))]
	for i := range lines {
		lines[i] = ansi.Truncate(lines[i], w, "…")
	}
	return strings.Join(lines, "\n")
}

// title says what is trained, in a narrow terminal with less around it.
func (s *trainingScreen) title(w int) string {
	h := s.head
	what, seed := argen.Visible(h.what), fmt.Sprintf("seed %d", h.Options.Seed)
	weights := thousands(int64(h.Parameters)) + " weights"
	return firstThatFits(w, []string{
		s.styles.bold.Render(weights+" learn from "+what) + s.styles.dim.Render(fmt.Sprintf("  %s · %s · %s", h.Tokenizer, h.Options.Optimizer, seed)),
		s.styles.bold.Render(weights+" learn from "+what) + s.styles.dim.Render("  "+seed),
		s.styles.bold.Render(weights) + s.styles.dim.Render("  "+seed+"  ") + what,
	})
}

// firstThatFits is the first text of at most w cells, or else the last.
func firstThatFits(w int, texts []string) string {
	for _, text := range texts {
		if ansi.StringWidth(text) <= w {
			return text
		}
	}
	return texts[len(texts)-1]
}

// progress is the bar with speed and time left.
func (s *trainingScreen) progress(w int) string {
	const least = 8 // cells of the bar
	steps, done := s.head.Options.Steps, s.head.From
	speed, rest := "", ""
	if s.last != nil {
		done = s.last.Step
		spent := s.clock().Sub(s.start).Seconds()
		if n := s.last.Step - s.from.Step; n > 0 && spent > 0.2 {
			speed = fmt.Sprintf("  %s tokens/s", amount(float64(s.last.Tokens-s.from.Tokens)/spent))
			if left := steps - done; left > 0 {
				rest = fmt.Sprintf("  %s left", clockText(spent/float64(n)*float64(left)))
				speed = "," + speed[1:]
			}
		}
	}
	text := fmt.Sprintf(" step %s of %s", thousands(int64(done)), thousands(int64(steps)))
	text = firstThatFits(w-least-7, []string{text + rest + speed, text + rest, text})
	cells := max(w-ansi.StringWidth(text)-7, least)
	share := float64(done) / float64(steps)
	full := int(share * float64(cells))
	return s.styles.bar.Render(strings.Repeat("━", full)) + s.styles.dim.Render(strings.Repeat("─", cells-full)) +
		fmt.Sprintf(" %3.0f %% ", 100*share) + text
}

// legend says what the marks of the chart are, with the last numbers; below the
// chart itself if there is room, and in two lines if one is too short.
func (s *trainingScreen) legend(w int) []string {
	st := &s.styles
	loss, floor, below := "", "", strings.Repeat(" ", chartLabel)
	if s.last != nil {
		name := "loss "
		if s.last.Verdicts != nil {
			name = "its own stories "
		}
		loss = st.loss.Render("⠒ "+name) + fmt.Sprintf("%.3f  ", float64(s.last.Bits))
	}
	if s.held != nil {
		loss += st.held.Render("● held out ") + fmt.Sprintf("%.3f ", float64(*s.held.ValidationBits))
		if s.held.Excess != nil {
			loss += fmt.Sprintf("(+%.1f %%) ", 100*float64(*s.held.Excess))
		}
		loss += fmt.Sprintf("at step %s  ", thousands(int64(s.held.Step)))
	}
	if s.chart.floor > 0 {
		floor = st.floor.Render("┄ floor ") + fmt.Sprintf("%.3f  ", s.chart.floor)
	}
	long, short := st.dim.Render("bits per token"), st.dim.Render("bits")
	lines := []string{firstThatFits(w, []string{below + loss + floor + long, loss + floor + long, loss + floor + short})}
	if ansi.StringWidth(lines[0]) > w {
		lines = []string{strings.TrimRight(loss, " "), floor + long}
	}
	if s.last != nil && s.last.Verdicts != nil {
		lines = append(lines, firstThatFits(w, []string{below + "what it wrote: " + s.last.Verdicts.String(), s.last.Verdicts.String()}))
	}
	return lines
}

// recallLines are the kinds of knowledge with their recall, in columns, in the
// order of how often they are asked for.
func (s *trainingScreen) recallLines(w, rows int) []string {
	const cell, name, bar = 26, 13, 5
	all := s.asked.Recall
	if len(all) == 0 {
		return nil
	}
	columns := max(w/cell, 1)
	rows = min(rows, (len(all)+columns-1)/columns)
	lines := []string{s.styles.dim.Render("P of the right word where the story leaves no choice")}
	for y := range rows {
		var b strings.Builder
		for x := range columns {
			if i := x*rows + y; i < len(all) {
				r := all[i]
				fmt.Fprintf(&b, "%-*s %s %.2f  ", name, ansi.Truncate(argen.Visible(r.Kind), name, "…"), s.styles.recall.Render(probBar(r.Prob, bar)), r.Prob)
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// nextLines are the likeliest tokens after the prompt.
func (s *trainingScreen) nextLines(w, rows int) []string {
	const name = 12
	if len(s.asked.Next) == 0 {
		return nil
	}
	prompt := argen.Visible(strings.ReplaceAll(s.head.prompt, "\n", " "))
	label := "P of the token after “"
	if ansi.StringWidth(label+prompt)+1 > w {
		label = "P after “"
	}
	prompt = lastWords(prompt, w-ansi.StringWidth(label)-1)
	lines := []string{s.styles.dim.Render(label) + prompt + s.styles.dim.Render("”")}
	for _, n := range topNext(s.asked.Next, rows) {
		token := ansi.Truncate(visibleToken(n.Token), name, "…")
		line := fmt.Sprintf("%s%s %s %.3f", token, strings.Repeat(" ", name-ansi.StringWidth(token)), s.styles.bar.Render(probBar(float64(n.Prob), max(min(w-name-24, 40), 5))), float64(n.Prob))
		if n.Truth != nil {
			line += s.styles.dim.Render(fmt.Sprintf("  in truth %.3f", float64(*n.Truth)))
		}
		lines = append(lines, line)
	}
	return lines
}

// lastWords is a text of one line or, if it is wider than w cells, as many of
// its last words as fit.
func lastWords(text string, w int) string {
	if ansi.StringWidth(text) <= w {
		return text
	}
	runes := []rune(text)
	rest := string(runes[max(len(runes)-max(w, 0), 0):])
	for ansi.StringWidth(rest)+1 > w && rest != "" {
		_, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
	}
	if !strings.HasSuffix(strings.TrimSuffix(text, rest), " ") { // in a word
		if _, words, ok := strings.Cut(rest, " "); ok && words != "" {
			rest = words
		}
	}
	return "…" + rest
}

// topNext are the first of the next tokens, of which the last gives way to what
// is likeliest in truth.
func topNext(next []nextToken, rows int) []nextToken {
	right := 0
	for i, n := range next {
		if n.Truth != nil && (next[right].Truth == nil || *n.Truth > *next[right].Truth) {
			right = i
		}
	}
	top := slices.Clone(next[:min(rows, len(next))])
	if right >= rows {
		top[rows-1] = next[right]
	}
	return top
}

// sampleLines are what it wrote last.
func (s *trainingScreen) sampleLines(w, rows int) []string {
	if s.sample == nil {
		return nil
	}
	lines := []string{s.styles.dim.Render(fmt.Sprintf("what it writes after step %s", thousands(int64(s.sample.Step))))}
	var text []string
	for line := range strings.SplitSeq(*s.sample.Sample, "\n") {
		text = append(text, strings.Split(term.Wrap(argen.Visible(line), w), "\n")...)
	}
	if len(text) > rows {
		text = text[:rows]
		text[rows-1] = ansi.Truncate(text[rows-1], w-2, "") + " …"
	}
	return append(lines, text...)
}

func (s *trainingScreen) keys() string {
	if s.stopping {
		return s.styles.bold.Render("stopping after this step, with a checkpoint")
	}
	at := "none yet"
	if s.saved > 0 {
		at = "step " + thousands(int64(s.saved))
	}
	return s.styles.dim.Render(fmt.Sprintf("q stops with a checkpoint (last: %s)", at))
}
