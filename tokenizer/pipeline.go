package tokenizer

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"argen"
)

// A Pipeline is what all tokenizers of a tokenizer.json are: what becomes of a text
// step by step.
//
//	added tokens    are found in the text as it stands
//	normalizer      rewrites what is between them: lower case, ▁ for blanks
//	pre-tokenizer   cuts it into words
//	model           makes tokens of each word: BPE, Unigram, WordPiece, WordLevel
//	decoder         makes text of tokens
//
// Text that is not UTF-8 is taken as [Valid] makes it. Each step is in the file
// under the name of its type; what argen does not know is refused there. The
// definition is what Hugging Face's tokenizers library does.
type Pipeline struct {
	names  []string            // by ID, as the vocabulary has them; "" for no token
	ids    map[string]argen.ID // by name
	pieces func() [][]byte     // by ID, where text stands before them

	added     []AddedToken // in order of ID
	control   map[argen.ID]bool
	rewritten map[argen.ID]string // added tokens that the normalizer changes
	// finders are what finds added tokens, in this order: those of any text,
	// and with the special ones; of each, not normalized, then normalized.
	plain, special [2]*finder

	normalizer   normalizer
	preTokenizer preTokenizer
	model        model
	decoder      decoder
	opens        bool // a token may say something else at the beginning of a text
	byteDecoder  bool // <0x0A> is a byte

	before, after []argen.ID // what the post-processor puts around a text

	cache *wordCache
	parts hfComponents // as tokenizer.json has them
}

// A model makes tokens of words.
type model interface {
	// appendWord appends the tokens of a word that is not empty.
	appendWord(ids []argen.ID, word string) ([]argen.ID, error)
	// spread returns where in a word its tokens stand, in bytes.
	spread(word string, ids []argen.ID) []place
}

// init checks added tokens, which must be in the vocabulary under the same id
// or not at all, and lays them down.
func (t *Pipeline) init() error {
	t.control = make(map[argen.ID]bool, len(t.added))
	t.cache = newWordCache()
	slices.SortFunc(t.added, func(a, b AddedToken) int { return int(a.ID) - int(b.ID) })
	seen := make(map[string]bool, len(t.added))
	for i, a := range t.added {
		switch name := t.names[a.ID]; {
		case a.Text == "":
			return fmt.Errorf("added token %d has no content", a.ID)
		case len(a.Text) > maxAdded:
			return fmt.Errorf("added token %d has %d bytes, at most %d are supported", a.ID, len(a.Text), maxAdded)
		case seen[a.Text] || i > 0 && t.added[i-1].ID == a.ID:
			return fmt.Errorf("added token %d, %s, or its id is there twice", a.ID, quoteWord(a.Text))
		case name != "" && name != a.Text:
			return fmt.Errorf("added token %s has id %d, which is that of %s in the vocabulary", quoteWord(a.Text), a.ID, quoteWord(name))
		}
		seen[a.Text] = true
		if a.Special {
			t.control[a.ID] = true
		}
	}
	var failed error
	normal := func(s string) string {
		if t.normalizer == nil {
			return s
		}
		run := newEncoding(s, false)
		text := t.normalizer.normalize(piece{text: s, run: run}).text
		if run.err != nil {
			failed = fmt.Errorf("added token %s: %w", quoteWord(s), run.err)
		}
		return text
	}
	t.rewritten = map[argen.ID]string{}
	for _, a := range t.added {
		if text := normal(a.Text); a.Normalized && text != a.Text {
			t.rewritten[a.ID] = text
		}
	}
	for i, normalized := range []bool{false, true} {
		t.plain[i] = newFinder(t.added, normal, func(a AddedToken) bool { return a.Normalized == normalized && !a.Special })
		t.special[i] = newFinder(t.added, normal, func(a AddedToken) bool { return a.Normalized == normalized })
	}
	t.pieces = sync.OnceValue(t.spell)
	return failed
}

// spell returns the pieces of all tokens.
func (t *Pipeline) spell() [][]byte {
	pieces := make([][]byte, len(t.names))
	total := 0
	for _, name := range t.names {
		total += len(name) + 1
	}
	all := make([]byte, 0, total)
	for id, name := range t.names {
		from := len(all)
		if name = t.Name(argen.ID(id)); name == "" {
			continue
		}
		if t.control[argen.ID(id)] {
			all = append(all, name...)
		} else {
			all = append(all, t.text(argen.ID(id), false)...)
		}
		pieces[id] = all[from:len(all):len(all)]
	}
	return pieces
}

