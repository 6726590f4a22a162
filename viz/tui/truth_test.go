package tui

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"argen"
	"argen/internal/golden"
)

// TestProb: what is not 0 or 1 does not look like it.
func TestProb(t *testing.T) {
	for p, want := range map[float64]string{
		0: "0", 1: "1", 1 + 1e-12: "1", 0.99994: "0.9999", 0.99995: ">0.9999", math.Nextafter(1, 0): ">0.9999", 2e-5: "2e-05", .25: "0.2500", math.NaN(): "?",
	} {
		if got := prob(p); got != want {
			t.Errorf("%v is shown as %s, want %s", p, got, want)
		}
	}
	for p, want := range map[float64]string{0: "0%", 1e-9: "<1%", .5: "50%", .999: ">99%", 1: "100%"} {
		if got := percent(p); got != want {
			t.Errorf("%v is shown as %s, want %s", p, got, want)
		}
	}
}

// TestIntervals: u is seen to be in its part, and below 1.
func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		low, u, high float64
		text, part   string
	}{
		{0, .25, 1, "u = 0.2500", "[0, 1)"},
		{.9419, .99999, 1, "u = 0.99999", "[0.94190, 1)"},
		{.999951, .99996, .99997, "u = 0.99996", "[0.99995, 0.99997)"},
		{.99999991, .99999995, 1, "u = 0.9999999", "[0.9999999, 1)"},
		{1e-6, 1e-5, .5, "u = 0.000010", "[0.000001, 0.500000)"},
		{.3, .5, .99998, "u = 0.50000", "[0.30000, 0.99998)"},
	} {
		step := &argen.Step{ID: 1, Token: "fox", Low: c.low, U: c.u, High: c.high, Top: []argen.TopToken{{ID: 1, Token: "fox", SampledProb: c.high - c.low}}}
		d := drive(t, truth(t, ""), "It was a", Options{}).size(80, 24).keys(".", ".")
		d.m.cur().next = step
		if line := d.m.fallLine(step, 80); !strings.Contains(line, c.text) || strings.Contains(line, c.text+"0") {
			t.Errorf("%+v: %q", c, line)
		}
		if line := d.m.scaleLine(step, 80); !strings.Contains(line, c.part) {
			t.Errorf("%+v: %q", c, line)
		}
	}
}

// TestQuitIsShown: the key that ends the view, at every width.
func TestQuitIsShown(t *testing.T) {
	for _, o := range []Options{{}, {ASCII: true}, {Big: true}} {
		d := drive(t, truth(t, chain), "It was a", o)
		for w := leastW; w < 130; w++ {
			d.size(w, 24)
			lines := strings.Split(strings.TrimRight(d.text(), "\n"), "\n")
			if last := lines[len(lines)-1]; !strings.Contains(last, "q quit") || !strings.Contains(last, "? help") {
				t.Errorf("%d columns: %q", w, last)
			}
		}
	}
}

// TestHelpIsWhole: no entry is cut, and where there is more it says so.
func TestHelpIsWhole(t *testing.T) {
	for _, o := range []Options{{}, {ASCII: true}} {
		d := drive(t, truth(t, chain), "It was a", o).size(80, 24).keys("?")
		for _, w := range []int{40, 60, 80, 100, 120} {
			d.size(w, 14)
			if all := strings.ReplaceAll(strings.Join(d.m.helpBody(), "\n"), "1…9", ""); strings.Contains(all, d.m.s.g.ellipsis) {
				t.Errorf("%d columns:\n%s", w, all)
			}
			if text := d.text(); !strings.Contains(text, "scroll") {
				t.Errorf("%d columns: it does not say that it scrolls", w)
			}
		}
	}
}

// TestTooSmall: the message shows the size in any window, and only the keys
// that leave work.
func TestTooSmall(t *testing.T) {
	d := drive(t, truth(t, chain), "It was a", Options{})
	for _, size := range [][2]int{{39, 24}, {12, 3}, {6, 4}, {80, 11}} {
		d.size(size[0], size[1]).keys("enter", "i", "f", "5", "space")
		if !strings.Contains(strings.ReplaceAll(d.text(), "\n", " "), "40×12") {
			t.Errorf("%v:\n%s", size, d.text())
		}
	}
	if d.size(80, 24); len(d.m.cur().steps) > 0 || len(d.m.branches) > 1 || d.m.asking != nil || d.m.playing {
		t.Error("a key did what nobody saw")
	}
	if d.size(20, 5).keys("q"); !d.quit {
		t.Error("q does not leave")
	}
}

