package tokenizer

import "argen"

// An AddedToken is a token that is found in a text as it stands, before the
// text is cut into words.
type AddedToken struct {
	ID   argen.ID
	Text string
	// Special tokens stand for no text of their own (begin or end of a text,
	// roles of a chat). Encode takes their names as plain text, EncodeSpecial
	// does not.
	Special bool
	// Normalized tokens are looked for when the others have been found.
	Normalized bool
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

// newTrie returns the trie of the tokens for which keep holds, nil if there
// are none.
func newTrie(tokens []AddedToken, keep func(AddedToken) bool) *trie {
	t := &trie{next: map[trieEdge]int32{}, id: []argen.ID{argen.NoID}}
	for _, token := range tokens {
		if !keep(token) {
			continue
		}
		node := int32(0)
		t.first[token.Text[0]] = true
		for i := range len(token.Text) {
			edge := trieEdge{node, token.Text[i]}
			to, ok := t.next[edge]
			if !ok {
				to = int32(len(t.id))
				t.next[edge] = to
				t.id = append(t.id, argen.NoID)
			}
			node = to
		}
		t.id[node] = token.ID
	}
	if len(t.id) == 1 {
		return nil
	}
	return t
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

// split calls plain for each stretch of text without a token and found for
// each token, in order: at every place the leftmost token, of those the
// longest. A nil trie finds none.
func (t *trie) split(text string, plain func(start, end int), found func(start, end int, id argen.ID)) {
	from := 0
	if t != nil {
		for at := 0; at < len(text); {
			id, size := t.at(text[at:])
			if size == 0 {
				at++
				continue
			}
			if from < at {
				plain(from, at)
			}
			found(at, at+size, id)
			at += size
			from = at
		}
	}
	if from < len(text) {
		plain(from, len(text))
	}
}
