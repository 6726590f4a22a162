package argen

import (
	"fmt"
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
	if !AreIDs(word) {
		return t.Encode(word)
	}
	var ids []ID
	for f := range strings.FieldsSeq(word) {
		n, err := strconv.ParseUint(f[1:], 10, 31)
		if err != nil || n >= uint64(v) {
			return nil, fmt.Errorf("%q: the vocabulary has ids 0 to %d", f, v-1)
		}
		ids = append(ids, ID(n))
	}
	return ids, nil
}

// AreIDs reports whether a word is ids, written #12 #7.
func AreIDs(word string) bool {
	n := 0
	for f := range strings.FieldsSeq(word) {
		digits, marked := strings.CutPrefix(f, "#")
		if !marked || digits == "" || strings.Trim(digits, "0123456789") != "" {
			return false
		}
		n++
	}
	return n > 0
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