// TestBytesAndQuotes: the bytes of a character and quotation marks look the
// same wherever they stand.
func TestBytesAndQuotes(t *testing.T) {
	words := fake{words: []string{"\xff", "“", "”", "\"", "\xe2\x82"}}
	gen := words.generator(5)
	run, err := gen.StartIDs([]argen.ID{0, 4})
	if err != nil {
		t.Fatal(err)
	}
	d := driveRun(t, run, gen, Options{}).size(100, 30).keys("i").typing("“").keys("enter", ".", ".")
	text := d.text()
	if strings.Contains(text, "\ufffd") || !strings.Contains(text, `\xff\xe2\x82`) {
		t.Errorf("bytes:\n%s", text)
	}
	for piece, want := range map[string]string{"fox": "“fox”", "“": "‹“›", "”": "‹”›", `"`: `“"”`} {
		if got := d.m.s.quote(piece); got != want {
			t.Errorf("%q is quoted as %s", piece, got)
		}
	}
	s := newScreen(true, true)
	for piece, want := range map[string]string{"fox": `"fox"`, "“": `'"'`, `"`: `'"'`} {
		if got := s.quote(piece); got != want {
			t.Errorf("ASCII: %q is quoted as %s", piece, got)
		}
	}
}

// TestGiven: dots stand for what comes before, and only for that.
func TestGiven(t *testing.T) {
	d := drive(t, truth(t, ""), "It was a", Options{}).size(80, 24)
	if got := d.m.given(0); got != "It was a" {
		t.Errorf("%q", got)
	}
	if got := d.tokens(1).m.given(1); got != "It was a "+d.m.cur().steps[0].Token {
		t.Errorf("%q", got)
	}
	if got := d.tokens(9).m.given(10); !strings.HasPrefix(got, "… ") {
		t.Errorf("%q", got)
	}
	b := d.m.cur()
	b.head.PromptText, b.head.PromptTokens, b.steps = "", []string{"<s>"}, b.steps[:0]
	if got, all := d.m.given(0), d.m.wholePrompt(); got != "<s>" || all != "<s> " {
		t.Errorf("%q, %q", got, all)
	}
	if b.head.PromptTokens = nil; d.m.given(0) != "nothing" {
		t.Errorf("%q", d.m.given(0))
	}
}

// TestWhyOver: which of the limits ended the text.
func TestWhyOver(t *testing.T) {
	s := snapshot{over: argen.Length, head: argen.Header{PromptIDs: make([]argen.ID, 3)}, steps: make([]argen.Step, 5)}
	if s.why() != "as many tokens as asked for" {
		t.Error(s.why())
	}
	if s.head.Model.ContextLength = 8; s.why() != "the context of the model is full: 8 tokens" {
		t.Error(s.why())
	}
}

// TestTokenByID: #ID appends any token, also one that stands for no text.
func TestTokenByID(t *testing.T) {
	d := drive(t, plain().generator(3), "It was a", Options{}).size(80, 24)
	d.keys("i").typing("#99").keys("enter")
	if !strings.Contains(d.text(), "#99: the vocabulary has ids 0 to 11") {
		t.Error(d.text())
	}
	d.keys("ctrl+u").typing("#0").keys("enter")
	if s := d.m.cur().steps; len(s) != 1 || s[0].Token != "</s>" || d.m.cur().over != argen.StopToken {
		t.Errorf("%+v", s)
	}
}

// TestStopText: the condition that held is shown.
func TestStopText(t *testing.T) {
	d := drive(t, plain().generator(3), "It was a", Options{Speed: 20, StopText: "t >= 1", StopWhen: func(s argen.Step) bool { return s.T == 1 }})
	if d.size(80, 24).pass(100); !strings.Contains(d.text(), ": t >= 1") {
		t.Error(d.text())
	}
}

