package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// at is a clock that is moved by hand.
type at struct{ now time.Time }

func (a *at) clock() time.Time { return a.now }

func (a *at) pass(d time.Duration) { a.now = a.now.Add(d) }

func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	time0 := &at{time.Unix(1000, 0)}
	p := &progress{w: &out, clock: time0.clock}
	for i := range int64(101) {
		p.set("counting", i*100, 10000, "bytes")
		time0.pass(50 * time.Millisecond)
	}
	p.set("sorting", 5, 0, "tokens") // nobody knows how far that is
	p.end()
	// The first tenth comes after 0.5 s, the last is no news.
	want := ""
	for _, tenth := range []string{"10 %, 1,000", "20 %, 2,000", "30 %, 3,000", "40 %, 4,000", "50 %, 5,000", "60 %, 6,000", "70 %, 7,000", "80 %, 8,000", "90 %, 9,000"} {
		want += "argen: counting " + tenth + " bytes\n"
	}
	if out.String() != want {
		t.Errorf("it says\n%s", out.String())
	}

	out.Reset()
	for i := range int64(11) { // done before anybody wonders
		p.set("quick", i, 10, "bytes")
	}
	if out.Len() > 0 {
		t.Errorf("a quick job says %q", out.String())
	}
}

func TestProgressBar(t *testing.T) {
	var out bytes.Buffer
	time0 := &at{time.Unix(1000, 0)}
	p := &progress{w: &out, bar: true, clock: time0.clock}
	for i := range int64(41) {
		p.set("counting", i*1000, 40000, "bytes")
		time0.pass(100 * time.Millisecond)
	}
	p.set("smoothing", 12345, 0, "tokens")
	p.end()
	lines := strings.Split(out.String(), "\r")
	// Drawn every 0.2 s: 21 times, then the next stage, then wiped.
	if len(lines) != 25 {
		t.Errorf("drawn %d times", len(lines))
	}
	if want := "counting   ━━━━━━━━━━━━────────────  50 %  10 k bytes/s, 2 s left"; lines[11] != want {
		t.Errorf("half way it says %q, want %q", lines[11], want)
	}
	if want := "smoothing  12,345 tokens"; strings.TrimRight(lines[22], " ") != want {
		t.Errorf("then it says %q, want %q", lines[22], want)
	}
	if wiped := lines[23]; strings.TrimSpace(wiped) != "" {
		t.Errorf("at the end there is %q", wiped)
	}
	for _, l := range lines {
		if len([]rune(l)) > 79 {
			t.Errorf("%q is too wide", l)
		}
	}
}

func TestProgressQuiet(t *testing.T) {
	var out bytes.Buffer
	a := newApp(nil, nil, &out, func(string) string { return "" })
	a.quiet = true
	p := a.progress()
	p.set("counting", 9, 10, "bytes")
	p.end()
	if out.Len() > 0 {
		t.Errorf("--quiet says %q", out.String())
	}
	a.quiet, a.stderrTTY = false, true
	a.env = func(name string) string { return map[string]string{"TERM": "dumb"}[name] }
	if a.progress().bar {
		t.Error("a bar on a dumb terminal")
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1: "-1", -123: "-123", -1234: "-1,234", math.MaxInt64: "9,223,372,036,854,775,807"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
	for x, want := range map[float64]string{0: "0", 1.5: "1.5", 999: "999", 1000: "1 k", 1234567: "1.23 M", 5e9: "5 G", 5e12: "5 T"} {
		if got := amount(x); got != want {
			t.Errorf("amount(%g) = %s, want %s", x, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1,023 bytes", 1024: "1 KiB", 1536: "1.5 KiB", 5 << 30: "5 GiB", 3 << 50: "3072 TiB"} {
		if got := sizeText(n); got != want {
			t.Errorf("sizeText(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{"0": 0, "4096": 4096, "1k": 1024, "500M": 500 << 20, "1.5G": 3 << 29, "2GiB": 2 << 30, "2 gb": 2 << 30, "1T": 1 << 40, "7B": 7} {
		var s byteSize
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%q is %d, %v, want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "G", "-1", "1Q", "1e400", "NaN", "Inf", "0x10", "1_000", "1MM", "9999999999T", "1.2.3"} {
		s := byteSize(5)
		if err := s.Set(text); err == nil || s != 5 {
			t.Errorf("%q is taken as %d", text, s)
		}
	}
}

// TestNarrowBar: on a terminal that is too narrow for it a bar is cut, so that the
// next one stands in its place.
func TestNarrowBar(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, bar: true, wide: func() int { return 40 }, clock: time.Now}
	p.set("quiz-parallel", 3, 10, "parts")
	p.end()
	lines := strings.Split(b.String(), "\r")
	if len(lines) < 3 || !strings.HasPrefix(lines[1], "quiz-parallel ━") {
		t.Fatalf("%q", b.String())
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > 39 {
			t.Errorf("%q has %d columns", line, n)
		}
	}
}
