package model

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"

	"argen/internal/quant"
	"argen/model/llama2c"
	"argen/model/paths"
)

// WriteLlama2c writes a llama as a checkpoint of llama2.c: as float32, or for Q8_0
// as int8 in groups of 64, or fewer if the rows need it. Its tokenizer is another
// file ([Llama2cTokenizer]).
func WriteLlama2c(w io.Writer, lm *LM, as quant.Type) (notes []string, err error) {
	m, err := convertible(lm)
	if err != nil {
		return nil, err
	}
	c := m.config
	if err := llama2c.Check(c); err != nil {
		return nil, fmt.Errorf("%s: %w", paths.Quote(lm.Ref), err)
	}
	group := 0
	switch as {
	case quant.F32:
	case quant.Q8_0:
		for group = 64; c.Hidden%group != 0 || c.FFN%group != 0; group /= 2 {
		}
	default:
		return nil, fmt.Errorf("a checkpoint of llama2.c is f32 or q8_0, not %s", strings.ToLower(as.String()))
	}
	if c.BOS != llama2c.BOS {
		notes = append(notes, fmt.Sprintf("llama2.c begins and ends texts with token %d, whatever the model does", llama2c.BOS))
	}
	return notes, llama2c.Write(w, c, group, func(name string) ([]float32, error) {
		t, ok := m.Tensor(name)
		if !ok {
			return nil, fmt.Errorf("%s: tensor %s is missing", paths.Quote(lm.Ref), paths.Quote(name))
		}
		return numbers(t)
	})
}

// Llama2cTokenizer returns the tokenizer.bin for a model's checkpoint, nil if its
// tokenizer is not of the kind that llama2.c has: SentencePiece's, by scores.
func Llama2cTokenizer(lm *LM) []byte {
	meta, _, err := ggufVocab(lm.Tokenizer)
	if kind, _ := meta.String("tokenizer.ggml.model"); err != nil || kind != "llama" {
		return nil
	}
	g := ggufVocabulary(meta)
	longest := 0
	var b []byte
	for id, token := range g.Tokens {
		if g.Types[id] == tokenControl {
			token = "\n" + token + "\n"
		}
		token = strings.ReplaceAll(token, "▁", " ")
		longest = max(longest, len(token))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(g.Scores[id]))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(token)))
		b = append(b, token...)
	}
	return append(binary.LittleEndian.AppendUint32(nil, uint32(longest)), b...)
}
