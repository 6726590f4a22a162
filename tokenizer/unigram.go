package tokenizer

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
)

// Unigram is the tokenizer of T5, XLM-R and many models of SentencePiece: every
// token has a score, the logarithm of its probability, and of all ways to cut a
// word into tokens that with the highest sum is taken. A character of which no
// token begins is the unknown token, which is worth ten less than the worst score.
//
// (Kudo, Subword Regularization, 2018; the best way is found as by Viterbi, 1967.)
type Unigram struct {
	Pipeline
	unigramOptions

	fallback [256]argen.ID // the tokens <0x00> to <0xFF>, or NoID
	byName   []argen.ID    // in the order of their names
	least    float64       // the worst score
	longest  int           // the longest name, in bytes
}

type unigramOptions struct {
	scores       []float64 // by ID
	unknown      argen.ID  // or NoID
	byteFallback bool
}

// unknownPenalty is how much less than the worst score an unknown character is worth.
const unknownPenalty = 10

// newUnigram makes a Unigram. Names are those of the vocabulary, by ID.
func newUnigram(names []string, added []AddedToken, o unigramOptions, c hfComponents) (*Unigram, error) {
	t := &Unigram{unigramOptions: o}
	t.names, t.added = names, slices.Clone(added)
	if err := t.build(c); err != nil {
		return nil, err
	}
	t.model = t
	t.ids = make(map[string]argen.ID, len(names))
	for id, name := range names {
		switch {
		case name == "":
			continue
		case len(name) > maxAdded:
			return nil, fmt.Errorf("token %d has %d bytes, at most %d are supported", id, len(name), maxAdded)
		}
		t.ids[name] = argen.ID(id)
		t.longest = max(t.longest, len(name))
	}
	t.least = math.Inf(1)
	for id := range o.scores {
		t.least = min(t.least, o.scores[id])
		if t.names[id] != "" && t.ids[names[id]] == argen.ID(id) {
			t.byName = append(t.byName, argen.ID(id))
		}
	}
	slices.SortFunc(t.byName, func(a, b argen.ID) int { return cmp.Compare(t.names[a], t.names[b]) })
	for b := range t.fallback {
		t.fallback[b] = argen.NoID
		if id, ok := t.ids[fmt.Sprintf("<0x%02X>", b)]; ok && o.byteFallback {
			t.fallback[b] = id
		}
	}
	return t, t.init()
}

// A cutNode is the best way to cut what stands before a place.
type cutNode struct {
	score float64
	from  int32 // where its last token begins, −1 if there is no way
	id    argen.ID
}

var errUnknown = errors.New("the text has a character that is not in the vocabulary, and there is no unknown token")

// appendWord implements model.
func (t *Unigram) appendWord(ids []argen.ID, word string) ([]argen.ID, error) {
	cuts, err := t.cuts(word)
	for _, c := range cuts {
		if ids = append(ids, c.id); c.bytes {
			ids = t.appendBytes(ids[:len(ids)-1], word[c.start:c.end])
		}
	}
	return ids, err
}

func (t *Unigram) appendBytes(ids []argen.ID, text string) []argen.ID {
	for i := range len(text) {
		ids = append(ids, t.fallback[text[i]])
	}
	return ids
}

// spread implements model.
func (t *Unigram) spread(word string, ids []argen.ID) []place {
	cuts, _ := t.cuts(word)
	places := make([]place, 0, len(ids))
	for _, c := range cuts {
		if !c.bytes {
			places = append(places, place{c.start, c.end})
			continue
		}
		for i := c.start; i < c.end; i++ {
			places = append(places, place{i, i + 1})
		}
	}
	return places
}

// A unigramCut is a token of a word, or some characters of which the bytes are.
type unigramCut struct {
	start, end int
	id         argen.ID
	bytes      bool
}

// cuts returns the best way to cut a word, unknown characters side by side being
// one token.
func (t *Unigram) cuts(word string) ([]unigramCut, error) {
	best := make([]cutNode, len(word)+1)
	for i := range best {
		best[i].from = -1
	}
	for at := 0; at < len(word); {
		_, size := utf8.DecodeRuneInString(word[at:])
		single := false
		t.prefixes(word[at:], func(id argen.ID, n int) {
			single = single || n == size
			best[at+n].offer(best[at].score+t.scores[id], at, id)
		})
		if !single {
			if t.unknown == argen.NoID {
				return nil, errUnknown
			}
			best[at+size].offer(best[at].score+t.least-unknownPenalty, at, t.unknown)
		}
		at += size
	}
	var cuts []unigramCut
	for end := len(word); end > 0; {
		n := best[end]
		start := int(n.from)
		last := len(cuts) - 1
		if n.id == t.unknown && last >= 0 && cuts[last].id == t.unknown {
			cuts[last].start = start
		} else {
			cuts = append(cuts, unigramCut{start: start, end: end, id: n.id})
		}
		end = start
	}
	slices.Reverse(cuts)
	for i, c := range cuts {
		if c.id != t.unknown {
			continue
		}
		text := word[c.start:c.end]
		if id, ok := t.ids[text]; ok {
			cuts[i].id = id
		} else if t.byteFallback {
			cuts[i].bytes = !strings.ContainsFunc(text, func(r rune) bool {
				return slices.ContainsFunc([]byte(string(r)), func(b byte) bool { return t.fallback[b] == argen.NoID })
			})
		}
	}
	return cuts, nil
}

func (n *cutNode) offer(score float64, from int, id argen.ID) {
	if n.from < 0 || score > n.score {
		*n = cutNode{score, int32(from), id}
	}
}

// prefixes calls yield for each token that text begins with, the shortest first.
func (t *Unigram) prefixes(text string, yield func(id argen.ID, n int)) {
	in := t.byName
	for n := 1; n <= min(len(text), t.longest) && len(in) > 0; n++ {
		// The tokens that begin with n bytes of text are a part of those that
		// begin with one less.
		b := text[n-1]
		from, _ := slices.BinarySearchFunc(in, b, func(id argen.ID, b byte) int { return cmp.Compare(int(at(t.names[id], n-1)), int(b)) })
		to, _ := slices.BinarySearchFunc(in[from:], b, func(id argen.ID, b byte) int {
			if at(t.names[id], n-1) <= int(b) {
				return -1
			}
			return 1
		})
		in = in[from : from+to]
		if len(in) > 0 && len(t.names[in[0]]) == n {
			yield(in[0], n)
		}
	}
}

// at returns a byte of a name, −1 behind its end.
func at(name string, i int) int {
	if i >= len(name) {
		return -1
	}
	return int(name[i])
}
