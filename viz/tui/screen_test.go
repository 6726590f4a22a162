package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"argen"
	"argen/internal/golden"
	"argen/sampler"
)

const chain = "top_k=4,temperature=0.8"

func TestScreens(t *testing.T) {
	type screen struct {
		name string
		w, h int
		o    Options
		do   func(*driver)
	}
	mid := func(d *driver) { d.tokens(6).keys(".", ".") }
	for _, s := range []screen{
		{"predict-80x24", 80, 24, Options{}, func(*driver) {}},
		{"fall-80x24", 80, 24, Options{}, func(d *driver) { d.keys(".") }},
		{"choose-80x24", 80, 24, Options{}, mid},
		{"append-80x24", 80, 24, Options{}, func(d *driver) { d.tokens(6).keys(".", ".", ".") }},
		{"choose-60x20", 60, 20, Options{}, mid},
		{"choose-40x12", 40, 12, Options{}, mid},
		{"choose-120x40", 120, 40, Options{}, mid},
		{"ascii-80x24", 80, 24, Options{ASCII: true}, mid},
		{"big-80x24", 80, 24, Options{Big: true}, mid},
		{"big-120x40", 120, 40, Options{Big: true}, mid},
		{"big-ascii-80x24", 80, 24, Options{Big: true, ASCII: true}, mid},
		{"help-80x24", 80, 24, Options{}, func(d *driver) { d.keys("?") }},
		{"help-ascii-60x20", 60, 20, Options{ASCII: true}, func(d *driver) { d.keys("?") }},
		{"help-end-60x20", 60, 20, Options{}, func(d *driver) { d.keys("?", "space", "down", "down", "space", "space") }},
		{"pointed-80x24", 80, 24, Options{}, func(d *driver) { d.keys("down", "down") }},
		{"why-80x24", 80, 24, Options{}, func(d *driver) { d.keys("down", "down", "down", "down", "down") }},
		{"why-120x24", 120, 24, Options{}, func(d *driver) { d.keys(".") }},
		{"forced-80x24", 80, 24, Options{}, func(d *driver) { d.keys("5").tokens(1) }},
		{"typing-80x24", 80, 24, Options{}, func(d *driver) { d.keys("i").typing("sunny Mon") }},
		{"unknown-80x24", 80, 24, Options{}, func(d *driver) { d.keys("i").typing("sunni").keys("enter") }},
		{"dice-80x24", 80, 24, Options{}, func(d *driver) { d.keys("u").typing("0.75").keys("enter") }},
		{"branch-80x24", 80, 24, Options{}, func(d *driver) { d.tokens(2).keys("f", "2").tokens(3).keys("tab") }},
		{"tracked-80x24", 80, 24, Options{}, func(d *driver) {
			d.keys("x").typing("Monday").keys("enter").tokens(3)
		}},
		{"hotter-80x24", 80, 24, Options{}, func(d *driver) { d.keys("T", "T", "T", "K", "p") }},
		{"playing-80x24", 80, 24, Options{Speed: 2}, func(d *driver) { d.pass(9) }},
		{"end-80x24", 80, 24, Options{}, func(d *driver) { d.tokens(400) }},
		{"branch-120x40", 120, 40, Options{}, func(d *driver) {
			d.tokens(2).keys("f", "2").tokens(6).keys("shift+tab").tokens(3).keys("f", "i").typing("It").keys("enter", ".", ".")
		}},
		{"small-30x5", 30, 5, Options{}, mid},
		{"impossible-80x24", 80, 24, Options{}, func(d *driver) { d.tokens(2).keys("i").typing("It").keys("enter") }},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := drive(t, truth(t, chain), "It was a", s.o).size(s.w, s.h)
			s.do(d)
			text := d.text()
			if s.o.ASCII {
				for _, r := range text {
					if r > '~' {
						t.Errorf("%q is not ASCII", r)
					}
				}
			}
			golden.String(t, s.name+".txt", text)
		})
	}
}

// What is drawn from can be seen where it is none of the model's best, and the
// one pointed at always.
func TestDrawnFromElsewhere(t *testing.T) {
	gen := plain().generator(3)
	var err error
	if gen.Chain, err = sampler.Parse("allow=#1/#2/#6/#10"); err != nil {
		t.Fatal(err)
	}
	gen.Top = 6
	d := drive(t, gen, "It was", Options{}).size(80, 24)
	golden.String(t, "elsewhere-80x24.txt", d.text())
	gen.Chain = nil
	flat := drive(t, gen, "It was", Options{}).size(80, 24)
	if rows := flat.m.rows(flat.m.cur().next, 3); !slices.Equal(rows, []int{0, 1, 2}) {
		t.Errorf("without stages the rows are %v", rows)
	}
	for i := range d.m.cur().next.Top {
		if text := d.keys("down").text(); !strings.Contains(text, "\n›") {
			t.Errorf("token %d is pointed at and not listed:\n%s", i, text)
		}
	}
}

