package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"argen"
	"argen/internal/strict"
	"argen/viz"
)

// Why a log is not read by what reads the other kind.
const (
	isTrace    = "this is a trace of a text, not the log of a training: argen train transformer --log writes one"
	isTraining = "this is the log of a training, not a trace of a text: argen plot learning draws it"
)

// learning reads the logs of trainings.
func (a *app) learning(ctx context.Context, files []string) (viz.LearningData, error) {
	var all viz.LearningData
	for _, name := range files {
		data, err := a.readFile(ctx, name, largestTrace)
		if err != nil {
			return all, err
		}
		if name == "-" {
			name = "stdin"
		}
		l := trainingReader{name: argen.Visible(name)}
		if err := l.read(data); err != nil {
			return all, err
		}
		if l.torn {
			a.hint("%s: the last line is cut short and left out", l.name)
		}
		short := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		for i := range l.runs {
			if len(l.runs[i].Steps) == 0 {
				return all, fmt.Errorf("%s: training %d has no steps: there is nothing to draw", l.name, i+1)
			}
			l.runs[i].Name = short
			if i > 0 {
				l.runs[i].Name = fmt.Sprintf("%s %d", short, i+1)
			}
		}
		all.Runs = append(all.Runs, l.runs...)
	}
	return all, nil
}

// A trainingReader reads what a [jsonView] writes: a header, the steps and,
// from --json, an end; one training after the other.
type trainingReader struct {
	name string // of the file
	runs []viz.LearningRun
	torn bool // the last line is cut short, as after a kill, and left out
}

// read reads all of a file. Fields that it does not draw are skipped, and blank
// lines.
func (l *trainingReader) read(data []byte) error {
	no := 0
	for line := range bytes.Lines(data) {
		no++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		err := l.line(strict.NewJSON(l.name, line, 16).AtLine(no))
		if err == nil {
			continue
		}
		if line[len(line)-1] != '\n' && len(l.runs) > 0 {
			l.torn = true
			return nil
		}
		return err
	}
	if len(l.runs) == 0 {
		return &strict.Error{File: l.name, Offset: -1, Line: no + 1, Msg: "the log is empty: want the header line of a training"}
	}
	return nil
}

// A trainingLine is a line of any type.
type trainingLine struct {
	kind   string
	fields map[string]bool
	floor  float64
	step   viz.LearningStep
}

// required are the fields without which a line of a training says nothing.
var requiredOfTraining = map[string][]string{
	"header": {"parameters", "options"},
	"step":   {"step", "tokens", "bits"},
}

// line reads one line into the last of the trainings, or begins another.
func (l *trainingReader) line(j *strict.JSON) error {
	nan := math.NaN()
	line := trainingLine{fields: map[string]bool{}, step: viz.LearningStep{Bits: nan, Validation: nan, Flawless: nan}}
	err := j.Object(func(name string) error {
		line.fields[name] = true
		if len(line.fields) == 1 && name != "type" {
			return j.Errorf("the first field of a training's line is %q, found %q", "type", name)
		}
		return line.field(j, name)
	})
	if err == nil {
		err = j.End()
	}
	if err != nil {
		return err
	}
	if line.kind == "header" && line.fields["prompt_ids"] || line.kind == "step" && line.fields["t"] {
		return j.Errorf("%s", isTrace)
	}
	for _, name := range requiredOfTraining[line.kind] {
		if !line.fields[name] {
			return j.Errorf("the %s line has no field %q", line.kind, name)
		}
	}
	if line.kind == "header" {
		l.runs = append(l.runs, viz.LearningRun{Floor: line.floor})
		return nil
	}
	if len(l.runs) == 0 {
		return j.Errorf("a line of type %q before the header", line.kind)
	}
	run := &l.runs[len(l.runs)-1]
	switch line.kind {
	case "step":
		if n := len(run.Steps); n > 0 {
			if last := run.Steps[n-1]; line.step.Step <= last.Step || line.step.Tokens < last.Tokens {
				return j.Errorf("step %d with %d tokens comes after step %d with %d: steps and tokens must grow", line.step.Step, line.step.Tokens, last.Step, last.Tokens)
			}
		}
		run.Steps = append(run.Steps, line.step)
		return nil
	case "end":
		return nil
	}
	return j.Errorf("a line of type %q: want header, step or end", line.kind)
}

// field reads the value of a field.
func (t *trainingLine) field(j *strict.JSON, name string) (err error) {
	switch {
	case name == "type":
		t.kind, err = j.String()
	case t.kind == "header" && name == "floor_bits":
		t.floor, err = bounded(j, 64)
	case t.kind != "step":
		err = j.Skip()
	case name == "step":
		var n int64
		n, err = j.Int(1, math.MaxInt32)
		t.step.Step = int(n)
	case name == "tokens":
		t.step.Tokens, err = j.Int(0, math.MaxInt64)
	case name == "bits":
		t.step.Bits, err = bounded(j, math.Inf(1))
	case name == "validation_bits":
		t.step.Validation, err = bounded(j, math.Inf(1))
	case name == "verdicts":
		err = j.Object(func(name string) (err error) {
			if name != "accepted" {
				return j.Skip()
			}
			t.step.Flawless, err = bounded(j, 1)
			return err
		})
	case name == "recall":
		t.step.Recall, err = readRecall(j)
	default:
		err = j.Skip()
	}
	return err
}

// readRecall reads the recall of all kinds.
func readRecall(j *strict.JSON) ([]viz.Recall, error) {
	var all []viz.Recall
	seen := map[string]bool{}
	err := j.Array(func(int) error {
		r := viz.Recall{Prob: math.NaN()}
		err := j.Object(func(name string) (err error) {
			switch name {
			case "kind":
				if r.Kind, err = j.String(); err == nil && seen[r.Kind] {
					err = j.Errorf("the kind %q stands twice", argen.Visible(r.Kind))
				}
				seen[r.Kind] = true
			case "prob":
				r.Prob, err = bounded(j, 1)
			case "count":
				var n int64
				n, err = j.Int(1, math.MaxInt32)
				r.Count = int(n)
			default:
				err = j.Skip()
			}
			return err
		})
		switch {
		case err != nil:
			return err
		case r.Kind == "" || math.IsNaN(r.Prob) || r.Count == 0:
			return j.Errorf("a recall needs a kind, a prob from 0 to 1 and a count")
		}
		all = append(all, r)
		return nil
	})
	return all, err
}

// bounded reads a number from 0 to most, or what JSON has no number for.
func bounded(j *strict.JSON, most float64) (float64, error) {
	x, err := logit(j)
	if err == nil && (x < 0 || x > most*(1+1e-6)) {
		err = j.Errorf("%v is not from 0 to %v", x, most)
	}
	return x, err
}

// otherLog names a log of a training, a lesson or a quiz that was given as a
// trace, which err says nothing of.
func otherLog(name string, data []byte, err error) error {
	l := trainingReader{name: name}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	for _, kind := range []string{"lesson", "quiz"} {
		if bytes.HasPrefix(bytes.TrimSpace(first), []byte(`{"type":"`+kind+`"`)) {
			return fmt.Errorf("%s: this is a %s, not a trace of a text: argen plot KIND draws its charts, argen report all of it", name, kind)
		}
	}
	if len(bytes.TrimSpace(first)) == 0 || l.line(strict.NewJSON(name, first, 16).AtLine(1)) != nil {
		return err
	}
	return errors.New(name + ": " + isTraining)
}