// Encode implements argen.Tokenizer.
func (t *Pipeline) Encode(text string) ([]argen.ID, error) { return t.encode(text, &t.plain) }

// EncodeSpecial is Encode, but the names of special tokens in text give those
// tokens. Text from strangers must not go through it: it could pretend to be
// another's turn in a chat.
func (t *Pipeline) EncodeSpecial(text string) ([]argen.ID, error) { return t.encode(text, &t.special) }

func (t *Pipeline) encode(text string, find *[2]*finder) ([]argen.ID, error) {
	text = Valid(text)
	ids := make([]argen.ID, 0, len(text)/3+1)
	run := newEncoding(text, false)
	t.words(run, text, find, func(p piece, id argen.ID) {
		var err error
		if id != argen.NoID {
			ids = append(ids, id)
		} else if ids, err = t.appendWord(ids, p.text); err != nil {
			run.fail(err)
		}
	})
	if run.err != nil {
		return nil, run.err
	}
	return ids, nil
}

// words calls word for each word of a valid text, in order, and for each added
// token that find finds, then with its id.
func (t *Pipeline) words(run *encoding, text string, find *[2]*finder, word func(p piece, id argen.ID)) {
	plain := func(p piece) { word(p, argen.NoID) }
	cut := plain
	if t.preTokenizer != nil {
		cut = func(p piece) { t.preTokenizer.words(p, plain) }
	}
	normal := func(p piece) { find[1].split(p, cut, word) }
	if find[1] == nil {
		normal = cut
	}
	raw := normal
	if t.normalizer != nil {
		raw = func(p piece) {
			if p = t.normalizer.normalize(p); p.text != "" {
				normal(p)
			}
		}
	}
	whole := piece{text: text, run: run, first: true}
	switch {
	case text == "":
	case find[0] == nil:
		raw(whole)
	default:
		find[0].split(whole, raw, word)
	}
}

// appendWord appends the tokens of a word.
func (t *Pipeline) appendWord(ids []argen.ID, word string) ([]argen.ID, error) {
	entry, slot := t.cache.find(word)
	if entry != nil {
		return append(ids, entry.ids...), nil
	}
	from := len(ids)
	ids, err := t.model.appendWord(ids, word)
	if err == nil {
		slot.put(word, ids[from:])
	}
	return ids, err
}

// Piece implements argen.Tokenizer. It is nil for an id outside the vocabulary.
func (t *Pipeline) Piece(id argen.ID) []byte {
	if id < 0 || int(id) >= len(t.names) {
		return nil
	}
	return t.pieces()[id]
}

// Name returns the token as tokenizer.json has it ("Ġthe" or "▁the" for " the"),
// "" for an id outside the vocabulary.
func (t *Pipeline) Name(id argen.ID) string {
	if id < 0 || int(id) >= len(t.names) {
		return ""
	}
	if name := cmp.Or(t.rewritten[id], t.names[id]); name != "" {
		return name
	}
	if i, ok := slices.BinarySearchFunc(t.added, id, func(a AddedToken, id argen.ID) int { return int(a.ID) - int(id) }); ok {
		return t.added[i].Text
	}
	return ""
}

// Control implements argen.Tokenizer: special tokens.
func (t *Pipeline) Control(id argen.ID) bool { return t.control[id] }

// VocabSize implements argen.Tokenizer: the highest id and one.
func (t *Pipeline) VocabSize() int { return len(t.names) }

// Added returns the added tokens by ID. The result must not be changed.
func (t *Pipeline) Added() []AddedToken { return t.added }

// Around returns the tokens that the post-processor puts before a text and behind
// it. Encode does not.
func (t *Pipeline) Around() (before, after []argen.ID) { return t.before, t.after }

// Special returns the id of the special token of a name, NoID if there is none.
func (t *Pipeline) Special(name string) argen.ID {
	for _, a := range t.added {
		if a.Special && a.Text == name {
			return a.ID
		}
	}
	return argen.NoID
}
