package tokenizer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
)

// A GGUF is a vocabulary as the metadata of a GGUF hold it, under the keys that
// stand behind the fields.
type GGUF struct {
	Model  string    // tokenizer.ggml.model: "gpt2" for byte-level BPE, "llama" for SentencePiece's
	Pre    string    // tokenizer.ggml.pre: how a text is cut into words
	Tokens []string  // tokenizer.ggml.tokens, by ID
	Types  []int32   // tokenizer.ggml.token_type, by ID; none if all are normal
	Scores []float32 // tokenizer.ggml.scores, by ID
	Merges []string  // tokenizer.ggml.merges: "a b", by rank

	BOS, EOS, Unknown argen.ID // tokenizer.ggml.bos_token_id and so on, or NoID
	// tokenizer.ggml.add_bos_token and so on; nil where the file says nothing.
	AddBOS, AddEOS, AddSpacePrefix *bool
}

// The types of tokens in a GGUF.
const (
	ggufNormal  = 1
	ggufUnknown = 2
	ggufControl = 3
	ggufUser    = 4
	ggufUnused  = 5
	ggufByte    = 6
)

// ReadGGUF makes the tokenizer of a vocabulary in a GGUF, with the ids that Hugging
// Face's library has for the model's tokenizer.json. Errors begin with the key that is
// wrong. bos is the token that is put before every text, NoID if none is.
func ReadGGUF(g GGUF) (tok argen.Tokenizer, bos argen.ID, err error) {
	if tok, bos, err = g.read(); err != nil {
		return nil, argen.NoID, err
	}
	return tok, bos, nil
}

func (g *GGUF) read() (tok argen.Tokenizer, bos argen.ID, err error) {
	parts := bpeParts{names: slices.Clone(g.Tokens)}
	addBOS := false
	switch {
	case g.Model == "":
		return nil, argen.NoID, errors.New("tokenizer.ggml.model: missing: the file has no vocabulary")
	case g.Model != "gpt2" && g.Model != "llama":
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.model: %s is not supported, only gpt2 and llama are", quoteWord(g.Model))
	case len(g.Tokens) == 0 || len(g.Tokens) > maxEntries:
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.tokens: %d tokens, want 1 to %d", len(g.Tokens), maxEntries)
	case len(g.Types) > 0 && len(g.Types) != len(g.Tokens):
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.token_type: %d types for %d tokens", len(g.Types), len(g.Tokens))
	case g.Model == "llama" && len(g.Scores) != len(g.Tokens):
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.scores: %d scores for %d tokens", len(g.Scores), len(g.Tokens))
	case len(g.Merges) > maxEntries:
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.merges: %d merges, at most %d are read", len(g.Merges), maxEntries)
	}
	for id, name := range g.Tokens {
		if name == "" || !utf8.ValidString(name) {
			parts.names[id] = fmt.Sprintf("[unused %d]", id) // as no text can be
		}
		if len(name) > maxAdded { // each of its beginnings is looked for
			return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.tokens: token %d has %d bytes, at most %d are supported", id, len(name), maxAdded)
		}
	}
	for id, kind := range g.Types {
		if kind == ggufControl || kind == ggufUser || kind == ggufUnknown {
			parts.added = append(parts.added, AddedToken{ID: argen.ID(id), Text: parts.names[id], Special: kind != ggufUser})
		}
	}
	if g.Model == "llama" {
		addBOS = true
		g.sentencePiece(&parts)
	} else if addBOS, err = g.byteLevel(&parts); err != nil {
		return nil, argen.NoID, err
	}
	if g.AddBOS != nil {
		addBOS = *g.AddBOS
	}
	var before, after []argen.ID
	if addBOS && g.BOS != argen.NoID {
		before = []argen.ID{g.BOS}
	}
	if g.AddEOS != nil && *g.AddEOS && g.EOS != argen.NoID {
		after = []argen.ID{g.EOS}
	}
	if parts.components.postProcessor, err = g.template(before, after); err != nil {
		return nil, argen.NoID, err
	}
	t, err := newBPE(parts)
	if err != nil {
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.tokens: %w", err)
	}
	if before == nil {
		return t, argen.NoID, nil
	}
	return t, g.BOS, nil
}

