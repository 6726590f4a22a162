package grammar

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reads reports whether a text may begin like that, and whether it may end
// there.
func reads(g *Grammar, text string) (begins, ends bool) {
	m := newMachine(g.program)
	s := m.after(m.at(m.start()), []byte(text))
	return s != lost, s.ends
}

// texts calls f with all texts of an alphabet up to a length.
func texts(alphabet []string, most int, f func(string)) {
	level := []string{""}
	for range most + 1 {
		var next []string
		for _, text := range level {
			f(text)
			for _, a := range alphabet {
				next = append(next, text+a)
			}
		}
		level = next
	}
}

// pattern draws a regular expression over a small alphabet.
func pattern(deep int) *rapid.Generator[string] {
	leaf := rapid.SampledFrom([]string{"a", "b", "é", "_", `\n`, " ", ".", "[ab]", "[^a]", "[^é]", "(?i:B)", `\w`, `\W`, `\pL`, `\x{10000}`, "", `^`, `$`, `\A`, `\z`, `\b`, `\B`, "(?m:^)", "(?m:$)", "(?s:.)", "[^[:^lower:]]"})
	if deep == 0 {
		return leaf
	}
	return rapid.OneOf(
		leaf,
		rapid.Map(rapid.SliceOfN(pattern(deep-1), 2, 3), func(all []string) string { return strings.Join(all, "") }),
		rapid.Map(rapid.SliceOfN(pattern(deep-1), 2, 3), func(all []string) string { return "(" + strings.Join(all, "|") + ")" }),
		rapid.Custom(func(t *rapid.T) string {
			return "(?:" + pattern(deep-1).Draw(t, "part") + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0}"}).Draw(t, "times")
		}),
	)
}

// A text is in the form of a pattern exactly if Go's regexp matches all of it,
// and begins like one exactly if some longer text does.
func TestRegexAgreesWithGo(t *testing.T) {
	const most = 3
	alphabet := []string{"a", "b", "é", "_", "\n", " ", "\U00010000"}
	rapid.Check(t, func(t *rapid.T) {
		p := pattern(3).Draw(t, "pattern")
		re, err := regexp.Compile(`\A(?:` + p + `)\z`)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Regex(p)
		if errors.Is(err, errNothing) {
			texts(alphabet, most, func(text string) {
				if re.MatchString(text) {
					t.Fatalf("no text is %s, but %q matches", p, text)
				}
			})
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		begins := map[string]bool{} // of texts with a match within reach
		texts(alphabet, most, func(text string) {
			begin, end := reads(g, text)
			if match := re.MatchString(text); match != end || match && !begin {
				t.Fatalf("%s on %q: matches %v, ends here %v, begins so %v", p, text, match, end, begin)
			} else if match {
				for i := range len(text) + 1 {
					begins[text[:i]] = true
				}
			}
		})
		for text := range begins {
			if begin, _ := reads(g, text); !begin {
				t.Fatalf("%s on %q: some text begins so", p, text)
			}
		}
		// Whatever a place leads on to comes to an end.
		texts(alphabet, most, func(text string) {
			begin, _ := reads(g, text)
			if !begin || begins[text] {
				return
			}
			if end, ok := shortest(g, text); !ok || !re.MatchString(end) {
				t.Fatalf("%s on %q: begins so, and ends as %q", p, text, end)
			}
		})
	})
}

// shortest returns a text that begins like that and has the form.
func shortest(g *Grammar, text string) (string, bool) {
	m := newMachine(g.program)
	type way struct {
		*state
		text string
	}
	known := map[*state]bool{}
	for ways := []way{{m.after(m.at(m.start()), []byte(text)), text}}; len(ways) > 0 && len(ways) < 1e6; ways = ways[1:] {
		w := ways[0]
		if w.ends {
			return w.text, true
		}
		for class, b := range m.bytes {
			if to := m.step(w.state, uint8(class)); to != lost && !known[to] {
				known[to] = true
				ways = append(ways, way{to, w.text + string([]byte{b.lo})})
			}
		}
	}
	return "", false
}

// The place of an error is that of the part that is wrong.
func TestRegexErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"a(b":        "column 4: missing closing )",
		"a)b":        "column 2: unexpected ), “)”",
		"é[b":        "column 2: missing closing ], “[b”",
		"a*|*":       "column 4: missing argument to repetition operator, “*”",
		"a*b**":      "column 4: invalid nested repetition operator, “**”",
		"x(?=a)":     "column 2: invalid or unsupported Perl syntax, “(?=”: looking ahead or behind, and referring back, are not regular and not supported",
		"(a)\\1":     "column 4: invalid escape sequence, “\\1”",
		"b\na{1001}": "line 2, column 2: invalid repeat count, “{1001}”: at most 1000 are repeated, {most} not below {least}",
		"b{2,1}":     "column 2: invalid repeat count, “{2,1}”: at most 1000 are repeated, {most} not below {least}",
		"a\\":        "column 3: trailing backslash at end of expression",
		"[b-a]":      "column 2: invalid character class range, “b-a”",
		"\\pX":       "column 1: invalid character class range, “\\pX”",
		`a\zb`:       "“a\\zb”: no text has this form",
		"a\xff":      "column 2: invalid UTF-8, “\\xff”",
	} {
		_, err := Regex(pattern)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", pattern, err, want)
		}
	}
}
