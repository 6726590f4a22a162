package webtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// pages makes a page of two traces, a comparison and a lesson, and returns its path.
func pages(t *testing.T, language string) string {
	t.Helper()
	folder := t.TempDir()
	run(t, folder, "generate", "--seed", "1", "--top", "8", "--top-p", "0.9", "--temperature", "0.8", "-n", "40", "--log", "trace.jsonl", "One morning")
	run(t, folder, "generate", "-m", "story-ngram", "--seed", "2", "--top", "4", "--beams", "2", "-n", "6", "--log", "beams.jsonl", "One morning")
	run(t, folder, "compare", "-m", "story-ngram", "--samples", "5", "--tokens", "12", "-o", "compared")
	run(t, folder, "explain", "chain-rule", "--json")
	run(t, folder, "report", "--lesson", "chain-rule", "trace.jsonl", "beams.jsonl", "compared", "--lang", language, "-o", "report.html")
	return filepath.Join(folder, "report.html")
}

// TestReportLooks: in light and dark, on a large screen, a phone and on paper,
// the page is whole, can be read, and keeps its policy.
func TestReportLooks(t *testing.T) {
	path := pages(t, "de")
	for _, look := range []struct {
		name          string
		width, height int64
		scheme        string
	}{
		{"light", 1200, 900, "light"},
		{"dark", 1200, 900, "dark"},
		{"phone", 400, 800, "light"},
		{"phone-dark", 400, 800, "dark"},
	} {
		t.Run(look.name, func(t *testing.T) {
			p := open(t, path, look.width, look.height, look.scheme)
			p.accessible("closed")
			p.do(chromedp.Click(chromedp.ID("reveal")))
			for _, d := range []string{"figure details", "details.steps", ".found details"} {
				value[int](p, `{ const l = document.querySelectorAll("`+d+`"); l.forEach((d) => { d.open = true; }); l.length }`)
			}
			p.do(chromedp.Sleep(settle))
			p.accessible("open")
			p.shot("report-" + look.name)
			dark := look.scheme == "dark"
			want(p, `getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 28)"`, dark)
			ground := map[bool]string{false: "rgb(255, 255, 255)", true: "rgb(21, 24, 29)"}[dark]
			want(p, `document.querySelectorAll(".chart").length > 4 && [...document.querySelectorAll(".chart path:first-of-type")].every((g) => getComputedStyle(g).fill === "`+ground+`")`, true)
		})
	}
}

// TestReportPrints: on paper there are no controls, everything closed is open,
// each token has its number, and each section begins a page.
func TestReportPrints(t *testing.T) {
	p := open(t, pages(t, "en"), 1000, 800, "dark")
	if n := p.paper("report"); n < 4 {
		t.Errorf("%d pages of paper for three sections", n)
	}
	p.media("print", "dark")
	want(p, `[...document.querySelectorAll("button, .controls, .up, #tip, .step")].filter((e) => e.checkVisibility()).length`, 0)
	want(p, `[...document.querySelectorAll(".tok small")].every((e) => e.checkVisibility())`, true)
	want(p, `document.querySelector("details.steps td").checkVisibility({contentVisibilityAuto: true})`, true)
	want(p, `document.querySelector(".takeaway").getBoundingClientRect().height > 10`, true)
	want(p, `getComputedStyle(document.body).backgroundColor`, "rgb(255, 255, 255)")
	p.media("", "dark")
	want(p, `document.querySelectorAll("details[open]").length`, 0)
}

// TestKeys: the page can be used without a pointer.
func TestKeys(t *testing.T) {
	p := open(t, pages(t, "en"), 1100, 800, "light")
	p.key(kb.Tab)
	want(p, `document.activeElement.className`, "skip")
	p.key(kb.Enter)
	p.do(chromedp.Sleep(settle))
	want(p, `document.activeElement.id`, "content")

	// Everything that can be used is reached, in order.
	reached := map[string]bool{}
	for range 60 {
		p.key(kb.Tab)
		if bare := value[string](p, `{ const a = document.activeElement, s = getComputedStyle(a); a === document.body || parseFloat(s.outlineWidth) >= 2 && s.outlineStyle !== "none" ? "" : a.outerHTML.slice(0, 90) }`); bare != "" {
			t.Errorf("the focus is not seen on %s", bare)
		}
		reached[value[string](p, `{ const a = document.activeElement; a.id || a.className || a.tagName }`)] = true
	}
	for _, name := range []string{"tok s9", "figures", "SUMMARY"} {
		found := false
		for r := range reached {
			found = found || strings.HasPrefix(r, name)
		}
		if !found {
			t.Errorf("the keyboard does not reach %s: %v", name, reached)
		}
	}

	// Through the text.
	value[bool](p, `document.querySelector(".tok").focus(), true`)
	at := `Number(document.querySelector(".tok[aria-current]").dataset.t)`
	said := `document.querySelector(".said").textContent`
	want(p, at, 0)
	p.key(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)
	want(p, at, 3)
	want(p, `Number(document.activeElement.dataset.t)`, 3)
	token := value[string](p, `document.querySelector(".tok[aria-current] bdi").textContent`)
	want(p, said, "Step 3 (of 0 to 39): "+token)
	want(p, `document.querySelector(".step tr.chosen bdi").textContent`, token)
	p.key(kb.ArrowLeft)
	want(p, at, 2)
	p.key(kb.End)
	want(p, at, 39)
	p.key(kb.ArrowRight)
	want(p, at, 39)
	p.key(kb.Home)
	want(p, at, 0)

	// The slider has arrows of its own; an answer opens what came out.
	value[bool](p, `document.querySelector(".controls input").focus(), true`)
	p.key(kb.ArrowRight)
	want(p, at, 1)
	value[bool](p, `document.querySelector(".options summary").focus(), true`)
	want(p, `document.querySelector("details.reveal").open`, false)
	p.key(kb.Enter)
	p.do(chromedp.Sleep(settle))
	want(p, `document.querySelector("details.reveal").open`, true)
}

