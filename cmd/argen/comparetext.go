package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	xterm "github.com/charmbracelet/x/term"

	"argen"
	"argen/internal/study"
	"argen/viz"
	"argen/viz/term"
)

// showComparison prints a result for people: texts side by side, the table of
// metrics, distances.
func (a *app) showComparison(k *comparing, c *comparison, plan *study.Plan, samples []study.Sample) error {
	width := a.width()
	if err := a.printText(c.heading(width)); err != nil {
		return err
	}
	for i := range min(k.show, plan.Samples) {
		if err := a.showTexts(c, plan, samples, i, width); err != nil {
			return err
		}
	}
	return a.printText(c.tables(width) + c.distanceTables(width))
}

func (a *app) printText(s string) error {
	_, err := io.WriteString(a.stdout, s)
	return err
}

// width is that of the terminal, 80 columns where there is none.
func (a *app) width() int {
	if f, ok := a.screen.(xterm.File); ok && a.stdoutTTY {
		if w, _, err := xterm.GetSize(f.Fd()); err == nil && w > 0 {
			return max(w, 40)
		}
	}
	return 80
}

// colors is what the terminal can show of colours.
func (a *app) colors() colorprofile.Profile {
	if !a.stdoutTTY || a.env("NO_COLOR") != "" {
		return colorprofile.NoTTY
	}
	var env []string
	for _, name := range []string{"TERM", "COLORTERM", "WT_SESSION", "TERM_PROGRAM"} {
		env = append(env, name+"="+a.env(name))
	}
	return colorprofile.Detect(a.screen, env)
}

// heading says what was compared.
func (c *comparison) heading(width int) string {
	texts := c.Samples * max(1, len(c.Prompts))
	s := fmt.Sprintf("Model %s, %s, %s of each", argen.Visible(c.Model), strategyCount(len(c.Strategies)), count(texts, "text"))
	if texts > 1 {
		s += fmt.Sprintf(" (seeds %d to %d)", c.Seed, c.Seed+uint64(texts)-1)
	} else {
		s += fmt.Sprintf(" (seed %d)", c.Seed)
	}
	switch {
	case len(c.Prompts) > 1:
		s += fmt.Sprintf(", %s.", count(len(c.Prompts), "prompt"))
	case c.Prompt != "":
		s += ", prompt “" + lastWords(argen.Visible(c.Prompt), 50) + "”."
	default:
		s += ", no prompt."
	}
	return term.Wrap(s, width) + "\n\n"
}

func strategyCount(n int) string {
	if n == 1 {
		return "1 strategy"
	}
	return fmt.Sprintf("%d strategies", n)
}

// showTexts shows the texts of sample i after the first prompt, side by side.
func (a *app) showTexts(c *comparison, plan *study.Plan, samples []study.Sample, i, width int) error {
	profile := a.colors()
	b := term.Beside{Width: width, Color: profile > colorprofile.ASCII}
	parts := false
	for s, strategy := range c.Strategies {
		t := term.Text{Name: strategy.Name}
		sample := &samples[i*len(plan.Prompts)*len(plan.Strategies)+s]
		decoder := argen.NewDecoder(plan.Tokenizer, plan.Prompts[0].IDs)
		for j, id := range sample.IDs {
			text := decoder.Add(id)
			if plan.Tokenizer.Control(id) {
				text = " " + string(plan.Tokenizer.Piece(id))
			}
			if text != "" {
				t.Tokens = append(t.Tokens, term.Token{Text: text, Prob: math.Exp(sample.LogProbs[j])})
			}
		}
		parts = parts || s > 0
		b.Texts = append(b.Texts, t)
	}
	head := fmt.Sprintf("Texts of seed %d", samples[i*len(plan.Prompts)*len(plan.Strategies)].Seed)
	if len(plan.Prompts) > 1 {
		head += " after “" + lastWords(argen.Visible(plan.Prompts[0].Text), 40) + "”"
	}
	if parts {
		head += "; » is where one parts from " + argen.Visible(c.Strategies[0].Name)
	}
	if err := a.printText(term.Wrap(head+":", width) + "\n\n"); err != nil {
		return err
	}
	text := b.String() + "\n"
	if !b.Color {
		return a.printText(text)
	}
	// Beside escapes what tokens hold; its own sequences pass the writer of all
	// else by.
	if err := a.stdout.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(&colorprofile.Writer{Forward: a.screen, Profile: profile}, text)
	return err
}

// Columns of the tables.
const (
	widestName = 18
	tableGap   = 2
)

