package term

import (
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// write sends the block as one Write.
func (p *Plain) write() error {
	_, err := io.WriteString(p.W, p.b.String())
	p.b.Reset()
	return err
}

// paragraph adds text, wrapped. Lines after the first are indented by four more.
func (p *Plain) paragraph(indent, text string) {
	p.b.WriteString(indent + wrap(p.plain(text), columns, len(indent), len(indent)+4) + "\n")
}

// Wrap breaks text at blanks into lines of at most width columns, and behind the
// commas of words that are longer than a line, as a chain. No line ends at a NUL,
// which stands for a blank, nor between a number and its %.
func Wrap(text string, width int) string { return wrap(text, width, 0, 0) }

// wrap is Wrap for text that begins in column at, the lines after it in column
// start.
func wrap(text string, width, at, start int) string {
	var b strings.Builder
	blank := ""
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, " %", "\x00%")) {
		word = strings.ReplaceAll(word, "\x00", " ")
		parts := []string{word}
		if ansi.StringWidth(word) > width-start {
			parts = strings.SplitAfter(word, ",")
		}
		for _, part := range parts {
			wide := ansi.StringWidth(part)
			if at+len(blank)+wide > width && at > start {
				b.WriteString("\n" + strings.Repeat(" ", start))
				at, blank = start, ""
			}
			b.WriteString(blank + part)
			at += len(blank) + wide
			blank = ""
		}
		blank = " "
	}
	return b.String()
}

// ascii replaces the signs of this package that are not ASCII.
var ascii = strings.NewReplacer("−", "-", "∞", "inf", "…", "...", "→", "->", "×", "x", "≤", "<=", "≥", ">=", "·", "*", "√", "sqrt ", "σ", "sigma", "ε", "epsilon", "μ", "mu", "τ", "tau", "²", "^2", "“", `"`, "”", `"`)

// plain is text in ASCII, if that is asked for, but for what tokens hold.
func (p *Plain) plain(text string) string {
	if p.ASCII {
		return ascii.Replace(text)
	}
	return text
}

// quote is a token in quotes, cut where it is wide.
func (p *Plain) quote(token string, width int) string {
	shown := ansi.Truncate(argen.Visible(token), width, p.sign("…", "..."))
	return p.sign("“", `"`) + shown + p.sign("”", `"`)
}

// sign chooses between a sign and its ASCII form.
func (p *Plain) sign(sign, ascii string) string {
	if p.ASCII {
		return ascii
	}
	return sign
}

// prob is a probability: four decimals, more where it is small.
func (p *Plain) prob(x float64) string {
	switch {
	case x == 0 || x == 1:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x < 0.001:
		return strconv.FormatFloat(x, 'e', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 4, 64)
}

// number4 is a number in [0,1] with at most four decimals.
func (p *Plain) number4(x float64) string { return trimmed(strconv.FormatFloat(x, 'f', 4, 64)) }

// number has at most two decimals.
func (p *Plain) number(x float64) string {
	minus := p.sign("−", "-")
	switch {
	case math.IsInf(x, 0):
		s := p.sign("∞", "inf")
		if x < 0 {
			s = minus + s
		}
		return s
	case math.IsNaN(x):
		return "undefined"
	}
	s := trimmed(strconv.FormatFloat(math.Abs(x), 'f', 2, 64))
	if x < 0 && s != "0" {
		s = minus + s
	}
	return s
}

// bits is a number of bits.
func (p *Plain) bits(x float64) string {
	if s := p.number(x); s != "1" {
		return s + " bits"
	}
	return "1 bit"
}

// trimmed is a decimal without zeros at its end.
func trimmed(s string) string {
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
