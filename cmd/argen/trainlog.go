package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
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
}

// openTrainingLog opens the log of a training of which some steps are done:
// what it holds of them stays, if it is one of that training.
func openTrainingLog(path string, done int) (*trainingLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fileError(path, err)
	}
	l := &trainingLog{jsonView{f}, f}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		end := int64(0)
		if done > 0 {
			end = logEnd(f, done)
		}
		_, seek := f.Seek(end, io.SeekStart)
		if err := errors.Join(f.Truncate(end), seek); err != nil {
			return nil, errors.Join(fileError(path, err), f.Close())
		}
	}
	return l, nil
}

// logEnd is where the lines of so many steps end.
func logEnd(r io.Reader, done int) int64 {
	d := json.NewDecoder(r)
	end := int64(0)
	for {
		var line struct {
			Type string
			Step int
		}
		if d.Decode(&line) != nil || line.Step > done {
			return end
		}
		if end == 0 && line.Type != "header" {
			return 0
		}
		end = d.InputOffset() + 1
	}
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
