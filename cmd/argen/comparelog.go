package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"argen"
	"argen/internal/filelock"
	"argen/internal/safefile"
	"argen/internal/strict"
	"argen/internal/study"
)

// samplesFile has the texts of a comparison: its head, then a line a text in
// the order of the plan. Each line is one write, so that of a process that was
// killed whole lines stay, but maybe for the last.
const samplesFile = "samples.jsonl"

// A sampleLog appends texts to a file. A nil one keeps none.
type sampleLog struct {
	file *os.File
	path string
}

func (l *sampleLog) add(s *study.Sample) error {
	if l == nil {
		return nil
	}
	line, err := jsonLine(s)
	if err == nil {
		_, err = l.file.Write(line)
	}
	return fileError(l.path, err)
}

// Close closes the file.
func (l *sampleLog) Close() error {
	if l == nil {
		return nil
	}
	return fileError(l.path, l.file.Close())
}

// readCompareHead reads what a comparison in a folder is of.
func readCompareHead(folder string) (*compareHead, error) {
	path := filepath.Join(folder, samplesFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no comparison to go on with (there is no %s): compare with -o %s first", argen.Visible(folder), argen.Visible(path), argen.Visible(folder))
	}
	if err != nil {
		return nil, fileError(path, err)
	}
	line, _, whole := bytes.Cut(data, []byte("\n"))
	h := &compareHead{}
	switch err := json.Unmarshal(line, h); {
	case !whole || err != nil || h.Type != "header" || len(h.Models) == 0 || len(h.Prompts) == 0 || len(h.Ways) == 0 || h.Samples < 1:
		return nil, damaged(path, 1, "it does not begin with the head of a comparison")
	case h.Version != compareVersion:
		return nil, fmt.Errorf("%s: version %d, this program reads version %d: go on with argen %s", argen.Visible(path), h.Version, compareVersion, argen.Visible(h.Argen))
	}
	return h, nil
}

func damaged(path string, line int, what string) error {
	return &strict.Error{File: argen.Visible(path), Offset: -1, Line: line, Msg: what + ": the file was changed, begin in another folder"}
}

// openSamples opens the texts of a comparison to append to them, and returns
// those that are there.
func (a *app) openSamples(ctx context.Context, k *comparing, h *compareHead, plan *study.Plan) (log *sampleLog, done []study.Sample, err error) {
	if k.out == "" {
		return nil, nil, nil
	}
	if err := os.MkdirAll(k.out, 0o755); err != nil {
		return nil, nil, fileError(k.out, err)
	}
	path := filepath.Join(k.out, samplesFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666) // as what else the folder gets, which has the texts too
	if err != nil {
		return nil, nil, fileError(path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	if !filelock.Try(f) {
		return nil, nil, fmt.Errorf("another comparison is going on in %s: wait for its end, or name another folder", argen.Visible(k.out))
	}
	if err := safefile.Tidy(k.out); err != nil {
		return nil, nil, fileError(k.out, err)
	}
	data, err := a.readFile(ctx, path, largestTrace)
	if err != nil {
		return nil, nil, err
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1] // the rest was being written when the process was killed
	head, err := jsonLine(h)
	if err != nil {
		return nil, nil, err
	}
	log = &sampleLog{f, path}
	if len(whole) == 0 {
		if err = f.Truncate(0); err == nil {
			_, err = f.Write(head)
		}
		return log, nil, fileError(path, err)
	}
	first, rest, _ := bytes.Cut(whole, []byte("\n"))
	if !sameHead(first, h) {
		return nil, nil, usagef("%s holds another comparison: --resume %s goes on with that, -o names another folder", argen.Visible(k.out), argen.Visible(k.out))
	}
	var begun compareHead
	if json.Unmarshal(first, &begun) == nil && begun.Argen != argen.Version {
		a.hint("argen %s began the comparison, this is %s: where they differ the texts do", argen.Visible(begun.Argen), argen.Version)
	}
	if done, err = readSamples(path, rest, plan); err != nil {
		return nil, nil, err
	}
	if len(whole) < len(data) {
		err = f.Truncate(int64(len(whole)))
	}
	return log, done, fileError(path, err)
}

// sameHead reports whether a line is the head, whichever program wrote it.
func sameHead(line []byte, h *compareHead) bool {
	var was compareHead
	if json.Unmarshal(line, &was) != nil {
		return false
	}
	was.Argen = h.Argen
	x, err := jsonLine(was)
	y, err2 := jsonLine(h)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// readSamples reads the texts that a plan has already.
func readSamples(path string, data []byte, plan *study.Plan) ([]study.Sample, error) {
	var all []study.Sample
	no := 1
	for line := range bytes.Lines(data) {
		no++
		var s study.Sample
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, damaged(path, no, "it is no text of a comparison")
		}
		if err := plan.Check(len(all), &s); err != nil {
			return nil, damaged(path, no, err.Error())
		}
		all = append(all, s)
	}
	return slices.Clip(all), nil
}
