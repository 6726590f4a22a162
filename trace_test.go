package argen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"argen"
	"argen/internal/strict"
	"argen/sampler"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// logged runs a generator and returns its log and its trace.
func logged(t testing.TB, g argen.Generator, prompt string) (string, *argen.Trace) {
	t.Helper()
	var b bytes.Buffer
	var trace argen.Trace
	g.Sinks = []argen.Sink{argen.NewJSONL(&b), &trace}
	for _, err := range start(t, g, prompt).Steps(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String(), &trace
}

func logger(t testing.TB) argen.Generator {
	g := truth(21)
	g.Top, g.MaxTokens, g.Explain, g.Chain = 5, 25, true, chain(t, "top_k=8,temperature=0.9")
	return g
}

// traceOptions compare traces; explanations are compared as JSON.
var traceOptions = cmp.Options{
	cmpopts.EquateEmpty(), cmpopts.EquateNaNs(),
	cmp.Transformer("origin", func(e argen.Explanation) string {
		if e == nil {
			return ""
		}
		data, _ := json.Marshal(e)
		return e.String() + string(data)
	}),
	cmpopts.IgnoreFields(argen.Info{}, "BOS", "AddBOS", "Stop"),
}

func TestTraceRoundTrip(t *testing.T) {
	log, want := logged(t, logger(t), "It was")
	for i, line := range strings.Split(strings.TrimSuffix(log, "\n"), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("line %d is not JSON: %s", i+1, line)
		}
	}
	got, err := argen.ReadTraces("a.jsonl", strings.NewReader(log))
	if err != nil || len(got) != 1 {
		t.Fatal(len(got), err)
	}
	if d := cmp.Diff(want, got[0], traceOptions); d != "" {
		t.Error(d)
	}
	var again bytes.Buffer
	if err := got[0].Replay(argen.NewJSONL(&again)); err != nil || again.String() != log {
		t.Errorf("written again the log differs, %v: %s", err, cmp.Diff(log, again.String()))
	}
	two, err := argen.ReadTraces("two.jsonl", strings.NewReader("\n"+log+"\n \r\n"+log+"\n"))
	if err != nil || len(two) != 2 {
		t.Errorf("two traces in a log: %d, %v", len(two), err)
	}
}

