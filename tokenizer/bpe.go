package tokenizer

import (
	"fmt"
	"slices"
	"strings"

	"argen"
)

// BPE is a byte-level byte-pair encoding, the tokenizer of GPT-2 and of most
// models since. A text is cut into words by a pattern; each word is bytes at
// first, and then the pair of neighbours that was merged first in training is
// merged, everywhere from the left, until no known pair is left.
//
// (Sennrich, Haddow, Birch, Neural Machine Translation of Rare Words with
// Subword Units, 2016; on bytes: Radford et al., Language Models are
// Unsupervised Multitask Learners, 2019.)
//
// Text that is not UTF-8 is taken as [Valid] makes it. Bytes that the
// vocabulary lacks are left out, as the reference programs do; a vocabulary
// that [TrainBPE] made lacks none. Encode has no error.
type BPE struct {
	names  []string            // by ID, spelt; "" for added tokens that are not in the vocabulary, and for no token
	pieces [][]byte            // by ID
	ids    map[string]argen.ID // by name
	bytes  [256]argen.ID       // the token of each byte, or NoID

	pairs  []pair // by rank
	merges map[pair]merge
	// whole has the words that are one token whatever the merges would give;
	// nil if there are none (ignore_merges of tokenizer.json).
	whole map[string]argen.ID

	added   []AddedToken // in order of ID
	control map[argen.ID]bool
	// finders are what finds added tokens, in this order: those of any text,
	// and with the special ones; of each, not normalized, then normalized.
	plain, special [2]*trie

	scan      scanner
	normalize func(string) string // before words are found; nil if it changes nothing
	cache     *wordCache
}

// A pair is two tokens that stand side by side.
type pair struct{ left, right argen.ID }

// A merge is what becomes of a pair, and when: lower ranks come first.
type merge struct {
	rank int32
	id   argen.ID
}

// bpeParts are what a BPE is made of.
type bpeParts struct {
	names        []string // by ID, of the vocabulary; "" where it has none
	pairs        []pair   // by rank
	added        []AddedToken
	ignoreMerges bool
	scan         scanner
	normalize    func(string) string
}

// newBPE checks that the parts fit together.
func newBPE(p bpeParts) (*BPE, error) {
	t := &BPE{
		names:   p.names,
		pieces:  make([][]byte, len(p.names)),
		ids:     make(map[string]argen.ID, len(p.names)),
		pairs:   p.pairs,
		merges:  make(map[pair]merge, len(p.pairs)),
		added:   slices.Clone(p.added),
		control: map[argen.ID]bool{},
		scan:    p.scan,
		cache:   newWordCache(),

		normalize: p.normalize,
	}
	t.spellPieces()
	if err := t.addTokens(); err != nil {
		return nil, err
	}
	for b := range t.bytes {
		t.bytes[b] = argen.NoID
		if id, ok := t.ids[string(byteLetters[b])]; ok {
			if t.control[id] {
				return nil, fmt.Errorf("the special token %q is the name of a byte: no text could hold that byte", t.names[id])
			}
			t.bytes[b] = id
		}
	}
	for rank, m := range t.pairs {
		name := t.names[m.left] + t.names[m.right]
		id, ok := t.ids[name]
		switch {
		case !ok:
			return nil, fmt.Errorf("merge %d makes %q, which is not in the vocabulary", rank, name)
		case t.control[id]:
			return nil, fmt.Errorf("merge %d makes the special token %q: give it a name that no text holds, as <|%s|>", rank, name, name)
		}
		t.merges[m] = merge{int32(rank), id} // of equal pairs the last one counts
	}
	if p.ignoreMerges {
		t.whole = make(map[string]argen.ID, len(t.names))
		for id, piece := range t.pieces {
			if len(piece) > 0 && !t.control[argen.ID(id)] {
				t.whole[string(piece)] = argen.ID(id)
			}
		}
	}
	for i, normalized := range []bool{false, true} {
		t.plain[i] = newTrie(t.added, func(a AddedToken) bool { return a.Normalized == normalized && !a.Special })
		t.special[i] = newTrie(t.added, func(a AddedToken) bool { return a.Normalized == normalized })
	}
	return t, nil
}

// spellPieces fills ids and pieces. A name with a character that is no letter
// for a byte stands for itself.
func (t *BPE) spellPieces() {
	total := 0
	for _, name := range t.names {
		total += len(name)
	}
	all := make([]byte, 0, total)
	for i, name := range t.names {
		if name == "" {
			continue
		}
		t.ids[name] = argen.ID(i)
		from := len(all)
		spelt, ok := appendSpelt(all, name)
		if !ok {
			spelt = append(all, name...)
		}
		all = spelt
		t.pieces[i] = all[from:len(all):len(all)]
	}
}

