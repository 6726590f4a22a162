package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// count is "1 token", "2 tokens".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(int64(n)) + " " + what + "s"
}

// thousands writes a whole number with a comma between thousands.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	head := len(s) % 3
	if n < 0 {
		head = (len(s)-1)%3 + 1
	}
	var b strings.Builder
	b.WriteString(s[:head])
	for i := head; i < len(s); i += 3 {
		if i > 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

// amount is a number in at most five characters: "1.23 M".
func amount(x float64) string {
	for _, unit := range []string{"", " k", " M", " G"} {
		if x < 999.5 {
			return fmt.Sprintf("%.3g", x) + unit
		}
		x /= 1000
	}
	return fmt.Sprintf("%.3g T", x)
}

// pad fills text up with blanks.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

// plainQuotes puts ASCII in place of the quotes and dots of texts.
var plainQuotes = strings.NewReplacer("“", `"`, "”", `"`, "…", "...")

// rows are lines of a name and what is said of it.
type rows struct {
	strings.Builder
	width int // of the names, 13 at least
}

func (b *rows) row(name, format string, args ...any) {
	fmt.Fprintf(b, "%-*s %s\n", max(b.width, 13), argen.Visible(name), argen.Visible(fmt.Sprintf(format, args...)))
}

func shownToken(token string) string { return ansi.Truncate(visibleToken(token), 40, "…") }

// trimmedToken is a token without the blanks around it, unless it is nothing
// else.
func trimmedToken(token string) string {
	if t := strings.TrimSpace(shownToken(token)); t != "" {
		return t
	}
	return visibleToken(token)
}

// bareToken is trimmedToken where no quotes stand around it: blanks alone have
// some.
func bareToken(token string) string {
	t := trimmedToken(token)
	if strings.TrimSpace(t) == "" {
		return "“" + t + "”"
	}
	return t
}

// probText is a probability with four decimals, more where it is small; 0 and
// 1 are exactly that.
func probText(p number) string {
	switch {
	case p == 0 || p == 1:
		return fmt.Sprint(float64(p))
	case p < 0.001:
		return fmt.Sprintf("%.1e", float64(p))
	}
	return fmt.Sprintf("%.4f", float64(p))
}

// bitsText is a number with two decimals.
func bitsText(x number) string {
	switch {
	case math.IsNaN(float64(x)):
		return "-"
	case math.IsInf(float64(x), 0):
		return strings.ToLower(strings.TrimPrefix(fmt.Sprint(float64(x)), "+"))
	}
	return strings.Replace(fmt.Sprintf("%.2f", float64(x)), "-0.00", "0.00", 1)
}
