package tokenizer

import (
	"fmt"
	"slices"
	"strings"

	"argen"
	"argen/internal/strict"
)

// ReadBPE reads the tokenizer.json of a byte-level BPE, as Hugging Face's
// tokenizers library and [BPE.WriteJSON] write it for GPT-2 and its kind; name
// stands in errors. What the file asks for and argen cannot do is refused by
// name, never left out: the ids would be wrong without a sign. The token that
// it may put before a text is [ReadHuggingFace]'s to tell.
//
// A vocabulary has at most 2,000,000 entries and no id above four times their
// number.
func ReadBPE(name string, data []byte) (*BPE, error) {
	f := hfFile{name: name}
	if err := f.read(data, "BPE"); err != nil {
		return nil, err
	}
	return f.bpe()
}

// bpe makes the tokenizer of a file whose model is a BPE.
func (f *hfFile) bpe() (*BPE, error) {
	parts, err := f.parts()
	if err != nil {
		return nil, err
	}
	t, err := newBPE(parts)
	if err != nil {
		return nil, f.errorf("model", "%s", err)
	}
	if (f.unk != "" || f.byteFallback) && slices.Contains(t.bytes[:], argen.NoID) {
		return nil, f.errorf("model", "unk_token and byte_fallback are not supported, and byte %#x has no token of its own", slices.Index(t.bytes[:], argen.NoID))
	}
	return t, nil
}

// modelMember reads a member of the model.
func (f *hfFile) modelMember(j *strict.JSON, name string) (err error) {
	switch name {
	case "vocab":
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
	case "merges":
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
	case "unk_token":
		if !j.Null() {
			f.unk, err = j.String()
		}
	case "byte_fallback":
		f.byteFallback, err = j.Bool()
	case "ignore_merges":
		f.ignoreMerges, err = j.Bool()
	case "continuing_subword_prefix", "end_of_word_suffix":
		err = notSupported(j, name)
	default: // fuse_unk means nothing without unk_token
		err = j.Skip()
	}
	return err
}

// merge reads a merge: "a b", or ["a", "b"] where a token may hold a blank.
func (f *hfFile) merge(j *strict.JSON) error {
	if len(f.merges) == maxEntries {
		return j.Errorf("more than %d merges", maxEntries)
	}
	var parts []string
	if j.Kind() == strict.String {
		s, err := j.String()
		if err != nil {
			return err
		}
		if strings.HasPrefix(s, "#version") { // the first line of merges.txt
			return nil
		}
		parts = strings.Split(s, " ")
	} else if err := j.Array(func(int) error {
		s, err := j.String()
		parts = append(parts, s)
		return err
	}); err != nil {
		return err
	}
	if len(parts) != 2 {
		return j.Errorf("a merge of %d parts, want 2", len(parts))
	}
	f.merges = append(f.merges, [2]string(parts))
	return nil
}

// parts checks what must fit together and returns it by ID.
func (f *hfFile) parts() (bpeParts, error) {
	var p bpeParts
	switch {
	case f.vocab == nil:
		return p, f.errorf("model.vocab", "the model has no vocabulary")
	case f.merges == nil:
		return p, f.errorf("model.merges", "the model has no merges")
	case f.preTokenizer.kind == "":
		return p, f.errorf("pre_tokenizer", "none is not supported, only ByteLevel is")
	case f.preTokenizer.on["add_prefix_space"]:
		return p, f.errorf("pre_tokenizer.add_prefix_space", "true is not supported, only false is")
	case f.decoder.kind == "":
		return p, f.errorf("decoder", "none is not supported, only ByteLevel is")
	}
	if on, set := f.preTokenizer.on["use_regex"]; set && !on {
		return p, f.errorf("pre_tokenizer.use_regex", "false is not supported, only true is")
	}
	var err error
	if p.names, err = f.names(); err != nil {
		return p, err
	}
	p.pairs = make([]pair, len(f.merges))
	for i, m := range f.merges {
		left, okLeft := f.vocab[m[0]]
		right, okRight := f.vocab[m[1]]
		if !okLeft || !okRight {
			part := m[0]
			if okLeft {
				part = m[1]
			}
			return p, f.errorf(fmt.Sprintf("model.merges[%d]", i), "%s is not in the vocabulary", quoteWord(part))
		}
		p.pairs[i] = pair{left, right}
	}
	p.added, p.ignoreMerges, p.scan = f.added, f.ignoreMerges, scanGPT2
	return p, nil
}
