package tokenizer

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"
)

// WriteJSON writes the tokenizer as a tokenizer.json, from which Hugging Face's
// tokenizers library and [ReadBPE] make a tokenizer with the same ids. What
// [TrainBPE] made comes out in the same bytes as that library's save.
func (t *BPE) WriteJSON(w io.Writer) error {
	out := bufio.NewWriter(w) // keeps the first error for Flush
	out.WriteString("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": ")
	list(out, len(t.added), "[]", 2, func(i int) {
		a := t.added[i]
		fmt.Fprintf(out, "{\n      \"id\": %d,\n      \"content\": %s,\n", a.ID, quoteJSON(a.Text))
		fmt.Fprint(out, "      \"single_word\": false,\n      \"lstrip\": false,\n      \"rstrip\": false,\n")
		fmt.Fprintf(out, "      \"normalized\": %t,\n      \"special\": %t\n    }", a.Normalized, a.Special)
	})
	component := func(name string, addPrefixSpace bool) {
		fmt.Fprintf(out, ",\n  %q: {\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": %t,\n    \"trim_offsets\": true,\n    \"use_regex\": true\n  }", name, addPrefixSpace)
	}
	out.WriteString(",\n  \"normalizer\": null")
	component("pre_tokenizer", false)
	out.WriteString(",\n  \"post_processor\": null")
	component("decoder", true) // which means nothing to a decoder
	out.WriteString(",\n  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": null,\n")
	out.WriteString("    \"continuing_subword_prefix\": null,\n    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n    \"byte_fallback\": false,\n")
	fmt.Fprintf(out, "    \"ignore_merges\": %t,\n    \"vocab\": ", t.whole != nil)
	var ids []int
	for id, name := range t.names {
		if name != "" {
			ids = append(ids, id)
		}
	}
	list(out, len(ids), "{}", 4, func(i int) {
		fmt.Fprintf(out, "%s: %d", quoteJSON(t.names[ids[i]]), ids[i])
	})
	out.WriteString(",\n    \"merges\": ")
	list(out, len(t.pairs), "[]", 4, func(i int) {
		left, right := t.names[t.pairs[i].left], t.names[t.pairs[i].right]
		fmt.Fprintf(out, "[\n        %s,\n        %s\n      ]", quoteJSON(left), quoteJSON(right))
	})
	out.WriteString("\n  }\n}")
	return out.Flush()
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
