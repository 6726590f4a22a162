package tokenizer

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/internal/strict"
)

// ReadBPE is ReadHuggingFace for a file whose model is a BPE.
func ReadBPE(name string, data []byte) (*BPE, error) {
	f := hfFile{name: name}
	if err := f.read(data); err != nil {
		return nil, err
	}
	if f.model != "BPE" {
		return nil, f.errorf("model.type", "it is %s, want BPE", quoteWord(f.model))
	}
	return f.bpe()
}

// modelMember reads a member of the model.
func (f *hfFile) modelMember(j *strict.JSON, name string) (err error) {
	switch name {
	case "vocab":
		if f.model == "Unigram" {
			f.scored = []string{}
			return j.Array(func(int) error { return f.scoredToken(j) })
		}
		f.vocab = map[string]argen.ID{}
		return j.Object(func(token string) error {
			if len(f.vocab) == maxEntries {
				return j.Errorf("the vocabulary has more than %d entries", maxEntries)
			}
			id, err := readID(j)
			if err == nil && token == "" {
				err = j.Errorf("token %d of the vocabulary has no name", id)
			}
			f.vocab[token] = id
			f.most = max(f.most, id)
			return err
		})
	case "unk_id":
		if j.Null() {
			return nil
		}
		f.unknown, err = readID(j)
	case "unk_token":
		if !j.Null() {
			f.bpeOptions.unk, err = j.String()
		}
	case "byte_fallback":
		f.bpeOptions.byteFallback, err = j.Bool()
	case "merges":
		if f.model != "BPE" {
			return j.Skip()
		}
		f.merges = [][2]string{}
		return j.Array(func(int) error { return f.merge(j) })
	case "dropout":
		if j.Null() {
			return nil
		}
		dropout, err := j.Float()
		if err == nil && dropout != 0 {
			err = j.Errorf("dropout %g is not supported, only null is", dropout)
		}
		return err
	case "ignore_merges":
		f.ignoreMerges, err = j.Bool()
	case "fuse_unk":
		f.fuseUnk, err = j.Bool()
	case "continuing_subword_prefix":
		if f.wordOptions.prefix = ""; !j.Null() {
			f.wordOptions.prefix, err = j.String()
		}
		f.bpeOptions.prefix = f.wordOptions.prefix
	case "end_of_word_suffix":
		if !j.Null() {
			f.suffix, err = j.String()
		}
	case "max_input_chars_per_word":
		var n int64
		n, err = j.Int(0, maxWord)
		f.wordOptions.longest = int(n)
	default:
		err = j.Skip()
	}
	return err
}

// maxWord is the longest word that a WordPiece may be asked to cut, in characters:
// cutting takes time n² for n of them.
const maxWord = 1000

// scoredToken reads a token of a Unigram: ["▁the", -3.2].
func (f *hfFile) scoredToken(j *strict.JSON) error {
	if len(f.scored) == maxEntries {
		return j.Errorf("the vocabulary has more than %d entries", maxEntries)
	}
	id, n := len(f.scored), 0
	err := j.Array(func(i int) (err error) {
		n++
		switch i {
		case 0:
			var token string
			if token, err = j.String(); err == nil && token == "" {
				err = j.Errorf("token %d of the vocabulary has no name", id)
			}
			f.scored = append(f.scored, token)
		case 1:
			var score float64
			score, err = j.Float()
			if err == nil && math.Abs(score) > 1e30 {
				err = j.Errorf("a score of %g, want one below 1e30", score)
			}
			f.scores = append(f.scores, score)
		default:
			err = j.Skip()
		}
		return err
	})
	if err == nil && n != 2 {
		err = j.Errorf("token %d of the vocabulary has %d parts, want a name and a score", id, n)
	}
	return err
}

