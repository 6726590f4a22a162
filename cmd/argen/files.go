package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"argen"
	"argen/model/paths"
)

// How long files and lines may be that are read as a whole, in bytes.
const (
	largestText  = 64 << 20 // a prompt, a line of a batch, logits, a tokenizer
	largestTrace = 1 << 30  // with 10 tokens a step listed, about a million steps
)

// readFile reads a file, or standard input if its name is -, of at most so
// many bytes.
func (a *app) readFile(ctx context.Context, name string, most int64) ([]byte, error) {
	in := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fileError(name, err)
		}
		defer f.Close()
		in = f
	} else {
		name = "standard input"
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1) // a pipe that never ends is left to itself
	go func() {
		data, err := io.ReadAll(io.LimitReader(in, most+1))
		done <- result{data, err}
	}()
	patience := time.NewTimer(2 * time.Second)
	defer patience.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience.C:
			a.hint("waits for %s to end", argen.Visible(name))
		case r := <-done:
			if r.err == nil && int64(len(r.data)) > most {
				r.err = fmt.Errorf("longer than %s, the most that is read: give it in parts", sizeText(most))
			}
			return r.data, fileError(name, r.err)
		}
	}
}

// fileError names the file, once, and what is wrong with it.
func fileError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", argen.Visible(name), paths.Reason(err))
}

// readTraces reads the traces of all files.
func (a *app) readTraces(ctx context.Context, files []string) ([]*argen.Trace, error) {
	var all []*argen.Trace
	for _, name := range files {
		data, err := a.readFile(ctx, name, largestTrace)
		if err != nil {
			return nil, err
		}
		if name == "-" {
			name = "stdin"
		}
		traces, err := argen.ReadTraces(argen.Visible(name), bytes.NewReader(data))
		if err != nil {
			return nil, otherLog(argen.Visible(name), data, err)
		}
		for _, t := range traces {
			if t.Torn {
				a.hint("%s: the last line is cut short and left out", argen.Visible(name))
			}
		}
		all = append(all, traces...)
	}
	return all, nil
}

// line reads a line of standard input, however long that takes. The one at
// the end of the input may come with io.EOF.
func (a *app) line(ctx context.Context) (string, error) {
	if a.lines == nil {
		a.lines = bufio.NewReader(a.stdin)
	}
	line, err := readLine(ctx, a.lines)
	return string(line), err
}

// errLongLine says that a line is longer than a text may be; those after it can be
// read.
var errLongLine = errors.New("the line is longer")

// readLine returns the next line, however the reading of it blocks.
func readLine(ctx context.Context, in *bufio.Reader) ([]byte, error) {
	type result struct {
		line []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		for {
			part, err := in.ReadSlice('\n')
			if len(r.line)+len(part) <= largestText {
				r.line = append(r.line, part...)
			} else if r.err == nil {
				r.err = fmt.Errorf("%w than %s, the most that is read: give it in parts", errLongLine, sizeText(largestText))
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !errors.Is(err, io.EOF) || r.err == nil && len(r.line) == 0 {
				r.err = err
			}
			break
		}
		done <- r
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.line, r.err
	}
}
