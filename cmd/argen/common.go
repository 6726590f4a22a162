package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"argen"
	"argen/model"
)

// open opens the model that a user names.
func (a *app) open(ctx context.Context, ref string) (*model.LM, error) {
	return model.Open(ctx, ref, model.Options{})
}

// largestText is how long a prompt may be, in bytes.
const largestText = 64 << 20

// A text is what stands before the first token, as text or as ids.
type text struct {
	text    string
	special bool       // names of control tokens in it mean the tokens
	ids     []argen.ID // of --ids, nil if text is given
	logits  []float64  // of a request to sample, nil if there are none
}

// prompt reads the text that a command begins with: its arguments joined by
// blanks, or -f FILE, or standard input if that is - or a pipe. One line end at
// the end of a file or of standard input is not part of it. Without any of
// these the text is empty. Interactive is set if standard input answers
// questions later, so that no prompt may come from there.
func (a *app) prompt(ctx context.Context, p *promptFlags, args []string, interactive bool) (text, error) {
	given := 0
	for _, is := range []bool{len(args) > 0, p.file != "", p.hasIDs} {
		if is {
			given++
		}
	}
	name := p.file
	switch {
	case given > 1:
		return text{}, usagef("give the text once: as arguments, with --file or with --ids")
	case p.hasIDs:
		return text{ids: slices.Clip(append([]argen.ID{}, p.ids...))}, nil
	case len(args) == 1 && args[0] == "-" || given == 0 && !a.stdinTTY && !interactive:
		name = "-"
	case p.file == "":
		return text{text: strings.Join(args, " "), special: p.special}, nil
	}
	if name == "-" && interactive {
		return text{}, usagef("standard input is asked at each step here and cannot hold the prompt too")
	}
	data, err := a.readFile(ctx, name)
	if err != nil {
		return text{}, err
	}
	s := strings.TrimSuffix(string(data), "\n")
	return text{text: strings.TrimSuffix(s, "\r"), special: p.special}, nil
}

// readFile reads a file, or standard input if its name is -, unless it is
// longer than a text may be.
func (a *app) readFile(ctx context.Context, name string) ([]byte, error) {
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
		data, err := io.ReadAll(io.LimitReader(in, largestText+1))
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
			if r.err == nil && len(r.data) > largestText {
				r.err = fmt.Errorf("longer than %d bytes", largestText)
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
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", argen.Visible(name), err)
}

// start begins a text.
func (t text) start(g argen.Generator) (*argen.Run, error) {
	if t.ids == nil && !t.special {
		return g.Start(t.text)
	}
	ids, err := t.encode(g.Tokenizer)
	if err != nil {
		return nil, fmt.Errorf("prompt: %w", err)
	}
	return g.StartIDs(ids)
}

// encode returns the ids of a text.
func (t text) encode(tok argen.Tokenizer) ([]argen.ID, error) {
	switch {
	case t.ids != nil:
		return slices.Clone(t.ids), nil
	case !t.special:
		return tok.Encode(t.text)
	}
	ids, rest := []argen.ID{}, t.text
	for rest != "" {
		at, control := len(rest), argen.NoID
		for id := range argen.ID(tok.VocabSize()) {
			if name := string(tok.Piece(id)); tok.Control(id) && name != "" {
				if i := strings.Index(rest[:min(len(rest), at+len(name)-1)], name); i >= 0 && i < at {
					at, control = i, id
				}
			}
		}
		part, err := tok.Encode(rest[:at])
		if err != nil {
			return nil, err
		}
		ids, rest = append(ids, part...), rest[at:]
		if control != argen.NoID {
			ids, rest = append(ids, control), rest[len(tok.Piece(control)):]
		}
	}
	return ids, nil
}

// pick returns the seed, drawn if none was given. Short ones are easier to
// type again.
func (s *seedFlag) pick() uint64 {
	if !s.given {
		s.seed, s.given = uint64(rand.Uint32()), true
	}
	return s.seed
}

// token returns the id of the token that a user means: a piece of the
// vocabulary, also the name of a control token, or a text that is one token,
// or #ID.
func token(lm *model.LM, word string) (argen.ID, error) {
	tok := lm.Tokenizer
	v := tok.VocabSize()
	for id := range argen.ID(v) {
		if string(tok.Piece(id)) == word {
			return id, nil
		}
	}
	if digits, ok := strings.CutPrefix(word, "#"); ok {
		n, err := strconv.ParseUint(digits, 10, 31)
		if err != nil || n >= uint64(v) {
			return 0, fmt.Errorf("%q: the vocabulary has ids 0 to %d", word, v-1)
		}
		return argen.ID(n), nil
	}
	ids, err := tok.Encode(word)
	switch {
	case err != nil:
		return 0, err
	case len(ids) != 1:
		return 0, fmt.Errorf("%q is %d tokens, want one; argen tokenize shows them, #ID names one", word, len(ids))
	}
	return ids[0], nil
}

// tokens is token for several words, of a flag.
func tokens(lm *model.LM, flag string, words []string) ([]argen.ID, error) {
	var ids []argen.ID
	for _, w := range words {
		id, err := token(lm, w)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
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

// modelError names the model that an error is about, where there are several.
func modelError(refs []string, ref string, err error) error {
	if len(refs) == 1 {
		return err
	}
	return fmt.Errorf("%s: %w", argen.Visible(ref), err)
}
