package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"argen"
	"argen/viz"
)

// The log of a training gives its numbers.
func TestReadTraining(t *testing.T) {
	data, err := os.ReadFile("../../viz/testdata/learning.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	l := trainingReader{name: "learning.jsonl"}
	if err := l.read(data); err != nil {
		t.Fatal(err)
	}
	if len(l.runs) != 1 || len(l.runs[0].Steps) != 200 || math.Abs(l.runs[0].Floor-.5703) > 1e-4 || l.torn {
		t.Fatalf("%d trainings, torn %v", len(l.runs), l.torn)
	}
	first, last := l.runs[0].Steps[0], l.runs[0].Steps[199]
	if first.Tokens != 1013 || math.Abs(first.Bits-9.721) > 1e-3 || !math.IsNaN(first.Validation) || !math.IsNaN(first.Flawless) || first.Recall != nil {
		t.Errorf("first step: %+v", first)
	}
	if last.Step != 200 || last.Tokens != 186_748 || math.Abs(last.Validation-4.295) > 1e-3 || len(last.Recall) != 29 || last.Recall[0].Count < last.Recall[28].Count {
		t.Errorf("last step: %+v", last)
	}
}

// trainingLines begin a log that is right.
const trainingLines = `{"type":"header","parameters":1,"options":{}}
{"type":"step","step":1,"tokens":10,"bits":9.5,"verdicts":{"accepted":0.25,"tokens":3}}
{"type":"step","step":2,"tokens":20,"bits":"inf","validation_bits":8,"recall":[{"kind":"name","prob":0.5,"count":3}]}
`

func TestReadTrainingErrors(t *testing.T) {
	l := trainingReader{name: "f"}
	if err := l.read([]byte(trainingLines + "\n" + `{"type":"end","steps":2}` + "\n" + trainingLines)); err != nil || len(l.runs) != 2 {
		t.Fatalf("%d trainings: %v", len(l.runs), err)
	}
	if s := l.runs[1].Steps; s[0].Flawless != .25 || !math.IsInf(s[1].Bits, 1) || s[1].Validation != 8 || s[1].Recall[0] != (viz.Recall{Kind: "name", Prob: .5, Count: 3}) {
		t.Errorf("%+v", s)
	}
	for line, want := range map[string]string{
		`{"step":3}`:                           `f:4:9: step: the first field of a training's line is "type", found "step"`,
		`{"type":"x"}`:                         `f:4:1: a line of type "x": want header, step or end`,
		`{"type":"step","step":3,"tokens":30}`: `f:4:1: the step line has no field "bits"`,
		`{"type":"step","step":2,"tokens":30,"bits":1}`:                                `f:4:1: step 2 with 30 tokens comes after step 2 with 20: steps and tokens must grow`,
		`{"type":"step","step":3,"tokens":19,"bits":1}`:                                `f:4:1: step 3 with 19 tokens comes after step 2 with 20: steps and tokens must grow`,
		`{"type":"step","step":0`:                                                      `f:4:23: step: want an integer from 1 to 2147483647, found 0`,
		`{"type":"step","step":3,"bits":-1}`:                                           `f:4:32: bits: -1 is not from 0 to +Inf`,
		`{"type":"step","step":3,"bits":"-inf"}`:                                       `f:4:32: bits: -Inf is not from 0 to +Inf`,
		`{"type":"step","step":3,"bits":"x"}`:                                          `f:4:32: bits: "x" is no number; beyond numbers there are "-inf", "inf" and "nan"`,
		`{"type":"step","step":3,"recall":[{"kind":"a","prob":1.5}]}`:                  `f:4:54: recall[0].prob: 1.5 is not from 0 to 1`,
		`{"type":"step","step":3,"recall":[{"kind":"a","prob":"inf","count":1}]}`:      `f:4:54: recall[0].prob: +Inf is not from 0 to 1`,
		`{"type":"step","step":3,"recall":[{"kind":"a","prob":1}]}`:                    `f:4:35: recall[0]: a recall needs a kind, a prob from 0 to 1 and a count`,
		`{"type":"step","recall":[{"kind":"a","prob":1,"count":1},{"kind":"a"`:         `f:4:66: recall[1].kind: the kind "a" stands twice`,
		`{"type":"step","step":3,"verdicts":{"accepted":7}}`:                           `f:4:48: verdicts.accepted: 7 is not from 0 to 1`,
		`{"type":"header","parameters":1,"options":{},"floor_bits":65}`:                `f:4:59: floor_bits: 65 is not from 0 to 64`,
		`{"type":"header","version":1,"model":{},"prompt_ids":[],"chain":"","seed":1}`: `f:4:1: ` + isTrace,
		`{"type":"step","t":0,"id":1,"token":"a","logprob":-1,"prob":0.4}`:             `f:4:1: ` + isTrace,
		`{"type":"step","step":3,"tokens":30,"bits":1,"recall":[]} {"type":"step"}`:    `f:4:59: want the end of the data, found '{'`,
		`{"type":"header"}`: `f:4:1: the header line has no field "parameters"`,
	} {
		l := trainingReader{name: "f"}
		if err := l.read([]byte(trainingLines + line + "\n")); err == nil || err.Error() != want {
			t.Errorf("%s\n%v\n%s", line, err, want)
		}
		if l := (trainingReader{name: "f"}); l.read([]byte(trainingLines+line)) != nil || !l.torn || len(l.runs[0].Steps) != 2 {
			t.Errorf("%s is not left out where it is cut short", line)
		}
	}
	for text, want := range map[string]string{
		"":                          "f:1: the log is empty: want the header line of a training",
		"\n \n":                     "f:3: the log is empty: want the header line of a training",
		`{"type":"step","step":1`:   "f:1:24: an object begins at byte 0 and does not end: the data is cut short",
		`{"type":"end"}` + "\n":     `f:1:1: a line of type "end" before the header`,
		"\x1f\x8b\n":                "f:1:1: this is gzip data: unpack it first with gunzip",
		"trace,t,context\n1,2,3,\n": `f:1:1: want an object, found trace`,
	} {
		l := trainingReader{name: "f"}
		if err := l.read([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q\n%v\n%s", text, err, want)
		}
	}
}

// Whatever a log holds, it is read and drawn or refused.
func FuzzReadTraining(f *testing.F) {
	f.Add([]byte(trainingLines))
	f.Add([]byte(trainingLines + strings.Replace(trainingLines, `"bits":9.5`, `"bits":"nan","recall":[]`, 1)))
	f.Add([]byte(trainingLines[:len(trainingLines)-9]))
	f.Add([]byte(`{"type":"header","version":1,"prompt_ids":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := trainingReader{name: "f"}
		if err := l.read(data); err != nil {
			if s := err.Error(); strings.ContainsAny(s, "\n\x1b") || !strings.HasPrefix(s, "f:") {
				t.Errorf("%q", s)
			}
			return
		}
		fig, err := viz.Learning(viz.Input{Learning: viz.LearningData{Runs: l.runs}})
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := viz.Write(fig, "svg", &b); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Errorf("a place is no number in\n%s", viz.Describe(fig))
		}
	})
}

// What a kill has cut short is left out, and said.
func TestTornTraining(t *testing.T) {
	var says bytes.Buffer
	a := newApp(strings.NewReader(trainingLines[:len(trainingLines)-9]), nil, &says, func(string) string { return "" })
	got, err := a.learning(context.Background(), []string{"-"})
	if err != nil || len(got.Runs) != 1 || len(got.Runs[0].Steps) != 1 || got.Runs[0].Name != "stdin" {
		t.Errorf("%+v, %v", got, err)
	}
	if want := "argen: stdin: the last line is cut short and left out\n"; says.String() != want {
		t.Errorf("%q, want %q", says.String(), want)
	}
}

// A log of the other kind is told from one that is damaged.
func TestOtherLog(t *testing.T) {
	in := map[string]string{
		trainingLines: "stdin: " + isTraining,
		strings.Replace(trainingLines, "{", "[", 1): "stdin:1:1: want an object, found an array",
	}
	for text, want := range in {
		a := newApp(strings.NewReader(text), nil, nil, func(string) string { return "" })
		_, err := a.readTraces(context.Background(), []string{"-"})
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	var trace bytes.Buffer
	if err := argen.NewJSONL(&trace).Header(argen.Header{}); err != nil {
		t.Fatal(err)
	}
	l := trainingReader{name: "f"}
	if err := l.read(trace.Bytes()); err == nil || !strings.Contains(fmt.Sprint(err), isTrace) {
		t.Errorf("%v, want %s", err, isTrace)
	}
}
