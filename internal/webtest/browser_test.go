package webtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browsers are the commands that may be one, in the order in which they are
// looked for.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chromium-headless-shell"}

var (
	argenPath string          // the program, built from this repository
	shots     string          // the folder for what pages look like
	started   context.Context // a browser that all tests open their tabs in
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		path := ""
		for _, name := range browsers {
			if found, err := exec.LookPath(name); err == nil {
				path = found
				break
			}
		}
		if path == "" {
			fmt.Fprintln(os.Stderr, "webtest: there is no browser to test pages in: install Chromium (Debian: apt-get install chromium)")
			return 1
		}
		folder, err := os.MkdirTemp("", "webtest")
		if err != nil {
			fmt.Fprintln(os.Stderr, "webtest:", err)
			return 1
		}
		defer os.RemoveAll(folder)
		top, err := filepath.Abs("../..")
		if err == nil {
			argenPath, shots = filepath.Join(folder, "argen"), filepath.Join(top, "bin", "pages")
			err = os.MkdirAll(shots, 0o755)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "webtest:", err)
			return 1
		}
		build := exec.Command("go", "build", "-o", argenPath, "./cmd/argen")
		build.Dir, build.Stderr = top, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "webtest: go build:", err)
			return 1
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(folder, "profile")))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		defer stop()
		var end context.CancelFunc
		started, end = chromedp.NewContext(allocator)
		defer end()
		if err := chromedp.Do(started); err != nil {
			fmt.Fprintf(os.Stderr, "webtest: %s does not start: %v\n", path, err)
			return 1
		}
		return m.Run()
	}())
}

// run runs argen in a folder and returns what it prints.
func run(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.Command(argenPath, args...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("argen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// A tab is one page in the browser, with all that went wrong on it.
type tab struct {
	t    *testing.T
	ctx  context.Context
	name string

	mu    sync.Mutex
	wrong []string
}

// watch is there before the page: a text that is run as code calls canary, and
// what the policy stops is noted.
const watch = `
try { localStorage.removeItem("argen-theme"); } catch (e) { /* a page of its own */ }
window.seen = [];
window.canary = () => seen.push("a text was run as code");
addEventListener("securitypolicyviolation", (e) => seen.push("the policy stopped " + e.violatedDirective + " " + e.blockedURI));
`

// open opens a page of a file as wide and high as given, light or dark.
func open(t *testing.T, path string, width, height int64, scheme string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(started)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx, name: strings.TrimSuffix(filepath.Base(path), ".html")}
	address := (&url.URL{Scheme: "file", Path: path}).String()
	p.do(chromedp.Sleep(0)) // opens the tab
	if err := chromedp.Listen(ctx, func(ev any) { p.heard(ev, address) }); err != nil {
		t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
	p.media("", scheme)
	p.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(address))
	t.Cleanup(p.check)
	return p
}

// heard notes what a page says or fetches.
func (p *tab) heard(ev any, address string) {
	note := ""
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		note = fmt.Sprintf("console.%s", ev.Type)
		for _, arg := range ev.Args {
			note += fmt.Sprintf(" %s%s", arg.Value, arg.Description)
		}
	case *runtime.EventExceptionThrown:
		note = "exception: " + ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			note += " " + e.Description
		}
	case *log.EventEntryAdded:
		note = fmt.Sprintf("log: %s %s: %s", ev.Entry.Source, ev.Entry.Level, ev.Entry.Text)
	case *network.EventRequestWillBeSent:
		to := ev.Request.URL
		if before, _, _ := strings.Cut(to, "#"); before != address && !strings.HasPrefix(to, "data:") && !strings.HasPrefix(to, "blob:") {
			note = "fetches " + to
		}
	}
	if note != "" {
		p.mu.Lock()
		p.wrong = append(p.wrong, note)
		p.mu.Unlock()
	}
}

// check fails the test if anything was wrong with the page.
func (p *tab) check() {
	if p.ctx.Err() == nil {
		if seen, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string]("window.seen")); err == nil {
			p.mu.Lock()
			p.wrong = append(p.wrong, seen...)
			p.mu.Unlock()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.wrong {
		p.t.Errorf("%s: %s", p.name, w)
	}
}

// do does steps, which must work.
func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// value is what a script gives.
func value[T any](p *tab, script string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		p.t.Fatalf("%s: %.200s: %v", p.name, script, err)
	}
	return v
}

// want checks what a script gives.
func want[T comparable](p *tab, script string, expected T) {
	p.t.Helper()
	if got := value[T](p, script); got != expected {
		p.t.Errorf("%s: %s is %v, want %v", p.name, script, got, expected)
	}
}

// media is what the page is shown on: "" for the screen or "print", light or
// dark.
func (p *tab) media(kind, scheme string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: kind, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
}

// scripts says whether a page that is loaded now may run its script.
func (p *tab) scripts(on bool) {
	p.t.Helper()
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// shot keeps a picture of the whole page.
func (p *tab) shot(name string) {
	p.t.Helper()
	data, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if len(data) < 5000 {
		p.t.Errorf("%s: the picture %s has %d bytes: there is nothing on it", p.name, name, len(data))
	}
	if err := os.WriteFile(filepath.Join(shots, name+".png"), data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// paper is the page as PDF, and how many pages that has.
func (p *tab) paper(name string) int {
	p.t.Helper()
	data, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shots, name+".pdf"), data, 0o644); err != nil {
		p.t.Fatal(err)
	}
	return strings.Count(string(data), "/Type /Page\n")
}

// key presses keys.
func (p *tab) key(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		p.do(chromedp.KeyEvent(k))
	}
}

// settle is how long a page gets for what comes after an event.
const settle = 150 * time.Millisecond
