package model

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path/filepath"
	"unicode/utf8"

	"argen/model/paths"
)

// A head is the beginning of a file.
type head struct {
	size   int64
	raw    []byte // as it is, at most 512 bytes
	text   []byte // the same unpacked, if it is a gzip
	zipped bool
}

func readHead(path string) (head, error) {
	const most = 512
	f, size, err := paths.Open(path)
	if err != nil {
		return head{}, err
	}
	defer f.Close()
	h := head{size: size, raw: make([]byte, most)}
	n, err := io.ReadFull(f, h.raw)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return head{}, paths.Clean(err)
	}
	h.raw = h.raw[:n]
	h.text = h.raw
	if bytes.HasPrefix(h.raw, []byte("\x1f\x8b")) {
		h.zipped = true
		h.text = make([]byte, most)
		n := 0
		if z, err := gzip.NewReader(bytes.NewReader(h.raw)); err == nil {
			n, _ = io.ReadFull(z, h.text) // what is cut short here is whole in the file
		}
		h.text = h.text[:n]
	}
	return h, nil
}

// signs are first bytes by which a file that is no model is known. The text
// says what it is and what to do.
var signs = []struct{ first, what string }{
	{"version https://git-lfs", "a Git LFS pointer, not the file it points to: fetch it with git lfs pull"},
	{"<!doctype html", "an HTML page, saved in place of the file: download the file itself"},
	{"<html", "an HTML page, saved in place of the file: download the file itself"},
	{"<?xml", "an XML document"},
	{`{"type":"header"`, "a trace: show it with argen step --replay, draw it with argen plot"},
	{"mmap lm http://kheafield.com", "a binary of KenLM, which only KenLM reads: give the ARPA file it was built from"},
	{"lmgg", oldGGML},
	{"fmgg", oldGGML},
	{"tjgg", oldGGML},
	{"PK\x03\x04", "a ZIP archive (PyTorch checkpoints are such): unpack it"},
	{"\x89PNG", "a PNG picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"GIF8", "a GIF picture"},
	{"%PDF", "a PDF document"},
	{"\x7fELF", "a program"},
	{"MZ", "a program"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it"},
	{"BZh", "compressed by bzip2: unpack it"},
	{"\xfd7zXZ", "compressed by xz: unpack it"},
	{"argen-story-grammar", "a story grammar: open it as truth:FILE"},
}

const oldGGML = "a model in a format of ggml from before GGUF, which llama.cpp does not read either: fetch it as a *.gguf"

// foreign says what a file is that is known to be no model, "" if it may be
// one.
func (h *head) foreign() string {
	switch {
	case h.size == 0:
		return "empty: write it again"
	case h.zipped && len(h.text) == 0:
		return "a gzip that is cut short or damaged: write it again"
	}
	lower := bytes.ToLower(bytes.TrimLeft(h.text, " \t\r\n\ufeff"))
	for _, s := range signs {
		if bytes.HasPrefix(h.text, []byte(s.first)) || bytes.HasPrefix(lower, []byte(s.first)) {
			return h.inside() + s.what
		}
	}
	return ""
}

// unknown says what a file is that no format matches.
func (h *head) unknown(path string) string {
	switch {
	case bytes.Contains(h.text, []byte("\nargen-story-grammar")), bytes.HasPrefix(h.text, []byte("# Story grammar")):
		return "a story grammar: open it as truth:" + paths.Short(filepath.Base(path))
	case isText(h.text):
		return h.inside() + "text, not a model: argen reads " + endings() + "; to make a model of the text: argen train ngram FILE"
	}
	return h.inside() + "no model that argen reads: " + endings()
}

func (h *head) inside() string {
	if h.zipped {
		return "a gzip of "
	}
	return ""
}

// isText reports whether the beginning of a file reads as UTF-8 text.
func isText(b []byte) bool {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 && utf8.FullRune(b[i:]) || r == 0 {
			return false
		}
		i += size
	}
	return true
}
