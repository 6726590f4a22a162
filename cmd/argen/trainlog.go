package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"argen"
	"argen/internal/strict"
	"argen/model/transformer/train"
	"argen/viz"
)

// A jsonView prints JSON Lines.
type jsonView struct{ w io.Writer }

func (v *jsonView) begin(h *trainingHead, _ context.CancelCauseFunc) error { return v.print(h) }

func (v *jsonView) step(n *trainingNews) error { return v.print(n) }

func (v *jsonView) end() error { return nil }

func (v *jsonView) print(x any) error {
	line, err := jsonLine(x)
	if err == nil {
		_, err = v.w.Write(line)
	}
	return err
}

// A trainingLog is a jsonView of a file.
type trainingLog struct {
	jsonView
	file *os.File
	past []viz.LearningStep // that it holds already
	anew bool               // what it held is gone
}

// openTrainingLog opens the log of the training that h heads. If that goes on,
// what the log holds of the steps that are done stays; a file that is no log of
// this training is refused, and stays as it was.
func openTrainingLog(path string, h *trainingHead, goesOn bool) (*trainingLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fileError(path, err)
	}
	l := &trainingLog{jsonView: jsonView{f}, file: f}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		end := int64(0)
		if goesOn {
			if end, err = l.read(h); err != nil {
				return nil, errors.Join(err, f.Close())
			}
		}
		l.anew = end == 0
		_, seek := f.Seek(end, io.SeekStart)
		if err := errors.Join(f.Truncate(end), seek); err != nil {
			return nil, errors.Join(fileError(path, err), f.Close())
		}
	}
	return l, nil
}

// checkNewLog refuses a file that a new log would replace and that is none.
func checkNewLog(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // opening it will say what is wrong
	}
	f, err := os.Open(path)
	if err != nil {
		return fileError(path, err)
	}
	defer f.Close()
	const most = 1 << 20 // for a header
	first, err := bufio.NewReader(io.LimitReader(f, most)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fileError(path, err)
	}
	r := trainingReader{name: argen.Visible(path)}
	if err := r.line(strict.NewJSON(r.name, first, 16).AtLine(1)); err != nil {
		return notALog(path, err)
	}
	return nil
}

func notALog(path string, err error) error {
	return usagef("--log %s would write into what is no log of a training: name another file (%w)", argen.Visible(path), err)
}

// read reads what the log holds, and returns where the lines of the steps that
// are done end.
func (l *trainingLog) read(h *trainingHead) (end int64, err error) {
	path := l.file.Name()
	r := trainingReader{name: argen.Visible(path)}
	in := bufio.NewReader(l.file)
	checked, done, at := false, false, int64(0)
	for no := 1; ; no++ {
		line, err := in.ReadBytes('\n')
		at += int64(len(line))
		ends := errors.Is(err, io.EOF)
		switch {
		case ends && checked:
			return end, nil // a last line that was cut short is left out
		case ends && len(bytes.TrimSpace(line)) == 0:
			return 0, nil // the log is empty
		case err != nil && !ends:
			return 0, fileError(path, err)
		case len(bytes.TrimSpace(line)) == 0:
			continue
		}
		if err := r.line(strict.NewJSON(r.name, line, 16).AtLine(no)); err != nil {
			return 0, notALog(path, err)
		}
		if !checked {
			if err := l.same(h, line); err != nil {
				return 0, err
			}
			checked = true
		}
		if len(r.runs) > 1 {
			return 0, usagef("--log %s holds the logs of more trainings than one: name another file", r.name)
		}
		steps := r.runs[0].Steps
		done = done || len(steps) > 0 && steps[len(steps)-1].Step > h.From
		if ends { // a header without the end of its line
			return 0, nil
		}
		if !done {
			end, l.past = at, steps
		}
	}
}

// same refuses the header of another training.
func (l *trainingLog) same(h *trainingHead, header []byte) error {
	var of trainingIdentity
	err := json.Unmarshal(header, &of)
	if err == nil {
		var was, is []byte
		was, err = json.Marshal(of.named())
		if err == nil {
			is, err = json.Marshal(h.identity().named())
		}
		if err == nil && bytes.Equal(was, is) {
			return nil
		}
	}
	if err != nil {
		return notALog(l.file.Name(), err)
	}
	return usagef("--log %s is the log of another training, in %s with seed %d: name another file", argen.Visible(l.file.Name()), argen.Visible(of.Out), of.Options.Seed)
}

// A trainingIdentity is what tells a training from others, of its header.
type trainingIdentity struct {
	Out       string        `json:"out"`
	Shape     train.Config  `json:"config"`
	Options   train.Options `json:"options"`
	Tokenizer string        `json:"tokenizer"`
	Files     []textFile    `json:"files,omitempty"`
	Begun     string        `json:"from_model,omitempty"`
}

func (h *trainingHead) identity() trainingIdentity {
	return trainingIdentity{h.Out, h.Shape, h.Options, h.Tokenizer, h.Files, h.Begun}
}

// named leaves of the folder its own name: the way to it depends on where the
// command is given.
func (t trainingIdentity) named() trainingIdentity {
	if path, err := filepath.Abs(t.Out); err == nil {
		t.Out = filepath.Base(path)
	}
	return t
}

func (l *trainingLog) begin(h *trainingHead, cancel context.CancelCauseFunc) error {
	if at, err := l.file.Seek(0, io.SeekCurrent); err == nil && at > 0 {
		return nil // it has one
	}
	return l.named(l.jsonView.begin(h, cancel))
}

func (l *trainingLog) step(n *trainingNews) error { return l.named(l.jsonView.step(n)) }

func (l *trainingLog) end() error { return l.named(l.file.Close()) }

func (l *trainingLog) named(err error) error {
	if err != nil {
		err = fmt.Errorf("cannot write the log: %w", fileError(l.file.Name(), err))
	}
	return err
}
