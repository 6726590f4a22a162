package argen

import (
	"fmt"
	"strconv"
	"strings"
)

// FindTokens returns the ids that a user means by a word: a piece of the
// vocabulary, also the name of a control token; or ids written #12 #7; or a
// text, which may be several tokens. It is an error if word is none of these.
func FindTokens(t Tokenizer, word string) ([]ID, error) {
	v := t.VocabSize()
	for id := range ID(v) {
		if string(t.Piece(id)) == word {
			return []ID{id}, nil
		}
	}
	if fields := strings.Fields(word); len(fields) > 0 && strings.HasPrefix(fields[0], "#") {
		var ids []ID
		for _, f := range fields {
			digits, ok := strings.CutPrefix(f, "#")
			n, err := strconv.ParseUint(digits, 10, 31)
			if !ok || err != nil || n >= uint64(v) {
				return nil, fmt.Errorf("%q: the vocabulary has ids 0 to %d", f, v-1)
			}
			ids = append(ids, ID(n))
		}
		return ids, nil
	}
	return t.Encode(word)
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
