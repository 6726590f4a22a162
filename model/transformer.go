package model

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"argen"
	"argen/model/paths"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

// tokenizerFile is the name of a transformer's tokenizer in its folder.
const tokenizerFile = "tokenizer.json"

// maxTokenizer is the largest tokenizer.json that is read, in bytes.
const maxTokenizer = 256 << 20

// isConfig reports whether a file is the configuration of a transformer, which
// stands for the folder that holds it.
func isConfig(_ []byte, path string) bool { return filepath.Base(path) == transformer.ConfigFile }

// isTransformer reports whether a folder holds a transformer, whose files may be
// links that lead nowhere: what reads them says so.
func isTransformer(dir string) bool {
	for _, name := range []string{transformer.ConfigFile, safetensors.WeightsFile, safetensors.IndexFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// openTransformer opens the transformer in the folder of a config.json.
func openTransformer(_ context.Context, config string, o Options) (*LM, error) {
	dir := filepath.Dir(config)
	m, err := transformer.Open(dir, o.transformer())
	if err != nil {
		return nil, inFolder(dir, err)
	}
	lm := &LM{Model: m, Path: filepath.Join(dir, safetensors.WeightsFile), Size: m.Size(), Close: m.Close, chat: func() (*ChatTemplate, error) { return folderChat(dir) }}
	data, err := paths.Read(filepath.Join(dir, tokenizerFile), maxTokenizer)
	if err == nil {
		var bos argen.ID
		lm.Tokenizer, bos, err = tokenizer.ReadHuggingFace(tokenizerFile, data)
		if bos != argen.NoID && bos != m.Info().BOS {
			err = fmt.Errorf("%s puts token %d before a text, but bos_token_id of %s is %d", tokenizerFile, bos, transformer.ConfigFile, m.Info().BOS)
		}
		m.AddBOS = bos != argen.NoID
	}
	if err != nil {
		return nil, errors.Join(inFolder(dir, err), m.Close())
	}
	return lm, nil
}

// isWeights reports whether a file holds weights by its name; any bytes may be
// the length of a header.
func isWeights(path string) bool { return strings.HasSuffix(strings.ToLower(path), ".safetensors") }

// openWeights opens the transformer whose weights are in a file. Others than
// those of a whole model are read only to say what is wrong with them.
func openWeights(ctx context.Context, path string, o Options) (*LM, error) {
	config := filepath.Join(filepath.Dir(path), transformer.ConfigFile)
	if _, err := os.Stat(config); err == nil && filepath.Base(path) == safetensors.WeightsFile {
		return openTransformer(ctx, config, o)
	}
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, paths.Clean(err)
	}
	err = fmt.Errorf("%s holds %d tensors without their configuration: give the folder of a model, with %s and %s", paths.Quote(path), len(f.Tensors()), transformer.ConfigFile, safetensors.WeightsFile)
	return nil, errors.Join(err, f.Close())
}

// inFolder says in which folder an error is, unless it does, and what a folder
// without one of its files lacks.
func inFolder(dir string, err error) error {
	missing := errors.Is(err, fs.ErrNotExist)
	err = paths.Clean(err)
	if !strings.HasPrefix(err.Error(), dir+string(filepath.Separator)) {
		err = fmt.Errorf("%s: %w", paths.Quote(dir), err)
	}
	if missing {
		return fmt.Errorf("%w: a model's folder has %s, %s and %s", err, transformer.ConfigFile, safetensors.WeightsFile, tokenizerFile)
	}
	return err
}
