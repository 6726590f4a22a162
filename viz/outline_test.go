package viz

import (
	"bytes"
	"strings"
	"testing"
)

// What is written from right to left stands so in a picture, numbers in it do not.
func TestVisual(t *testing.T) {
	for s, want := range map[string]string{
		"abc": "abc", "语 def": "语 def", "שלום": "םולש", "ab שלום עולם cd": "ab םלוע םולש cd",
		"·שלום·": "·םולש·", "“(שלום)”": "“(םולש)”", "שלום abc": "םולש abc", "שלום 12": "12 םולש", "12 שלום": "12 םולש", "שלום 1,234 (ab)": "1,234 םולש (ab)", "ש(ל)ם": "ם(ל)ש", "": "",
	} {
		if got := visual(s); got != want {
			t.Errorf("%q stands as %q, want %q", s, got, want)
		}
	}
}

// A picture with codes of characters says what they are, in the language of the
// chart, and no other says it.
func TestCodes(t *testing.T) {
	for language, want := range map[string]string{"": "A box with digits", "de": "Ein Kästchen mit Ziffern"} {
		for name, coded := range map[string]bool{"fox": false, "שלום": false, "語": true, "😀": true, "é": false} {
			d := wideBars(1, 2, name)
			d.Language = language
			f, err := Bars(Input{Data: d})
			if err != nil {
				t.Fatal(err)
			}
			width, height := f.size()
			if _, got := f.image(width, height, 40); got != coded {
				t.Errorf("%q stands as codes: %v", name, got)
			}
			if g := f.withCodes(); !strings.HasPrefix(g.Caption, f.Caption+" "+want) {
				t.Errorf("%q: %s", language, g.Caption)
			}
			for _, format := range []string{"png", "pdf"} {
				var said, silent bytes.Buffer
				shown := f
				if coded {
					shown = f.withCodes()
				}
				for to, g := range map[*bytes.Buffer]*Figure{&said: shown, &silent: f} {
					if err := Write(g, format, to); err != nil {
						t.Fatal(err)
					}
				}
				if !bytes.Equal(said.Bytes(), silent.Bytes()) {
					t.Errorf("%q as %s: the caption does not say what boxes are", name, format)
				}
			}
		}
	}
}
