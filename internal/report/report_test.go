package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"argen"
	"argen/internal/lesson"
	"argen/internal/words"
	"argen/viz"
)

// hostile are texts that something may take for more than text.
var hostile = []string{
	"<script>canary()</script>", "</script><script>canary()</script>", "<img src=x onerror=canary()>", `" onmouseover="canary()" x="`,
	"' onfocus='canary()' '", "]]>", "<!--", "-->", "</title><svg onload=canary()>", "</style><b>", "{{.}}", "${canary()}", "`", "&lt;b&gt;", "\x00",
	"\x1b[31m", "\u202eevil\u202c", "\u2066", "\u200b", "\ufeff", "\xff\xfe", "\xe2\x82", "\u2028", "שלום", "مرحبا", "javascript:canary()", "</textarea>", "<base href=//x>",
}

func catalogue(t *testing.T, language string) *words.Catalogue {
	t.Helper()
	c, err := words.In(language)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// trace is one of n steps whose tokens are the texts in turn.
func trace(n int, texts ...string) *argen.Trace {
	tr := &argen.Trace{Head: argen.Header{ID: "x", Model: argen.Info{Ref: texts[0]}, Prompt: texts[0], PromptText: texts[0], Chain: texts[0], Seed: 7}}
	for t := range n {
		text := texts[t%len(texts)]
		s := argen.Step{
			T: t, ID: 1, Token: text, Text: " " + text, LogProb: -1.234567, Prob: .2909, Rank: 2, Entropy: 3.21, SampledProb: .4, Kept: 3, U: .25, Low: .2, High: .6,
			Surprisal: 1.781, CumLogProb: -1.234567 * float64(t+1),
			Top: []argen.TopToken{
				{ID: 2, Token: text, Prob: .5, Rank: 1, SampledProb: .6},
				{ID: 1, Token: text, Prob: .2909, Rank: 2, SampledProb: .4},
				{ID: 3, Token: text, Prob: .1, Rank: 3, RemovedBy: text, Why: text},
			},
			Rest:   argen.Rest{Tokens: 683, Prob: .1091},
			Stages: []argen.Stage{{Name: text, Params: json.RawMessage(`{"p":0.9}`), In: 686, Kept: 2, MassRemoved: .2091, EntropyIn: 3.21, Entropy: .97}},
		}
		tr.Steps = append(tr.Steps, s)
	}
	tr.Ended = &argen.End{Reason: texts[0], Tokens: n, LogProb: -1.234567 * float64(n)}
	return tr
}

// record is a lesson whose texts are all the same.
func record(text string) *lesson.Record {
	lo, hi := .25, .31
	return &lesson.Record{
		Type: "lesson", Version: 1, Lesson: text, Model: text, Seed: 3, Holds: true, Answer: 1,
		Numbers:  []lesson.Number{{Name: text, Value: .28, Lo: &lo, Hi: &hi, Unit: lesson.Share, N: 500}, {Name: "other", Value: 4.567, Unit: lesson.Bits}},
		Verdicts: []lesson.Verdict{{Name: "v", Number: text, Rule: "<=", Limit: .5, Holds: true, Text: text}},
		Tables:   []lesson.Table{{Title: text, Columns: []string{text, text}, Rows: [][]lesson.Cell{{{Text: text}, lesson.Number{Value: 12.5, Unit: lesson.Bits}.Cell()}}}},
		Charts: []lesson.Chart{
			{Kind: "curves", Data: &viz.CurvesData{Words: viz.Words{Title: text, Caption: text}, X: viz.Axis{Label: text}, Y: viz.Axis{Label: text, Unit: "bits"}, Series: []viz.Series{{Name: text, X: viz.Values{1, 2, 3}, Y: viz.Values{.375, 1.25, 7.125}}}, Levels: []viz.Level{{Name: text, Y: 2.625}}, Below: []viz.CurvesData{{Y: viz.Axis{Label: text}, Series: []viz.Series{{Name: text, X: viz.Values{1}, Y: viz.Values{6.6875}}}}}}},
			{Kind: "bars", Data: &viz.BarsData{Words: viz.Words{Title: text}, Y: viz.Axis{Label: text, Unit: "share"}, Groups: []string{text, "b"}, Series: []viz.Series{{Name: text, Y: viz.Values{.125, .875}, Lo: viz.Values{.1, .8}, Hi: viz.Values{.2, .9}}}, Below: []viz.BarsData{{Groups: []string{text}, Series: []viz.Series{{Name: text, Y: viz.Values{3.3125}}}}}}},
			{Kind: "matrix", Data: &viz.MatrixData{Words: viz.Words{Title: text}, Rows: []string{text, "r"}, Cols: []string{text}, Row: text, Col: text, Panels: []viz.Panel{{Name: text, Cells: []viz.Values{{.0625}, {.1875}}}}}},
		},
		Texts: lesson.Texts{Title: text, Claim: text, Question: text, Options: []string{text, text}, Finding: text, Shows: text, Caveat: text, Takeaway: text, Task: text},
	}
}

// comparison is one of two strategies.
func comparison(text string) Comparison {
	v := func(x float64) viz.CompareValue {
		return viz.CompareValue{Mean: x, Lo: x - .01, Hi: x + .01, Low: x, Middle: x, High: x, Differs: true}
	}
	return Comparison{Name: text, Texts: []Text{{text, text, 5, text}}, Data: viz.CompareData{
		Model: text, Texts: 5,
		Metrics:    []viz.CompareMetric{{Name: "distinct_2", Label: text, Unit: "share"}, {Name: "logprob", Label: "logprob", Unit: "bits"}},
		Strategies: []viz.CompareStrategy{{Name: text, Values: []viz.CompareValue{v(.5), v(2.345)}}, {Name: "b", Values: []viz.CompareValue{v(.64), v(3.456)}}},
		Step: viz.CompareStep{T: 1, Context: text, Tokens: []string{text, "z"}, Model: []float64{.7, .2}, Rest: .1, Others: 9, After: []viz.CompareAfter{
			{Name: text, Probs: []float64{.8, .15}, Rest: .05, Kept: 11, Entropy: .9}, {Name: "b", Probs: []float64{1, 0}, Kept: 1},
		}},
	}}
}

// quizOf is one of two options, the first with an experiment.
func quizOf(text string) *lesson.QuizRecord {
	return &lesson.QuizRecord{Question: text, Options: []lesson.QuizOption{{Text: text, Right: true, Record: record(text)}, {Text: text}}}
}

// worksheet is one of an exercise of each kind.
func worksheet(text string) *lesson.Worksheet {
	table := lesson.Table{Title: text, Columns: []string{text, text}, Rows: [][]lesson.Cell{{{Text: text}, {Text: text}}}}
	return &lesson.Worksheet{Type: "worksheet", Version: 1, Language: "en", Model: text, Seed: 1<<63 + 1, Check: text, Lessons: []string{"loop", "loop", "loop"}, Exercises: []*lesson.Exercise{
		{Lesson: "loop", Question: text, Tables: []lesson.Table{table}, Answer: lesson.Answer{Kind: "number", Number: .0078125, Tolerance: .01}, Solution: text},
		{Lesson: "loop", Question: text, Answer: lesson.Answer{Kind: "tokens", Tokens: []string{text, "b"}}, Solution: text},
		{Lesson: "loop", Question: text, Options: []string{text, text}, Answer: lesson.Answer{Kind: "option", Option: 1}, Solution: text},
	}}
}

// pages are all kinds of pages of a text.
func pages(t *testing.T, language, text string) map[string]string {
	t.Helper()
	c := catalogue(t, language)
	all := map[string]string{}
	for name, write := range map[string]func(io.Writer) error{
		"report": (&Report{Words: c, Title: text, Parts: []Part{Quiz{quizOf(text)}, Lesson{record(text)}, comparison(text), Trace{Name: text, Trace: trace(3, text)}}}).Write,
		"deck":   (&Deck{Words: c, Title: text, Records: []*lesson.Record{record(text), record(text)}, Quiz: quizOf(text)}).Write,
		"sheet":  (&Sheet{Words: c, Title: text, Student: text, Worksheet: worksheet(text)}).Write,
		"key":    (&Sheet{Words: c, Title: text, Student: text, Worksheet: worksheet(text), Key: true}).Write,
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s of %q: %v", name, text, err)
		}
		all[name] = b.String()
	}
	return all
}