// template returns the post-processor that puts tokens around a text.
func (g *GGUF) template(before, after []argen.ID) (string, error) {
	if len(before)+len(after) == 0 {
		return "null", nil
	}
	var single, names []string
	add := func(ids []argen.ID) error {
		for _, id := range ids {
			if id < 0 || int(id) >= len(g.Tokens) {
				return fmt.Errorf("tokenizer.ggml.bos_token_id: %d is outside the vocabulary of %d tokens", id, len(g.Tokens))
			}
			name := quoteJSON(Valid(g.Tokens[id]))
			single = append(single, fmt.Sprintf(`{"SpecialToken":{"id":%s,"type_id":0}}`, name))
			names = append(names, fmt.Sprintf(`%s:{"id":%s,"ids":[%d],"tokens":[%s]}`, name, name, id, name))
		}
		return nil
	}
	if err := add(before); err != nil {
		return "", err
	}
	single = append(single, `{"Sequence":{"id":"A","type_id":0}}`)
	if err := add(after); err != nil {
		return "", err
	}
	if len(names) == 2 && names[0] == names[1] {
		names = names[:1]
	}
	return fmt.Sprintf(`{"type":"TemplateProcessing","single":[%s],"pair":[%s,{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{%s}}`,
		strings.Join(single, ","), strings.Join(single, ","), strings.Join(names, ",")), nil
}

// byteLevel fills in the parts of a byte-level BPE.
func (g *GGUF) byteLevel(p *bpeParts) (addBOS bool, err error) {
	i := slices.IndexFunc(ggufPres, func(pre ggufPre) bool { return slices.Contains(strings.Fields(pre.names), g.Pre) })
	switch {
	case i < 0 && g.Pre == "":
		return false, fmt.Errorf("tokenizer.ggml.pre: missing: the file does not say how a text is cut into words, one of %s", preNames())
	case i < 0:
		return false, fmt.Errorf("tokenizer.ggml.pre: %s is not known, one of these is wanted: %s", quoteWord(g.Pre), preNames())
	}
	pre := ggufPres[i]
	p.ignoreMerges = pre.ignoreMerges
	p.components = hfComponents{pre.normalizer(), pre.preTokenizer(), "null", byteLevelJSON(true, true), true}
	p.merges = func(ids map[string]argen.ID) ([]pair, []int32, error) {
		pairs := make([]pair, len(g.Merges))
		for rank, m := range g.Merges {
			left, right, _ := strings.Cut(m, " ")
			l, okLeft := ids[left]
			r, okRight := ids[right]
			if !okLeft || !okRight {
				return nil, nil, fmt.Errorf("tokenizer.ggml.merges: merge %d, %s, is not of two tokens", rank, quoteWord(m))
			}
			pairs[rank] = pair{l, r}
		}
		return pairs, nil, nil
	}
	return pre.addBOS, nil
}

// pairsPerToken bounds how many ways there are, on average, to make a token of two
// others; vocabularies of Llama and Gemma have 2. Tokens that are each other's
// beginnings and ends have as many as they have characters.
const pairsPerToken = 16

// sentencePiece fills in the parts of a BPE of SentencePiece, of which a GGUF has no
// merges but scores: of all neighbours those are merged first that make the token of
// the highest score.
func (g *GGUF) sentencePiece(p *bpeParts) {
	const replace = `{"type":"Replace","pattern":{"String":" "},"content":"▁"}`
	const back = `{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"}`
	p.components = hfComponents{replace, "null", "null", `{"type":"Sequence","decoders":[` + back + `]}`, false}
	if g.AddSpacePrefix == nil || *g.AddSpacePrefix {
		p.components.normalizer = `{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},` + replace + `]}`
		p.components.decoder = `{"type":"Sequence","decoders":[` + back + `,{"type":"Strip","content":" ","start":1,"stop":0}]}`
	}
	p.byteFallback, p.fuseUnk = true, true
	if unknown := slices.Index(g.Types, ggufUnknown); g.Unknown != argen.NoID {
		p.unk = p.names[g.Unknown]
	} else if unknown >= 0 {
		p.unk = p.names[unknown]
	}
	p.merges = func(ids map[string]argen.ID) ([]pair, []int32, error) {
		type scored struct {
			pair
			score float32
			id    argen.ID
		}
		var all []scored
		most := min(maxEntries, 1000+pairsPerToken*len(p.names))
		for id, name := range p.names {
			if len(g.Types) > 0 && g.Types[id] != ggufNormal && g.Types[id] != ggufUser {
				continue
			}
			for i := range name {
				left, ok := ids[name[:i]]
				if !ok || i == 0 {
					continue
				}
				if right, ok := ids[name[i:]]; ok {
					all = append(all, scored{pair{left, right}, g.Scores[id], argen.ID(id)})
				}
			}
			if len(all) > most {
				return nil, nil, fmt.Errorf("there are more than %d ways to make one token of two, the most that are supported for %d tokens", most, len(p.names))
			}
		}
		slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
		pairs, ranks := make([]pair, len(all)), make([]int32, len(all))
		for i, s := range all {
			pairs[i] = s.pair
			if i > 0 {
				ranks[i] = ranks[i-1]
				if s.score != all[i-1].score { // what has the same score is merged from the left
					ranks[i] = int32(i)
				}
			}
		}
		return pairs, ranks, nil
	}
}
