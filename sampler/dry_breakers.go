package sampler

import (
	"fmt"
	"slices"
	"strings"

	"argen"
)

// breakers are sequences of tokens by their first one, which a passage does not
// reach over.
type breakers map[argen.ID][][]argen.ID

// usualBreakers are llama.cpp's and text-generation-webui's.
var usualBreakers = []string{"\n", ":", "\"", "*"}

const (
	noBreakers     = "none"
	longestBreaker = 40 // bytes of a text
	longestTail    = 20 // tokens after the one that a text begins in
)

// bindBreakers returns what breaks passages in a vocabulary. A text that no
// token can be a part of breaks none.
func bindBreakers(t argen.Tokenizer, texts []string, rule Semantics) (breakers, error) {
	if slices.Equal(texts, []string{noBreakers}) {
		return nil, nil
	}
	if len(texts) == 0 {
		texts = usualBreakers
	}
	b := breakers{}
	for _, text := range texts {
		switch {
		case text == noBreakers:
			return nil, fmt.Errorf("%s stands beside other breakers", noBreakers)
		case argen.AreIDs(text):
			ids, err := sequence(t, text)
			if err != nil {
				return nil, err
			}
			if rule == "textgen" && len(ids) > 1 {
				return nil, fmt.Errorf("the breaker %s is %d tokens, text-generation-webui knows breakers of one token only", quote(text), len(ids))
			}
			b.add(ids[0], ids[1:])
		case len(text) > longestBreaker:
			return nil, fmt.Errorf("the breaker %s is longer than %d bytes", quote(text), longestBreaker)
		case rule == "textgen":
			b.addLast(t, text)
		default:
			b.addOverlaps(t, text)
		}
	}
	return b, nil
}

// add adds a sequence, once.
func (b breakers) add(head argen.ID, tail []argen.ID) {
	if !slices.ContainsFunc(b[head], func(other []argen.ID) bool { return slices.Equal(other, tail) }) {
		b[head] = append(b[head], tail)
	}
}

// addLast adds the last token of a text, written behind a letter so that it has
// none of the beginning of a line.
func (b breakers) addLast(t argen.Tokenizer, text string) {
	if ids, err := t.Encode("a" + text); err == nil && len(ids) > 0 {
		b.add(ids[len(ids)-1], nil)
	}
}

// addOverlaps adds every token that holds the text, and every one that ends in
// a beginning of it together with the tokens of the rest.
func (b breakers) addOverlaps(t argen.Tokenizer, text string) {
	for id := range argen.ID(t.VocabSize()) {
		piece := string(t.Piece(id))
		if strings.Contains(piece, text) {
			b.add(id, nil)
			continue
		}
		for n := min(len(piece), len(text)-1); n > 0; n-- {
			if !strings.HasSuffix(piece, text[:n]) {
				continue
			}
			if tail, err := t.Encode(text[n:]); err == nil && len(tail) > 0 {
				b.add(id, tail[:min(len(tail), longestTail)])
			}
		}
	}
}

// single reports whether a token alone is a breaker.
func (b breakers) single(id argen.ID) bool {
	return slices.ContainsFunc(b[id], func(tail []argen.ID) bool { return len(tail) == 0 })
}

// after returns how many tokens follow the last breaker in ids, all if there is
// none. Of several that begin with one token the longest counts, and what
// begins last is looked at first, as in llama.cpp.
func (b breakers) after(ids []argen.ID) int {
	if len(b) == 0 {
		return len(ids)
	}
	for i := len(ids) - 1; i >= 0; i-- {
		rest, longest := ids[i+1:], -1
		for _, tail := range b[ids[i]] {
			if len(tail) > longest && len(tail) <= len(rest) && slices.Equal(rest[:len(tail)], tail) {
				longest = len(tail)
			}
		}
		if longest >= 0 {
			return len(rest) - longest
		}
	}
	return len(ids)
}
