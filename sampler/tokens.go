package sampler

import (
	"errors"
	"fmt"
	"slices"

	"argen"
)

// errNoToken is what a stage says that is about tokens and is given none.
var errNoToken = errors.New("it names no token, want one at least, its text or #ID")

// texts are the values from the i-th on.
func (a Args) texts(i int) []string {
	var all []string
	for _, v := range a[i:] {
		all = append(all, v.Text)
	}
	return all
}

// words are values as [Form.Word] takes them.
func words[T any](list []T) []any {
	all := make([]any, len(list))
	for i, v := range list {
		all[i] = v
	}
	return all
}

// sequence is what a user means by a word: one token, or several in a row.
func sequence(t argen.Tokenizer, word string) ([]argen.ID, error) {
	ids, err := argen.FindTokens(t, word)
	switch {
	case err != nil && argen.AreIDs(word):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s: %v", quote(word), err) // no %w: it is not the prompt that is wrong
	case len(ids) == 0 || slices.ContainsFunc(ids, func(id argen.ID) bool { return id < 0 || int(id) >= t.VocabSize() }):
		return nil, fmt.Errorf("%s is no token of the vocabulary", quote(word))
	}
	return ids, nil
}

// single is what a user means by a word that must be one token.
func single(t argen.Tokenizer, word string) (argen.ID, error) {
	ids, err := sequence(t, word)
	switch {
	case err != nil:
		return argen.NoID, err
	case len(ids) != 1:
		return argen.NoID, fmt.Errorf("%s is %d tokens, want one; argen tokenize shows them, #ID names one", quote(word), len(ids))
	}
	return ids[0], nil
}

// singles are tokens of which each must be one.
func singles(t argen.Tokenizer, words []string) ([]argen.ID, error) {
	var ids []argen.ID
	for _, word := range words {
		id, err := single(t, word)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// eosParam is the list of tokens that end a text.
var eosParam = Param{Name: "eos", Kind: Token, Doc: "the tokens that end a text, those of the model if none are given"}

// ends are the tokens that end a text: those named, or those of the model.
func ends(t argen.Tokenizer, m argen.Model, words []string) ([]argen.ID, error) {
	if len(words) == 0 && m != nil {
		return m.Info().Stop, nil
	}
	return singles(t, words)
}

// completed reports whether ids end in all of a sequence but its last token,
// so that this one completes it. In transformers a sequence counts only where
// one token more stands before.
func completed(ids, sequence []argen.ID, rule Semantics) bool {
	n := len(sequence) - 1
	if n == 0 {
		return true
	}
	if rule == "hf" && len(ids) == n {
		return false
	}
	return len(ids) >= n && slices.Equal(ids[len(ids)-n:], sequence[:n])
}

// named is a parameter that stands in a chain under its name only.
func named(p Param) Param {
	p.Named = true
	return p
}
