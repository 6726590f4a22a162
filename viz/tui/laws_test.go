package tui

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"argen"
	"argen/sampler"
)

// allKeys are keys that do something, and some that do nothing.
var allKeys = []string{
	"enter", "right", "n", ".", "space", "+", "-", "left", "backspace", "home", "up", "down", "1", "2", "9",
	"i", "u", "c", "x", "f", "tab", "shift+tab", "t", "T", "k", "K", "p", "P", "?", "esc", "a", "ctrl+u", "é", "0", ",", "=",
}

// check fails unless the screen is one: no line too long, none too many,
// nothing in it that a terminal acts on but our own colours.
func check(t rapid.TB, m *model) {
	t.Helper()
	screen := m.Screen()
	if screen == "" && (m.s.w <= 0 || m.s.h <= 0) {
		return
	}
	lines := strings.Split(screen, "\n")
	if len(lines) > max(m.s.h, 0) {
		t.Fatalf("%d lines on a screen of %d×%d", len(lines), m.s.w, m.s.h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > m.s.w {
			t.Fatalf("line %d has %d cells, the screen %d: %q", i, n, m.s.w, l)
		}
	}
	if !utf8.ValidString(screen) {
		t.Fatal("invalid UTF-8 on the screen")
	}
	for _, l := range lines {
		plain := strings.ReplaceAll(withoutColours(l), `\`, "/") // Visible doubles some of them
		if argen.Visible(plain) != plain {
			t.Fatalf("raw control characters in %q", plain)
		}
	}
}

// withoutColours takes away ESC [ digits ; : m and nothing else.
func withoutColours(s string) string {
	var b strings.Builder
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "\x1b["); ok {
			if end := strings.TrimLeft(rest, "0123456789;:"); strings.HasPrefix(end, "m") {
				s = end[1:]
				continue
			}
		}
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String()
}

const prompt = "It was a"

// TestAnyKeys presses keys at random. Whatever was pressed, each branch is
// what a fresh run makes of the same choices, and so is what the log was told.
func TestAnyKeys(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		words := plain()
		words.broken = rapid.SampledFrom([]string{"", "", "home"}).Draw(rt, "broken")
		gen := words.generator(3)
		stages, err := sampler.Parse(chain)
		if err != nil {
			rt.Fatal(err)
		}
		gen.Chain = stages
		logged := []*argen.Trace{{}}
		gen.Sinks = []argen.Sink{logged[0]}
		o := Options{
			Big: rapid.Bool().Draw(rt, "big"), ASCII: rapid.Bool().Draw(rt, "ascii"), Speed: rapid.SampledFrom([]float64{0, 1, 20}).Draw(rt, "speed"),
			ForkSinks: func() ([]argen.Sink, error) {
				logged = append(logged, &argen.Trace{})
				return []argen.Sink{logged[len(logged)-1]}, nil
			},
		}
		d := drive(t, gen, prompt, o)
		for range rapid.IntRange(1, 40).Draw(rt, "presses") {
			switch rapid.IntRange(0, 9).Draw(rt, "kind") {
			case 0:
				d.size(rapid.IntRange(0, 130).Draw(rt, "w"), rapid.IntRange(0, 50).Draw(rt, "h"))
			case 1:
				d.pass(rapid.IntRange(1, 8).Draw(rt, "ticks"))
			case 2:
				d.typing(rapid.SampledFrom([]string{"sunny", "0.5", "top_k=2", "Mia was", "nonsense!"}).Draw(rt, "text"))
			default:
				d.keys(rapid.SampledFrom(allKeys).Draw(rt, "key"))
			}
			check(rt, d.m)
		}
		for i := range d.m.branches {
			b := &d.m.branches[i]
			exact(rt, gen, b)
			if diff := cmp.Diff(b.steps, logged[i].Steps, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(argen.Step{}, "Origin")); diff != "" {
				rt.Fatalf("branch %d is not what was logged:\n%s", i, diff)
			}
		}
	})
}

// exact fails unless a fresh run with the same choices is the branch.
func exact(t rapid.TB, gen argen.Generator, b *branch) {
	t.Helper()
	gen.Sinks = nil
	fresh, err := gen.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	chain := sampler.Format(gen.Chain)
	set := func(to string) {
		if to != "" && to != chain {
			stages, err := sampler.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			fresh.SetChain(stages)
			chain = to
		}
	}
	choose := func(want *argen.Step) {
		listed := make([]argen.ID, len(want.Top)) // tracked ones among them
		for i := range listed {
			listed[i] = want.Top[i].ID
		}
		fresh.SetTrack(listed)
		if _, err := fresh.Predict(context.Background()); err != nil {
			t.Fatal(err)
		}
		switch {
		case want.Forced:
			return
		case want.Dice:
			fresh.ChooseAt(want.U)
		default:
			fresh.Choose()
		}
	}
	for i := range b.steps {
		want := &b.steps[i]
		set(want.Chain)
		choose(want)
		got, err := fresh.Append(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*want, got, cmpopts.IgnoreFields(argen.Step{}, "Origin", "Chain")); diff != "" {
			t.Fatalf("step %d is not that of a fresh run:\n%s", i, diff)
		}
	}
	if b.next == nil {
		if _, err := fresh.Predict(context.Background()); err == nil {
			t.Fatal("the branch is at its end, a fresh run is not")
		}
		return
	}
	set(b.chain)
	choose(b.next)
	got, err := fresh.Append(b.next.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*b.next, got, cmpopts.IgnoreFields(argen.Step{}, "Origin", "Chain")); diff != "" {
		t.Fatalf("the next step is not that of a fresh run:\n%s", diff)
	}
}

// TestAnySize shows every small size and some large ones.
func TestAnySize(t *testing.T) {
	for _, o := range []Options{{}, {Big: true}, {ASCII: true}} {
		d := drive(t, truth(t, chain), "It was a", o).tokens(12).keys(".", ".")
		for h := -1; h <= 45; h++ {
			for w := -1; w <= 130; w += 1 + max(w-45, 0)/9 {
				d.size(w, h)
				check(t, d.m)
			}
		}
		d.keys("?")
		for w := range 90 {
			d.size(w, w/2)
			check(t, d.m)
		}
	}
}

// hostile are tokens that want something from the terminal, or from its width.
var hostile = []string{
	"\x1b[2J", "\x1b]52;c;aGk=\x07", "\x1b]0;title\x07", "\x9b31m", "\x00", "\r", "\n\n", "\t", "\x7f", "\u202eevil", "\u2066x", "\u200b",
	"\xff\xfe", "\xe2\x82", "中文字", "👨‍👩‍👧", "🇩🇪", "e\u0301", "\u0301", "שלום", "مرحبا", " the", "  ", "a b", "\\n", "ﷺ", "\U000e0041", "\u2028",
	strings.Repeat("long", 60), strings.Repeat("長", 60), "", "<s>",
}

func TestHostileTokens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		words := append([]string(nil), hostile...)
		for range rapid.IntRange(0, 6).Draw(rt, "more") {
			words = append(words, rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(rt, "word"))
		}
		gen := fake{words: words}.generator(rapid.Uint64Range(0, 99).Draw(rt, "seed"))
		gen.Top, gen.MaxTokens = 10, 12
		gen.Track = []argen.ID{0, 3}
		run, err := gen.StartIDs([]argen.ID{1, 2, argen.ID(len(words) - 1)})
		if err != nil {
			rt.Fatal(err)
		}
		d := driveRun(t, run, gen, Options{ASCII: rapid.Bool().Draw(rt, "ascii"), Big: rapid.Bool().Draw(rt, "big"), Track: gen.Track})
		d.size(rapid.IntRange(38, 130).Draw(rt, "w"), rapid.IntRange(10, 45).Draw(rt, "h"))
		for range 14 {
			d.keys(rapid.SampledFrom([]string{"enter", "enter", ".", ".", "down", "x", "3", "i", "f", "up"}).Draw(rt, "key"))
			if d.m.asking != nil {
				d.send(tea.PasteMsg{Content: rapid.SampledFrom(words).Draw(rt, "paste")})
				check(rt, d.m)
				d.keys("enter")
			}
			check(rt, d.m)
			if d.m.s.ascii {
				for _, r := range d.m.Screen() {
					if r > '~' {
						rt.Fatalf("%q is not ASCII", r)
					}
				}
			}
			if bad := strings.IndexFunc(string(Picture(d.m.Screen(), true)), func(r rune) bool { return r < ' ' && r != '\n' }); bad >= 0 {
				rt.Fatal("a control character in the picture")
			}
		}
	})
}
