package term

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"argen"
)

// Beside shows texts side by side, as many as have room, those that are left
// below them. Where there are colours every token stands on one of its
// probability; a sign stands before the first token that is another than that
// of the first text.
type Beside struct {
	Width int  // of the screen
	Color bool // else plain text
	Texts []Text
}

// A Text is one of several that begin alike.
type Text struct {
	Name   string
	Tokens []Token
}

// A Token is a token of a text.
type Token struct {
	Text string // with the blank before it, if there is one
	Prob float64
}

// parts is the sign where a text parts from the first.
const parts = "»"

// leastColumn is how narrow a column may be, and besideGap what is between two.
const (
	leastColumn = 30
	besideGap   = 3
)

// A level is the colour of tokens whose probability is below a limit, those of
// cividis, on which black or white can be read whatever the screen's own are.
type level struct {
	below      float64
	name       string
	back, fore string
}

var levels = []level{
	{.05, "< 0.05", "#00204D", "#FFFFFF"},
	{.2, "< 0.2", "#39486B", "#FFFFFF"},
	{.5, "< 0.5", "#707173", "#FFFFFF"},
	{.8, "< 0.8", "#A69D75", "#000000"},
	{2, "≥ 0.8", "#FFEA46", "#000000"},
}

func (l level) style() lipgloss.Style {
	return lipgloss.NewStyle().Background(lipgloss.Color(l.back)).Foreground(lipgloss.Color(l.fore))
}

// levelOf is the level of a probability.
func levelOf(p float64) level {
	for _, l := range levels {
		if p < l.below {
			return l
		}
	}
	return levels[len(levels)-1]
}

// String is the texts; with colours it holds the sequences of a terminal, and
// no others.
func (b *Beside) String() string {
	n := min(len(b.Texts), max(1, (b.Width+besideGap)/(leastColumn+besideGap)))
	if n == 0 {
		return ""
	}
	n = (len(b.Texts) + (len(b.Texts)+n-1)/n - 1) / ((len(b.Texts) + n - 1) / n) // even rows
	wide := max(leastColumn, (b.Width-besideGap*(n-1))/n)
	var out strings.Builder
	for first := 0; first < len(b.Texts); first += n {
		if first > 0 {
			out.WriteByte('\n')
		}
		b.row(&out, first, min(first+n, len(b.Texts)), wide)
	}
	if b.Color {
		out.WriteByte('\n')
		out.WriteString("P of a token: ")
		for i := range levels {
			l := levels[len(levels)-1-i]
			out.WriteString(l.style().Render(" "+l.name+" ") + " ")
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// row writes texts side by side.
func (b *Beside) row(out *strings.Builder, from, to, wide int) {
	var columns [][]string
	high := 0
	for i := from; i < to; i++ {
		name := ansi.Truncate(argen.Visible(b.Texts[i].Name), wide, "…")
		if b.Color {
			name = lipgloss.NewStyle().Bold(true).Render(name)
		}
		lines := append([]string{name}, b.lines(i, wide)...)
		columns = append(columns, lines)
		high = max(high, len(lines))
	}
	for y := range high {
		line := ""
		for k, lines := range columns {
			if y >= len(lines) {
				continue
			}
			at := k * (wide + besideGap)
			line += strings.Repeat(" ", max(0, at-ansi.StringWidth(line))) + lines[y]
		}
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// parting is the first token of text i that is another than that of the first,
// −1 if there is none.
func (b *Beside) parting(i int) int {
	first, own := b.Texts[0].Tokens, b.Texts[i].Tokens
	for t := range own {
		if t >= len(first) || own[t].Text != first[t].Text {
			return t
		}
	}
	if len(own) < len(first) {
		return len(own)
	}
	return -1
}

// lines breaks text i into lines.
func (b *Beside) lines(i, wide int) []string {
	var lines []string
	line, width := "", 0   // that is being filled
	word, letters := "", 0 // that comes next, of several tokens maybe
	blank := 0             // before it
	flush := func() {
		if letters == 0 {
			return
		}
		if width > 0 && width+blank+letters > wide {
			lines, line, width = append(lines, line), "", 0
		}
		if width > 0 {
			line += strings.Repeat(" ", blank)
			width += blank
		}
		line, width = line+word, width+letters
		word, letters, blank = "", 0, 0
	}
	add := func(text string, style func(string) string) {
		for text != "" {
			head := ansi.Truncate(text, wide-letters, "")
			if head == "" && letters == 0 {
				return // a character wider than the line
			}
			text = text[len(head):]
			if head != "" {
				word += style(head)
				letters += ansi.StringWidth(head)
			}
			if text != "" { // a word longer than the line
				flush()
			}
		}
	}
	parting := b.parting(i)
	sign := func(s string) string {
		if b.Color {
			return lipgloss.NewStyle().Bold(true).Render(s)
		}
		return s
	}
	for t, tok := range b.Texts[i].Tokens {
		text := strings.TrimLeft(tok.Text, " ")
		if spaces := len(tok.Text) - len(text); spaces > 0 || t == 0 {
			flush()
			blank = min(spaces, 1)
		}
		if t == parting {
			add(parts, sign)
		}
		add(argen.Visible(text), func(s string) string {
			if b.Color {
				return levelOf(tok.Prob).style().Render(s)
			}
			return s
		})
	}
	if parting == len(b.Texts[i].Tokens) {
		add(parts, sign)
	}
	flush()
	return append(lines, line)
}
