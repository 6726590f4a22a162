package tokenizer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"argen"
)

// A GGUF is a vocabulary as the metadata of a GGUF hold it, under the keys that
// stand behind the fields.
type GGUF struct {
	Model  string    // tokenizer.ggml.model: "gpt2"
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
	ggufControl = 3
	ggufUser    = 4
)

// A ggufPre is what a name of tokenizer.ggml.pre stands for.
type ggufPre struct {
	names        []string
	scan         scanner
	normalize    func(string) string
	ignoreMerges bool
	addBOS       bool // where the file does not say it
}

var ggufPres = []ggufPre{
	{names: []string{"gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "roberta-bpe", "modern-bert", "exaone4", "mellum", "gigachat", "a.x-4.0"}, scan: scanGPT2},
	{names: []string{"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"}, scan: scanDigits},
	{names: []string{"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "lfm2", "midm-2.0"}, scan: scanLlama3, ignoreMerges: true, addBOS: true},
	{names: []string{"dbrx", "smaug-bpe"}, scan: scanLlama3},
	{names: []string{"qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "solar-open", "megrez", "grok-2"}, scan: scanQwen2, normalize: norm.NFC.String},
}

// ReadGGUF makes the tokenizer of a vocabulary in a GGUF. Errors begin with the
// key that is wrong. bos is the token that is put before every text, NoID if none
// is.
func ReadGGUF(g GGUF) (tok argen.Tokenizer, bos argen.ID, err error) {
	switch g.Model {
	case "gpt2":
	case "":
		return nil, argen.NoID, errors.New("tokenizer.ggml.model: missing: the file has no vocabulary")
	default:
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.model: %s is not supported, only gpt2 is", quoteWord(g.Model))
	}
	i := slices.IndexFunc(ggufPres, func(p ggufPre) bool { return slices.Contains(p.names, g.Pre) })
	if i < 0 {
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.pre: %s is not known: argen cannot cut a text as the model expects it", quoteWord(g.Pre))
	}
	pre := ggufPres[i]
	parts := bpeParts{names: g.Tokens, scan: pre.scan, normalize: pre.normalize, ignoreMerges: pre.ignoreMerges}
	if len(g.Types) > 0 && len(g.Types) != len(g.Tokens) {
		return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.token_type: %d types for %d tokens", len(g.Types), len(g.Tokens))
	}
	for id, kind := range g.Types {
		if kind == ggufControl || kind == ggufUser {
			parts.added = append(parts.added, AddedToken{ID: argen.ID(id), Text: g.Tokens[id], Special: kind == ggufControl})
		}
	}
	ids := make(map[string]argen.ID, len(g.Tokens))
	for id, name := range g.Tokens {
		ids[name] = argen.ID(id)
	}
	for rank, m := range g.Merges {
		left, right, _ := strings.Cut(m, " ")
		l, okLeft := ids[left]
		r, okRight := ids[right]
		if !okLeft || !okRight {
			return nil, argen.NoID, fmt.Errorf("tokenizer.ggml.merges: merge %d, %s, is not of two tokens", rank, quoteWord(m))
		}
		parts.pairs = append(parts.pairs, pair{l, r})
	}
	t, err := newBPE(parts)
	if err != nil {
		return nil, argen.NoID, err
	}
	add := pre.addBOS
	if g.AddBOS != nil {
		add = *g.AddBOS
	}
	if add && g.BOS != argen.NoID {
		return t, g.BOS, nil
	}
	return t, argen.NoID, nil
}
