package term

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"argen/internal/golden"
)

// told are texts that begin alike.
func told(all ...string) []Text {
	var list []Text
	for i, text := range all {
		t := Text{Name: string(rune('A' + i))}
		for k, word := range strings.SplitAfter(text, " ") {
			if word = strings.TrimSuffix(word, " "); k > 0 {
				word = " " + word
			}
			t.Tokens = append(t.Tokens, Token{word, float64(k%5)/4*.9 + .01})
		}
		list = append(list, t)
	}
	return list
}

func TestBeside(t *testing.T) {
	b := Beside{Width: 70, Texts: told(
		"It was a rainy afternoon, and Mia was alone in the garden.",
		"It was a rainy morning, and Mia was alone in the garden with a very\tlong\x1b[31mwordthatdoesnotfitintothecolumnatall here.",
		"It was",
		"It was a rainy afternoon, and Mia was alone in the garden.",
		"",
	)}
	golden.String(t, "beside.txt", b.String())
	b.Color = true
	golden.String(t, "beside-color.txt", b.String())
	if got := (&Beside{Width: 70}).String(); got != "" {
		t.Errorf("no texts: %q", got)
	}
}

// No line is wider than the screen, and no text gets lost.
func TestBesideFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(40, 200).Draw(t, "width")
		var texts []Text
		letters := 0
		for i := range rapid.IntRange(1, 9).Draw(t, "texts") {
			text := Text{Name: string(rune('A' + i))}
			for range rapid.IntRange(0, 30).Draw(t, "tokens") {
				s := rapid.SampledFrom([]string{"x", " x", " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", " 語", "\u0301", " x\n", ""}).Draw(t, "token")
				letters += strings.Count(s, "x")
				text.Tokens = append(text.Tokens, Token{s, .5})
			}
			texts = append(texts, text)
		}
		b := Beside{Width: width, Color: rapid.Bool().Draw(t, "color"), Texts: texts}
		plain := ansi.Strip(b.String())
		for line := range strings.Lines(plain) {
			if w := ansi.StringWidth(line); w > width && !strings.HasPrefix(line, "P of a token") {
				t.Fatalf("%q is %d wide, the screen %d", line, w, width)
			}
		}
		if got := strings.Count(plain, "x"); got != letters {
			t.Fatalf("%d letters of %d are there:\n%s", got, letters, plain)
		}
	})
}
