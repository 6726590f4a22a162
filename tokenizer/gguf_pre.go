package tokenizer

import (
	"strings"
)

// A ggufPre is what some names of tokenizer.ggml.pre stand for: the patterns that cut
// a text into words one after the other, and what else a GGUF does not say.
type ggufPre struct {
	names        string   // between blanks
	patterns     []string // none: that of GPT-2
	nfc          bool
	ignoreMerges bool
	addBOS       bool // where the file does not say it
}

// patternQwen35 is that of Qwen 2 with marks among the letters.
const patternQwen35 = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`

// ggufPres are the names that llama.cpp has for the pre-tokenizers that are
// supported.
var ggufPres = []ggufPre{
	{names: "gpt-2 phi-2 mpt jais trillion granite-docling roberta-bpe modern-bert exaone4 mellum gigachat a.x-4.0 " +
		"jina-v2-es jina-v2-de jina-v2-code jina-v2-en jina-v1-en"},
	{names: "olmo", nfc: true}, // GPT-NeoX and Pythia too
	{names: "smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", patterns: []string{patternOneNumber, patternGPT2}},
	{names: "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral lfm2 midm-2.0", patterns: []string{patternLlama3}, ignoreMerges: true, addBOS: true},
	{names: "dbrx smaug-bpe chatglm-bpe", patterns: []string{patternLlama3}},
	{names: "glm4 glm5", patterns: []string{patternLlama3}, ignoreMerges: true},
	{names: "qwen2 deepseek-r1-qwen stablelm2 hunyuan solar-open megrez grok-2", patterns: []string{patternQwen2}, nfc: true},
	{names: "qwen35", patterns: []string{patternQwen35}, nfc: true},
	{names: "deepseek-v3 hunyuan-dense joyai-llm", patterns: []string{patternNumbers, patternChinese, patternDeepSeek}},
	{names: "deepseek-coder", patterns: []string{"[\r\n]", `\s?\p{L}+`, `\s?\p{P}+`, "[一-龥ࠀ-一가-퟿]+", patternOneNumber}},
	{names: "gpt-4o llama4 kanana2 minimax-m2", patterns: []string{patternO200k}, ignoreMerges: true},
	{names: "tekken", patterns: []string{patternTekken}, ignoreMerges: true, addBOS: true},
}

// preNames lists one name of tokenizer.ggml.pre of each kind.
func preNames() string {
	var names []string
	for _, p := range ggufPres {
		names = append(names, strings.Fields(p.names)[0])
	}
	return strings.Join(names, ", ")
}

func (p ggufPre) normalizer() string {
	if p.nfc {
		return `{"type":"NFC"}`
	}
	return "null"
}

func (p ggufPre) preTokenizer() string {
	if len(p.patterns) == 0 {
		return byteLevelJSON(false, true)
	}
	var all []string
	for _, pattern := range p.patterns {
		all = append(all, `{"type":"Split","pattern":{"Regex":`+quoteJSON(pattern)+`},"behavior":"Isolated","invert":false}`)
	}
	return `{"type":"Sequence","pretokenizers":[` + strings.Join(append(all, byteLevelJSON(false, false)), ",") + `]}`
}