// merge reads a merge: "a b", or ["a", "b"] where a token may hold a blank.
func (f *hfFile) merge(j *strict.JSON) error {
	if len(f.merges) == maxEntries {
		return j.Errorf("more than %d merges", maxEntries)
	}
	var parts [2]string
	n := 0
	if j.Kind() == strict.String {
		s, err := j.String()
		if err != nil {
			return err
		}
		if strings.HasPrefix(s, "#version") { // the first line of merges.txt
			return nil
		}
		parts[0], parts[1], _ = strings.Cut(s, " ")
		n = 1 + strings.Count(s, " ")
	} else if err := j.Array(func(i int) error {
		s, err := j.String()
		if n++; i < 2 {
			parts[i] = s
		}
		return err
	}); err != nil {
		return err
	}
	if n != 2 {
		return j.Errorf("a merge of %d parts, want 2", n)
	}
	f.merges = append(f.merges, parts)
	return nil
}

// pipeline makes the tokenizer of the file.
func (f *hfFile) pipeline() (tok argen.Tokenizer, err error) {
	switch f.model {
	case "BPE":
		return f.bpe()
	case "Unigram":
		return f.unigram()
	}
	if f.vocab == nil {
		return nil, f.errorf("model.vocab", "the model has no vocabulary")
	}
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	o := f.wordOptions
	o.unk, o.level = f.bpeOptions.unk, f.model == "WordLevel"
	t, err := newWordPiece(names, f.added, o, f.components)
	if err != nil {
		return nil, f.errorf("model", "%s", err)
	}
	return t, nil
}

// bpe makes the tokenizer of a file whose model is a BPE.
func (f *hfFile) bpe() (*BPE, error) {
	switch {
	case f.vocab == nil:
		return nil, f.errorf("model.vocab", "the model has no vocabulary")
	case f.merges == nil:
		return nil, f.errorf("model.merges", "the model has no merges")
	}
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	t, err := newBPE(bpeParts{names: names, added: f.added, bpeOptions: f.bpeOptions, components: f.components, merges: f.pairs})
	if located := (*strict.Error)(nil); errors.As(err, &located) {
		return nil, err
	} else if err != nil {
		return nil, f.errorf("model", "%s", err)
	}
	return t, nil
}

// pairs returns the merges as ids.
func (f *hfFile) pairs(ids map[string]argen.ID) ([]pair, []int32, error) {
	pairs := make([]pair, len(f.merges))
	for i, m := range f.merges {
		left, okLeft := ids[m[0]]
		right, okRight := ids[m[1]]
		if !okLeft || !okRight {
			part := m[0]
			if okLeft {
				part = m[1]
			}
			return nil, nil, f.errorf(fmt.Sprintf("model.merges[%d]", i), "%s is not in the vocabulary", quoteWord(part))
		}
		pairs[i] = pair{left, right}
	}
	return pairs, nil, nil
}

// unigram makes the tokenizer of a file whose model is a Unigram.
func (f *hfFile) unigram() (*Unigram, error) {
	o := f.unigramOptions
	o.byteFallback = f.bpeOptions.byteFallback
	switch {
	case f.scored == nil:
		return nil, f.errorf("model.vocab", "the model has no vocabulary")
	case o.unknown != argen.NoID && int(o.unknown) >= len(f.scored):
		return nil, f.errorf("model.unk_id", "%d is outside the vocabulary of %d tokens", o.unknown, len(f.scored))
	case f.components.byteLevel:
		return nil, f.errorf("pre_tokenizer", "ByteLevel before a Unigram is not supported")
	}
	names := f.scored
	ids := make(map[string]argen.ID, len(names))
	for i, name := range slices.Backward(names) {
		ids[name] = argen.ID(i) // of equal ones the first
	}
	f.place(len(names), func(name string) (argen.ID, bool) {
		id, ok := ids[name]
		return id, ok
	})
	if most := int(f.most); most >= len(names) {
		if most > 4*(len(names)+len(f.added)) {
			return nil, f.errorf("added_tokens", "id %d is above 4 times the number of tokens, %d", most, len(names)+len(f.added))
		}
		names = append(names, make([]string, most+1-len(names))...)
	}
	t, err := newUnigram(names, f.added, o, f.components)
	if err != nil {
		return nil, f.errorf("model", "%s", err)
	}
	return t, nil
}