// Numbers that JSON cannot write and pieces that are not UTF-8 survive.
func TestTraceOddValues(t *testing.T) {
	logits := make([]float64, 258)
	for i := range logits {
		logits[i] = math.Inf(-1)
	}
	logits[0xe2], logits[0x82] = 0, 1e-9
	g := bytesGenerator(logits)
	g.Top, g.MaxTokens = 3, 6
	var b bytes.Buffer
	var want argen.Trace
	g.Sinks = []argen.Sink{argen.NewJSONL(&b), &want}
	r := start(t, g, "\x1b]0;title\x07\u202e<")
	for _, id := range []argen.ID{0xe2, 0x82, 0xac, 0xff, 'a', 0x1b} {
		if _, err := r.Predict(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Append(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(nil); err != nil {
		t.Fatal(err)
	}
	if text := want.Ended.Text; text != "€\xffa\x1b" || want.Steps[0].Text != "" || want.Steps[2].Text != "€" {
		t.Errorf("text %q", text)
	}
	if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && r < 0x20 || r == 0x7f || r == '\u202e' }); i >= 0 {
		t.Errorf("the log has a raw control character at byte %d", i)
	}
	got, err := argen.ReadTraces("odd", &b)
	if err != nil {
		t.Fatal(err)
	}
	// What is not UTF-8 is exact in tokens, and U+FFFD in running text.
	want.Steps[3].Text, want.Ended.Text = "�", "€�a\x1b"
	for i := range want.Head.PromptTokens {
		want.Head.PromptTokens[i] = strings.ToValidUTF8(want.Head.PromptTokens[i], "�")
	}
	if d := cmp.Diff(&want, got[0], traceOptions); d != "" {
		t.Error(d)
	}
	if err := argen.Verify(t.Context(), g, got[0], sampler.Parse); err != nil {
		t.Error(err)
	}
	if got[0].Steps[2].LogProb != math.Inf(-1) || got[0].Steps[0].Token != "\xe2" {
		t.Errorf("%+v", got[0].Steps)
	}
}

func TestBackInALog(t *testing.T) {
	var b bytes.Buffer
	g := truth(4)
	g.Sinks = []argen.Sink{argen.NewJSONL(&b)}
	r := start(t, g, "")
	steps(t, r, 6)
	if err := r.Back(4); err != nil {
		t.Fatal(err)
	}
	steps(t, r, 3)
	if err := r.Close(nil); err != nil {
		t.Fatal(err)
	}
	got, err := argen.ReadTraces("b", &b)
	if err != nil || len(got[0].Steps) != 5 || got[0].Ended.Text != r.Text() {
		t.Errorf("%v: %d steps, text %q", err, len(got[0].Steps), got[0].Text())
	}
}

// A log cut anywhere gives all whole lines before the cut.
func TestTornLog(t *testing.T) {
	g := logger(t)
	g.MaxTokens = 6
	log, whole := logged(t, g, "It")
	header := strings.Index(log, "\n")
	for cut := range len(log) {
		got, err := argen.ReadTraces("torn", strings.NewReader(log[:cut]))
		if cut < header {
			var where *strict.Error
			if !errors.As(err, &where) || where.Line != 1 {
				t.Fatalf("cut at %d, in the header: %v", cut, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		lines := strings.Count(log[:cut], "\n")
		complete := log[cut] == '\n' // only the line's end is missing
		want := max(0, min(lines-1, len(whole.Steps)))
		if complete {
			want = min(lines, len(whole.Steps))
		}
		if n := len(got[0].Steps); n != want || got[0].Torn != (!complete && log[cut-1] != '\n') {
			t.Fatalf("cut at %d: %d steps, want %d, torn %v", cut, n, want, got[0].Torn)
		}
	}
}

// A full disk takes half a line and then has room again.
type fullDisk struct {
	bytes.Buffer
	room int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) <= d.room || d.room < 0 {
		d.room -= len(p)
		return d.Buffer.Write(p)
	}
	n, _ := d.Buffer.Write(p[:d.room])
	d.room = 1 << 20
	return n, errors.New("no space left")
}

// After an error nothing is written behind the half of a line: the log still
// reads as far as it goes.
func TestLogOnAFullDisk(t *testing.T) {
	disk := &fullDisk{room: 3000}
	g := logger(t)
	g.Sinks = []argen.Sink{argen.NewJSONL(disk)}
	var last error
	for _, err := range start(t, g, "It").Steps(t.Context()) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "no space left") {
		t.Fatalf("the run ended with %v", last)
	}
	traces, err := argen.ReadTraces("full", &disk.Buffer)
	if err != nil || len(traces[0].Steps) == 0 || !traces[0].Torn {
		t.Errorf("%v, %d traces", err, len(traces))
	}
}

func TestBadTraces(t *testing.T) {
	log, _ := logged(t, logger(t), "")
	lines := strings.SplitAfter(log, "\n")
	head, step := lines[0], lines[1]
	for _, test := range []struct{ name, log, want string }{
		{"empty", "", "bad:1: the log is empty: want a header line"},
		{"blank", "\n \n", "bad:3: the log is empty: want a header line"},
		{"CSV", "trace,t,context_len,id\n1,0,1,4\n", "bad:1: this is the CSV log"},
		{"pretty", "{\n \"type\": \"header\"}\n", "bad:1: a trace has one JSON value a line"},
		{"gzip", "\x1f\x8b\x08\x00\n", "bad:1: "},
		{"page", "<!DOCTYPE html>\n<html>", "bad:1: "},
		{"not JSON", head + "step 1\n" + step, "bad:2:1: "},
		{"no header", step, `bad:1:`},
		{"missing step", head + lines[2], "step t = 1 stands where t = 0 should"},
		{"duplicate", head + strings.Replace(step, `"t":0`, `"t":0,"t":0`, 1) + step, "bad:2:"},
		{"no id", head + strings.Replace(step, `"id":`, `"di":`, 1) + step, `the step line has no field "id"`},
		{"text for a number", head + strings.Replace(step, `"rank":1`, `"rank":"first"`, 1) + step, "bad:2:"},
		{"id too large", head + strings.Replace(step, `"id":`, `"id":9999999999`, 1) + step, "bad:2:"},
		{"no version", strings.Replace(head, `"version":1,`, "", 1) + step, `the header line has no field "version"`},
		{"newer", strings.Replace(head, `"version":1`, `"version":2`, 1) + step, "a trace of version 2, this program reads up to 1: use the argen that wrote it"},
		{"no type first", `{"t":1,"type":"step"}` + "\n", `the first field of a trace's line is "type"`},
		{"unknown type", head + `{"type":"pause"}` + "\n" + step, `a line of type "pause"`},
		{"back too far", head + `{"type":"back","t":3}` + "\n" + step, "back to t = 3, but there are 0 steps only"},
		{"other dice", strings.Replace(head, `"pcg"`, `"dice"`, 1), `random stream "dice"`},
		{"two values", head + `{"type":"back","t":0} {}` + "\n" + step, "bad:2:"},
	} {
		got, err := argen.ReadTraces("bad", strings.NewReader(test.log))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || got != nil {
			t.Errorf("%s: %v, %v; want %q", test.name, got, err, test.want)
		}
	}
}

func FuzzReadTraces(f *testing.F) {
	g := logger(f)
	g.MaxTokens, g.Top = 2, 1 // small seeds make quick work
	log, _ := logged(f, g, "It")
	f.Add([]byte(log))
	f.Add([]byte(log[:len(log)/2]))
	f.Add([]byte(`{"type":"header","version":1,"model":{},"prompt_ids":[],"chain":"","seed":0}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		traces, err := argen.ReadTraces("fuzz", bytes.NewReader(data))
		if err != nil {
			if traces != nil {
				t.Fatal("traces beside an error")
			}
			return
		}
		for _, trace := range traces {
			var b, again bytes.Buffer
			if err := trace.Replay(argen.NewJSONL(&b)); err != nil {
				t.Fatal(err)
			}
			first := b.String()
			back, err := argen.ReadTraces("again", &b)
			if err != nil {
				t.Fatalf("what was read and written is not read again: %v\n%s", err, first)
			}
			if err := back[0].Replay(argen.NewJSONL(&again)); err != nil || again.String() != first {
				t.Fatalf("%v: %s", err, cmp.Diff(first, again.String()))
			}
		}
	})
}
