package tokenizer

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"argen"
)

// WriteJSON writes the tokenizer as a tokenizer.json, from which Hugging Face's
// tokenizers library and [ReadBPE] make a tokenizer with the same ids and which puts no
// token before a text. What [TrainBPE] made comes out in the same bytes as that
// library's save.
func (t *BPE) WriteJSON(w io.Writer) error {
	return t.huggingFace(argen.NoID, t.writeModel).write(w, argen.NoID)
}

// huggingFace returns the parts of a tokenizer.json that puts bos before a text, with
// the post-processor of the file that was read if it does that.
func (t *Pipeline) huggingFace(bos argen.ID, model func(out *writer)) huggingFace {
	c := t.parts
	h := huggingFace{added: t.added, normalizer: c.normalizer, preTokenizer: c.preTokenizer, decoder: c.decoder, model: model}
	same := len(t.before) == 0 && bos == argen.NoID || len(t.before) == 1 && t.before[0] == bos
	if same && c.postProcessor != "null" {
		h.post = c.postProcessor
	}
	return h
}

// quoteOr returns a JSON string, null for "".
func quoteOr(s string) string {
	if s == "" {
		return "null"
	}
	return quoteJSON(s)
}

// writeModel writes the model of a tokenizer.json.
func (t *BPE) writeModel(out *writer) {
	fmt.Fprintf(out, "{\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": %s,\n", quoteOr(t.unk))
	fmt.Fprintf(out, "    \"continuing_subword_prefix\": %s,\n    \"end_of_word_suffix\": %s,\n", quoteOr(t.prefix), quoteOr(t.suffix))
	fmt.Fprintf(out, "    \"fuse_unk\": %t,\n    \"byte_fallback\": %t,\n", t.fuseUnk, t.byteFallback)
	fmt.Fprintf(out, "    \"ignore_merges\": %t,\n    \"vocab\": ", t.ignoreMerges)
	out.vocab(t.names)
	out.WriteString(",\n    \"merges\": ")
	list(out.Writer, len(t.pairs), "[]", 4, func(i int) {
		left, right := t.names[t.pairs[i].left], t.names[t.pairs[i].right]
		fmt.Fprintf(out, "[\n        %s,\n        %s\n      ]", quoteJSON(left), quoteJSON(right))
	})
	out.WriteString("\n  }")
}

// writeModel writes the model of a tokenizer.json.
func (t *Unigram) writeModel(out *writer) {
	unknown := "null"
	if t.unigramOptions.unknown != argen.NoID {
		unknown = strconv.Itoa(int(t.unigramOptions.unknown))
	}
	fmt.Fprintf(out, "{\n    \"type\": \"Unigram\",\n    \"unk_id\": %s,\n    \"vocab\": ", unknown)
	list(out.Writer, len(t.scores), "[]", 4, func(i int) {
		fmt.Fprintf(out, "[\n        %s,\n        %s\n      ]", quoteJSON(t.names[i]), strconv.FormatFloat(t.scores[i], 'g', -1, 64))
	})
	fmt.Fprintf(out, ",\n    \"byte_fallback\": %t\n  }", t.byteFallback)
}

// writeModel writes the model of a tokenizer.json.
func (t *WordPiece) writeModel(out *writer) {
	if t.level {
		out.wordLevel(t.names, t.unk)
		return
	}
	fmt.Fprintf(out, "{\n    \"type\": \"WordPiece\",\n    \"unk_token\": %s,\n    \"continuing_subword_prefix\": %s,\n", quoteJSON(t.unk), quoteJSON(t.prefix))
	fmt.Fprintf(out, "    \"max_input_chars_per_word\": %d,\n    \"vocab\": ", t.longest)
	out.vocab(t.names)
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

func (t *BPE) marshal() []byte {
	var b bytes.Buffer
	_ = t.WriteJSON(&b) // a buffer takes everything
	return b.Bytes()
}

func unmarshalBPE(data []byte) (*BPE, error) { return ReadBPE("tokenizer.json", data) }
