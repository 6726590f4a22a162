package report

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"argen"
	"argen/internal/lesson"
	"argen/viz"
)

var (
	idOf  = regexp.MustCompile(`\sid="([^"]+)"`)
	refTo = regexp.MustCompile(`\s(?:aria-labelledby|aria-describedby|aria-controls|for|href)="#?([^"]+)"`)
)

// TestIDs: each id of a page is there once, and what refers to one finds it.
func TestIDs(t *testing.T) {
	for name, page := range pages(t, "en", "plain") {
		ids := map[string]bool{}
		for _, m := range idOf.FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s has the id %s twice", name, m[1])
			}
			ids[m[1]] = true
		}
		charts := 0
		for _, m := range refTo.FindAllStringSubmatch(page, -1) {
			for _, id := range strings.Fields(m[1]) {
				if !ids[id] {
					t.Errorf("%s refers to %s, which is not there", name, id)
				}
				if strings.HasPrefix(id, "chart-") {
					charts++
				}
			}
		}
		if drawn := strings.Count(page, "<svg"); charts < drawn {
			t.Errorf("%s has %d pictures and %d names of charts", name, drawn, charts)
		}
	}
}

// TestLeftCharts: a figure has its picture where there is room for it; else the page
// says that it has none. What cannot be drawn is no figure.
func TestLeftCharts(t *testing.T) {
	draw := func() (*viz.Figure, error) {
		c := record("plain").Charts[0]
		return c.Figure()
	}
	for i, th := range thrifts {
		p := generous(t)
		p.thrift = th
		f, err := p.figure("a", draw)
		if err != nil || (f.SVG != "") != th.charts {
			t.Errorf("thrift %d: a picture of %d bytes, %v", i, len(f.SVG), err)
		}
		if f.Title != "plain" || f.Read != "plain" {
			t.Errorf("thrift %d: it is called %q and says %q", i, f.Title, f.Read)
		}
		want := "[]"
		if !th.charts {
			want = "[the charts]"
		}
		if got := fmt.Sprint(p.notes); got != want {
			t.Errorf("thrift %d: the page notes %s, want %s", i, got, want)
		}
		broken := errors.New("nothing to draw")
		for range 2 {
			if _, err := p.figure("b", func() (*viz.Figure, error) { return nil, broken }); !errors.Is(err, broken) {
				t.Errorf("what cannot be drawn: %v", err)
			}
		}
	}
}

// TestTitles: a page without a title has that of what is on it.
func TestTitles(t *testing.T) {
	c := catalogue(t, "en")
	one, two := record("first"), record("second")
	for want, page := range map[string]interface {
		render(p *page) ([]byte, error)
	}{
		"Report":                      &Report{Words: c},
		"Mine":                        &Report{Words: c, Title: "Mine"},
		"Worksheet":                   &Sheet{Words: c, Worksheet: worksheet("x")},
		"Worksheet, with the answers": &Sheet{Words: c, Worksheet: worksheet("x"), Key: true},
		"first":                       &Deck{Words: c, Records: []*lesson.Record{one}},
		"Slides":                      &Deck{Words: c, Records: []*lesson.Record{one, two}},
		"My slides":                   &Deck{Words: c, Title: "My slides", Records: []*lesson.Record{one}},
	} {
		data, err := page.render(generous(t))
		if err != nil || !bytes.Contains(data, []byte("<title>"+want+"</title>")) {
			t.Errorf("no title %q: %v", want, err)
		}
	}
}

// TestEmptyTrace: a trace of nothing has no totals and no charts.
func TestEmptyTrace(t *testing.T) {
	s, err := Trace{Name: "x", Trace: &argen.Trace{}}.section(generous(t))
	if err != nil {
		t.Fatal(err)
	}
	if v := s.View.(traceView); v.Total != nil || v.Figures != nil || v.Ended != "the log has no end" || v.Steps.Note != "" {
		t.Errorf("%+v", v)
	}
}

