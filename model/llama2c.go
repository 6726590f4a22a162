package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"argen"
	"argen/internal/strict"
	"argen/model/llama2c"
	"argen/model/paths"
	"argen/model/transformer"
	"argen/tokenizer"
)

// Llama2cTokenizerFile is the name of the tokenizer in a folder with a checkpoint
// of llama2.c.
const Llama2cTokenizerFile = "tokenizer.bin"

// isLlama2c reports whether a file may be a checkpoint of llama2.c. The first
// version has no magic number, so a file with the right name is held for one.
func isLlama2c(head []byte, path string) bool {
	return bytes.HasPrefix(head, []byte(llama2c.Magic)) || strings.HasSuffix(strings.ToLower(path), ".bin") && !isText(head)
}

// openLlama2c opens a checkpoint of llama2.c with the tokenizer beside it.
func openLlama2c(_ context.Context, path string, o Options) (*LM, error) {
	f, err := llama2c.Open(path)
	if err != nil {
		return nil, err
	}
	lm, err := llama2cModel(f, path, o)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return lm, nil
}

func llama2cModel(f *llama2c.File, path string, o Options) (*LM, error) {
	tok, bos := o.Tokenizer, f.Config.BOS
	if tok == nil {
		var err error
		if tok, bos, err = llama2cTokenizer(filepath.Dir(path), f.Config.VocabSize); err != nil {
			return nil, fmt.Errorf("%s: %w", paths.Short(filepath.Base(path)), err)
		}
	}
	m, err := transformer.FromFile(f.Config, f, o.transformer())
	if err != nil {
		return nil, inFile(path, err)
	}
	m.AddBOS = bos != argen.NoID
	return &LM{Model: m, Tokenizer: tok, Close: m.Close}, nil
}

// llama2cTokenizer reads the tokenizer.bin in a folder, or the tok512.bin of a
// vocabulary of 512 tokens, as llama2.c names those of its smaller models.
func llama2cTokenizer(dir string, vocab int) (argen.Tokenizer, argen.ID, error) {
	for _, name := range []string{Llama2cTokenizerFile, "tok" + strconv.Itoa(vocab) + ".bin"} {
		data, err := paths.Read(filepath.Join(dir, name), maxTokenizer)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, argen.NoID, err
		}
		g, err := readTokenizerBin(name, data, vocab)
		if err != nil {
			return nil, argen.NoID, err
		}
		tok, bos, err := tokenizer.ReadGGUF(g)
		if err != nil {
			return nil, argen.NoID, fmt.Errorf("%s: %w", name, err)
		}
		return tok, bos, nil
	}
	return nil, argen.NoID, fmt.Errorf("a checkpoint of llama2.c has no tokenizer in it: put its %s into the same folder, or give another with --tokenizer", Llama2cTokenizerFile)
}

// readTokenizerBin reads a tokenizer of llama2.c: the length of the longest token,
// and then for each its score, length and bytes. It is a vocabulary of
// SentencePiece, whose ▁ are blanks here; tokens 0 to 2 are <unk>, <s> and </s>,
// and a byte stands as <0x0A>.
func readTokenizerBin(name string, data []byte, vocab int) (g tokenizer.GGUF, err error) {
	if says := strict.Foreign(data); says != "" {
		return g, &strict.Error{File: name, Offset: 0, Msg: says}
	}
	r := strict.NewBytes(name, data)
	if _, err := r.U32("longest token"); err != nil {
		return g, err
	}
	const least = 4 + 4
	if uint64(vocab) > r.Remaining()/least {
		return g, r.Errorf("tokens", "%d bytes, too few for the %d tokens of the model: it is the tokenizer of another, or cut short", len(data), vocab)
	}
	yes := true
	g = tokenizer.GGUF{
		Model: "llama", Tokens: make([]string, vocab), Types: make([]int32, vocab), Scores: make([]float32, vocab),
		BOS: argen.NoID, EOS: argen.NoID, Unknown: argen.NoID, AddBOS: &yes, AddSpacePrefix: &yes,
	}
	if vocab > int(llama2c.EOS) {
		g.Unknown, g.BOS, g.EOS = 0, llama2c.BOS, llama2c.EOS
	}
	for id := range vocab {
		field := "token " + strconv.Itoa(id)
		score, err := r.F32(field)
		if err != nil {
			return g, err
		}
		if math.IsNaN(float64(score)) || math.IsInf(float64(score), 0) {
			return g, r.Errorf(field, "its score is %v", score)
		}
		n, err := r.U32(field)
		if err != nil {
			return g, err
		}
		text, err := r.Take(field, uint64(n))
		if err != nil {
			return g, err
		}
		g.Scores[id] = score
		g.Tokens[id], g.Types[id] = llama2cToken(argen.ID(id), string(text), g)
	}
	if left := r.Remaining(); left > 0 {
		return g, r.ErrorAt(r.Offset(), "tokens", "%d bytes are left behind the %d tokens of the model: it is the tokenizer of another", left, vocab)
	}
	return g, nil
}

// llama2cToken is a token as a GGUF has it.
func llama2cToken(id argen.ID, text string, g tokenizer.GGUF) (token string, kind int32) {
	switch id {
	case g.Unknown:
		return text, tokenUnknown
	case g.BOS, g.EOS:
		return strings.TrimSpace(text), tokenControl // "\n<s>\n"
	}
	const tokenByte int32 = 6
	if isByteName(text) {
		return text, tokenByte
	}
	return strings.ReplaceAll(text, " ", "▁"), tokenNormal
}

// isByteName reports whether a token's name is that of a byte: <0x0A>.
func isByteName(name string) bool {
	if len(name) != len("<0x0A>") || !strings.HasPrefix(name, "<0x") || name[5] != '>' {
		return false
	}
	_, err := strconv.ParseUint(name[3:5], 16, 8)
	return err == nil
}

// hasTokenizerBin reports whether a file's name is that of a tokenizer of
// llama2.c, which ends as its checkpoints do.
func hasTokenizerBin(name string) bool {
	name = strings.ToLower(name)
	digits, ok := strings.CutPrefix(strings.TrimSuffix(name, ".bin"), "tok")
	_, err := strconv.Atoi(digits)
	return name == Llama2cTokenizerFile || ok && err == nil
}
