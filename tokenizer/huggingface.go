package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
)

// HuggingFace returns the tokenizer.json from which Hugging Face's tokenizers
// library, and with it transformers, makes a tokenizer with the same ids, and
// [ReadHuggingFace] the same tokenizer. bos is a control token that is put
// before every text there, unless it is NoID; control tokens are special tokens.
// It takes all tokenizers of this package.
//
// What is not the same there:
//
//   - The name of a special token in a text is that token. Here it is plain text.
//   - Text is valid UTF-8. What Bytes decodes to bytes that are not has U+FFFD
//     there.
//   - Of Story, a straight quote of which the blanks beside it do not tell
//     whether it opens or closes is an unknown word.
//   - An unknown character or word is an error that names none.
//
// A vocabulary that is not valid UTF-8, or for Story one with tokens that its
// expression does not find, is an error.
func HuggingFace(tok argen.Tokenizer, bos argen.ID) ([]byte, error) {
	if bos != argen.NoID && !tok.Control(bos) {
		return nil, fmt.Errorf("token %d begins no text: it is no control token", bos)
	}
	var h huggingFace
	switch t := tok.(type) {
	case *BPE:
		h = t.huggingFace(bos, t.writeModel)
	case *Unigram:
		h = t.huggingFace(bos, t.writeModel)
	case *WordPiece:
		h = t.huggingFace(bos, t.writeModel)
	case *Bytes:
		h = t.huggingFace()
	default:
		i := slices.IndexFunc(wordLevels, func(w wordLevel) bool { return w.is(tok) })
		if i < 0 {
			return nil, fmt.Errorf("a tokenizer of type %T has no tokenizer.json", tok)
		}
		var err error
		if h, err = wordLevels[i].huggingFace(tok); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	_ = h.write(&b, bos) // a buffer takes everything
	return b.Bytes(), nil
}

// A wordLevel is a kind of tokenizer whose model is a WordLevel: each part that
// the pre-tokenizer finds is a token. The expressions are those of Oniguruma.
type wordLevel struct {
	name string
	// JSON as the library writes it.
	normalizer, preTokenizer, decoder string

	is   func(argen.Tokenizer) bool
	make func(names []string) (argen.Tokenizer, error)
}

// wordLevels are the kinds of tokenizers, each by the components that say in
// tokenizer.json what it does.
var wordLevels = []wordLevel{
	{
		"story",
		`{"type":"Sequence","normalizers":[
			{"type":"Replace","pattern":{"Regex":"'s(?!\\p{L})"},"content":"’s"},
			{"type":"Replace","pattern":{"Regex":"(?<=\\A|[\\s(])\"(?![\\s.,!?:;)]|\\z)"},"content":"“"},
			{"type":"Replace","pattern":{"Regex":"(?<!\\A|[\\s(])\"(?=[\\s.,!?:;)]|\\z)"},"content":"”"}]}`,
		`{"type":"Split","pattern":{"Regex":"’s|[\\p{L}\\p{Nd}][\\p{L}\\p{M}\\p{Nd}]*|\\S"},"behavior":"Removed","invert":true}`,
		// A blank before each token but the first; then those go that do not
		// stand before a mark or after an opening one.
		`{"type":"Sequence","decoders":[
			{"type":"WordPiece","prefix":" ","cleanup":false},
			{"type":"Replace","pattern":{"Regex":"\\A (?=(?:[.,!?:;”)]|’s)\\z)"},"content":""},
			{"type":"Fuse"},
			{"type":"Replace","pattern":{"Regex":"(?<=[“(]) "},"content":""}]}`,
		is[*Story],
		makeStory,
	},
	{
		"words",
		"null",
		`{"type":"Split","pattern":{"Regex":"[^ \\t\\n\\r\\x00]+"},"behavior":"Removed","invert":true}`,
		`{"type":"WordPiece","prefix":" ","cleanup":false}`, // no word begins with a blank
		is[*Words],
		func(names []string) (argen.Tokenizer, error) { return NewWords(names) },
	},
	{
		"chars",
		"null",
		`{"type":"Split","pattern":{"Regex":"[\\s\\S]"},"behavior":"Isolated","invert":false}`,
		`{"type":"Fuse"}`,
		is[*Chars],
		makeChars,
	},
}

// makeStory is NewStory for tokens that Encode finds.
func makeStory(names []string) (argen.Tokenizer, error) {
	t := NewStory(names)
	for id, name := range names {
		if t.control[id] {
			continue
		}
		for span, at := range storySpans(name) {
			if at != 0 || span.token != name {
				return nil, fmt.Errorf("token %d, %s, is no word or mark of a story", id, quoteWord(name))
			}
		}
	}
	return t, nil
}

func makeChars(names []string) (argen.Tokenizer, error) {
	seen := map[rune]bool{}
	for _, name := range names[:max(0, len(names)-2)] { // and <s> and </s>
		r, _ := utf8.DecodeRuneInString(name)
		seen[r] = true
	}
	return newChars(seen), nil
}

// huggingFace returns the parts of its tokenizer.json.
func (w wordLevel) huggingFace(tok argen.Tokenizer) (huggingFace, error) {
	h := huggingFace{normalizer: w.normalizer, preTokenizer: w.preTokenizer, decoder: w.decoder}
	names := make([]string, tok.VocabSize())
	for id := range names {
		names[id] = string(tok.Piece(argen.ID(id)))
	}
	unk := unkName
	if t, ok := tok.(*Words); ok && t.unk != argen.NoID {
		unk = t.vocab[t.unk]
	}
	h.added = controls(tok)
	h.model = func(out *writer) { out.wordLevel(names, unk) }
	return h, w.check(tok, names)
}

// check reports why tok is not what the vocabulary of a tokenizer.json says.
func (w wordLevel) check(tok argen.Tokenizer, names []string) error {
	if tok.VocabSize() != len(names) {
		return fmt.Errorf("the vocabulary is not that of a %s tokenizer", w.name)
	}
	ids := make(map[string]int, len(names))
	for id, name := range names {
		first, twice := ids[name]
		switch {
		case !utf8.ValidString(name):
			return fmt.Errorf("token %d, %s, is not valid UTF-8, as a tokenizer.json must be", id, quoteWord(name))
		case name == "":
			return fmt.Errorf("token %d has no name", id)
		case twice:
			return fmt.Errorf("token %d, %s, is token %d too", id, quoteWord(name), first)
		case string(tok.Piece(argen.ID(id))) != name:
			return fmt.Errorf("token %d, %s, does not stand where a %s tokenizer has it", id, quoteWord(name), w.name)
		}
		ids[name] = id
	}
	_, err := w.make(names)
	return err
}

// controls returns the control tokens of a tokenizer as added tokens.
func controls(tok argen.Tokenizer) (added []AddedToken) {
	for id := range argen.ID(tok.VocabSize()) {
		if tok.Control(id) {
			added = append(added, AddedToken{ID: id, Text: string(tok.Piece(id)), Special: true})
		}
	}
	return added
}

// isOwn reports whether a component is one that argen writes for a WordLevel.
func isOwn(name string, v any) bool {
	return slices.ContainsFunc(wordLevels, func(w wordLevel) bool { return w.has(name, v) })
}

// has reports whether a component is that of a kind.
func (w wordLevel) has(name string, v any) bool {
	want := map[string]string{"normalizer": w.normalizer, "pre_tokenizer": w.preTokenizer, "decoder": w.decoder}[name]
	var own any
	return json.Unmarshal([]byte(want), &own) == nil && reflect.DeepEqual(own, v)
}

// own makes the tokenizer of a file that argen wrote for one that is no
// [Pipeline]. It returns nil if it is none of these.
func (f *hfFile) own() (argen.Tokenizer, error) {
	if f.model == "BPE" && f.isBytes() {
		return NewBytes(), nil
	}
	if f.model != "WordLevel" || f.vocab == nil {
		return nil, nil
	}
	i := slices.IndexFunc(wordLevels, func(w wordLevel) bool {
		for name, text := range map[string]string{"normalizer": f.components.normalizer, "pre_tokenizer": f.components.preTokenizer, "decoder": f.components.decoder} {
			var v any
			if json.Unmarshal([]byte(text), &v) != nil || !w.has(name, v) {
				return false
			}
		}
		return true
	})
	if i < 0 {
		return nil, nil
	}
	w := wordLevels[i]
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	tok, err := w.make(names)
	if err == nil {
		err = w.check(tok, names)
	}
	if err != nil {
		return nil, f.errorf("model.vocab", "%s", err)
	}
	if !maps.Equal(byID(f.added), byID(controls(tok))) {
		return nil, f.errorf("added_tokens", "they are not the control tokens of a %s tokenizer", w.name)
	}
	unk := argen.NoID
	if t, ok := tok.(*Words); ok {
		unk = t.unk
	}
	if id, ok := f.vocab[f.bpeOptions.unk]; ok && id != unk || !ok && unk != argen.NoID {
		return nil, f.errorf("model.unk_token", "%s is not what a %s tokenizer takes for unknown words", quoteWord(f.bpeOptions.unk), w.name)
	}
	return tok, nil
}

func byID(added []AddedToken) map[argen.ID]AddedToken {
	m := make(map[argen.ID]AddedToken, len(added))
	for _, a := range added {
		m[a.ID] = a
	}
	return m
}

// huggingFace returns the parts of its tokenizer.json: those of a BPE without
// merges.
func (t *Bytes) huggingFace() huggingFace {
	bpe := BPE{}
	bpe.names = bytesNames()
	return huggingFace{added: controls(t), normalizer: "null", preTokenizer: byteLevelJSON(false, false), decoder: byteLevelJSON(true, true), model: bpe.writeModel}
}

// bytesNames are the tokens of Bytes as a vocabulary spells them.
func bytesNames() []string {
	names := make([]string, bytesSize)
	for b, r := range byteLetters {
		names[b] = string(r)
	}
	names[bytesBOS], names[bytesEOS] = bosName, eosName
	return names
}

// isBytes reports whether a file with a BPE is that of a Bytes. Without merges
// it does not matter where the text is cut.
func (f *hfFile) isBytes() bool {
	var v any
	_ = json.Unmarshal([]byte(f.components.preTokenizer), &v) // it was read before
	m, _ := v.(map[string]any)
	if len(f.vocab) != int(bytesSize) || len(f.merges) > 0 || !maps.Equal(byID(f.added), byID(controls(NewBytes()))) ||
		m["type"] != "ByteLevel" || m["add_prefix_space"] != false || !strings.Contains(f.components.decoder, `"ByteLevel"`) {
		return false
	}
	for id, name := range bytesNames() {
		if got, ok := f.vocab[name]; !ok || got != argen.ID(id) {
			return false
		}
	}
	return true
}
