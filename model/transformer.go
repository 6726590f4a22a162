package model

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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

// isTransformer reports whether a folder holds a transformer.
func isTransformer(dir string) bool {
	for _, name := range []string{transformer.ConfigFile, safetensors.WeightsFile, safetensors.IndexFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// openTransformer opens the transformer in the folder of a config.json.
func openTransformer(_ context.Context, config string) (*LM, error) {
	dir := filepath.Dir(config)
	m, err := transformer.Open(dir)
	if err != nil {
		return nil, inFolder(dir, err)
	}
	lm := &LM{Model: m, Path: filepath.Join(dir, safetensors.WeightsFile), Size: m.Size(), Close: m.Close}
	data, err := readLimited(filepath.Join(dir, tokenizerFile), maxTokenizer)
	if err == nil {
		lm.Tokenizer, err = tokenizer.ReadBPE(tokenizerFile, data)
	}
	if err != nil {
		return nil, errors.Join(inFolder(dir, err), m.Close())
	}
	return lm, nil
}

// inFolder says in which folder an error is, unless it does.
func inFolder(dir string, err error) error {
	err = clean(err)
	if strings.Contains(err.Error(), dir) {
		return err
	}
	return fmt.Errorf("%s: %w", quote(dir), err)
}