var (
	tags        = regexp.MustCompile(`<[a-zA-Z!/]`)
	handler     = regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`)
	quotedValue = regexp.MustCompile(`="[^"]*"`)
	executable  = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	anyScript   = regexp.MustCompile(`(?i)<script`)
	data        = regexp.MustCompile(`(?s)<script type="application/json"[^>]*>(.*?)</script>`)
	policy      = regexp.MustCompile(`script-src &#39;sha256-(.*?)&#39;`)
	elsewhere   = regexp.MustCompile(`(?i)https?:|//[a-z]|url\(|@import|src=|srcset=|<link|<base|<iframe|<object|<embed|<form[ >]`)
	unseen      = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{200b}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]`)
)

// TestHostile: whatever texts say, the page has the elements of a page of plain
// texts, runs its one script, and shows no character that turns or hides others.
func TestHostile(t *testing.T) {
	plain := pages(t, "en", "plain")
	for _, text := range hostile {
		for name, page := range pages(t, "en", text) {
			if got, want := len(anyScript.FindAllString(page, -1)), len(anyScript.FindAllString(plain[name], -1)); got != want {
				t.Errorf("%s of %q has %d scripts, want %d", name, text, got, want)
			}
			if m := handler.FindString(quotedValue.ReplaceAllString(page, "")); m != "" {
				t.Errorf("%s of %q has a handler: %s", name, text, m)
			}
			if m := unseen.FindString(data.ReplaceAllString(page, "")); m != "" {
				t.Errorf("%s of %q has the character %q", name, text, m)
			}
			for _, m := range data.FindAllStringSubmatch(page, -1) {
				if !json.Valid([]byte(m[1])) || tags.MatchString(m[1]) {
					t.Errorf("%s of %q: its data are %.200s", name, text, m[1])
				}
			}
			if m := elsewhere.FindString(executable.ReplaceAllString(strings.ReplaceAll(page, "&lt;img src=", ""), "")); m != "" && !strings.Contains(text, m) {
				t.Errorf("%s of %q names what is elsewhere: %s", name, text, m)
			}
			if n, want := strings.Count(page, "<b>")+strings.Count(page, "<img"), 0; n != want {
				t.Errorf("%s of %q has %d elements of the text", name, text, n)
			}
		}
	}
}

// TestPolicy: a page has one script, with the hash of the policy, and nothing in
// the sources turns a text into markup or code.
func TestPolicy(t *testing.T) {
	for name, page := range pages(t, "de", "plain") {
		scripts := executable.FindAllStringSubmatch(page, -1)
		if len(scripts) != 1 {
			t.Fatalf("%s has %d scripts", name, len(scripts))
		}
		sum := sha256.Sum256([]byte(scripts[0][1]))
		want := base64.StdEncoding.EncodeToString(sum[:])
		got := policy.FindStringSubmatch(page)
		if got == nil || strings.ReplaceAll(got[1], "&#43;", "+") != want {
			t.Errorf("%s: the policy has %v, the script's hash is %s", name, got, want)
		}
		if style := "prefers-color-scheme"; len(scripts[0][1]) < 1000 || !strings.Contains(page, style) {
			t.Errorf("%s has a script of %d bytes, or no style", name, len(scripts[0][1]))
		}
		if !strings.Contains(page, `<html lang="de">`) || strings.ContainsAny(page, "⟨⟩") {
			t.Errorf("%s: a text is missing, or the language", name)
		}
	}
	entries, err := assets.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	danger := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|DOMParser|\bfetch\(|XMLHttp|WebSocket|import\(`)
	for _, e := range entries {
		if m := danger.FindString(asset(e.Name())); m != "" {
			t.Errorf("%s has %s", e.Name(), m)
		}
	}
}

