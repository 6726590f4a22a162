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

// ReadHuggingFace reads the tokenizer.json of a byte-level BPE, as [ReadBPE]
// does, or of any tokenizer that [HuggingFace] wrote, also if Hugging Face's
// library wrote it again: what it returns is of the same kind and has the same
// ids. bos is the token that the file puts before every text, NoID if it puts
// none: Encode does not, as a model's [argen.Info].AddBOS is for that. name
// stands in errors.
func ReadHuggingFace(name string, data []byte) (tok argen.Tokenizer, bos argen.ID, err error) {
	f := hfFile{name: name}
	if err := f.read(data, "BPE", "WordLevel"); err != nil {
		return nil, argen.NoID, err
	}
	if f.model == "WordLevel" {
		tok, err = f.wordLevel()
	} else if f.isBytes() {
		tok = NewBytes()
	} else {
		tok, err = f.bpe()
	}
	if err != nil {
		return nil, argen.NoID, err
	}
	if f.bos != argen.NoID && (int(f.bos) >= tok.VocabSize() || !tok.Control(f.bos)) {
		return nil, argen.NoID, f.errorf("post_processor", "token %d, which is put before a text, is no special token of the vocabulary", f.bos)
	}
	return tok, f.bos, nil
}

// An hfFile is what a tokenizer.json says.
type hfFile struct {
	name  string
	model string // its type; "" if the file leaves it open, which is BPE

	vocab        map[string]argen.ID
	most         argen.ID // the highest id
	merges       [][2]string
	added        []AddedToken
	unk          string
	byteFallback bool
	ignoreMerges bool
	bos          argen.ID // what the post_processor puts before a text, or NoID

	preTokenizer, decoder component      // of a BPE
	components            map[string]any // of a WordLevel, by their names in the file, as encoding/json has them
}

// errorf returns an error at a field that was read before.
func (f *hfFile) errorf(field, format string, args ...any) error {
	return &strict.Error{File: f.name, Offset: -1, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// findType looks for the type of the model, on which it depends what its other
// members mean.
func (f *hfFile) findType(data []byte, models []string) error {
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
			if err == nil && !slices.Contains(models, f.model) {
				err = j.Errorf("a model of type %s is not supported, only %s is", quoteWord(f.model), strings.Join(models, " and "))
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
func (f *hfFile) member(j *strict.JSON, name string) (err error) {
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
	case "post_processor":
		return f.postProcessor(j)
	case "model":
		return j.Object(func(member string) error { return f.modelMember(j, member) })
	case "normalizer", "pre_tokenizer", "decoder":
		if f.model == "WordLevel" {
			return f.component(j, name)
		}
	}
	switch name {
	case "normalizer":
		return readComponent(j, nil, name)
	case "pre_tokenizer":
		return readComponent(j, &f.preTokenizer, name, "ByteLevel")
	case "decoder":
		return readComponent(j, &f.decoder, name, "ByteLevel")
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
func (f *hfFile) addedToken(j *strict.JSON) error {
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

// read reads a file whose model is one of those.
func (f *hfFile) read(data []byte, models ...string) error {
	f.bos = argen.NoID
	if err := f.findType(data, models); err != nil {
		return err
	}
	j := strict.NewJSON(f.name, data, maxDepth)
	if err := j.Object(func(member string) error { return f.member(j, member) }); err != nil {
		return err
	}
	return j.End()
}

// names returns the vocabulary by ID, "" where it has no token.
func (f *hfFile) names() ([]string, error) {
	entries := len(f.vocab) + len(f.added)
	if int(f.most) > 4*entries {
		return nil, f.errorf("model.vocab", "id %d is above 4 times the number of tokens, %d", f.most, entries)
	}
	names := make([]string, f.most+1)
	for name, id := range f.vocab {
		if names[id] != "" {
			first, second := min(name, names[id]), max(name, names[id])
			return nil, f.errorf("model.vocab", "id %d has two tokens, %s and %s", id, quoteWord(first), quoteWord(second))
		}
		names[id] = name
	}
	return names, nil
}