// Dice that belong to the step and the token are shown as the race that they
// decide; a u by hand is shown as ever.
func TestRaceScreens(t *testing.T) {
	for name, do := range map[string]func(*driver){
		"race-fall-80x24": func(d *driver) { d.tokens(6).keys(".") },
		"race-80x24":      func(d *driver) { d.tokens(6).keys(".", ".") },
		"race-help-80x24": func(d *driver) { d.keys("?") },
		"race-hand-80x24": func(d *driver) { d.tokens(6).keys("u").typing("0.75").keys("enter") },
	} {
		gen := truth(t, chain)
		gen.Gumbel = true
		d := drive(t, gen, "It was a", Options{}).size(80, 24)
		do(d)
		golden.String(t, name+".txt", d.text())
	}
}

func TestReplayScreen(t *testing.T) {
	run, err := truth(t, chain).Start("It was a")
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if _, err := run.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d := driveRun(t, nil, argen.Generator{}, Options{Replay: run.Trace()}).size(80, 24)
	d.tokens(5).keys("left").keys(".", ".")
	golden.String(t, "replay-80x24.txt", d.text())

	// A trace shows what the run itself showed.
	live := drive(t, truth(t, chain), "It was a", Options{}).size(80, 24).tokens(4).keys(".", ".")
	got, want := strings.SplitN(d.text(), "\n", 2)[1], strings.SplitN(live.text(), "\n", 2)[1]
	if got, want = cutLast(got), cutLast(want); got != want {
		t.Errorf("the trace shows\n%s\nthe run\n%s", got, want)
	}
	if d.keys("5"); len(d.m.cur().steps) != 4 {
		t.Error("a trace took another token")
	}
	if d.tokens(20); len(d.m.cur().steps) != 8 || d.m.cur().over == "" {
		t.Errorf("the end of the trace is at %d (%q)", len(d.m.cur().steps), d.m.cur().over)
	}
}

// cutLast takes the footer away.
func cutLast(s string) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	return strings.Join(lines[:len(lines)-1], "\n")
}

// TestWideScreen: characters of two cells, of none and from right to left.
func TestWideScreen(t *testing.T) {
	words := fake{words: []string{"中文字", "👨‍👩‍👧", "e\u0301", "\u0301", "שלום", " the", "  ", "\n", "\x1b[31m", "\xe4\xb8", "ok"}}
	gen := words.generator(5)
	for _, o := range []Options{{}, {ASCII: true}} {
		run, err := gen.StartIDs([]argen.ID{0, 5, 4})
		if err != nil {
			t.Fatal(err)
		}
		d := driveRun(t, run, gen, o).size(80, 24).keys("1", "2", ".", ".")
		golden.String(t, fmt.Sprintf("wide-ascii-%v-80x24.txt", o.ASCII), d.text())
	}
}

// TestNoColour: without colours what matters has a sign, and bold stays.
func TestNoColour(t *testing.T) {
	d := drive(t, truth(t, chain), "It was a", Options{}).size(80, 24)
	d.keys("3").tokens(4).keys("x").typing("Mia").keys("enter", ".", ".")
	var b strings.Builder
	w := &colorprofile.Writer{Forward: &b, Profile: colorprofile.ASCII}
	if _, err := w.WriteString(d.m.Screen()); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(b.String(), "\x1b", "␛")
	if strings.Contains(got, "[38;") || strings.Contains(got, "[48;") {
		t.Error("there are colours")
	}
	golden.String(t, "nocolour-80x24.txt", got+"\n")
}

func TestPictures(t *testing.T) {
	for _, dark := range []bool{true, false} {
		d := drive(t, truth(t, chain), "It was a", Options{Dark: &dark}).size(80, 24)
		d.tokens(6).keys(".", ".")
		golden.Bytes(t, fmt.Sprintf("picture-dark-%v.svg", dark), Picture(d.m.Screen(), dark))
	}
}

// A token that is listed only because it was picked is nowhere on the screen
// before that; one that would be listed anyway is.
func TestPickedIsSecret(t *testing.T) {
	secret := 0
	for seed := range uint64(40) {
		for _, chain := range []string{"temperature=3", "allow=#1/#2/#6/#10"} {
			gen := plain().generator(seed)
			var err error
			if gen.Chain, err = sampler.Parse(chain); err != nil {
				t.Fatal(err)
			}
			gen.Top = 3
			d := drive(t, gen, "It was", Options{}).size(80, 24)
			s := d.m.cur().next
			anyway := s.Rank <= 3
			if chain != "temperature=3" { // two of the four are listed
				better := 0
				for _, top := range s.Top {
					if top.SampledProb > s.SampledProb {
						better++
					}
				}
				anyway = better < 2
			}
			if all := d.m.listable(s, false); (all == len(s.Top)) != anyway {
				t.Fatalf("%s, seed %d: %d of %d are listed, %s is not secret: %t", chain, seed, all, len(s.Top), s.Token, anyway)
			}
			if anyway {
				continue
			}
			secret++
			word := " " + s.Token + " "
			for range 5 {
				d.keys("down")
			}
			if text := d.text(); strings.Contains(text[strings.Index(text, "token"):], word) {
				t.Fatalf("%s, seed %d: %s was picked, and it shows:\n%s", chain, seed, s.Token, text)
			}
			if text := d.keys("esc", "enter").pass(2 * drops).text(); !strings.Contains(text, s.Token) {
				t.Fatalf("%s, seed %d: %s is not shown:\n%s", chain, seed, s.Token, text)
			}
		}
	}
	if secret < 10 {
		t.Errorf("%d were secret", secret)
	}
}
