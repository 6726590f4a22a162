package argen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FindTokens returns the ids that a user means by a word: a piece of the
// vocabulary, also the name of a control token; or ids, all written #12 #7; or a
// text, which may be several tokens and begin with # too. It is an error if word
// is none of these.
func FindTokens(t Tokenizer, word string) ([]ID, error) {
	v := t.VocabSize()
	for id := range ID(v) {
		if string(t.Piece(id)) == word {
			return []ID{id}, nil
		}
	}
	fields := strings.Fields(word)
	if len(fields) == 0 || slices.ContainsFunc(fields, noID) {
		return t.Encode(word)
	}
	var ids []ID
	for _, f := range fields {
		n, err := strconv.ParseUint(f[1:], 10, 31)
		if err != nil || n >= uint64(v) {
			return nil, fmt.Errorf("%q: the vocabulary has ids 0 to %d", f, v-1)
		}
		ids = append(ids, ID(n))
	}
	return ids, nil
}

// noID reports whether a word is not written as an id is, #12.
func noID(word string) bool {
	digits, marked := strings.CutPrefix(word, "#")
	return !marked || digits == "" || strings.Trim(digits, "0123456789") != ""
}

// FindToken is FindTokens for a word that must be one token.
func FindToken(t Tokenizer, word string) (ID, error) {
	ids, err := FindTokens(t, word)
	switch {
	case err != nil:
		return NoID, err
	case len(ids) != 1:
		return NoID, fmt.Errorf("%q is %d tokens, want one; argen tokenize shows them, #ID names one", word, len(ids))
	}
	return ids[0], nil
}
