package viz

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen"
)

// longest is how many characters of a token a chart shows.
const longest = 18

// label is a token as charts show it: control characters escaped, blanks at
// its borders as dots, and its end cut off if it is long.
func label(token string) string {
	if token == "" {
		return "(empty)"
	}
	inner := strings.Trim(token, " ")
	before := len(token) - len(strings.TrimLeft(token, " "))
	after := len(token) - before - len(inner)
	s := strings.Repeat("·", min(before, longest)) + argen.Visible(inner) + strings.Repeat("·", min(max(after, 0), longest))
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest-1]) + "…"
	}
	return s
}

// quoted is a token in running text.
func quoted(token string) string { return inQuotes(label(token)) }

// inQuotes puts quotation marks around a label, others around one that holds
// some.
func inQuotes(label string) string {
	if strings.ContainsAny(label, "“”") {
		return "‹" + label + "›"
	}
	return "“" + label + "”"
}

// dotted says what a dot in a label means, where one stands for a blank.
func dotted(tokens ...string) string {
	for _, t := range tokens {
		if t != "" && (t[0] == ' ' || t[len(t)-1] == ' ') {
			return " A · is a blank."
		}
	}
	return ""
}

// clean is running text with nothing in it that a viewer could act on.
func clean(s string) string { return strings.TrimSpace(argen.Printable(s)) }

// prob writes a probability with three significant digits.
func prob(p float64) string {
	switch {
	case p == 0 || p == 1:
		return strconv.FormatFloat(p, 'f', -1, 64)
	case p >= .9995 && p < 1:
		return ">0.999"
	case p >= .1:
		return strconv.FormatFloat(p, 'f', 3, 64)
	case p >= .01:
		return strconv.FormatFloat(p, 'f', 4, 64)
	case p >= .001:
		return strconv.FormatFloat(p, 'f', 5, 64)
	}
	return short(p)
}

// short writes a number with three significant digits.
func short(x float64) string {
	switch a := math.Abs(x); {
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "−∞"
	case math.IsNaN(x):
		return "?"
	case a == 0:
		return "0"
	case a >= 1e6 || a < 1e-3:
		s := strconv.FormatFloat(x, 'e', 1, 64)
		s = strings.Replace(strings.Replace(s, "e-0", "e-", 1), "e+0", "e", 1)
		return strings.ReplaceAll(strings.Replace(s, "e+", "e", 1), "-", "−")
	case a >= 100:
		x = math.Round(x)
		return minus(count(int(x)))
	default:
		digits := 2 - int(math.Floor(math.Log10(a)))
		return minus(strconv.FormatFloat(x, 'f', min(digits, 3), 64))
	}
}

func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

// count writes a whole number with commas.
func count(n int) string {
	s := strconv.Itoa(n)
	neg := n < 0
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// some writes a number of things: "1 token", "3 tokens".
func some(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return count(n) + " " + thing + "s"
}

// before is the text in front of step t, its end if it is long.
func before(tr *argen.Trace, t int) string {
	const most = 300 // bytes: more than a title holds
	s := ""
	for i := t - 1; i >= 0 && len(s) < most; i-- {
		s = tr.Steps[i].Text + s
	}
	if len(s) < most {
		s = tr.Head.PromptText + s
	}
	cut := len(s) > most
	if cut {
		s = s[len(s)-most:]
		for len(s) > 0 && !utf8.RuneStart(s[0]) {
			s = s[1:]
		}
	}
	words := strings.Fields(strings.ReplaceAll(argen.Printable(s), "\n", " "))
	s = strings.Join(words, " ")
	if cut {
		s = "…" + s
	}
	return s
}

// ahead writes the text in front of step t for a title, at most n
// characters of it.
func ahead(tr *argen.Trace, t, n int) string {
	s := before(tr, t)
	if s == "" {
		return "the beginning"
	}
	if r := []rune(s); len(r) > n {
		tail := string(r[len(r)-n:])
		if i := strings.IndexByte(tail, ' '); i >= 0 && i < n/2 {
			tail = tail[i+1:]
		}
		s = "…" + strings.TrimPrefix(tail, "…")
	}
	return "“" + s + "”"
}

// named is what a trace is called where there are several.
func named(i int, tr *argen.Trace) string {
	s := tr.Head.Model.Ref
	s = argen.Visible(s)
	if tr.Head.Chain != "" {
		s += " · " + argen.VisibleChain(tr.Head.Chain)
	}
	if s == "" {
		s = "trace"
	}
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return fmt.Sprintf("%d: %s · seed %d", i+1, s, tr.Head.Seed)
}

// source says what was run, for captions. The legend names models that
// differ.
func source(traces ...*argen.Trace) string {
	s := ""
	first := &traces[0].Head.Model
	if ref := first.Ref; ref != "" && !slices.ContainsFunc(traces, func(tr *argen.Trace) bool { return tr.Head.Model.Ref != ref }) {
		s = " Model " + argen.Visible(ref) + "."
	}
	switch partial := slices.ContainsFunc(traces, func(tr *argen.Trace) bool { return tr.Head.Model.Partial }); {
	case partial && len(traces) == 1:
		s += " Its engine lists the best tokens only; entropy and rank are of those."
	case partial:
		s += " Some engines list the best tokens only; entropy is of those."
	}
	return s
}

// chainOf says which stages were between model and draw at step t, and which
// search picked the tokens, if one did.
func chainOf(tr *argen.Trace, t int) string {
	chain := stagesOf(tr, t)
	if chain == "" {
		chain = "no stages"
	}
	if tr.Head.Search != "" {
		chain += ", search " + tr.Head.Search
	}
	return argen.VisibleChain(chain)
}

// stagesOf is the chain of a step as the trace has it.
func stagesOf(tr *argen.Trace, t int) string {
	chain := tr.Head.Chain
	for i := 0; i <= t && i < len(tr.Steps); i++ {
		if c := tr.Steps[i].Chain; c != "" {
			chain = c
		}
	}
	return chain
}
