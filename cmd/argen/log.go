package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"argen"
	"argen/viz/table"
)

const logUsage = "write the trace to `FILE`, as it happens: .jsonl the full record, .csv a row a step"

// logKinds are the endings of a log and what writes it.
var logKinds = []struct {
	ending string
	sink   func(io.Writer) argen.Sink
}{
	{".jsonl", func(w io.Writer) argen.Sink { return argen.NewJSONL(w) }},
	{".csv", func(w io.Writer) argen.Sink { return table.NewCSV(w) }},
}

// logFlag is --log FILE.
type logFlag struct{ path *string }

// Set implements pflag.Value.
func (l *logFlag) Set(path string) error {
	*l.path = path
	if logKind(path) < 0 || strings.HasPrefix(filepath.Base(path), ".") && strings.Count(filepath.Base(path), ".") == 1 {
		return errors.New("a log ends in .jsonl (the full record) or .csv (one row a step)")
	}
	return nil
}

// String implements pflag.Value.
func (l *logFlag) String() string { return "" }

// Type implements pflag.Value.
func (l *logFlag) Type() string { return "file" }

// logKind is the index in logKinds of a file's, −1 if it has none.
func logKind(path string) int {
	for i, k := range logKinds {
		if strings.EqualFold(filepath.Ext(path), k.ending) {
			return i
		}
	}
	return -1
}

// A log is a trace being written to a file. It is a [argen.Sink] whose errors
// name the file. What the file held before stays until the run begins.
type log struct {
	argen.Sink
	file  *os.File
	anew  func() // called when the file held something that is gone now, if not nil
	fresh bool   // the file is new
	begun bool
}

// openLog opens the log before the first token, readable by its owner only: it
// holds the prompt. It returns nil if none is asked for. Inputs are files that
// are read, "" and - for none.
func (a *app) openLog(path string, inputs ...string) (*log, error) {
	if path == "" {
		return nil, nil
	}
	for _, input := range inputs {
		if sameFile(path, input) {
			return nil, usagef("--log %s would replace the prompt that is read: choose another name", argen.Visible(path))
		}
	}
	l, err := createLog(path)
	if err == nil {
		l.anew = func() { a.hint("%s is written anew", argen.Visible(path)) }
	}
	return l, err
}

// createLog opens a log.
func createLog(path string) (*log, error) {
	_, err := os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fileError(path, err)
	}
	return &log{Sink: logKinds[logKind(path)].sink(f), file: f, fresh: fresh}, nil
}

// Header implements argen.Sink. The first one begins the file anew.
func (l *log) Header(h argen.Header) error {
	if !l.begun {
		l.begun = true
		if info, err := l.file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			if err := l.file.Truncate(0); err != nil {
				return l.check(err)
			}
			if l.anew != nil {
				l.anew()
			}
		}
	}
	return l.check(l.Sink.Header(h))
}

// Step implements argen.Sink.
func (l *log) Step(s argen.Step) error { return l.check(l.Sink.Step(s)) }

// Back implements argen.Sink.
func (l *log) Back(t int) error { return l.check(l.Sink.Back(t)) }

// End implements argen.Sink.
func (l *log) End(e argen.End) error { return l.check(l.Sink.End(e)) }

// Close closes the file, which is gone again if it is new and nothing was
// written; a nil log has none.
func (l *log) Close() error {
	if l == nil {
		return nil
	}
	err := l.file.Close()
	if !l.begun && l.fresh {
		err = errors.Join(err, os.Remove(l.file.Name()))
	}
	return l.check(err)
}

func (l *log) check(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write the log: %w", fileError(l.file.Name(), err))
}
