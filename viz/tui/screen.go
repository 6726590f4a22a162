package tui

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"argen"
)

// screen is what the terminal is: its size, the signs and colours it can show.
type screen struct {
	w, h  int
	ascii bool
	dark  bool
	g     signs
	styles
}

// signs are the characters of the screen that are not letters.
type signs struct {
	arrow, mark, point, track, ellipsis, dot, cut, fall, play, pause, blank string
	open, close                                                             string // quotes
	minus, infinity, rule, bound                                            string
	bar                                                                     []string // of a cell: one eighth … full
	levels                                                                  []string // of a curve: lowest … full
}

var unicodeSigns = signs{
	arrow: "→", mark: "▶", point: "›", track: "◆", ellipsis: "…", dot: "·", cut: "✗", fall: "▼", play: "▶", pause: "❚❚", blank: "␣",
	open: "“", close: "”", minus: "−", infinity: "∞", rule: "─", bound: "│",
	bar:    []string{"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"},
	levels: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
}

var asciiSigns = signs{
	arrow: "->", mark: ">", point: "-", track: "*", ellipsis: "...", dot: "|", cut: "x", fall: "V", play: ">", pause: "||", blank: "_",
	open: `"`, close: `"`, minus: "-", infinity: "inf", rule: "-", bound: "|",
	bar:    []string{"#"},
	levels: []string{"_", ".", "-", "=", "*", "#"},
}

// styles are the colours, from the palette of Okabe and Ito (Color Universal
// Design, 2008), which colour-blind people tell apart. No colour stands alone:
// what is chosen has a sign, what is cut a word.
type styles struct {
	text, dim, bold          lipgloss.Style
	model, sampled           lipgloss.Style // bars before and after the chain
	chosen, forced, cut      lipgloss.Style
	now, fresh, slot         lipgloss.Style // phase at work, token just appended, place of the next
	odd, even, hit           lipgloss.Style // parts of [0,1)
	entropy, surprisal, mark lipgloss.Style
	wrong                    lipgloss.Style
	control                  lipgloss.Style // the name of a token that stands for no text
}

func newScreen(ascii, dark bool) screen {
	s := screen{w: 80, h: 24, ascii: ascii, g: unicodeSigns}
	if ascii {
		s.g = asciiSigns
	}
	s.setDark(dark)
	return s
}

// setDark chooses the colours for a background.
func (s *screen) setDark(dark bool) {
	s.dark = dark
	pick := lipgloss.LightDark(dark)
	c := func(light, dark string) color.Color { return pick(lipgloss.Color(light), lipgloss.Color(dark)) }
	st := lipgloss.NewStyle
	blue, orange := c("#0072B2", "#56B4E9"), c("#B34700", "#E69F00")
	green, purple := c("#007A5A", "#2BC79B"), c("#A3457C", "#E39AC4")
	grey := c("#6B6B6B", "#8F8F8F")
	paper := c("#FFFFFF", "#101010")
	s.styles = styles{
		text: st(), bold: st().Bold(true), dim: st().Foreground(grey),
		model: st().Foreground(blue), sampled: st().Foreground(green),
		chosen: st().Foreground(orange).Bold(true), forced: st().Foreground(purple).Bold(true).Underline(true),
		cut:     st().Foreground(grey),
		now:     st().Bold(true).Foreground(paper).Background(orange),
		fresh:   st().Bold(true).Foreground(paper).Background(orange),
		slot:    st().Foreground(orange),
		odd:     st().Background(c("#CFE3F0", "#1F4A66")),
		even:    st().Background(c("#E6EEF3", "#3A3A3A")),
		hit:     st().Bold(true).Foreground(paper).Background(orange),
		entropy: st().Foreground(blue), surprisal: st().Foreground(orange), mark: st().Foreground(orange).Bold(true),
		wrong:   st().Foreground(c("#B02E00", "#FF7A45")).Bold(true),
		control: st().Foreground(grey).Reverse(true),
	}
}

// clean is text that may stand on the screen: no control characters, none that
// turn the direction of writing, nothing invalid; only ASCII if that is all
// there is. A mark that would sit on the character before gets one of its own.
func (s *screen) clean(text string) string {
	text = argen.Visible(text)
	if s.ascii {
		return escapeNonASCII(text)
	}
	if r, _ := utf8.DecodeRuneInString(text); unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200d' || r == '\u200c' {
		text = "◌" + text
	}
	return text
}