// TestNumbers: every number that a chart draws stands in a table.
func TestNumbers(t *testing.T) {
	all := pages(t, "en", "plain")
	cell := func(s string) string { return "<bdi>" + s + "</bdi></td>" }
	for name, page := range all {
		if name == "sheet" || name == "key" {
			continue
		}
		for _, want := range []string{"0.375", "1.250", "7.125", "2.625", "12 % [10, 20]", "88 % [80, 90]", "6.688", "3.312", "0.0625", "0.1875", "12.500", "28 % [25, 31]"} {
			if strings.Contains(page, `class="slide`) && want == "28 % [25, 31]" {
				continue // large, not in a table
			}
			if !strings.Contains(page, cell(want)) {
				t.Errorf("no table has %s", want)
			}
		}
	}
	if !strings.Contains(all["report"], `<a href="#part-2">See the experiment.</a>`) {
		t.Error("the quiz does not lead to its experiment")
	}
	for _, want := range []string{"0.2909", "1.781", "3.21", "−1.235", "−3.704", "50 % [49, 51]", "64 % [63, 65] *", "3.456 [3.446, 3.466] *", "0.7", "0.15", "0.05"} {
		if !strings.Contains(all["report"], cell(want)) {
			t.Errorf("no table has %s", want)
		}
	}
}

// TestSheet: a worksheet has a field for each answer and none of the answers; its
// key has them.
func TestSheet(t *testing.T) {
	all := pages(t, "en", "plain")
	for name, want := range map[string]int{"sheet": 0, "key": 1} {
		for _, answer := range []string{"0.007812", "plain, b"} {
			if got := strings.Count(all[name], answer); got != want {
				t.Errorf("%s has the answer %q %d times, want %d", name, answer, got, want)
			}
		}
	}
	if got := strings.Count(all["sheet"], `<input type="radio"`); got != 2 {
		t.Errorf("%d fields of options, want 2", got)
	}
	if !strings.Contains(all["sheet"], `"seed":"9223372036854775809"`) {
		t.Error("the seed is not there in all its digits")
	}
}

