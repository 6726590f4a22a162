package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"argen"
)

// GGUF returns the vocabulary as a GGUF holds it, from which llama.cpp and [ReadGGUF]
// make a tokenizer with the same ids. It is an error if there is no such: of what stands
// in a tokenizer.json, a GGUF has the name of a known pre-tokenizer only.
func (t *BPE) GGUF() (GGUF, error) {
	g := GGUF{Model: "gpt2", BOS: argen.NoID, EOS: argen.NoID, Unknown: argen.NoID}
	g.Tokens, g.Types = t.ggufTokens()
	for _, a := range t.added {
		if a.LStrip || a.RStrip || a.SingleWord {
			return GGUF{}, fmt.Errorf("a GGUF cannot say that the token %s takes white space in or stands alone", quoteWord(a.Text))
		}
	}
	if !t.byteLevel {
		return g, t.ggufScores(&g)
	}
	if t.unk != "" || t.byteFallback || t.prefix != "" || t.suffix != "" {
		return GGUF{}, errors.New("a GGUF has no unknown tokens, prefixes and suffixes of a byte-level BPE")
	}
	if g.Pre = t.pre(); g.Pre == "" {
		return GGUF{}, errors.New("its normalizer and pre_tokenizer have no name in a GGUF")
	}
	g.Merges = make([]string, len(t.pairs))
	for i, p := range t.pairs {
		g.Merges[i] = t.names[p.left] + " " + t.names[p.right]
	}
	return g, nil
}

// Composes reports whether the tokenizer puts a text into the normal form NFC, in
// which a letter with a mark is one character.
func (t *BPE) Composes() bool { return strings.Contains(t.parts.normalizer, `"NFC"`) }

// ggufTokens returns all tokens and their types.
func (t *BPE) ggufTokens() (names []string, types []int32) {
	names, types = slices.Clone(t.names), make([]int32, len(t.names))
	for id, name := range names {
		types[id] = ggufNormal
		switch _, isByte := byteOf(name); {
		case name == "":
			names[id], types[id] = "[unused"+strconv.Itoa(id)+"]", ggufUnused
		case isByte && !t.byteLevel:
			types[id] = ggufByte
		}
	}
	for _, a := range t.added {
		names[a.ID], types[a.ID] = a.Text, ggufUser
		if a.Special {
			types[a.ID] = ggufControl
		}
	}
	return names, types
}

// pre returns the name of what cuts a text into words, "" if it has none.
func (t *BPE) pre() string {
	var normalizer, preTokenizer any
	if json.Unmarshal([]byte(t.parts.normalizer), &normalizer) != nil || json.Unmarshal([]byte(t.parts.preTokenizer), &preTokenizer) != nil {
		return ""
	}
	n, _ := normalizer.(map[string]any)
	patterns, ok := patternsOf(preTokenizer)
	if !ok || normalizer != nil && n["type"] != "NFC" {
		return ""
	}
	for _, p := range ggufPres {
		want := p.patterns
		if want == nil {
			want = []string{patternGPT2}
		}
		if slices.Equal(want, patterns) && p.nfc == (normalizer != nil) && p.ignoreMerges == t.ignoreMerges {
			return strings.Fields(p.names)[0]
		}
	}
	return ""
}

// patternsOf returns the patterns by which a pre-tokenizer cuts, one after the other.
func patternsOf(v any) (all []string, ok bool) {
	m, _ := v.(map[string]any)
	switch m["type"] {
	case "Sequence":
		list, _ := m["pretokenizers"].([]any)
		for _, v := range list {
			some, ok := patternsOf(v)
			if !ok {
				return nil, false
			}
			all = append(all, some...)
		}
		return all, true
	case "ByteLevel":
		if on, given := m["use_regex"].(bool); on || !given {
			all = []string{patternGPT2}
		}
		return all, m["add_prefix_space"] == false
	case "Digits":
		return []string{patternOneNumber}, m["individual_digits"] == true
	case "Split":
		p, _ := m["pattern"].(map[string]any)
		source, ok := p["Regex"].(string)
		isolated := m["behavior"] == "Isolated" || m["behavior"] == "Removed" && m["invert"] == true && slices.Contains(whole, source)
		return []string{source}, ok && isolated
	}
	return nil, false
}

// ggufScores gives every token the score that puts its merges in their order: less the
// later its first merge. It is an error if a GGUF cannot say the same.
func (t *BPE) ggufScores(g *GGUF) error {
	g.Model, g.Scores = "llama", make([]float32, len(t.names))
	for id := range g.Scores {
		g.Scores[id] = -1e6 // never made by a merge
	}
	for _, p := range slices.Backward(t.pairs) {
		m := t.merge(p.left, p.right)
		g.Scores[m.id] = -float32(m.rank)
	}
	if t.unknown != argen.NoID {
		g.Unknown = t.unknown
		g.Types[t.unknown] = ggufUnknown
	}
	prefix := strings.Contains(t.parts.normalizer, `"Prepend"`)
	g.AddSpacePrefix = &prefix
	again, _, err := ReadGGUF(*g)
	if err != nil {
		return err
	}
	other := again.(*BPE)
	if !slices.Equal(other.pairs, t.pairs) {
		return errors.New("its merges are not those that scores of tokens give, which is all that a GGUF has of SentencePiece")
	}
	for _, c := range [][2]string{{t.parts.normalizer, other.parts.normalizer}, {t.parts.decoder, other.parts.decoder}} {
		if !sameJSON(c[0], c[1]) {
			return errors.New("its normalizer or decoder is not that of SentencePiece in a GGUF")
		}
	}
	return nil
}

func sameJSON(a, b string) bool {
	var x, y any
	_, _ = json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y) // they were read before
	left, _ := json.Marshal(x)
	right, _ := json.Marshal(y)
	return string(left) == string(right)
}
