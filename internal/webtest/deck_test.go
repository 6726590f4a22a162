package webtest

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestDeck: keys turn the slides, the question stands before its answer, notes and
// overview come and go, and a slide is a page of paper.
func TestDeck(t *testing.T) {
	folder := t.TempDir()
	run(t, folder, "report", "--deck", "chain-rule,loop,quiz-right", "-o", "deck.html")
	p := open(t, filepath.Join(folder, "deck.html"), 1280, 720, "light")
	all := value[int](p, `document.querySelectorAll(".slide").length`)
	if all < 20 {
		t.Errorf("%d slides of three lessons", all)
	}
	now := `Number(document.querySelector(".slide.now").id.slice(6))`
	visible := `[...document.querySelectorAll(".slide")].filter((s) => s.checkVisibility()).length`
	want(p, now, 1)
	want(p, visible, 1)
	for i, key := range []string{kb.ArrowRight, kb.PageDown, " "} {
		p.key(key)
		want(p, now, i+2)
	}
	p.key(kb.ArrowLeft, kb.PageUp)
	want(p, now, 2)
	want(p, `document.activeElement.id`, "slide-2")
	want(p, `document.getElementById("where").textContent`, "Slide 2 of "+value[string](p, `String(slides.length)`))
	p.key(kb.End)
	want(p, now, all)
	want(p, `document.getElementById("progress").style.width`, "100%")
	p.key(kb.ArrowRight)
	want(p, now, all)
	p.key(kb.Home)
	want(p, now, 1)

	// The question comes before what was found, and says nothing of it.
	first := func(kind string) int {
		return value[int](p, `slides.findIndex((s) => s.classList.contains("`+kind+`"))`)
	}
	ask, found := first("ask"), first("found")
	if ask < 1 || found != ask+1 {
		t.Errorf("the question is slide %d, what was found %d", ask+1, found+1)
	}

	help := `document.getElementById("help").checkVisibility()`
	want(p, help, false)
	p.key("?")
	want(p, help, true)
	p.accessible("with the keys")
	p.key(kb.Escape)
	want(p, help, false)
	p.key("d")
	want(p, `document.documentElement.dataset.theme`, "dark")
	p.key("d")
	want(p, `document.documentElement.dataset.theme`, "light")

	notes := `document.querySelector(".slide.now .notes").checkVisibility()`
	p.key(kb.ArrowRight)
	want(p, notes, false)
	p.key("n")
	want(p, notes, true)
	p.accessible("with notes")
	p.shot("deck-notes")
	p.key("n")
	want(p, notes, false)
	p.key("o")
	want(p, visible, all)
	p.accessible("overview")
	p.shot("deck-overview")
	p.do(chromedp.Click(chromedp.CSS("#slide-5")))
	want(p, now, 5)
	want(p, visible, 1)
	p.key("o", kb.Escape)
	want(p, visible, 1)

	// Each slide fits the screen of a projector.
	p.key(kb.Home)
	for i := range all {
		if i > 0 {
			p.key(kb.ArrowRight)
		}
		p.accessible("slide")
		if high := value[float64](p, `document.documentElement.scrollHeight`); high > 720 {
			t.Errorf("slide %d is %.0f high, the screen 720", i+1, high)
		}
	}
	if n := p.paper("deck"); n != all {
		t.Errorf("%d slides are %d pages of paper", all, n)
	}
}

// TestDeckLooks: slides on a dark screen and a phone, and without the script.
func TestDeckLooks(t *testing.T) {
	folder := t.TempDir()
	run(t, folder, "report", "--deck", "chain-rule", "--lang", "de", "-o", "deck.html")
	path := filepath.Join(folder, "deck.html")
	for _, look := range []struct {
		name          string
		width, height int64
		scheme        string
	}{{"dark", 1280, 720, "dark"}, {"phone", 400, 800, "light"}} {
		p := open(t, path, look.width, look.height, look.scheme)
		for range 8 {
			p.accessible(look.name)
			p.key(kb.ArrowRight)
		}
		p.do(chromedp.Evaluate[chromedp.Void](`location.hash = "#slide-4"`), chromedp.Sleep(settle))
		want(p, `document.querySelector(".slide.now").id`, "slide-4")
		p.shot("deck-" + look.name)
	}
	p := open(t, path, 1000, 700, "light")
	p.scripts(false)
	p.do(chromedp.Reload())
	p.scripts(true)
	want(p, `[...document.querySelectorAll(".slide")].every((s) => s.checkVisibility() && (!s.querySelector(".notes") || s.querySelector(".notes").checkVisibility()))`, true)
	p.shot("deck-no-script")
}
