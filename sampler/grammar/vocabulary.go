package grammar

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"argen"
)

// A vocabulary is the trie of the bytes of all tokens that stand for text.
type vocabulary struct {
	nodes []node // every node before those below it; the first is the empty text
	ids   []argen.ID
	size  int // V
	deep  int // bytes of the longest token

	allBytes bool // each byte is a token
}

// A node is a beginning that tokens share.
type node struct {
	byte  byte
	deep  int32 // bytes up to here
	past  int32 // the first node that is not below it
	first int32 // of ids: those that are this text; the next node has where they end
}

// newVocabulary makes the trie of the tokens of a vocabulary.
func newVocabulary(t argen.Tokenizer) *vocabulary {
	type token struct {
		begin uint64 // its first eight bytes, to compare
		piece []byte
		id    argen.ID
	}
	v := &vocabulary{size: t.VocabSize()}
	tokens := make([]token, 0, v.size)
	for id := range argen.ID(v.size) {
		piece := t.Piece(id)
		if t.Control(id) || len(piece) == 0 {
			continue
		}
		var begin [8]byte
		copy(begin[:], piece)
		tokens = append(tokens, token{binary.BigEndian.Uint64(begin[:]), piece, id})
		v.deep = max(v.deep, len(piece))
	}
	slices.SortFunc(tokens, func(a, b token) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), bytes.Compare(a.piece, b.piece), cmp.Compare(a.id, b.id))
	})
	v.ids = make([]argen.ID, 0, len(tokens))
	v.nodes = append(make([]node, 0, 4*len(tokens)), node{})
	path := []int{0} // the node of each depth
	var before []byte
	for _, tok := range tokens {
		same := 0
		for same < len(before) && same < len(tok.piece) && before[same] == tok.piece[same] {
			same++
		}
		v.close(path[same+1:])
		path = path[:same+1]
		for deep := same; deep < len(tok.piece); deep++ {
			path = append(path, len(v.nodes))
			v.nodes = append(v.nodes, node{byte: tok.piece[deep], deep: int32(deep + 1), first: int32(len(v.ids))})
		}
		v.ids = append(v.ids, tok.id)
		before = tok.piece
	}
	v.close(path)
	v.nodes = append(v.nodes, node{first: int32(len(v.ids))}) // where the last one's end
	single := 0
	for i, n := range v.nodes[:len(v.nodes)-1] {
		if n.deep == 1 && n.first < v.nodes[i+1].first {
			single++
		}
	}
	v.allBytes = single == 256
	return v
}

// close says that nothing more comes below these nodes.
func (v *vocabulary) close(path []int) {
	for _, i := range path {
		v.nodes[i].past = int32(len(v.nodes))
	}
}
