package tokenizer

import (
	"fmt"
	"strings"
	"unicode"
)

// The expressions of well-known pre-tokenizers, as tokenizer.json has them.
const (
	patternGPT2      = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	patternLlama3    = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternQwen2     = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternO200k     = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternTekken    = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternNumbers   = `\p{N}{1,3}`
	patternChinese   = "[一-龥\u3040-ゟ゠-ヿ]+"
	patternDeepSeek  = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
	patternOneNumber = `\p{N}`
)

// whole are those that find all of a text.
var whole = []string{patternGPT2, patternLlama3, patternQwen2, patternO200k, patternTekken}

// scanners find the same words as these expressions, and what stands between them.
var scanners = map[string]scanner{
	patternGPT2: scanGPT2, patternLlama3: scanLlama3, patternQwen2: scanQwen2, patternO200k: scanO200k, patternTekken: scanTekken,
	patternNumbers: scanNumbers, patternChinese: scanChinese, patternDeepSeek: scanDeepSeek, patternOneNumber: digitsScanner,
}

// ranges writes a table as part of a class of an expression.
func ranges(t *unicode.RangeTable) string {
	var b strings.Builder
	for _, r := range t.R16 {
		for lo := r.Lo; lo <= r.Hi; lo += r.Stride {
			if r.Stride == 1 {
				fmt.Fprintf(&b, `\x{%x}-\x{%x}`, lo, r.Hi)
				break
			}
			fmt.Fprintf(&b, `\x{%x}`, lo)
		}
	}
	for _, r := range t.R32 {
		for lo := r.Lo; lo <= r.Hi; lo += r.Stride {
			if r.Stride == 1 {
				fmt.Fprintf(&b, `\x{%x}-\x{%x}`, lo, r.Hi)
				break
			}
			fmt.Fprintf(&b, `\x{%x}`, lo)
		}
	}
	return b.String()
}
