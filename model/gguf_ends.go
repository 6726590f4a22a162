package model

import (
	"slices"

	"argen"
	"argen/model/gguf"
	"argen/model/transformer"
)

// endNames are what models call the tokens that end a text, a turn of a talk or
// a message. The metadata of a GGUF has keys for three of them, of which many
// files give one, that of a text; a talk would then go on and answer itself.
// llama.cpp stops at these names in any file (src/llama-vocab.cpp, its tokens of
// the end of generation); transformers has them all in generation_config.json.
//
// We ask besides that the file does not call the token a normal one, since one
// that was learnt from texts, as the </s> of Qwen from pages that strike words
// out, ends nothing.
var endNames = []string{
	"<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", // Llama 3, Granite
	"<|im_end|>", "<|endoftext|>", // ChatML, GPT-2
	"<|end|>",                // Phi-3
	"<end_of_turn>", "<eos>", // Gemma
	"</s>",                      // SentencePiece
	"<EOT>", "_<EOT>", "▁<EOT>", // Code Llama
	"[EOT]", "[EOS]",
	"<end_of_utterance>",
	"<｜end▁of▁sentence｜>", // DeepSeek
}

// endTypes says that the tokens of those names are control tokens, which some
// files call tokens that a user defined: their names would be text then. The
// types are a copy if anything changes.
func endTypes(tokens []string, types []int32) []int32 {
	if len(types) != len(tokens) {
		return types
	}
	copied := false
	for id, name := range tokens {
		if types[id] == tokenUser && slices.Contains(endNames, name) {
			if !copied {
				types, copied = slices.Clone(types), true
			}
			types[id] = tokenControl
		}
	}
	return types
}

// addEnds adds the tokens that end a text by their names alone, in order of ID,
// unless argen wrote the file, whose keys say all.
func addEnds(c *transformer.Config, m gguf.Meta, tok argen.Tokenizer) {
	if _, ok := m.String(keyTokenizer); ok {
		return
	}
	tokens, _ := m.Value("tokenizer.ggml.tokens").([]string)
	for i, name := range tokens[:min(len(tokens), c.VocabSize, tok.VocabSize())] {
		id := argen.ID(i)
		if tok.Control(id) && slices.Contains(endNames, name) && !slices.Contains(c.EOS, id) {
			c.EOS = append(c.EOS, id)
		}
	}
}
