package model

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"argen/model/gguf"
	"argen/model/paths"
	"argen/model/transformer"
)

// The keys of a GGUF's metadata that are read or written here.
const (
	keyTokenizer = "tokenizer.huggingface.json" // the whole tokenizer.json
	keyAddBOS    = "tokenizer.ggml.add_bos_token"
	keyBOS       = "tokenizer.ggml.bos_token_id"
	keyEOS       = "tokenizer.ggml.eos_token_id"
	keyEOT       = "tokenizer.ggml.eot_token_id" // of a turn of a talk
	keyEOM       = "tokenizer.ggml.eom_token_id" // of a message
)

// isGGUF reports whether a file is a GGUF, or is named as one.
func isGGUF(head []byte, path string) bool {
	return strings.HasPrefix(string(head), gguf.Magic) || strings.HasSuffix(strings.ToLower(path), ".gguf")
}

// openGGUF opens the model in a GGUF, with the tokenizer that it describes.
func openGGUF(_ context.Context, path string, o Options) (*LM, error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	lm, err := ggufModel(f, o)
	if err != nil {
		return nil, errors.Join(inFile(path, err), f.Close())
	}
	return lm, nil
}

func ggufModel(f *gguf.File, o Options) (*LM, error) {
	c, err := transformer.ParseGGUF(f)
	if err != nil {
		return nil, err
	}
	tok, addBOS, err := ggufTokenizer(f)
	if err != nil {
		return nil, err
	}
	addEnds(&c, f.Meta, tok)
	template := ggufChat(f.Meta, tok)
	if template != nil {
		if err := template.bounded(); err != nil {
			return nil, err
		}
	}
	m, err := transformer.FromGGUF(c, f, o.transformer())
	if err != nil {
		return nil, err
	}
	m.AddBOS = addBOS
	return &LM{Model: m, Tokenizer: tok, Close: m.Close, chat: func() (*ChatTemplate, error) { return template, nil }}, nil
}

func inFile(path string, err error) error {
	return fmt.Errorf("%s: %w", paths.Short(filepath.Base(path)), err)
}