// TestPointer: a click chooses a token, hovering shows its candidates and what
// the stages did, Escape closes that, and the theme can be changed.
func TestPointer(t *testing.T) {
	p := open(t, pages(t, "en"), 1100, 900, "light")
	p.do(chromedp.Click(chromedp.CSS(`.tok[data-t="4"]`)))
	want(p, `document.querySelector(".tok[aria-current]").dataset.t`, "4")
	p.do(chromedp.Click(chromedp.CSS(`.controls button:nth-of-type(3)`)))
	want(p, `document.querySelector(".tok[aria-current]").dataset.t`, "5")

	box := value[[]float64](p, `{ const e = document.querySelector('.tok[data-t="3"]'); e.scrollIntoView({block: "center"}); const b = e.getBoundingClientRect(); [b.x + b.width / 2, b.y + b.height / 2] }`)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, box[0], box[1]))
	want(p, `document.getElementById("tip").hidden`, false)
	want(p, `document.querySelectorAll("#tip table").length`, 2)
	want(p, `document.querySelector("#tip").textContent.includes("top_p (p = 0.9)")`, true)
	p.accessible("with a tip")
	p.shot("report-tip")
	p.key(kb.Escape)
	want(p, `document.getElementById("tip").hidden`, true)

	p.do(chromedp.Click(chromedp.CSS(".figures")))
	want(p, `document.querySelector(".tok small").checkVisibility()`, true)
	p.do(chromedp.Click(chromedp.ID("theme")))
	want(p, `document.documentElement.dataset.theme`, "dark")
	p.accessible("after the switch to dark")
	p.do(chromedp.Click(chromedp.ID("theme")))
	want(p, `getComputedStyle(document.body).backgroundColor`, "rgb(255, 255, 255)")
}

// TestWithoutScript: what a page says is there without its script.
func TestWithoutScript(t *testing.T) {
	p := open(t, pages(t, "en"), 1100, 900, "light")
	p.scripts(false)
	p.do(chromedp.Reload())
	p.scripts(true)
	want(p, `document.getElementById("tip")`, any(nil))
	want(p, `document.querySelectorAll(".tok").length`, 40+6)
	want(p, `document.querySelectorAll(".overview tbody th").length > 2`, true)
	want(p, `[...document.querySelectorAll("button")].filter((e) => e.checkVisibility()).length`, 0)
	p.do(chromedp.Click(chromedp.CSS("details.reveal > summary")))
	want(p, `document.querySelector(".takeaway").checkVisibility()`, true)
	p.shot("report-no-script")
}

// TestHostile: a trace whose model, prompt, tokens and file are markup and code is
// shown as text.
func TestHostile(t *testing.T) {
	folder := t.TempDir()
	token := `</script><script>canary()</script><img src=x onerror=canary()>\u202e\u0000]]>\"'`
	step := `{"type":"step","t":0,"id":1,"token":"` + token + `","text":"` + token + `","logprob":-0.5,"prob":0.6065,"top":[{"id":1,"token":"` + token +
		`","prob":0.6065,"rank":1,"sampled_prob":0.6},{"id":2,"token":"` + token + `","prob":0.1,"rank":2,"sampled_prob":0,"removed_by":"` + token + `","why":"` + token + `"}],` +
		`"stages":[{"name":"` + token + `","params":{},"in":3,"kept":1,"mass_removed":0.1,"entropy_in":1,"entropy":0}]}`
	log := `{"type":"header","version":1,"model":{"ref":"` + token + `","kind":"ngram","vocab_size":3},"prompt":"` + token + `","prompt_ids":[0],"prompt_text":"` + token + `","chain":"` + token + `","seed":1}` +
		"\n" + step + "\n" + `{"type":"end","reason":"` + token + `","tokens":1,"text":"` + token + `","logprob":-0.5}` + "\n"
	name := `a' onload=canary() <img src=x onerror=canary()>.jsonl`
	if os.PathSeparator == '\\' {
		name = "a' onload=canary().jsonl"
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, folder, "report", name, "-o", "hostile.html", "--title", `</title><script>canary()</script>`)
	p := open(t, filepath.Join(folder, "hostile.html"), 1000, 800, "light")
	p.do(chromedp.Click(chromedp.CSS(".tok")))
	p.do(chromedp.Click(chromedp.CSS("details.steps > summary")))
	p.do(chromedp.Sleep(settle))
	want(p, `document.querySelectorAll("img, iframe, object, embed, base, link").length`, 0)
	want(p, `document.scripts.length`, 3)
	want(p, `document.querySelector(".tok bdi").textContent.startsWith("</script><script>canary()</script><img src=x onerror=canary()>")`, true)
	want(p, `document.title`, `</title><script>canary()</script>`)
	want(p, `/[\u202e\u0000]/.test(document.documentElement.textContent)`, false)
	p.accessible("hostile")
	p.shot("report-hostile")

	// The watch is awake: what the page may not do is noticed.
	want(p, `{ const s = document.createElement("script"); s.textContent = "canary()"; document.body.append(s); const i = new Image(); i.src = "file:///x.png"; document.body.append(i); 0 }`, 0)
	p.do(chromedp.Sleep(settle))
	if seen := value[[]string](p, `seen.splice(0)`); len(seen) < 2 || strings.Contains(strings.Join(seen, " "), "run as code") {
		t.Errorf("what the policy stops is not noticed: %q", seen)
	}
	p.mu.Lock()
	p.wrong = nil // it said so itself
	p.mu.Unlock()
}
