package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"

	"argen"
	"argen/model/story"
)

// A corpus is text to train on: files one after the other, or sampled stories.
// It can be read several times.
type corpus struct {
	files   []string
	stdin   []byte // what "-" stands for
	stories int    // instead of files
	seed    uint64 // of the stories

	total int64 // bytes, or stories
	unit  string
}

// corpus returns the text that files or --stories name, one or the other.
func (a *app) corpus(files []string, stories int, seed *seedFlag) (*corpus, error) {
	const most = 1_000_000
	switch {
	case stories < 0 || stories > most:
		return nil, usagef("--stories %d: choose 1 to %d", stories, most)
	case stories > 0 && len(files) > 0:
		return nil, usagef("--stories %d and %s: train on one or the other", stories, count(len(files), "file"))
	case stories == 0 && len(files) == 0:
		return nil, usagef("nothing to train on: name text files, - for stdin, or give --stories N")
	case stories > 0:
		return &corpus{stories: stories, seed: seed.pick(), total: int64(stories), unit: "stories"}, nil
	}
	return openCorpus(files, a.stdin)
}

// openCorpus looks at the files; "-" is stdin, which is read to its end.
func openCorpus(files []string, stdin io.Reader) (*corpus, error) {
	c := &corpus{files: files, unit: "bytes"}
	for _, name := range files {
		if name == "-" {
			if c.stdin != nil {
				return nil, usagef("stdin (-) is named twice")
			}
			text, err := io.ReadAll(stdin)
			if err != nil {
				return nil, fmt.Errorf("stdin: %w", err)
			}
			c.stdin = text // not nil, also where it is empty
			c.total += int64(len(text))
			continue
		}
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, fileError(name, err)
		case info.IsDir():
			return nil, fmt.Errorf("%s is a folder: name the text files in it", name)
		case info.Mode().IsRegular():
			c.total += info.Size()
		}
	}
	return c, nil
}

// reader returns the text from its beginning. Read is an error where it is no
// text. Progress, if not nil, is called with how much was read, in c's unit.
func (c *corpus) reader(ctx context.Context, progress func(done int64)) *corpusReader {
	r := &corpusReader{ctx: ctx, c: c, progress: progress}
	if c.stories > 0 {
		r.rng = rand.New(rand.NewPCG(c.seed, 0))
	}
	return r
}

// lines yields the lines of the text without their ends, valid until the next;
// empty ones are left out.
func (r *corpusReader) lines() iter.Seq2[[]byte, error] {
	const longest = 16 << 20
	return func(yield func([]byte, error) bool) {
		in := bufio.NewScanner(r)
		in.Buffer(make([]byte, 1<<16), longest)
		for in.Scan() {
			if len(in.Bytes()) > 0 && !yield(in.Bytes(), nil) {
				return
			}
		}
		err := in.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("a line of the text is longer than %s: put one sentence on a line", sizeText(longest))
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// encoded yields the lines of the text as ids.
func (r *corpusReader) encoded(tok argen.Tokenizer) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		n := 0
		for line, err := range r.lines() {
			n++
			var ids []argen.ID
			if err == nil {
				if ids, err = tok.Encode(string(line)); err != nil {
					err = fmt.Errorf("line %d of the text (empty ones not counted): %w", n, err)
				}
			}
			if !yield(ids, err) || err != nil {
				return
			}
		}
	}
}

// A corpusReader reads a corpus once. A byte-order mark at the beginning of a
// file is left out, and a file's last line always ends.
type corpusReader struct {
	ctx      context.Context
	c        *corpus
	progress func(done int64)
	done     int64

	rng     *rand.Rand // of the stories
	pending []byte     // text that was made or read ahead

	next int // the file after this one
	name string
	in   io.Reader
	file *os.File
	last byte // read of the file
	check
}

// Read implements io.Reader.
func (r *corpusReader) Read(p []byte) (n int, err error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(r.pending) == 0 && r.c.stories > 0 {
		if err := r.sample(); err != nil {
			return 0, err
		}
	}
	for len(r.pending) == 0 {
		if r.in == nil {
			if err := r.open(); err != nil {
				return 0, err
			}
		}
		n, err := r.in.Read(p)
		if n > 0 {
			r.last = p[n-1]
			r.done += int64(n)
			if err := r.look(r.name, p[:n]); err != nil {
				return 0, err
			}
			if r.progress != nil {
				r.progress(r.done)
			}
			return n, nil
		}
		switch {
		case err == nil:
			continue
		case !errors.Is(err, io.EOF):
			return 0, fileError(r.name, err)
		}
		if err := r.check.end(r.name); err != nil {
			return 0, err
		}
		r.close()
		if r.last != '\n' && r.last != 0 {
			r.pending = append(r.pending, '\n')
		}
	}
	n = copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

// sample samples the next story.
func (r *corpusReader) sample() error {
	if r.done == int64(r.c.stories) {
		return io.EOF
	}
	g := story.Default()
	ids, err := g.Sample(r.rng)
	if err != nil {
		return err
	}
	r.pending = append([]byte(storyTokenizer().Decode(ids)), '\n')
	r.done++
	if r.progress != nil {
		r.progress(r.done)
	}
	return nil
}

// open opens the next file.
func (r *corpusReader) open() error {
	if r.next == len(r.c.files) {
		return io.EOF
	}
	r.name = r.c.files[r.next]
	r.next++
	r.last, r.check = 0, check{}
	if r.name == "-" {
		r.name = "stdin"
		r.in = bytes.NewReader(r.c.stdin)
	} else {
		f, err := os.Open(r.name)
		if err != nil {
			return fileError(r.name, err)
		}
		r.file, r.in = f, f
	}
	mark := make([]byte, len("\ufeff"))
	n, err := io.ReadFull(r.in, mark)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		r.close()
		return fileError(r.name, err)
	}
	if string(mark[:n]) != "\ufeff" {
		r.in = io.MultiReader(bytes.NewReader(mark[:n]), r.in)
	} else {
		r.done += int64(n)
		r.check.offset = int64(n)
	}
	return nil
}

// close closes the file that is open, also when reading ended early.
func (r *corpusReader) close() {
	if r.file != nil {
		_ = r.file.Close() // read only
	}
	r.file, r.in = nil, nil
}
