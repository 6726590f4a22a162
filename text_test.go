package argen_test

import (
	"strings"
	"testing"

	"argen"
	"argen/tokenizer"

	"github.com/google/go-cmp/cmp"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"Mia":                  "Mia",
		"":                     "",
		"a\nb\tc\r":            `a\nb\tc\r`,
		"\x1b[31m":             `\x1b[31m`,
		"\x1b]52;c;x\x07":      `\x1b]52;c;x\x07`,
		"\u009b31m\u0085":      `\x9b31m\x85`,
		"a\u202eb\u2066":       `a\u202eb\u2066`,
		"\xff\xe2\x82":         `\xff\xe2\x82`,
		`\n`:                   `\\n`,
		`\d`:                   `\d`,
		"日本 🎉 e\u0301":         "日本 🎉 e\u0301",
		"\ufeff\u200b":         `\ufeff\u200b`,
		"\U000e0041":           `\U000e0041`,
		"�":                    "�",
		"👩\u200d👧":             "👩\u200d👧",
		"\u2028":               `\u2028`,
		strings.Repeat("x", 9): "xxxxxxxxx",
	} {
		if got := argen.Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
	if got := argen.Printable("a\n\tb\\n\x1b\r"); got != "a\n\tb\\n\\x1b\\r" {
		t.Errorf("Printable: %q", got)
	}
}

// Whatever comes in, nothing a terminal acts on comes out, and different
// tokens stay different.
func FuzzVisible(f *testing.F) {
	for _, s := range []string{"a", "\x1b[0m", "\xff", `\x1b`, "\u202e", "\r\n"} {
		f.Add(s, s+" ")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		va := argen.Visible(a)
		for _, r := range va {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("%q is shown as %q", a, va)
			}
		}
		if a != b && va == argen.Visible(b) {
			t.Fatalf("%q and %q are both shown as %q", a, b, va)
		}
	})
}

// A character over several tokens comes out whole, with the last of them.
func TestDecoder(t *testing.T) {
	tok := tokenizer.NewBytes()
	ids, err := tok.Encode("é€🎉\xe2\x82x\xf0\x9f")
	if err != nil {
		t.Fatal(err)
	}
	d := argen.NewDecoder(tok, nil)
	var parts []string
	for _, id := range ids {
		parts = append(parts, d.Add(id))
	}
	parts = append(parts, d.Flush())
	want := []string{"", "é", "", "", "€", "", "", "", "🎉", "", "", "\xe2\x82x", "", "", "\xf0\x9f"}
	if d := cmp.Diff(want, parts); d != "" {
		t.Error(d)
	}
}
