package model

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"argen"
	"argen/model/gguf"
	"argen/tokenizer"
)

// What llama.cpp makes of a token, by its numbers.
const (
	tokenNormal  int32 = 1
	tokenUnknown int32 = 2
	tokenControl int32 = 3
	tokenUser    int32 = 4
)

// ggufTokenizer returns the tokenizer of a GGUF, from the tokenizer.json that argen
// keeps in it or else from the metadata that llama.cpp reads, and whether BOS is
// put before every text.
func ggufTokenizer(f *gguf.File) (tok argen.Tokenizer, addBOS bool, err error) {
	data, ok := f.Meta.String(keyTokenizer)
	if !ok {
		tok, bos, err := tokenizer.ReadGGUF(ggufVocabulary(f.Meta))
		if err != nil && strings.HasPrefix(err.Error(), "tokenizer.ggml.pre: ") {
			err = fmt.Errorf("%w; %s=NAME in the environment says which", err, preVariable)
		}
		return tok, bos != argen.NoID, err
	}
	tok, bos, err := tokenizer.ReadHuggingFace(keyTokenizer, []byte(data))
	if err != nil {
		return nil, false, err
	}
	if id, _ := f.Meta.Int(keyBOS); bos != argen.NoID && (f.Meta.Value(keyBOS) == nil || int(bos) != id) {
		return nil, false, fmt.Errorf("%s puts token %d before a text, but %s is %v", keyTokenizer, bos, keyBOS, f.Meta.Value(keyBOS))
	}
	return tok, bos != argen.NoID, nil
}

