package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/internal/strict"
	"argen/model"
)

// batchFlag adds --batch.
func batchFlag(fs *pflag.FlagSet, file *string) {
	fs.StringVar(file, "batch", "", "answer the requests in `FILE.jsonl`, one a line, each a JSON object with text or ids and any flag's name as a field; - is standard input")
}

// An answerer is one request of a batch: add adds the flags that it may have as
// fields, and once they are set it answers.
type answerer interface {
	add(a *app, fs *pflag.FlagSet)
	answer(ctx context.Context, a *app, models *models, t text) (any, error)
}

// runBatch answers the requests in a file, a line each and in order. The flags
// of the command line hold where a request does not have its own. A bad request
// is answered by what is wrong with it, and the exit code is 1 at the end.
func (a *app) runBatch(c *cobra.Command, file string, args []string, fresh func() answerer) error {
	if len(args) > 0 {
		return usagef("--batch: the text stands in the requests, found the argument %q", args[0])
	}
	if err := a.inRequests(c, fresh()); err != nil {
		return err
	}
	var in io.Reader = a.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fileError(file, err)
		}
		defer f.Close()
		in = f
	} else {
		file = "standard input"
	}
	opened := a.models()
	defer opened.close()
	ctx, failed := c.Context(), false
	lines := bufio.NewReaderSize(in, 1<<16)
	for no := 1; ; no++ {
		line, err := readLine(ctx, lines)
		if errors.Is(err, io.EOF) {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !errors.Is(err, errLongLine) { // nothing more can be read
			return fileError(file, err)
		}
		if err == nil && len(strings.TrimSpace(string(line))) == 0 {
			continue
		}
		var answer any
		if err == nil {
			answer, err = a.request(c, strict.NewJSON(file, line, 16).AtLine(no), opened, fresh)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = true
			answer = batchError{err.Error(), no}
		}
		if err := a.printJSON(answer); err != nil {
			return err
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

// inRequests refuses flags of the command line that say nothing to requests.
func (a *app) inRequests(c *cobra.Command, one answerer) (err error) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	one.add(a, fs)
	c.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case f.Name == "batch" || f.Name == "json": // answers are JSON anyway
		case c.InheritedFlags().Lookup(f.Name) != nil || slices.Contains(engineFlags, f.Name):
		case f.Name == "file" || f.Name == "ids" || f.Name == "messages":
			err = usagef("--batch: the text stands in the requests, found --%s", f.Name)
		case fs.Lookup(f.Name) == nil:
			err = usagef("--batch: --%s changes nothing there", f.Name)
		}
	})
	return err
}

// batchError stands where the answer of a bad request would.
type batchError struct {
	Error string `json:"error"`
	Line  int    `json:"line"`
}

// request reads a request and answers it.
func (a *app) request(c *cobra.Command, j *strict.JSON, opened *models, fresh func() answerer) (any, error) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	one := fresh()
	one.add(a, fs)
	if err := inherit(fs, c.Flags()); err != nil {
		return nil, err
	}
	var t text
	err := j.Object(func(name string) error {
		switch name {
		case "text":
			s, err := j.String()
			t.text = s
			return err
		case "ids":
			t.ids = []argen.ID{}
			return j.Array(func(int) error {
				id, err := j.Int(0, 1<<31-1)
				t.ids = append(t.ids, argen.ID(id))
				return err
			})
		case "messages":
			if fs.Lookup("messages") == nil {
				break
			}
			m, err := model.ReadMessages(j)
			t.messages = m
			return err
		case "file":
			return j.Errorf("the text stands in the request: give text or ids")
		case "logits":
			if c.Name() != "sample" {
				break // a flag
			}
			t.logits = []float64{}
			return j.Array(func(int) error {
				x, err := logit(j)
				t.logits = append(t.logits, x)
				return err
			})
		}
		f := fs.Lookup(strings.ReplaceAll(name, "_", "-"))
		switch {
		case f == nil && c.Flags().Lookup(strings.ReplaceAll(name, "_", "-")) != nil:
			return j.Errorf("%s takes this on the command line only", c.Name())
		case f == nil:
			return j.Errorf("no field of a request and no flag of %s", c.Name())
		}
		return setFlag(fs, f, j)
	})
	if err == nil {
		err = j.End()
	}
	switch {
	case err != nil:
	case t.messages != nil && (t.text != "" || t.ids != nil):
		err = j.Errorf("messages are the whole conversation: give no text and no ids with them")
	case t.text != "" && t.ids != nil:
		err = j.Errorf("text and ids: give one of them")
	case t.logits != nil && (t.text != "" || t.ids != nil || t.messages != nil):
		err = j.Errorf("logits are the distribution: give no text, no ids and no messages with them")
	}
	if err != nil {
		return nil, err
	}
	return one.answer(c.Context(), a, opened, t)
}

// logit reads a number, or what JSON has no number for.
func logit(j *strict.JSON) (float64, error) {
	if j.Kind() != strict.String {
		return j.Float()
	}
	s, err := j.String()
	if err != nil {
		return 0, err
	}
	x, ok := specials[s]
	if !ok {
		return 0, j.Errorf("%q is no number; beyond numbers there are \"-inf\", \"inf\" and \"nan\"", s)
	}
	return x, nil
}

// inherit sets those flags of a request that the command line gives.
func inherit(fs, given *pflag.FlagSet) error {
	var all error
	given.Visit(func(f *pflag.Flag) {
		own := fs.Lookup(f.Name)
		if own == nil {
			return
		}
		if file, ok := f.Value.(*fileValue); ok { // a pipe can be read once only
			all = errors.Join(all, file.read())
			*own.Value.(*fileValue), own.Changed = *file, true
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			own.Changed = true
			all = errors.Join(all, own.Value.(pflag.SliceValue).Replace(list.GetSlice()))
			return
		}
		all = errors.Join(all, fs.Set(f.Name, f.Value.String()))
	})
	return all
}

// setFlag sets a flag to the next value of a request.
func setFlag(fs *pflag.FlagSet, f *pflag.Flag, j *strict.JSON) error {
	var values []string
	one := func() error {
		var raw []byte
		var s string
		var err error
		if j.Kind() == strict.String {
			s, err = j.String()
		} else if raw, err = j.Raw(); err == nil {
			s = string(raw)
		}
		values = append(values, s)
		return err
	}
	var err error
	list, many := f.Value.(pflag.SliceValue)
	switch kind := j.Kind(); {
	case kind == strict.Array && many:
		err = j.Array(func(int) error { return one() })
	case kind == strict.Array || kind == strict.Object:
		return j.Errorf("want one value")
	case j.Null():
		return nil
	default:
		err = one()
	}
	if err != nil {
		return err
	}
	if many {
		f.Changed = true
		err = list.Replace(values)
	} else if err = fs.Set(f.Name, values[0]); err != nil {
		var invalid *pflag.InvalidValueError
		if errors.As(err, &invalid) {
			err = plainNumber(f.Value.Type(), values[0], errors.Unwrap(invalid))
		}
	}
	if err != nil {
		return j.Errorf("%v", err)
	}
	return nil
}
