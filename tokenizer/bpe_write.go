package tokenizer

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"

	"argen"
)

// WriteJSON writes the tokenizer as a tokenizer.json, from which Hugging Face's
// tokenizers library and [ReadBPE] make a tokenizer with the same ids. What
// [TrainBPE] made comes out in the same bytes as that library's save.
func (t *BPE) WriteJSON(w io.Writer) error { return t.huggingFace().write(w, argen.NoID) }

// huggingFace returns the parts of its tokenizer.json. The decoder's
// add_prefix_space means nothing.
func (t *BPE) huggingFace() huggingFace {
	return huggingFace{added: t.added, normalizer: "null", preTokenizer: byteLevel(false, true), decoder: byteLevel(true, true), model: t.writeModel}
}

// writeModel writes the model of a tokenizer.json.
func (t *BPE) writeModel(out *writer) {
	out.WriteString("{\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": null,\n")
	out.WriteString("    \"continuing_subword_prefix\": null,\n    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n    \"byte_fallback\": false,\n")
	fmt.Fprintf(out, "    \"ignore_merges\": %t,\n    \"vocab\": ", t.whole != nil)
	out.vocab(t.names)
	out.WriteString(",\n    \"merges\": ")
	list(out.Writer, len(t.pairs), "[]", 4, func(i int) {
		left, right := t.names[t.pairs[i].left], t.names[t.pairs[i].right]
		fmt.Fprintf(out, "[\n        %s,\n        %s\n      ]", quoteJSON(left), quoteJSON(right))
	})
	out.WriteString("\n  }")
}

// list writes n elements between brackets, each on a line of its own that is
// indented by two more than the list.
func list(out *bufio.Writer, n int, brackets string, indent int, element func(i int)) {
	if n == 0 {
		out.WriteString(brackets)
		return
	}
	out.WriteByte(brackets[0])
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "\n%*s", indent+2, "")
		element(i)
	}
	fmt.Fprintf(out, "\n%*s%c", indent, "", brackets[1])
}

// quoteJSON returns a JSON string in which only what must be is escaped.
func quoteJSON(s string) string {
	quoted := []byte{'"'}
	for _, r := range s {
		switch r {
		case '"', '\\':
			quoted = append(quoted, '\\', byte(r))
		case '\b':
			quoted = append(quoted, `\b`...)
		case '\f':
			quoted = append(quoted, `\f`...)
		case '\n':
			quoted = append(quoted, `\n`...)
		case '\r':
			quoted = append(quoted, `\r`...)
		case '\t':
			quoted = append(quoted, `\t`...)
		default:
			if r < ' ' {
				quoted = fmt.Appendf(quoted, `\u%04x`, r)
			} else {
				quoted = utf8.AppendRune(quoted, r)
			}
		}
	}
	return string(append(quoted, '"'))
}
