package tokenizer

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"

	"argen"
)

// A huggingFace is the parts of a tokenizer.json.
type huggingFace struct {
	added                             []AddedToken
	normalizer, preTokenizer, decoder string // as JSON
	post                              string // the same, "" for what puts bos before a text
	model                             func(out *writer)
}

// A writer writes a tokenizer.json as the library does: indented by two.
type writer struct{ *bufio.Writer }

// write writes a tokenizer.json that puts bos before every text, unless it is
// NoID.
func (h huggingFace) write(w io.Writer, bos argen.ID) error {
	out := &writer{bufio.NewWriter(w)} // keeps the first error for Flush
	out.WriteString("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": ")
	post := "null"
	list(out.Writer, len(h.added), "[]", 2, func(i int) {
		a := h.added[i]
		fmt.Fprintf(out, "{\n      \"id\": %d,\n      \"content\": %s,\n", a.ID, quoteJSON(a.Text))
		fmt.Fprintf(out, "      \"single_word\": %t,\n      \"lstrip\": %t,\n      \"rstrip\": %t,\n", a.SingleWord, a.LStrip, a.RStrip)
		fmt.Fprintf(out, "      \"normalized\": %t,\n      \"special\": %t\n    }", a.Normalized, a.Special)
		if a.ID == bos {
			post = beginWith(a)
		}
	})
	post = cmp.Or(h.post, post)
	out.component("normalizer", h.normalizer)
	out.component("pre_tokenizer", h.preTokenizer)
	out.component("post_processor", post)
	out.component("decoder", h.decoder)
	out.WriteString(",\n  \"model\": ")
	h.model(out)
	out.WriteString("\n}")
	return out.Flush()
}

// component writes a component that is given as JSON.
func (out *writer) component(name, value string) {
	var b bytes.Buffer
	_ = json.Indent(&b, []byte(value), "  ", "  ") // argen's own JSON
	fmt.Fprintf(out, ",\n  %q: %s", name, b.Bytes())
}

// wordLevel writes a WordLevel model.
func (out *writer) wordLevel(names []string, unk string) {
	out.WriteString("{\n    \"type\": \"WordLevel\",\n    \"vocab\": ")
	out.vocab(names)
	fmt.Fprintf(out, ",\n    \"unk_token\": %s\n  }", quoteJSON(unk))
}

// vocab writes the names of tokens that have one, by ID.
func (out *writer) vocab(names []string) {
	var ids []int
	for id, name := range names {
		if name != "" {
			ids = append(ids, id)
		}
	}
	list(out.Writer, len(ids), "{}", 4, func(i int) {
		fmt.Fprintf(out, "%s: %d", quoteJSON(names[ids[i]]), ids[i])
	})
}

// beginWith returns the post-processor that puts a token before each text.
func beginWith(bos AddedToken) string {
	name := quoteJSON(bos.Text)
	sequence := func(id string, kind int) string {
		return fmt.Sprintf(`{"SpecialToken":{"id":%s,"type_id":%d}},{"Sequence":{"id":%q,"type_id":%d}}`, name, kind, id, kind)
	}
	return fmt.Sprintf(`{"type":"TemplateProcessing","single":[%s],"pair":[%s,%s],"special_tokens":{%s:{"id":%s,"ids":[%d],"tokens":[%s]}}}`,
		sequence("A", 0), sequence("A", 0), sequence("B", 1), name, name, bos.ID, name)
}

// byteLevelJSON returns the pre-tokenizer or decoder of bytes.
func byteLevelJSON(addPrefixSpace, useRegex bool) string {
	return fmt.Sprintf(`{"type":"ByteLevel","add_prefix_space":%t,"trim_offsets":true,"use_regex":%t}`, addPrefixSpace, useRegex)
}