// chain is a chain or a search as it may stand on the screen.
func (s *screen) chain(text string) string {
	text = argen.VisibleChain(text)
	if s.ascii {
		return escapeNonASCII(text)
	}
	return text
}

func escapeNonASCII(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r == '“' || r == '”':
			b.WriteByte('"')
		case r == '‘' || r == '’':
			b.WriteByte('\'')
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// token is a piece as it is listed: blanks at its ends can be seen.
func (s *screen) token(piece string) string {
	t := strings.Trim(piece, " ")
	if t == "" && piece != "" {
		return strings.Repeat(s.g.blank, len(piece))
	}
	before := len(piece) - len(strings.TrimLeft(piece, " "))
	after := len(piece) - before - len(t)
	return strings.Repeat(s.g.blank, before) + s.clean(t) + strings.Repeat(s.g.blank, after)
}

// quote is a piece in quotes, in others if it has some itself.
func (s *screen) quote(piece string) string {
	t := s.token(piece)
	switch {
	case !strings.Contains(t, s.g.open) && !strings.Contains(t, s.g.close):
		return s.g.open + t + s.g.close
	case s.ascii:
		return "'" + t + "'"
	}
	return "‹" + t + "›"
}

// small reports whether the screen is too small for the loop to be shown.
func (s *screen) small() bool { return s.w < leastW || s.h < leastH }

// fit is a line of exactly w cells: cut or filled up.
func (s *screen) fit(line string, w int) string {
	if w <= 0 {
		return ""
	}
	n := ansi.StringWidth(line)
	if n > w {
		tail := s.g.ellipsis
		if w <= ansi.StringWidth(tail) {
			tail = ""
		}
		line = ansi.Truncate(line, w, tail)
		n = ansi.StringWidth(line)
	}
	return line + strings.Repeat(" ", max(w-n, 0))
}

// cutLeft is the end of a text that is longer than w cells.
func (s *screen) cutLeft(text string, w int) string {
	n, tail := ansi.StringWidth(text), s.g.ellipsis
	if w <= ansi.StringWidth(tail) {
		tail = ""
	}
	return ansi.TruncateLeft(text, n-w+ansi.StringWidth(tail), tail)
}

// right is a line of exactly w cells that ends with the text.
func (s *screen) right(text string, w int) string {
	if n := ansi.StringWidth(text); n < w {
		return strings.Repeat(" ", w-n) + text
	}
	return s.fit(text, w)
}

// ends is a line with text at both ends; the right one gives way.
func (s *screen) ends(left, right string, w int) string {
	l, r := ansi.StringWidth(left), ansi.StringWidth(right)
	if r == 0 || l+1+r > w {
		return s.fit(left, w)
	}
	return left + strings.Repeat(" ", w-l-r) + right
}

// bar is a bar of a share of w cells, at least a trace of one if it is not 0.
func (s *screen) bar(share float64, w int) string {
	parts := len(s.g.bar)
	n := int(math.Round(min(max(share, 0), 1) * float64(w*parts)))
	if n == 0 && share > 0 {
		n = 1
	}
	b := strings.Repeat(s.g.bar[parts-1], n/parts)
	if n%parts > 0 {
		b += s.g.bar[n%parts-1]
	}
	return b
}

// prob is a probability in at most 7 cells.
func prob(p float64) string {
	switch {
	case math.IsNaN(p):
		return "?"
	case p == 0:
		return "0"
	case p < 0.00005:
		return fmt.Sprintf("%.0e", p)
	case p >= 1:
		return "1"
	case p >= 0.99995: // not 1
		return ">0.9999"
	}
	return fmt.Sprintf("%.4f", p)
}

// number is a number with some decimals, a real minus, and a sign for infinity.
func (s *screen) number(x float64, decimals int) string {
	sign := ""
	if x < 0 {
		sign = s.g.minus
	}
	if math.IsInf(x, 0) {
		return sign + s.g.infinity
	}
	return sign + fmt.Sprintf("%.*f", decimals, math.Abs(x))
}

// count is a whole number with its thousands apart.
func count(n int) string {
	t := fmt.Sprint(n)
	for i := len(t) - 3; i > 0; i -= 3 {
		t = t[:i] + "," + t[i:]
	}
	return t
}
