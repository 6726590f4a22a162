package webtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// moving writes an animation of six steps, light and dark, and a page that has
// both.
func moving(t *testing.T) (svg, both string) {
	t.Helper()
	folder := t.TempDir()
	run(t, folder, "generate", "-q", "-m", "truth", "-n", "6", "--seed", "1", "--top", "5", "--log", "t.jsonl")
	page := "<!DOCTYPE html><html lang=en><title>two</title>"
	for _, theme := range []string{"light", "dark"} {
		run(t, folder, "plot", "-q", "animate", "t.jsonl", "--delay", "120ms", "--theme", theme, "-o", theme+".svg")
		text, err := os.ReadFile(filepath.Join(folder, theme+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		page += "<div class=" + theme + ">" + string(text) + "</div>"
	}
	both = filepath.Join(folder, "both.html")
	if err := os.WriteFile(both, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "light.svg"), both
}

// motion says whether the reader wants less of it.
func (p *tab) motion(reduce, media string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: reduce}},
	})
	time.Sleep(settle)
}

// visible is a script for the numbers of the frames that are seen.
func visible(within string) string {
	return `[...document.querySelectorAll('` + within + ` [class*="-run"] > g[id]')].map((g, i) => getComputedStyle(g).visibility == "visible" ? i : "").join("")`
}

// seen is the frames that are seen in a second, in order.
func (p *tab) seen(within string) string {
	p.t.Helper()
	return p.watched(within, 20)
}

// plays reports whether the frames change: on a busy machine that may take a while.
func (p *tab) plays(within string) bool {
	p.t.Helper()
	const distinct = 3
	for range 10 {
		if len(p.watched(within, 20)) >= distinct {
			return true
		}
	}
	return false
}

// watched is the frames that are seen at some times, 50 ms apart; of frames in a
// row that are the same it has one.
func (p *tab) watched(within string, times int) (all string) {
	p.t.Helper()
	for range times {
		now := value[string](p, visible(within))
		if len(now) != 1 {
			p.t.Fatalf("the frames %q are seen at once", now)
		}
		if !strings.HasSuffix(all, now) {
			all += now
		}
		time.Sleep(50 * time.Millisecond)
	}
	return all
}

// link clicks one of the links below the picture.
func (p *tab) link(within, to string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(within + ` a[href$="-` + to + `"]`)))
	time.Sleep(settle)
}

// A run plays a frame at a time, in order, and begins anew.
func TestAnimationPlays(t *testing.T) {
	svg, _ := moving(t)
	p := open(t, svg, 800, 700, "light")
	p.motion("no-preference", "")
	if !p.plays("") {
		t.Error("it stands")
	}
	p.shot("animate")
	for k, frame := range []int{0, 1, 2, 3, 4, 5, 5, 5, 0, 1} { // the last stays three times as long
		script := fmt.Sprintf(`document.getAnimations().forEach(a => { a.pause(); a.currentTime = %d; }), `, 120*k+60)
		want(p, script+visible(""), fmt.Sprint(frame))
	}
}

// It stops by a link, by the pointer and by the focus, and goes on by play, with
// the pointer and the focus still there; a link to a step shows that alone.
func TestAnimationStops(t *testing.T) {
	svg, _ := moving(t)
	p := open(t, svg, 800, 700, "light")
	p.motion("no-preference", "")
	stands := func(why string) string {
		t.Helper()
		time.Sleep(settle)
		got := p.seen("")
		if len(got) != 1 {
			t.Errorf("%s: the frames %q in a second", why, got)
		}
		return got
	}
	plays := func(why string) {
		t.Helper()
		if !p.plays("") {
			t.Errorf("%s: it stands", why)
		}
	}
	p.link("", "pause")
	stands("pause")
	p.link("", "play")
	plays("play")
	p.link("", "s2")
	if got := stands("the link to the third frame"); got != "2" {
		t.Errorf("it shows frame %s", got)
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement?.blur(), location.hash = "", undefined`))
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, 799, 699))
	plays("nothing is asked")
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, 300, 200))
	stands("the pointer over it")
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, 799, 699))
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("a").focus(), undefined`))
	stands("the focus in it")
	p.key(kb.Tab, kb.Enter)
	plays("play by key")
	p.key(kb.Tab, kb.Enter)
	if got := stands("a step by key"); got != "0" {
		t.Errorf("it shows frame %s", got)
	}
	p.key(kb.Tab, kb.Enter)
	if got := stands("the next step by key"); got != "1" {
		t.Errorf("it shows frame %s after the first", got)
	}
}

// Who wants less motion sees the end, and the run only after play. Paper has the
// end.
func TestAnimationKeepsStill(t *testing.T) {
	svg, _ := moving(t)
	p := open(t, svg, 800, 700, "light")
	p.motion("reduce", "")
	if got := p.seen(""); got != "5" {
		t.Errorf("the frames %q where motion is not wanted", got)
	}
	p.link("", "s1")
	if got := p.seen(""); got != "1" {
		t.Errorf("the frames %q of one", got)
	}
	p.link("", "play")
	if !p.plays("") {
		t.Error("it stands after play")
	}
	p.motion("no-preference", "print")
	if got := p.seen(""); got != "5" {
		t.Errorf("the frames %q on paper", got)
	}
}

// Two in one page do not move each other.
func TestAnimationsInOnePage(t *testing.T) {
	_, both := moving(t)
	p := open(t, both, 800, 1400, "light")
	p.motion("no-preference", "")
	want(p, `new Set([...document.querySelectorAll("[id]")].map(e => e.id)).size == document.querySelectorAll("[id]").length`, true)
	p.link(".light", "pause")
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement?.blur(), undefined`))
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
	if got := p.seen(".light"); len(got) != 1 {
		t.Errorf("the frames %q of the one that stands", got)
	}
	if !p.plays(".dark") {
		t.Error("the other stands")
	}
}