// tables are the metrics, a line a strategy, as many beside each other as have
// room.
func (c *comparison) tables(width int) string {
	var b strings.Builder
	names := 0
	for _, s := range c.Strategies {
		names = max(names, ansi.StringWidth(argen.Visible(s.Name)))
	}
	names = min(names, widestName)
	for first := 0; first < len(c.Metrics); {
		var columns [][]string
		room := width - names
		for first < len(c.Metrics) {
			column := c.column(&c.Metrics[first])
			wide := tableGap + widest(column)
			if wide > room && len(columns) > 0 {
				break
			}
			room -= wide
			columns = append(columns, column)
			first++
		}
		for i := range len(c.Strategies) + 1 {
			name := ""
			if i > 0 {
				name = ansi.Truncate(argen.Visible(c.Strategies[i-1].Name), names, "…")
			}
			line := pad(name, names)
			for _, column := range columns {
				line += strings.Repeat(" ", tableGap) + pad(column[i], widest(column))
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		b.WriteByte('\n')
	}
	return b.String() + term.Wrap(c.legend(), width) + "\n"
}

func widest(column []string) int {
	w := 0
	for _, cell := range column {
		w = max(w, ansi.StringWidth(cell))
	}
	return w
}

// column is a metric with its head, a cell a strategy.
func (c *comparison) column(m *comparedMetric) []string {
	head := m.Label
	if m.Unit != "" && m.Unit != "share" {
		head += ", " + m.Unit
	}
	column, digits := []string{head}, c.digits(m)
	for i := range c.Strategies {
		x, ok := c.Strategies[i].Metrics[m.Name]
		if !ok {
			column = append(column, "–")
			continue
		}
		column = append(column, x.text(m, digits))
	}
	return column
}

// text is a number, its interval, and a star where it differs from the first.
func (x comparedNumber) text(m *comparedMetric, digits int) string {
	unit := 1.0
	if percent(m) {
		unit = 100
	}
	write := func(v number) string {
		return strings.Replace(strconv.FormatFloat(float64(v)*unit, 'f', digits, 64), "-", "−", 1)
	}
	s := write(x.Mean)
	if percent(m) {
		s += " %"
	}
	switch {
	case math.IsInf(float64(x.Mean), 1):
		s = fmt.Sprintf("∞ at %s of places", percents(x.Infinite))
	case math.IsInf(float64(x.Mean), -1):
		s = "−∞" // ln P of a token that a stage forces and the model holds impossible
	case math.IsNaN(float64(x.Lo)), x.Lo == x.Hi:
	default:
		s += fmt.Sprintf(" [%s, %s]", write(x.Lo), write(x.Hi))
	}
	if x.Diff != nil && !x.Diff.Noise {
		s += " *"
	}
	return s
}

// digits is how many decimals a metric is shown with: three digits that count
// of the first strategy, if it is below 1.
func (c *comparison) digits(m *comparedMetric) int {
	switch x := math.Abs(float64(c.Strategies[0].Metrics[m.Name].Mean)); {
	case percent(m):
		return 0
	case m.Unit == "tokens":
		return 1
	case x == 0 || x >= .1:
		return 3
	case x >= .01:
		return 4
	default:
		return 5
	}
}

// percent reports whether a metric is shown in percent, as on charts.
func percent(m *comparedMetric) bool { return (&viz.CompareMetric{Name: m.Name}).Percent() }

// percents is a share in percent, two digits of it at least.
func percents(x number) string {
	switch p := 100 * float64(x); {
	case p == 0 || p >= 10:
		return fmt.Sprintf("%.0f %%", p)
	case p >= 1:
		return fmt.Sprintf("%.1f %%", p)
	default:
		return fmt.Sprintf("%.1g %%", p)
	}
}

// legend says how to read the tables.
func (c *comparison) legend() string {
	texts := c.Samples * max(1, len(c.Prompts))
	s := "In brackets: the interval that holds the true number in 95 of 100 such comparisons; without one the dice have changed nothing. "
	if texts < 2 {
		s = "A single text of each says nothing about the noise: --samples N writes more. "
	}
	if len(c.Strategies) > 1 && texts > 1 && texts < 6 {
		s += "Fewer than 6 texts show no difference but where the dice change nothing. "
	}
	if texts == 1 && c.starred() {
		s += fmt.Sprintf("* differs from %s: the dice change neither.", argen.Visible(c.Strategies[0].Name))
	}
	if len(c.Strategies) > 1 && texts > 1 {
		s += fmt.Sprintf("* differs from %s by more than the noise, text by text on the same dice; where there is no * the difference is inside the noise. Of twenty numbers that do not differ one has a * all the same.", argen.Visible(c.Strategies[0].Name))
	}
	return s
}

// starred reports whether a number of a strategy differs from that of the first
// by more than the noise.
func (c *comparison) starred() bool {
	for _, s := range c.Strategies {
		for _, x := range s.Metrics {
			if x.Diff != nil && !x.Diff.Noise {
				return true
			}
		}
	}
	return false
}

// distanceTables are the distances from the first strategy and the first model.
func (c *comparison) distanceTables(width int) string {
	var b strings.Builder
	for _, kind := range []string{"strategies", "models"} {
		var list []comparedDistance
		for _, d := range c.Distances {
			if d.Between == kind && (len(list) == 0 || d.A == list[0].A) {
				list = append(list, d)
			}
		}
		if len(list) == 0 {
			continue
		}
		b.WriteByte('\n')
		b.WriteString(term.Wrap(fmt.Sprintf("Distance of the distributions of the next token from %s, at the same %s of texts of the model itself:", argen.Visible(list[0].A), count(list[0].Places, "place")), width) + "\n\n")
		names := 0
		for _, d := range list {
			names = max(names, ansi.StringWidth(argen.Visible(d.B)))
		}
		names = min(names, widestName)
		fmt.Fprintf(&b, "%s  %-22s  %-22s  %9s  %9s\n", pad("", names), "KL from it, bits", "KL to it, bits", "JS, bits", "TV")
		for _, d := range list {
			name := ansi.Truncate(argen.Visible(d.B), names, "…")
			fmt.Fprintf(&b, "%s  %s  %s  %9s  %9s\n", pad(name, names), pad(distanceText(d.KL), 22), pad(distanceText(d.Reverse), 22), small(d.JS.Mean), small(d.TV.Mean))
		}
	}
	return b.String()
}

func distanceText(x comparedNumber) string {
	if math.IsInf(float64(x.Mean), 1) {
		return fmt.Sprintf("∞ at %s of places", percents(x.Infinite))
	}
	return small(x.Mean)
}

// small is a number from 0 with three digits.
func small(x number) string {
	if x != 0 && x < 0.0005 {
		return fmt.Sprintf("%.1e", float64(x))
	}
	return fmt.Sprintf("%.3f", float64(x))
}
