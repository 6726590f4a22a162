package tokenizer

import "argen"

// EncodeSpecial is tok.Encode, but the names of control tokens in text are
// those tokens: what a chat template writes is meant so.
func EncodeSpecial(tok argen.Tokenizer, text string) ([]argen.ID, error) {
	if t, ok := tok.(interface{ EncodeSpecial(text string) []argen.ID }); ok {
		return t.EncodeSpecial(text), nil
	}
	var names []AddedToken
	for id := range argen.ID(tok.VocabSize()) {
		if name := string(tok.Piece(id)); name != "" && tok.Control(id) {
			names = append(names, AddedToken{ID: id, Text: name})
		}
	}
	ids := []argen.ID{}
	var failed error
	plain := func(from, to int) {
		part, err := tok.Encode(text[from:to])
		if err != nil && failed == nil {
			failed = err
		}
		ids = append(ids, part...)
	}
	newTrie(names, func(AddedToken) bool { return true }).split(text, plain, func(_, _ int, id argen.ID) { ids = append(ids, id) })
	return ids, failed
}
