package main

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"argen"
	"argen/sampler"
	"argen/tokenizer"
)

// healed takes the end of a prompt off it: its last token, or a word that has
// only begun. It returns the ids before, and the stage that lets the text begin
// with what was taken off, nil if there is nothing to take.
func (t text) healed(tok argen.Tokenizer) ([]argen.ID, argen.Transform, error) {
	ids, err := t.encode(tok)
	if err != nil {
		return t.begun(tok, err)
	}
	_, words := tok.(argen.Joiner)
	if last, _ := utf8.DecodeLastRuneInString(t.text); words && unicode.IsSpace(last) {
		return ids, nil, nil // the blank says that the word is whole
	}
	ids, stage := sampler.Heal(tok, ids)
	return ids, stage, nil
}

// begun is healed for a text that cannot be written: if all that stands against
// it is that its last word is only the beginning of words, these may follow.
func (t text) begun(tok argen.Tokenizer, err error) ([]argen.ID, argen.Transform, error) {
	var unknown *tokenizer.UnknownWordsError
	if !errors.As(err, &unknown) || t.special || len(unknown.Words) != 1 {
		return nil, nil, err
	}
	w := unknown.Words[0]
	if w.Offset+len(w.Word) != len(t.text) {
		return nil, nil, err
	}
	ids, bad := tok.Encode(t.text[:w.Offset])
	if bad != nil {
		return nil, nil, err
	}
	for id := range argen.ID(tok.VocabSize()) {
		if tok.Control(id) || !strings.HasPrefix(string(tok.Piece(id)), w.Word) {
			continue
		}
		join := ""
		if j, ok := tok.(argen.Joiner); ok && len(ids) > 0 {
			join = j.Join(ids[len(ids)-1], id)
		}
		return ids, sampler.TokenHealing{Text: join + w.Word}, nil
	}
	return nil, nil, err
}
