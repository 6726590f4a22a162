package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"argen"
	"argen/tokenizer"
)

// tokenTable shows tokens for people, a line each.
func tokenTable(tokens []tokenizer.Token, text, decoded string) string {
	var b strings.Builder
	rows := [][4]string{{"t", "id", "bytes", "token"}}
	for i, t := range tokens {
		rows = append(rows, [4]string{
			fmt.Sprint(i), fmt.Sprint(t.ID), fmt.Sprintf("%d-%d", t.Start, t.End),
			`"` + visibleToken(string(t.Piece)) + `"`,
		})
	}
	var width [3]int
	for _, r := range rows {
		for i := range width {
			width[i] = max(width[i], len(r[i]))
		}
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "%*s  %*s  %*s  %s\n", width[0], r[0], width[1], r[1], width[2], r[2], r[3])
	}
	if len(tokens) == 0 {
		b.Reset()
	}
	fmt.Fprintf(&b, "%s for %s", count(len(tokens), "token"), count(len(text), "byte"))
	if n := utf8.RuneCountInString(text); n != len(text) {
		fmt.Fprintf(&b, " (%s)", count(n, "character"))
	}
	if len(tokens) > 0 {
		each := fmt.Sprintf("%.3g bytes", float64(len(text))/float64(len(tokens)))
		if each == "1 bytes" {
			each = "1 byte"
		}
		b.WriteString(", " + each + " a token")
	}
	b.WriteByte('\n')
	if decoded != text {
		fmt.Fprintf(&b, "they decode to \"%s\", which is not the same\n", argen.Visible(decoded))
	}
	return b.String()
}

// joiners are characters that only show in what stands beside them.
var joiners = strings.NewReplacer("\u200c", `\u200c`, "\u200d", `\u200d`)

// visibleToken is a token as it can be shown; one of nothing but joiners is
// shown as escapes.
func visibleToken(piece string) string {
	if strings.Trim(piece, "\u200c\u200d") == "" {
		return joiners.Replace(piece)
	}
	return argen.Visible(piece)
}

// mergeText shows the merges of a BPE, a paragraph a word.
func mergeText(steps []mergeStep) string {
	var b strings.Builder
	for i, s := range steps {
		line := strings.Join(s.Tokens, "│")
		switch {
		case s.Rank >= 0:
			fmt.Fprintf(&b, "%7d  %s\n", s.Rank, line)
		case i > 0:
			fmt.Fprintf(&b, "\n         %s\n", line)
		default:
			fmt.Fprintf(&b, "   rank  %s\n", line)
		}
	}
	return b.String()
}