// OpenTokenizer returns the tokenizer of a GGUF alone, whose weights and architecture
// are not looked at; nil if the file is not a GGUF, or none.
func OpenTokenizer(path string) (argen.Tokenizer, error) {
	if h, err := readHead(path); err != nil || !isGGUF(h.raw, path) {
		return nil, nil
	}
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	tok, _, err := ggufTokenizer(f)
	if err != nil {
		err = inFile(path, err)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return tok, nil
}

// preVariable names the variable that says which tokenizer.ggml.pre a GGUF has, where
// it says none, or one that argen does not know.
const preVariable = "ARGEN_GGUF_PRE"

// ggufVocabulary takes what a tokenizer needs from the metadata.
func ggufVocabulary(m gguf.Meta) tokenizer.GGUF {
	var g tokenizer.GGUF
	g.Model, _ = m.String("tokenizer.ggml.model")
	g.Pre, _ = m.String("tokenizer.ggml.pre")
	g.Pre = cmp.Or(os.Getenv(preVariable), g.Pre)
	g.Tokens, _ = m.Value("tokenizer.ggml.tokens").([]string)
	g.Types, _ = m.Value("tokenizer.ggml.token_type").([]int32)
	g.Types = endTypes(g.Tokens, g.Types)
	g.Scores, _ = m.Value("tokenizer.ggml.scores").([]float32)
	g.Merges, _ = m.Value("tokenizer.ggml.merges").([]string)
	for key, id := range map[string]*argen.ID{keyBOS: &g.BOS, keyEOS: &g.EOS, "tokenizer.ggml.unknown_token_id": &g.Unknown} {
		*id = argen.NoID
		if n, ok := m.Int(key); ok && n >= 0 && n < len(g.Tokens) {
			*id = argen.ID(n)
		}
	}
	for key, on := range map[string]**bool{keyAddBOS: &g.AddBOS, "tokenizer.ggml.add_eos_token": &g.AddEOS, "tokenizer.ggml.add_space_prefix": &g.AddSpacePrefix} {
		if v, ok := m.Value(key).(bool); ok {
			*on = &v
		}
	}
	return g
}

// ggufVocab returns a tokenizer in the nearest way that llama.cpp has, and what
// is not the same there.
//
//   - BPE is its "gpt2", byte-level merges, or its "llama", SentencePiece's. Encode is
//     the same, but for the normal form of Unicode, which llama.cpp leaves out.
//   - Bytes and Chars are its "gpt2": Bytes has no merges, and those of Chars put the
//     bytes of a character together. Encode is the same.
//   - Story and Words are its "t5", a unigram model over ▁word with a list of
//     replacements that sets marks apart by blanks. Texts of known words have the
//     same ids; when it decodes, a blank stands before marks too.
func ggufVocab(tok argen.Tokenizer) (meta gguf.Meta, note string, err error) {
	switch t := tok.(type) {
	case *tokenizer.BPE:
		if meta, err = ggufBPE(t); err == nil && t.Composes() {
			note = "llama.cpp does not put a text into the normal form NFC, as the tokenizer does: letters that are written as a letter and a mark have other tokens there"
		}
		return meta, note, err
	case *tokenizer.Bytes:
		return ggufBytes(t), "", nil
	case *tokenizer.Chars:
		return ggufChars(t), "llama.cpp leaves out characters that the model does not know", nil
	case *tokenizer.Story:
		return ggufWords(tok), "llama.cpp has no tokenizer of words: its own is the nearest that gives stories the same ids, takes unknown words for <s> and writes a blank before every mark", nil
	case *tokenizer.Words:
		return ggufWords(tok), "llama.cpp has no tokenizer of words: its own is the nearest that gives known words the same ids", nil
	}
	return nil, "", fmt.Errorf("a tokenizer of type %T is not converted", tok)
}

// vocabMeta is the metadata that all tokenizers have.
func vocabMeta(model string, tokens []string, types []int32) gguf.Meta {
	return gguf.Meta{
		{Key: "tokenizer.ggml.model", Value: model},
		{Key: "tokenizer.ggml.tokens", Value: tokens},
		{Key: "tokenizer.ggml.token_type", Value: types},
	}
}

// tokenTypes returns the types of tokens that are all normal or control.
func tokenTypes(tok argen.Tokenizer) []int32 {
	types := make([]int32, tok.VocabSize())
	for id := range types {
		types[id] = tokenNormal
		if tok.Control(argen.ID(id)) {
			types[id] = tokenControl
		}
	}
	return types
}

// ggufBytes is a BPE without merges.
func ggufBytes(tok *tokenizer.Bytes) gguf.Meta {
	tokens, types := make([]string, tok.VocabSize()), tokenTypes(tok)
	for id := range tokens {
		if tokens[id] = string(tok.Piece(argen.ID(id))); types[id] == tokenNormal {
			tokens[id] = tokenizer.Spell(tok.Piece(argen.ID(id)))
		}
	}
	return gpt2Meta("gpt-2", tokens, types, nil)
}

func ggufBPE(tok *tokenizer.BPE) (gguf.Meta, error) {
	g, err := tok.GGUF()
	if err != nil {
		return nil, err
	}
	if g.Model == "gpt2" {
		return gpt2Meta(g.Pre, g.Tokens, g.Types, g.Merges), nil
	}
	meta := append(vocabMeta(g.Model, g.Tokens, g.Types),
		gguf.KV{Key: "tokenizer.ggml.scores", Value: g.Scores},
		gguf.KV{Key: "tokenizer.ggml.add_space_prefix", Value: *g.AddSpacePrefix},
	)
	if g.Unknown != argen.NoID {
		meta = append(meta, gguf.KV{Key: "tokenizer.ggml.unknown_token_id", Value: uint32(g.Unknown)})
	}
	return meta, nil
}

func gpt2Meta(pre string, tokens []string, types []int32, merges []string) gguf.Meta {
	if len(merges) == 0 {
		merges = []string{"Ā Ā"} // of a zero byte, twice: an empty list has no type there
	}
	return append(vocabMeta("gpt2", tokens, types),
		gguf.KV{Key: "tokenizer.ggml.pre", Value: pre},
		gguf.KV{Key: "tokenizer.ggml.merges", Value: merges},
	)
}

// ggufChars spells each character as its bytes and merges them from the left. No
// merge can join bytes of two characters, as a character's first byte begins
// each left side.
func ggufChars(tok *tokenizer.Chars) gguf.Meta {
	tokens, types := make([]string, tok.VocabSize()), tokenTypes(tok)
	var merges []string
	seen := map[string]bool{}
	for id := range tokens {
		piece := tok.Piece(argen.ID(id))
		if types[id] == tokenControl {
			tokens[id] = string(piece)
			continue
		}
		left := tokenizer.Spell(piece[:1])
		for _, b := range piece[1:] {
			right := tokenizer.Spell([]byte{b})
			if merge := left + " " + right; !seen[merge] {
				seen[merge] = true
				merges = append(merges, merge)
			}
			left += right
		}
		tokens[id] = left
	}
	return gpt2Meta("gpt-2", tokens, types, merges)
}

// ggufWords writes each word with the blank before it that llama.cpp shows as ▁.
func ggufWords(tok argen.Tokenizer) gguf.Meta {
	tokens, types := make([]string, tok.VocabSize()), tokenTypes(tok)
	scores := make([]float32, len(tokens))
	replace := map[string]string{}
	unknown := argen.ID(0)
	_, isStory := tok.(*tokenizer.Story)
	for id := range tokens {
		word := string(tok.Piece(argen.ID(id)))
		tokens[id] = word
		if types[id] != tokenNormal {
			continue
		}
		tokens[id], scores[id] = "▁"+word, -1
		if r, _ := utf8.DecodeRuneInString(word); isStory && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			replace[word] = " " + word + " "
		}
	}
	blanks := "\t\n\r"
	if isStory {
		blanks = "\t\n\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
	}
	for _, r := range blanks {
		replace[string(r)] = " "
	}
	if words, ok := tok.(*tokenizer.Words); ok && words.Unk() != argen.NoID {
		unknown = words.Unk()
		tokens[unknown], types[unknown] = string(words.Piece(unknown)), tokenUnknown
	} else if i := slices.Index(types, tokenControl); i >= 0 {
		unknown = argen.ID(i)
	}
	return append(vocabMeta("t5", tokens, types),
		gguf.KV{Key: "tokenizer.ggml.scores", Value: scores},
		gguf.KV{Key: "tokenizer.ggml.unknown_token_id", Value: uint32(unknown)},
		gguf.KV{Key: "tokenizer.ggml.add_space_prefix", Value: true},
		gguf.KV{Key: "tokenizer.ggml.remove_extra_whitespaces", Value: true},
		gguf.KV{Key: "tokenizer.ggml.precompiled_charsmap", Value: charsMap(replace)},
	)
}

