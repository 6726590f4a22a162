package tokenizer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestScannersAsExpressions compares the code that finds the words of well-known
// expressions with the expressions themselves, on texts of parts that meet in all ways.
func TestScannersAsExpressions(t *testing.T) {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{
			" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u2003", "\u0085", "'s", "'ll", "'S", "'ſ", "'RE", "'", "the", " of", "And", "ABC", "aB", "12", "1234", "½", "Ⅷ",
			"é", "e\u0301", "\u0301", "\u0301A", "日本", "ー", "ǅ", "ʰ", "👧", "\u200d", "!?", "/", "//\n", "\ufffd", "\U00013460", "\U00010d50", "\U00010d70", "\u0897", "_", "\x1c", "+a", "£",
		}),
		rapid.Map(rapid.StringN(0, 6, 24), Valid),
	)
	for source, scan := range scanners {
		expr, err := newPattern(source)
		if err != nil {
			t.Fatal(err)
		}
		slow := split{find: expr, behavior: "Isolated"}
		rapid.Check(t, func(t *rapid.T) {
			text := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
			words := func(p preTokenizer) (all []string) {
				p.words(piece{text: text, run: newEncoding(text, false)}, func(p piece) { all = append(all, p.text) })
				return all
			}
			got, want := words(scan), words(slow)
			if strings.Join(got, "│") != strings.Join(want, "│") {
				t.Fatalf("%s: %q is cut into %q, want %q", source, text, got, want)
			}
		})
	}
}