// TestLeft: what is told at the end, whichever way it came.
func TestLeft(t *testing.T) {
	for end, n := range map[string]int{"q": 1, "\x03": 1} {
		var got []Leaving
		o := Options{Color: colorprofile.ASCII, Left: func(l Leaving) { got = append(got, l) }}
		if _, _, err := run(t.Context(), t, plain(), o, "choose", "1", "perplexity", end); end == "q" && err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || len(got[0].Trace.Steps) != n || !got[0].ByHand || got[0].Trace.Head.Seed != 3 {
			t.Errorf("%q: %+v", end, got)
		}
	}
	if l := drive(t, truth(t, chain), "It was a", Options{}).tokens(2).m.leaving(); l.ByHand || l.Chain != chain || l.Branch != 0 {
		t.Errorf("%+v", l)
	}
	if l := drive(t, truth(t, chain), "It was a", Options{}).tokens(2).keys("t").m.leaving(); !l.ByHand {
		t.Error("a chain that was changed is not told")
	}
}

func TestSavedModes(t *testing.T) {
	t.Chdir(t.TempDir())
	d := drive(t, truth(t, chain), "It was a", Options{Save: saveNew}).tokens(1).keys("w", "s")
	for name, want := range map[string]fs.FileMode{"argen-trace.jsonl": 0o600, "argen-step.svg": 0o644} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm()&^want != 0 || info.Mode().Perm()&0o600 != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	old := []byte("old")
	if err := os.WriteFile("x.svg", old, 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := saveNew("x.svg", []byte("new"), 0o644)
	kept, _ := os.ReadFile("x.svg")
	if err != nil || name != "x-2.svg" || !bytes.Equal(kept, old) {
		t.Errorf("%s, %v, the old file is %q", name, err, kept)
	}
	d.m.o.PictureFile = filepath.Join("nowhere", "x.svg")
	if d.keys("s"); !strings.HasPrefix(d.m.note, "not saved: ") {
		t.Error(d.m.note)
	}
}

// TestLongMessages: an error that is longer than a line is read whole.
func TestLongMessages(t *testing.T) {
	d := drive(t, truth(t, chain), "It was a", Options{}).size(80, 24).keys("c", "ctrl+u").typing("temperature=1,top_k=99999999999").keys("enter")
	golden.String(t, "wrong-chain-80x24.txt", d.text())
	if !strings.Contains(strings.ReplaceAll(d.text(), "\n", " "), "2147483647") {
		t.Error("the range is cut off")
	}
}

// TestSmallScales: what a full bar stands for, also on a small screen.
func TestSmallScales(t *testing.T) {
	for _, o := range []Options{{}, {ASCII: true}, {Big: true}} {
		d := drive(t, truth(t, chain), "It was a", o)
		for w := leastW + 4; w < 100; w++ {
			if d.size(w, 15); !strings.Contains(d.text(), "bar 0.5") && !strings.Contains(d.text(), "bar: 0.5") && !strings.Contains(d.text(), "bar is 0.5") {
				t.Errorf("%d columns:\n%s", w, d.text())
				break
			}
		}
	}
}

// TestControlTokens stand apart from the words on both sides.
func TestControlTokens(t *testing.T) {
	gen := plain().generator(3)
	gen.NoStop = true
	d := drive(t, gen, "It was a", Options{}).size(80, 24)
	d.keys("i").typing("#0").keys("enter", "i").typing("day").keys("enter")
	if text := d.text(); !strings.Contains(text, "Itwasa </s> day") || !strings.Contains(text, "a </s> day) =") {
		t.Error(text)
	}
}

// TestPanelIsWhole: what the stages did is not cut where the list has room.
func TestPanelIsWhole(t *testing.T) {
	d := drive(t, truth(t, "top_k=20,top_p=0.9,min_p=0.02,temperature=0.8"), "It was a", Options{})
	for _, size := range [][2]int{{110, 40}, {120, 40}, {160, 50}} {
		text := d.size(size[0], size[1]).text()
		if n := strings.Count(text, " bits\n") + strings.Count(text, "leaves all as it was\n"); n < 7 {
			t.Errorf("%v: %d lines end with bits, or say that a stage left all as it was:\n%s", size, n, text)
		}
		if strings.Contains(text, d.m.s.g.ellipsis+"\n") {
			t.Errorf("%v:\n%s", size, text)
		}
	}
}
