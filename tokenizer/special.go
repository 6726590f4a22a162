package tokenizer

import "argen"

// EncodeSpecial is tok.Encode, but the names of control tokens in text are
// those tokens: what a chat template writes is meant so.
func EncodeSpecial(tok argen.Tokenizer, text string) ([]argen.ID, error) {
	if t, ok := tok.(interface {
		EncodeSpecial(text string) ([]argen.ID, error)
	}); ok {
		return t.EncodeSpecial(text)
	}
	ids := []argen.ID{}
	var failed error
	plain := func(p piece) {
		part, err := tok.Encode(p.text)
		if err != nil && failed == nil {
			failed = err
		}
		ids = append(ids, part...)
	}
	names := newFinder(controls(tok), func(name string) string { return name }, AddedToken.is)
	if names == nil {
		return tok.Encode(text)
	}
	names.split(piece{text: text, run: &encoding{}}, plain, func(_ piece, id argen.ID) { ids = append(ids, id) })
	return ids, failed
}

func (a AddedToken) is() bool { return a.Text != "" }