// TestBounds: a page stays below its bound, whatever it is of, and says what is
// not on it.
func TestBounds(t *testing.T) {
	c := catalogue(t, "en")
	for _, n := range []int{3, 2500, 20000} {
		var b bytes.Buffer
		r := Report{Words: c, Parts: []Part{Trace{Name: "long.jsonl", Trace: trace(n, "word", "another")}}}
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		if b.Len() >= MostBytes {
			t.Errorf("%d steps give %d bytes", n, b.Len())
		}
		said := strings.Contains(b.String(), "Left out")
		if want := n > 3; said != want {
			t.Errorf("%d steps: says that something is left out: %v", n, said)
		}
		if n == 20000 && !strings.Contains(b.String(), "of 20000") {
			t.Error("it does not say how many steps are left out")
		}
	}
	vast := trace(2, "word")
	vast.Head.PromptText = strings.Repeat("a prompt that nobody reads ", 100_000)
	r := Report{Words: c, Parts: []Part{Trace{Name: "vast.jsonl", Trace: vast}}}
	if err := r.Write(io.Discard); err == nil || !strings.Contains(err.Error(), "2 MB") {
		t.Errorf("a prompt of 2.7 MB: %v", err)
	}
}

// TestSameBytes: the same input gives the same page; a trace that is empty, torn
// or has numbers that no model gives has one too.
func TestSameBytes(t *testing.T) {
	if a, b := fmt.Sprint(pages(t, "en", "x")), fmt.Sprint(pages(t, "en", "x")); a != b {
		t.Error("the same input gave two pages")
	}
	c := catalogue(t, "en")
	odd := trace(2, "x")
	odd.Torn = true
	odd.Steps[1].Prob, odd.Steps[1].Entropy = 1e308, -1
	var b bytes.Buffer
	r := Report{Words: c, Parts: []Part{Trace{Name: "empty.jsonl", Trace: &argen.Trace{}}, Trace{Name: "odd.jsonl", Trace: odd}}}
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The trace has no steps", "cut short"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestPiece: blanks at the borders of a token are seen, and the direction of a
// text is that of its first letter.
func TestPiece(t *testing.T) {
	for in, want := range map[string]string{" the": "·the", "  ": "··", "a b ": "a b·", "\n": `\n`, "": "", "\u202e": `\u202e`} {
		if got := piece(in); got != want {
			t.Errorf("piece(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"12 שלום abc": "rtl", "abc שלום": "ltr", "": "ltr", "مرحبا": "rtl"} {
		if got := direction(in); got != want {
			t.Errorf("direction(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestMerge: a chart stands on a page once, in the colours of either theme;
// pictures that differ in more than colours are not mixed.
func TestMerge(t *testing.T) {
	var c palette
	light := `<svg><path d="M0 0" fill="#ffffff" stroke="#00204d"/><text fill="#1a1a1a">="#1a1a1a"</text></svg>`
	dark := `<svg><path d="M0 0" fill="#15181d" stroke="#00204d"/><text fill="#eceff3">="#1a1a1a"</text></svg>`
	if got, want := c.merge(light, dark), `<svg><path d="M0 0" fill="var(--k0)" stroke="#00204d"/><text fill="var(--k1)">="#1a1a1a"</text></svg>`; got != want {
		t.Errorf("merged: %s, want %s", got, want)
	}
	if got := c.merge(dark, dark); got != dark {
		t.Errorf("merged with itself: %s", got)
	}
	for _, other := range []string{strings.Replace(dark, "M0", "M1", 1), dark + " ", strings.Replace(dark, "#15181d", "#none", 1)} {
		if got := c.merge(light, other); got != light {
			t.Errorf("merged with %s: %s", other, got)
		}
	}
	want := ":root{--k0:#ffffff;--k1:#1a1a1a;}"
	if got := c.css(); !strings.HasPrefix(got, want) || strings.Count(got, "--k0:#15181d;--k1:#eceff3;") != 2 {
		t.Errorf("the style is %s", got)
	}
	for name, page := range pages(t, "en", "plain") {
		if n := strings.Count(page, "<svg "); name != "sheet" && name != "key" && (n == 0 || strings.Count(page, "var(--k0)") < n) {
			t.Errorf("%s: %d charts, of which some have one theme", name, n)
		}
	}
}