// charsMap returns a list of replacements as SentencePiece compiles it: a double
// array for finding the longest string that a text begins with, behind its
// length in bytes, and then the replacements, each with a zero byte behind it.
//
// A unit of the array has the byte that leads to it in bits 0 to 7, in bit 8
// whether a string ends there, and from bit 10 on what its number is XORed with
// to find the unit of its next byte 0, from which that of byte b is reached by
// XORing b. The unit of byte 0 has bit 31 set and where the replacement begins.
//
// (Kanda, Space- and Time-Efficient String Dictionaries, 2018; here each inner
// node has 256 units of its own.)
func charsMap(replace map[string]string) []uint8 {
	const perNode = 256
	units := make([]uint32, 2*perNode) // the root's unit is 0, its children are in the second 256
	units[0] = perNode << 10
	var texts []byte
	for _, from := range slices.Sorted(maps.Keys(replace)) {
		children := uint32(perNode)
		for i := range len(from) {
			unit := children ^ uint32(from[i])
			if units[unit] == 0 {
				next := uint32(len(units))
				units = append(units, make([]uint32, perNode)...)
				units[unit] = (unit^next)<<10 | uint32(from[i])
			}
			children = unit ^ units[unit]>>10
			if i == len(from)-1 {
				units[unit] |= 1 << 8
				units[children] = 1<<31 | uint32(len(texts))
			}
		}
		texts = append(append(texts, replace[from]...), 0)
	}
	m := binary.LittleEndian.AppendUint32(nil, uint32(4*len(units)))
	for _, u := range units {
		m = binary.LittleEndian.AppendUint32(m, u)
	}
	return append(m, texts...)
}