// TestDeckInOrder: a lesson is taught from its claim to its task, with what the
// speaker needs.
func TestDeckInOrder(t *testing.T) {
	r := record("x")
	p := generous(t)
	list, err := p.slides(r)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for i, s := range list {
		kinds = append(kinds, s.Kind)
		if want := "x"; i > 0 && s.Label != want || i == 0 && s.Label != "" {
			t.Errorf("slide %d has the label %q", i, s.Label)
		}
	}
	if got := strings.Join(kinds, " "); got != "title ask found figure figure figure table say say big say" {
		t.Errorf("the slides are %s", got)
	}
	for i, want := range map[int]string{
		0: "[Before the lesson, or live: argen explain x -m x --seed 3 The figures on these slides were measured on x.]",
		1: "[Let everyone choose before the next slide, by a show of hands. Right is b): x]",
		2: "[The deciding number is x. x Measured 28 % [25, 31], must be ≤ 50 %: holds.]",
	} {
		if got := fmt.Sprint(list[i].Notes); got != want {
			t.Errorf("the notes of slide %d are %s, want %s", i, got, want)
		}
	}
	if f := list[2]; f.Big != "28 % [25, 31]" || f.Good != "good" || f.Texts[0] != "x It must be ≤ 50 %: holds." {
		t.Errorf("%+v", f)
	}
	r.Holds, r.Texts.Question, r.Texts.Task = false, "", ""
	if list, err = p.slides(r); err != nil || len(list) != 9 || list[1].Good != "bad" {
		t.Errorf("without a question and a task: %d slides, %v", len(list), err)
	}
	for n, want := range map[int]bool{380: false, 381: true} {
		if got := (slide{Texts: []string{strings.Repeat("é", n)}}).Long(); got != want {
			t.Errorf("%d letters are long: %v", n, got)
		}
	}
	for n, want := range map[int]bool{7: false, 8: true} {
		if got := (slide{Table: table{Rows: make([][]string, n)}}).Long(); got != want {
			t.Errorf("%d rows are long: %v", n, got)
		}
	}
}

// TestQuizSlide: the quiz is asked with all its options, and whoever speaks knows
// which is right.
func TestQuizSlide(t *testing.T) {
	q := &lesson.QuizRecord{Question: "Why?", Options: []lesson.QuizOption{{Text: "one"}, {Text: "two", Right: true}, {Text: "three"}}}
	list := generous(t).quizSlides(q)
	if len(list) != 1 || list[0].Title != "Why?" {
		t.Fatalf("%+v", list)
	}
	got := fmt.Sprint(list[0].Options, list[0].Notes)
	if want := fmt.Sprint([]option{{Text: "one", Known: true}, {Text: "two", Right: true, Known: true}, {Text: "three", Known: true}},
		[]string{"Let everyone choose before the next slide, by a show of hands.", "Right is b): two"}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestFound: of several verdicts on the deciding number its slide says the first,
// and the notes have all.
func TestFound(t *testing.T) {
	r := record("x")
	r.Verdicts = []lesson.Verdict{
		{Number: "other", Rule: ">", Limit: 4, Holds: true, Text: "not this"},
		{Number: "x", Rule: "<", Limit: .5, Holds: true, Text: "this"},
		{Number: "x", Rule: ">", Limit: .3, Text: "nor this"},
	}
	p := generous(t)
	v, err := p.lesson(r)
	if err != nil {
		t.Fatal(err)
	}
	s := p.found(v)
	if len(s.Texts) != 2 || s.Texts[0] != "this It must be < 50 %: holds." || s.Texts[1] != "x" || len(s.Notes) != 4 {
		t.Errorf("it says %q, notes %q", s.Texts, s.Notes)
	}
}

// TestOutcome: a page says of a lesson that its claim holds, that it does not, or
// that it is open, as its verdicts do.
func TestOutcome(t *testing.T) {
	holds, open, fails := lesson.Verdict{Holds: true}, lesson.Verdict{Undecided: true}, lesson.Verdict{}
	for i, c := range []struct {
		verdicts []lesson.Verdict
		want     string
	}{
		{[]lesson.Verdict{holds, holds}, "✓ The experiment came out as claimed."},
		{[]lesson.Verdict{holds, open}, "? The experiment leaves some of the claim undecided."},
		{[]lesson.Verdict{open, fails, holds}, "✗ The experiment did not come out as claimed."},
		{nil, "✗ The experiment did not come out as claimed."},
	} {
		r := record("x")
		r.Verdicts, r.Holds = c.verdicts, i == 0
		var b bytes.Buffer
		if err := (&Report{Words: catalogue(t, "en"), Parts: []Part{Lesson{r}}}).Write(&b); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("%v: the page does not say %q: %v", c.verdicts, c.want, err)
		}
	}
}
