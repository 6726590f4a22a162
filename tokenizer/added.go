package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"argen"
)

// An AddedToken is a token that is found in a text as it stands, before the
// text is cut into words.
type AddedToken struct {
	ID   argen.ID
	Text string
	// Special tokens stand for no text of their own (begin or end of a text,
	// roles of a chat). Encode takes their names as plain text, EncodeSpecial
	// does not.
	Special bool
	// Normalized tokens are looked for when the others have been found and the
	// normalizer has rewritten what is between them, and themselves.
	Normalized bool
	// LStrip and RStrip take the white space before and behind a token in.
	LStrip, RStrip bool
	// SingleWord tokens stand only where no letter, mark, number or underline
	// is beside them.
	SingleWord bool
}

// maxAdded is the longest text of an added token, in bytes. It bounds the work
// at each byte of a text.
const maxAdded = 1024

// A trie finds the longest of some texts at a place: the nodes of their common
// beginnings, the root being 0.
type trie struct {
	next  map[trieEdge]int32
	id    []argen.ID // by node: the token whose text ends there, or NoID
	first [256]bool  // the bytes that a text begins with
}

type trieEdge struct {
	node int32
	b    byte
}

// add adds a text.
func (t *trie) add(text string, id argen.ID) {
	node := int32(0)
	t.first[text[0]] = true
	for i := range len(text) {
		edge := trieEdge{node, text[i]}
		to, ok := t.next[edge]
		if !ok {
			to = int32(len(t.id))
			t.next[edge] = to
			t.id = append(t.id, argen.NoID)
		}
		node = to
	}
	t.id[node] = id
}

// at returns the longest token that text begins with and its length, or 0.
func (t *trie) at(text string) (id argen.ID, size int) {
	if text == "" || !t.first[text[0]] {
		return argen.NoID, 0
	}
	id = argen.NoID
	node := int32(0)
	for i := range len(text) {
		to, ok := t.next[trieEdge{node, text[i]}]
		if !ok {
			break
		}
		if node = to; t.id[node] != argen.NoID {
			id, size = t.id[node], i+1
		}
	}
	return id, size
}

// A finder finds added tokens.
type finder struct {
	trie
	flags map[argen.ID]AddedToken // of those that have some
}

// newFinder returns what finds the tokens for which keep holds, nil if there are
// none. Those that are normalized it finds as the normalizer writes them.
func newFinder(tokens []AddedToken, normalize func(string) string, keep func(AddedToken) bool) *finder {
	f := &finder{trie{next: map[trieEdge]int32{}, id: []argen.ID{argen.NoID}}, map[argen.ID]AddedToken{}}
	for _, token := range tokens {
		if !keep(token) {
			continue
		}
		text := token.Text
		if token.Normalized {
			text = normalize(text)
		}
		if text == "" {
			continue
		}
		f.add(text, token.ID)
		if token.LStrip || token.RStrip || token.SingleWord {
			f.flags[token.ID] = token
		}
	}
	if len(f.id) == 1 {
		return nil
	}
	return f
}

// split calls plain for each part of a piece without a token and found for each
// token, in order: at every place the leftmost token, of those the longest.
func (f *finder) split(p piece, plain func(piece), found func(p piece, id argen.ID)) {
	text, from := p.text, 0
	for at := 0; at < len(text); {
		id, size := f.at(text[at:])
		if size == 0 {
			at++
			continue
		}
		start, end := at, at+size
		at = end
		if flags, ok := f.flags[id]; ok {
			if flags.SingleWord && (wordEnds(text[:start]) || wordBegins(text[end:])) {
				continue
			}
			if flags.LStrip {
				start = max(from, len(strings.TrimRightFunc(text[:start], unicode.IsSpace)))
			}
			if flags.RStrip {
				end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
			}
		}
		if start < from { // it begins in the white space of the one before
			continue
		}
		if from < start {
			plain(p.cut(from, start))
		}
		found(p.cut(start, end), id)
		from = end
	}
	if from < len(text) {
		plain(p.cut(from, len(text)))
	}
}

func wordEnds(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	return size > 0 && isWord(r)
}

func wordBegins(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size > 0 && isWord(r)
}
