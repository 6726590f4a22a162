package main

import (
	"fmt"
	"strconv"
	"strings"

	"argen"
	"argen/model"
)

// token returns the id of the token that a user means: a piece of the
// vocabulary, also the name of a control token, or a text that is one token,
// or #ID.
func token(lm *model.LM, word string) (argen.ID, error) {
	tok := lm.Tokenizer
	v := tok.VocabSize()
	for id := range argen.ID(v) {
		if string(tok.Piece(id)) == word {
			return id, nil
		}
	}
	if digits, ok := strings.CutPrefix(word, "#"); ok {
		n, err := strconv.ParseUint(digits, 10, 31)
		if err != nil || n >= uint64(v) {
			return 0, fmt.Errorf("%q: the vocabulary has ids 0 to %d", word, v-1)
		}
		return argen.ID(n), nil
	}
	ids, err := tok.Encode(word)
	switch {
	case err != nil:
		return 0, err
	case len(ids) != 1:
		return 0, fmt.Errorf("%q is %d tokens, want one; argen tokenize shows them, #ID names one", word, len(ids))
	}
	return ids[0], nil
}

// tokens is token for several words, of a flag.
func tokens(lm *model.LM, flag string, words []string) ([]argen.ID, error) {
	var ids []argen.ID
	for _, w := range words {
		id, err := token(lm, w)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
