package argen

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"argen/internal/strict"
)

// Limits of a trace that is read.
const (
	maxLine  = 64 << 20 // bytes of a line
	maxDepth = 16
)

// ReadTraces reads the traces of a JSON Lines log; each begins with a header
// line. Steps taken back are gone. A last line that was cut short, as after
// kill -9, is left out and the trace is marked as Torn; anything else that is
// wrong is an error with line and column, and no trace is returned. Fields
// that this version does not know are skipped, and blank lines.
func ReadTraces(name string, r io.Reader) ([]*Trace, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var all []*Trace
	for no := 1; ; no++ {
		line, err := readLine(in)
		switch {
		case errors.Is(err, io.EOF):
			if len(all) == 0 {
				return nil, lineError(name, no, "the log is empty: want a header line")
			}
			return all, nil
		case errors.Is(err, errLong):
			return nil, lineError(name, no, fmt.Sprintf("the line is longer than %d MiB: this is no trace", maxLine>>20))
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		last := readTraceLine(strict.NewJSON(name, line, maxDepth).AtLine(no), &all)
		if last == nil {
			continue
		}
		if torn := line[len(line)-1] != '\n'; torn && len(all) > 0 {
			all[len(all)-1].Torn = true
			return all, nil
		}
		if says := notATrace(line); len(all) == 0 && says != "" {
			return nil, lineError(name, no, says)
		}
		return nil, last
	}
}

// notATrace says what else the first line of a file may be of, "" if it is
// nothing known.
func notATrace(line []byte) string {
	switch text := string(bytes.TrimSpace(line)); {
	case strings.HasPrefix(text, "trace,t,"):
		return "this is the CSV log, a table: give the .jsonl, which has the whole trace"
	case text == "{" || text == "[":
		return "a trace has one JSON value a line, this JSON is spread over several"
	}
	if says := strict.Foreign(line); says != "" {
		return says
	}
	if text := bytes.TrimSpace(line); len(text) > 0 && text[0] != '{' && text[0] != '[' {
		return "this is no trace, which has an object of JSON on each line"
	}
	return ""
}

func lineError(file string, line int, msg string) error {
	return &strict.Error{File: file, Offset: -1, Line: line, Msg: msg}
}

var errLong = errors.New("line too long")

// readLine returns the next line with its end, and io.EOF after the last.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, errLong
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil:
			return line, nil
		default:
			return nil, err
		}
	}
}

// readVersion reads the version of a trace, which may be newer than this program.
func readVersion(j *strict.JSON) error {
	n, err := j.Int(1, math.MaxInt32)
	if err == nil && n > TraceVersion {
		err = j.Errorf("a trace of version %d, this program reads up to %d: use the argen that wrote it", n, TraceVersion)
	}
	return err
}

// readTraceLine reads one line into the last of the traces, or begins another.
func readTraceLine(j *strict.JSON, all *[]*Trace) error {
	var line struct {
		kind string
		head Header
		step Step
		end  End
		t    int
	}
	fields := map[string]bool{}
	err := j.Object(func(name string) (err error) {
		fields[name] = true
		if len(fields) == 1 && name != "type" {
			return j.Errorf("the first field of a trace's line is %q, found %q: a trace is what --log wrote", "type", name)
		}
		switch {
		case name == "type":
			line.kind, err = j.String()
		case line.kind == "header" && name == "version":
			err = readVersion(j)
		case line.kind == "header":
			err = readHeader(j, name, &line.head)
		case line.kind == "step":
			err = readStep(j, name, &line.step)
		case line.kind == "end":
			err = readEnd(j, name, &line.end)
		case line.kind == "back" && name == "t":
			line.t, err = readInt(j)
		default:
			err = j.Skip()
		}
		return err
	})
	if err == nil {
		err = j.End()
	}
	if err != nil {
		return err
	}
	for _, name := range required[line.kind] {
		if !fields[name] {
			return j.Errorf("the %s line has no field %q", line.kind, name)
		}
	}
	if line.kind == "header" {
		*all = append(*all, &Trace{Head: line.head})
		return nil
	}
	if len(*all) == 0 {
		return j.Errorf("a line of type %q before the header: a trace is what --log wrote", line.kind)
	}
	trace := (*all)[len(*all)-1]
	switch line.kind {
	case "step":
		if line.step.T != len(trace.Steps) {
			return j.Errorf("step t = %d stands where t = %d should: lines are missing", line.step.T, len(trace.Steps))
		}
		return trace.Step(line.step)
	case "back":
		if line.t > len(trace.Steps) {
			return j.Errorf("back to t = %d, but there are %d steps only", line.t, len(trace.Steps))
		}
		return trace.Back(line.t)
	case "end":
		return trace.End(line.end)
	}
	return j.Errorf("a line of type %q: want header, step, back or end", line.kind)
}

// required are the fields without which a line says nothing.
var required = map[string][]string{
	"header": {"version", "model", "prompt_ids", "chain", "seed"},
	"step":   {"t", "id", "token", "logprob", "prob"},
	"back":   {"t"},
	"end":    {"reason"},
}
