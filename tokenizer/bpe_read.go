package tokenizer

import (
	"fmt"
	"slices"
	"strings"

	"argen"
	"argen/internal/strict"
)

const (
	maxEntries = 2_000_000 // tokens of a vocabulary, merges
	maxDepth   = 256       // of nested JSON
)

// ReadBPE reads the tokenizer.json of a byte-level BPE, as Hugging Face's
// tokenizers library and [BPE.WriteJSON] write it for GPT-2 and its kind; name
// stands in errors. What the file asks for and argen cannot do is refused by
// name, never left out: the ids would be wrong without a sign.
//
// A vocabulary has at most 2,000,000 entries and no id above four times their
// number.
func ReadBPE(name string, data []byte) (*BPE, error) {
	f := bpeFile{name: name}
	if err := f.findType(data); err != nil {
		return nil, err
	}
	j := strict.NewJSON(name, data, maxDepth)
	if err := j.Object(func(member string) error { return f.member(j, member) }); err != nil {
		return nil, err
	}
	if err := j.End(); err != nil {
		return nil, err
	}
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

// A bpeFile is what a tokenizer.json says of a BPE.
type bpeFile struct {
	name  string
	model string // its type; "" if the file leaves it open

	vocab        map[string]argen.ID
	most         argen.ID // the highest id
	merges       [][2]string
	added        []AddedToken
	unk          string
	byteFallback bool
	ignoreMerges bool

	preTokenizer, decoder component
}

// errorf returns an error at a field that was read before.
func (f *bpeFile) errorf(field, format string, args ...any) error {
	return &strict.Error{File: f.name, Offset: -1, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// findType looks for the type of the model, on which it depends what its other
// members mean.
func (f *bpeFile) findType(data []byte) error {
	if says := strict.Foreign(data); says != "" {
		return &strict.Error{File: f.name, Offset: 0, Field: "", Msg: says}
	}
	j := strict.NewJSON(f.name, data, maxDepth)
	found := false
	err := j.Object(func(member string) error {
		if member != "model" {
			return j.Skip()
		}
		found = true
		return j.Object(func(member string) (err error) {
			if member != "type" {
				return j.Skip()
			}
			f.model, err = j.String()
			if err == nil && f.model != "BPE" {
				err = j.Errorf("a model of type %s is not supported, only BPE is", quoteWord(f.model))
			}
			return err
		})
	})
	if err == nil && !found {
		err = f.errorf("model", "the file has none: it is no tokenizer.json")
	}
	return err
}

// member reads a member of the file.
func (f *bpeFile) member(j *strict.JSON, name string) (err error) {
	switch name {
	case "version":
		version, err := j.String()
		if err == nil && version != "1.0" {
			err = j.Errorf("version %s is not supported, only 1.0 is", quoteWord(version))
		}
		return err
	case "truncation", "padding":
		return notSupported(j, name)
	case "added_tokens":
		return j.Array(func(int) error { return f.addedToken(j) })
	case "normalizer":
		return readComponent(j, nil, name)
	case "pre_tokenizer":
		return readComponent(j, &f.preTokenizer, name, "ByteLevel")
	case "post_processor":
		return readComponent(j, nil, name, "ByteLevel") // changes offsets, no ids
	case "decoder":
		return readComponent(j, &f.decoder, name, "ByteLevel")
	case "model":
		return j.Object(func(member string) error { return f.modelMember(j, member) })
	}
	return j.Skip()
}

// notSupported reads null, false or "" and refuses all else.
func notSupported(j *strict.JSON, name string) error {
	switch j.Kind() {
	case strict.Null:
		j.Null()
		return nil
	case strict.Bool:
		on, err := j.Bool()
		if err == nil && on {
			err = j.Errorf("%s is not supported, only false is", name)
		}
		return err
	case strict.String:
		s, err := j.String()
		if err == nil && s != "" {
			err = j.Errorf("%s %s is not supported, only null is", name, quoteWord(s))
		}
		return err
	}
	if err := j.Skip(); err != nil {
		return err
	}
	return j.Errorf("%s is not supported, only null is", name)
}

// A component is a normalizer, pre-tokenizer, post-processor or decoder.
type component struct {
	kind string          // its type; "" for null
	on   map[string]bool // its members that are true or false
}

// readComponent reads null or a component of one of the types given, into c
// unless that is nil.
func readComponent(j *strict.JSON, c *component, name string, types ...string) error {
	if j.Null() {
		return nil
	}
	got := component{on: map[string]bool{}}
	err := j.Object(func(member string) (err error) {
		switch {
		case member == "type":
			got.kind, err = j.String()
		case j.Kind() == strict.Bool:
			got.on[member], err = j.Bool()
		default:
			err = j.Skip()
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case got.kind == "":
		return j.Errorf("the %s has no type", name)
	case !slices.Contains(types, got.kind) && len(types) == 0:
		return j.Errorf("the %s %s is not supported, only null is", name, quoteWord(got.kind))
	case !slices.Contains(types, got.kind):
		return j.Errorf("the %s %s is not supported, only %s is", name, quoteWord(got.kind), strings.Join(types, " and "))
	}
	if c != nil {
		*c = got
	}
	return nil
}

// addedToken reads an element of added_tokens.
func (f *bpeFile) addedToken(j *strict.JSON) error {
	if len(f.added) == maxEntries {
		return j.Errorf("more than %d added tokens", maxEntries)
	}
	a := AddedToken{ID: argen.NoID}
	err := j.Object(func(member string) (err error) {
		switch member {
		case "id":
			a.ID, err = readID(j)
		case "content":
			a.Text, err = j.String()
		case "special":
			a.Special, err = j.Bool()
		case "normalized":
			a.Normalized, err = j.Bool()
		case "single_word", "lstrip", "rstrip":
			err = notSupported(j, member)
		default:
			err = j.Skip()
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case a.ID == argen.NoID:
		return j.Errorf("an added token has no id")
	case a.Text == "":
		return j.Errorf("added token %d has no content", a.ID)
	}
	f.most = max(f.most, a.ID)
	f.added = append(f.added, a)
	return nil
}

func readID(j *strict.JSON) (argen.ID, error) {
	id, err := j.Int(0, 8*maxEntries) // four times vocabulary and added tokens
	return argen.ID(id), err
}

// modelMember reads a member of the model.
func (f *bpeFile) modelMember(j *strict.JSON, name string) (err error) {
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
func (f *bpeFile) merge(j *strict.JSON) error {
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
func (f *bpeFile) parts() (bpeParts, error) {
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
	entries := len(f.vocab) + len(f.added)
	if int(f.most) > 4*entries {
		return p, f.errorf("model.vocab", "id %d is above 4 times the number of tokens, %d", f.most, entries)
	}
	p.names = make([]string, f.most+1)
	for name, id := range f.vocab {
		if p.names[id] != "" {
			first, second := min(name, p.names[id]), max(name, p.names[id])
			return p, f.errorf("model.vocab", "id %d has two tokens, %s and %s", id, quoteWord(first), quoteWord(second))
		}
		p.names[id] = name
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
