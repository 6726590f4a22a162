package tokenizer

import (
	"encoding/json"
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

// ReadHuggingFace reads a tokenizer.json: a [Pipeline] as Hugging Face's library
// makes of it, or what [HuggingFace] wrote of another kind, also if that library
// wrote it again. bos is the token that the file puts before every text, NoID if it
// puts none: Encode does not, as a model's [argen.Info].AddBOS is for that. name
// stands in errors.
//
// What the file asks for and argen cannot do is refused by name, never left out: the
// ids would be wrong without a sign. A vocabulary has at most 2,000,000 entries and
// no id above four times their number.
func ReadHuggingFace(name string, data []byte) (tok argen.Tokenizer, bos argen.ID, err error) {
	f := hfFile{name: name}
	if err := f.read(data); err != nil {
		return nil, argen.NoID, err
	}
	var before []argen.ID
	if tok, err = f.own(); err == nil && tok == nil {
		tok, err = f.pipeline()
	}
	if err != nil {
		return nil, argen.NoID, err
	}
	if before, _, err = f.around(); err != nil {
		return nil, argen.NoID, err
	}
	switch {
	case len(before) == 0:
		return tok, argen.NoID, nil
	case len(before) > 1:
		return nil, argen.NoID, f.errorf("post_processor", "it puts %d tokens before a text, argen only one", len(before))
	case int(before[0]) >= tok.VocabSize() || !tok.Control(before[0]):
		return nil, argen.NoID, f.errorf("post_processor", "token %d, which is put before a text, is no special token of the vocabulary", before[0])
	}
	return tok, before[0], nil
}

// around reads what the post-processor puts around a text.
func (f *hfFile) around() (before, after []argen.ID, err error) {
	var v any
	_ = json.Unmarshal([]byte(f.components.postProcessor), &v) // it was read before
	return around(v)
}

// An hfFile is what a tokenizer.json says.
type hfFile struct {
	name  string
	model string // its type; "BPE" if the file leaves it open

	vocab  map[string]argen.ID
	most   argen.ID // the highest id
	merges [][2]string
	added  []AddedToken
	bpeOptions
	unigramOptions
	wordOptions
	scored []string // the vocabulary of a Unigram, by ID

	components hfComponents
}

// errorf returns an error at a field that was read before.
func (f *hfFile) errorf(field, format string, args ...any) error {
	return &strict.Error{File: f.name, Offset: -1, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// models are the types of models that are read.
var models = []string{"BPE", "Unigram", "WordPiece", "WordLevel"}

// findType looks for the type of the model, on which it depends what its other
// members mean.
func (f *hfFile) findType(data []byte) error {
	if says := strict.Foreign(data); says != "" {
		return &strict.Error{File: f.name, Offset: 0, Field: "", Msg: says}
	}
	j := strict.NewJSON(f.name, data, maxDepth)
	f.model = "BPE"
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
				err = j.Errorf("a model of type %s is not supported, only %s are", quoteWord(f.model), strings.Join(models, ", "))
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
	case "model":
		return j.Object(func(member string) error { return f.modelMember(j, member) })
	case "normalizer":
		return f.component(j, name, &f.components.normalizer, func(v any) error {
			_, err := newNormalizer(v)
			return err
		})
	case "pre_tokenizer":
		return f.component(j, name, &f.components.preTokenizer, func(v any) (err error) {
			_, f.components.byteLevel, err = newPreTokenizer(v)
			return err
		})
	case "post_processor":
		return f.component(j, name, &f.components.postProcessor, func(v any) error {
			_, _, err := around(v)
			return err
		})
	case "decoder":
		return f.component(j, name, &f.components.decoder, func(v any) error {
			_, err := newDecoder(v)
			return err
		})
	}
	return j.Skip()
}

// maxComponent is the largest component that is read, in bytes. As encoding/json
// has it, it takes 30 times as much memory.
const maxComponent = 1 << 20

// component keeps a component as JSON and checks it, unless it is one of those that
// argen writes for tokenizers of other kinds.
func (f *hfFile) component(j *strict.JSON, name string, dst *string, check func(v any) error) error {
	data, err := j.Raw()
	switch {
	case err != nil:
		return err
	case len(data) > maxComponent:
		return j.Errorf("the %s has %d bytes, at most %d are read", name, len(data), maxComponent)
	}
	*dst = string(data)
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if f.model == "WordLevel" && isOwn(name, v) {
		return nil
	}
	if err := check(v); err != nil {
		return j.Errorf("%s", err)
	}
	return nil
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
		case "single_word":
			a.SingleWord, err = j.Bool()
		case "lstrip":
			a.LStrip, err = j.Bool()
		case "rstrip":
			a.RStrip, err = j.Bool()
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
	f.added = append(f.added, a)
	return nil
}

// place gives added tokens the ids that the reference gives them, whatever the file
// says: those that they have in the vocabulary, the others the next ones behind it in
// the order of the file. Of two with one text the last counts. size is the number of
// tokens in the vocabulary.
func (f *hfFile) place(size int, idOf func(name string) (argen.ID, bool)) {
	var kept []AddedToken
	at := make(map[string]int, len(f.added))
	next := argen.ID(size)
	for _, a := range f.added {
		if i, twice := at[a.Text]; twice {
			a.ID = kept[i].ID
			kept[i] = a
			continue
		}
		id, known := idOf(a.Text)
		if !known {
			id = next
			next++
		}
		// A vocabulary with gaps may have that id too; then init says so.
		if next <= id {
			next = max(next, id+1)
		}
		a.ID = id
		f.most = max(f.most, id)
		at[a.Text] = len(kept)
		kept = append(kept, a)
	}
	f.added = kept
}

func readID(j *strict.JSON) (argen.ID, error) {
	id, err := j.Int(0, 8*maxEntries) // four times vocabulary and added tokens
	return argen.ID(id), err
}

// read reads the file.
func (f *hfFile) read(data []byte) error {
	f.components = hfComponents{normalizer: "null", preTokenizer: "null", postProcessor: "null", decoder: "null"}
	f.wordOptions = wordOptions{prefix: "##", longest: 100}
	f.unknown = argen.NoID
	if err := f.findType(data); err != nil {
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
	f.place(len(f.vocab), func(name string) (argen.ID, bool) {
		id, ok := f.vocab[name]
		return id, ok
	})
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
