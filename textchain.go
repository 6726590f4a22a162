package argen

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// longText is how many characters of a text [VisibleChain] shows.
const longText = 48

// VisibleChain is a chain of stages, or a search, as it can be shown anywhere:
// with the escapes of [Visible], but for backslashes, which begin escapes there
// already. Of a long text, such as a grammar, it shows the beginning.
func VisibleChain(chain string) string {
	var b strings.Builder
	quoted, n := false, 0 // in a text, of which n characters are shown
	for chain != "" {
		r, size := utf8.DecodeRuneInString(chain)
		if quoted && r == '\\' && len(chain) > 1 { // an escape is one character
			_, next := utf8.DecodeRuneInString(chain[1:])
			size += next
		}
		switch {
		case r == '"':
			b.WriteByte('"')
			quoted, n = !quoted, 0
		case quoted && n >= longText:
			if n == longText {
				b.WriteString("…")
			}
			n++
		default:
			one(&b, chain[:size])
			n++
		}
		chain = chain[size:]
	}
	return b.String()
}

// one writes a character or an escape.
func one(b *strings.Builder, s string) {
	for i, r := range s {
		switch {
		case r == utf8.RuneError && s[i] != "\uFFFD"[0]:
			fmt.Fprintf(b, `\x%02x`, s[i])
		case r == '\\':
			b.WriteByte('\\')
		default:
			escape(b, r)
		}
	}
}
