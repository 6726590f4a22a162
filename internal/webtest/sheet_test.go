package webtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// TestSheet: a worksheet is filled in by keyboard and saved as a file that argen
// grades.
func TestSheet(t *testing.T) {
	folder := t.TempDir()
	run(t, folder, "report", "--worksheet", "--exercises", "6", "--seed", "7", "-o", "sheet.html")
	p := open(t, filepath.Join(folder, "sheet.html"), 900, 800, "light")
	p.accessible("empty")
	p.shot("sheet-light")
	call(p, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder})

	p.do(chromedp.SendKeys(chromedp.ID("student"), "Ada Lovelace <b>"))
	fields := value[int](p, `document.querySelectorAll(".answer input:not([type=radio])").length`)
	choices := value[int](p, `document.querySelectorAll(".answer fieldset, fieldset.answer").length`)
	if fields+choices != 6 {
		t.Fatalf("%d fields and %d choices for 6 exercises", fields, choices)
	}
	value[int](p, `{ let n = 0; for (const a of document.querySelectorAll(".exercise .answer")) { n++; const r = a.querySelectorAll("input[type=radio]"); if (r.length) r[1].click(); else a.querySelector("input").value = " 0." + n + " "; } n }`)
	p.do(chromedp.Click(chromedp.ID("save")))
	path := filepath.Join(folder, "answers-ada-lovelace-b.json")
	var data []byte
	for range 50 {
		var err error
		if data, err = os.ReadFile(path); err == nil && len(data) > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	var saved struct {
		Worksheet int
		Seed      string
		Check     string
		Student   string
		Lessons   []string
		Answers   []string
	}
	if err := json.Unmarshal(data, &saved); err != nil {
		t.Fatalf("%v in %q", err, data)
	}
	if saved.Worksheet != 1 || saved.Seed != "7" || saved.Check == "" || saved.Student != "Ada Lovelace <b>" || len(saved.Lessons) != 6 || len(saved.Answers) != 6 {
		t.Errorf("saved is %s", data)
	}
	for i, a := range saved.Answers {
		if number := "0." + string(rune('1'+i)); a != number && a != "b" {
			t.Errorf("answer %d is %q", i+1, a)
		}
	}
	if graded := run(t, folder, "explain", "grade", filepath.Base(path)); !strings.Contains(graded, "Ada Lovelace <b>") || !strings.Contains(graded, " of 6 right") || strings.Contains(graded, "cannot be read") {
		t.Errorf("graded: %s", graded)
	}
	want(p, `document.getElementById("saved").textContent`, "Saved as answers-ada-lovelace-b.json.")
	if n := p.paper("sheet"); n < 1 {
		t.Errorf("%d pages of paper", n)
	}
	p.media("print", "light")
	want(p, `[...document.querySelectorAll("button")].filter((e) => e.checkVisibility()).length`, 0)
	want(p, `[...document.querySelectorAll(".working")].every((e) => e.getBoundingClientRect().height > 60)`, true)
}

// TestSheetLooks: a worksheet on a phone, and its key in the dark.
func TestSheetLooks(t *testing.T) {
	folder := t.TempDir()
	run(t, folder, "report", "--worksheet", "--seed", "3", "--lang", "de", "-o", "sheet.html")
	run(t, folder, "report", "--worksheet", "--seed", "3", "--lang", "de", "--key", "-o", "key.html")
	p := open(t, filepath.Join(folder, "sheet.html"), 400, 800, "light")
	p.accessible("phone")
	p.shot("sheet-phone")
	p = open(t, filepath.Join(folder, "key.html"), 900, 800, "dark")
	p.accessible("key")
	p.shot("key-dark")
	want(p, `document.querySelectorAll(".exercise").length > 3 && [...document.querySelectorAll(".exercise")].every((e) => e.querySelector(".answer .good").textContent !== "")`, true)
	p.paper("key")
}