// addTokens checks the added tokens, which must be in the vocabulary under the
// same id or not at all, and lays down their pieces.
func (t *BPE) addTokens() error {
	slices.SortFunc(t.added, func(a, b AddedToken) int { return int(a.ID) - int(b.ID) })
	seen := make(map[string]bool, len(t.added))
	for i, a := range t.added {
		id, known := t.ids[a.Text]
		switch {
		case a.Text == "":
			return fmt.Errorf("added token %d has no content", a.ID)
		case len(a.Text) > maxAdded:
			return fmt.Errorf("added token %d has %d bytes, at most %d are supported", a.ID, len(a.Text), maxAdded)
		case seen[a.Text] || i > 0 && t.added[i-1].ID == a.ID:
			return fmt.Errorf("added token %d, %s, or its id is there twice", a.ID, quoteWord(a.Text))
		case known && id != a.ID:
			return fmt.Errorf("added token %s has id %d, but %d in the vocabulary", quoteWord(a.Text), a.ID, id)
		case !known && t.names[a.ID] != "":
			return fmt.Errorf("added token %s has id %d, which is that of %s in the vocabulary", quoteWord(a.Text), a.ID, quoteWord(t.names[a.ID]))
		}
		seen[a.Text] = true
		t.pieces[a.ID] = []byte(a.Text)
		if a.Special {
			t.control[a.ID] = true
		}
	}
	return nil
}

// Encode implements argen.Tokenizer. There is no error.
func (t *BPE) Encode(text string) ([]argen.ID, error) {
	return t.encode(text, &t.plain), nil
}

// EncodeSpecial is Encode, but the names of special tokens in text give those
// tokens. Text from strangers must not go through it: it could pretend to be
// another's turn in a chat.
func (t *BPE) EncodeSpecial(text string) []argen.ID { return t.encode(text, &t.special) }

func (t *BPE) encode(text string, find *[2]*trie) []argen.ID {
	text = Valid(text)
	if t.normalize != nil {
		text = t.normalize(text)
	}
	ids := make([]argen.ID, 0, len(text)/3+1)
	t.words(text, find, func(start, end int, id argen.ID) {
		if id != argen.NoID {
			ids = append(ids, id)
		} else {
			ids = t.appendWord(ids, text[start:end])
		}
	})
	return ids
}

// words calls word for each word of a valid text, in order, and for each added
// token that find finds, then with its id. Together they are the whole text.
func (t *BPE) words(text string, find *[2]*trie, word func(start, end int, id argen.ID)) {
	scanned := func(start, end int) {
		for start < end {
			n := t.scan(text[start:end])
			word(start, start+n, argen.NoID)
			start += n
		}
	}
	if find[0] == nil && find[1] == nil {
		scanned(0, len(text))
		return
	}
	find[0].split(text, func(from, to int) {
		find[1].split(text[from:to], func(start, end int) {
			scanned(from+start, from+end)
		}, func(start, end int, id argen.ID) {
			word(from+start, from+end, id)
		})
	}, word)
}

// Decode implements argen.Tokenizer. Ids outside the vocabulary are left out.
func (t *BPE) Decode(ids []argen.ID) string {
	var b strings.Builder
	b.Grow(4 * len(ids))
	for _, id := range ids {
		if !t.control[id] {
			b.Write(t.Piece(id))
		}
	}
	return b.String()
}

// Piece implements argen.Tokenizer. It is nil for an id outside the vocabulary.
func (t *BPE) Piece(id argen.ID) []byte {
	if id < 0 || int(id) >= len(t.pieces) {
		return nil
	}
	return t.pieces[id]
}

// Name returns the token as tokenizer.json spells it, a printable letter a byte
// ("Ġthe" for " the"), "" for an id outside the vocabulary.
func (t *BPE) Name(id argen.ID) string {
	if id < 0 || int(id) >= len(t.names) {
		return ""
	}
	if name := t.names[id]; name != "" {
		return name
	}
	return string(t.pieces[id]) // an added token that is not in the vocabulary, or no token
}

// Control implements argen.Tokenizer: special tokens are control tokens.
func (t *BPE) Control(id argen.ID) bool { return t.control[id] }

// VocabSize implements argen.Tokenizer: the highest id and one.
func (t *BPE) VocabSize() int { return len(t.names) }

// Added returns the added tokens by ID. The result must not be changed.
func (t *BPE) Added() []AddedToken { return t.added }

// Special returns the id of the special token of a name, NoID if there is none.
func (t *BPE) Special(name string) argen.ID {
	for _, a := range t.added {
		if a.Special && a.Text == name {
			return a.ID
		}
	}
	return argen.NoID
}
