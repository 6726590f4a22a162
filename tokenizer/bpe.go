package tokenizer

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
)

// BPE is a byte-pair encoding, the tokenizer of most models. A text is cut into
// words; each word is symbols at first, and then the pair of neighbours that was
// merged first in training is merged, everywhere from the left, until no known
// pair is left. There are two kinds:
//
//   - Byte-level, of GPT-2 and most models since: the symbols are bytes, which the
//     vocabulary spells with a letter each ("Ġthe").
//   - SentencePiece's, of Llama 2, Mistral and Gemma: the symbols are characters,
//     blanks being ▁. Of one that the vocabulary lacks the bytes are tokens (<0x0A>).
//
// (Sennrich, Haddow, Birch, Neural Machine Translation of Rare Words with
// Subword Units, 2016; on bytes: Radford et al., Language Models are
// Unsupervised Multitask Learners, 2019; Kudo, Richardson, SentencePiece, 2018.)
//
// Symbols that the vocabulary lacks, and for which it has no bytes and no unknown
// token, are left out, as the reference programs do; a vocabulary that [TrainBPE]
// made lacks none.
type BPE struct {
	Pipeline
	bpeOptions

	byteLevel bool
	bytes     [256]argen.ID     // byte-level: the token of each byte, or NoID
	letters   [0x80]argen.ID    // else: of each character of ASCII
	others    map[rune]argen.ID // and of others
	fallback  *[256]argen.ID    // the tokens <0x00> to <0xFF>, nil if bytes are not used; NoID where there is none
	unknown   argen.ID          // or NoID
	pairs     []pair            // by rank
	merges    mergeTable
	cuts      map[[2]rune]struct{} // neighbours that some merge joins; nil if a word cannot be cut
}

// bpeOptions are what the model of a tokenizer.json says.
type bpeOptions struct {
	unk            string // the name of the unknown token, "" for none
	fuseUnk        bool   // several unknown symbols are one token
	byteFallback   bool
	ignoreMerges   bool   // a word that is a token is that, whatever merges would give
	prefix, suffix string // of a symbol that begins no word, that ends one
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
	names []string // by ID, of the vocabulary; "" where it has none
	added []AddedToken
	bpeOptions
	components hfComponents
	// merges returns the pairs by rank, given the vocabulary, and of each what
	// rank it has unless that is its place: nil for all.
	merges func(ids map[string]argen.ID) (pairs []pair, ranks []int32, err error)
}

// newBPE makes a BPE.
func newBPE(p bpeParts) (*BPE, error) {
	t := &BPE{bpeOptions: p.bpeOptions}
	t.names, t.added = p.names, slices.Clone(p.added)
	if err := t.build(p.components); err != nil {
		return nil, err
	}
	t.byteLevel = p.components.byteLevel
	t.model = t
	if err := t.init(); err != nil {
		return nil, err
	}
	if err := t.learn(p); err != nil {
		return nil, err
	}
	return t, nil
}

// learn makes what Encode needs.
func (t *BPE) learn(p bpeParts) error {
	t.ids = make(map[string]argen.ID, len(t.names))
	for id, name := range t.names {
		if name != "" {
			t.ids[name] = argen.ID(id)
		}
	}
	for _, a := range t.added {
		if id, known := t.ids[a.Text]; known && id != a.ID {
			return fmt.Errorf("added token %s has id %d, but %d in the vocabulary", quoteWord(a.Text), a.ID, id)
		}
	}
	if err := t.symbols(); err != nil {
		return err
	}
	pairs, ranks, err := p.merges(t.ids)
	if err != nil {
		return err
	}
	t.pairs = pairs
	t.merges = newMergeTable(len(pairs))
	guess := argen.ID(0) // merges mostly make one token after the other
	for i, m := range pairs {
		left, right := t.names[m.left], t.names[m.right][len(t.prefix)*btoi(strings.HasPrefix(t.names[m.right], t.prefix)):]
		id := guess + 1
		if int(id) >= len(t.names) || !concatenates(t.names[id], left, right) {
			var ok bool
			if id, ok = t.ids[left+right]; !ok {
				return fmt.Errorf("merge %d makes %q, which is not in the vocabulary", i, left+right)
			}
		}
		guess = id
		if t.control[id] {
			return fmt.Errorf("merge %d makes the special token %q: give it a name that no text holds, as <|%s|>", i, left+right, left+right)
		}
		rank := int32(i)
		if ranks != nil {
			rank = ranks[i]
		}
		t.merges.put(m, merge{rank, id}) // of equal pairs the last one counts
	}
	if !t.byteLevel {
		t.findCuts()
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// concatenates reports whether whole is a and b.
func concatenates(whole, a, b string) bool {
	return len(whole) == len(a)+len(b) && whole[:len(a)] == a && whole[len(a):] == b
}

// symbols finds the tokens of single bytes or characters.
func (t *BPE) symbols() error {
	t.unknown = argen.NoID
	if id, ok := t.ids[t.unk]; ok && t.unk != "" {
		t.unknown = id
	}
	if t.byteFallback {
		t.fallback = new([256]argen.ID)
		for b := range t.fallback {
			t.fallback[b] = argen.NoID
			if id, ok := t.ids[fmt.Sprintf("<0x%02X>", b)]; ok {
				t.fallback[b] = id
			}
		}
	}
	if t.byteLevel {
		for b, r := range byteLetters {
			t.bytes[b] = argen.NoID
			if id, ok := t.ids[string(r)]; ok {
				if t.control[id] {
					return fmt.Errorf("the special token %q is the name of a byte: no text could hold that byte", t.names[id])
				}
				t.bytes[b] = id
			}
		}
		return nil
	}
	t.others = map[rune]argen.ID{}
	for c := range t.letters {
		t.letters[c] = argen.NoID
	}
	for name, id := range t.ids {
		r, size := utf8.DecodeRuneInString(name)
		switch {
		case size != len(name):
		case r < utf8.RuneSelf:
			t.letters[r] = id
		default:
			t.others[r] = id
		}
	}
	return nil
}

// findCuts finds between which characters a word may be cut since no merge joins
// them. Merges of tokens that are no text, bytes and the unknown one, forbid it.
func (t *BPE) findCuts() {
	if t.prefix != "" || t.suffix != "" || t.ignoreMerges {
		return
	}
	t.cuts = make(map[[2]rune]struct{}, len(t.pairs))
	for _, p := range t.pairs {
		left, right := t.names[p.left], t.names[p.right]
		for _, name := range [...]string{left, right} {
			if _, is := byteOf(name); is || name == t.unk {
				t.cuts = nil
				return
			}
		}
		a, _ := utf8.DecodeLastRuneInString(left)
		b, _ := utf8.DecodeRuneInString(right)
		t.cuts[[2]rune{a, b}] = struct{}{}
	}
}
