package tokenizer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// hfComponents are the components of a tokenizer.json as JSON; "null" for none.
type hfComponents struct {
	normalizer, preTokenizer, postProcessor, decoder string
	byteLevel                                        bool // the model is one of bytes
}

// A spec is a component, read from what encoding/json makes of it. The first thing
// that is wrong stays.
type spec struct {
	what   string // "normalizer"
	kind   string
	m      map[string]any
	err    error
	source string // of the pattern that was read last, if it is an expression
}

func newSpec(what string, v any) (*spec, error) {
	s := &spec{what: what}
	s.m, _ = v.(map[string]any)
	if s.kind, _ = s.m["type"].(string); s.kind == "" {
		return nil, fmt.Errorf("the %s has no type", what)
	}
	return s, nil
}

func (s *spec) errorf(format string, args ...any) error {
	if s.err == nil {
		s.err = fmt.Errorf("the "+s.what+" "+quoteWord(s.kind)+": "+format, args...)
	}
	return s.err
}

func (s *spec) unknown() error {
	return fmt.Errorf("the %s %s is not supported", s.what, quoteWord(s.kind))
}

// text returns a member that is a string and must be there.
func (s *spec) text(name string) string {
	v, ok := s.m[name].(string)
	if !ok {
		_ = s.errorf("%s is no string", name)
	}
	return v
}

// on returns a member that is true or false, or what it is if it is not there.
func (s *spec) on(name string, otherwise bool) bool {
	switch v := s.m[name].(type) {
	case nil:
		return otherwise
	case bool:
		return v
	}
	_ = s.errorf("%s is neither true nor false", name)
	return otherwise
}

// count returns a member that is a whole number from 0 to most.
func (s *spec) count(name string, most int) int {
	v, ok := s.m[name].(float64)
	if !ok || v < 0 || v > float64(most) || v != float64(int(v)) {
		_ = s.errorf("%s is no whole number from 0 to %d", name, most)
		return 0
	}
	return int(v)
}

// list returns a member that is a list.
func (s *spec) list(name string) []any {
	v, ok := s.m[name].([]any)
	if !ok {
		_ = s.errorf("%s is no list", name)
	}
	return v
}

// oneOf returns a member that is one of some words, the first if it is not there.
func (s *spec) oneOf(name string, words ...string) string {
	if s.m[name] == nil {
		return words[0]
	}
	word := s.text(name)
	if s.err == nil && !slices.Contains(words, word) {
		_ = s.errorf("%s %s is not supported, only %s", name, quoteWord(word), strings.Join(words, ", "))
	}
	return word
}

// pattern returns the member pattern, {"String": …} or {"Regex": …}.
func (s *spec) pattern() pattern {
	m, _ := s.m["pattern"].(map[string]any)
	if text, ok := m["String"].(string); ok {
		return literal(text)
	}
	var ok bool
	if s.source, ok = m["Regex"].(string); !ok {
		_ = s.errorf("pattern is neither a String nor a Regex")
		return literal("")
	}
	find, err := newPattern(s.source)
	if err != nil {
		if _, ok := scanners[s.source]; !ok {
			_ = s.errorf("%w", err)
		}
		return literal("")
	}
	return find
}

// newNormalizer returns the normalizer of a component, nil for none.
func newNormalizer(v any) (normalizer, error) {
	if v == nil {
		return nil, nil
	}
	s, err := newSpec("normalizer", v)
	if err != nil {
		return nil, err
	}
	var n normalizer
	switch s.kind {
	case "Sequence":
		var all normalizers
		for _, v := range s.list("normalizers") {
			one, err := newNormalizer(v)
			switch {
			case err != nil:
				return nil, err
			case one == nil:
				return nil, s.errorf("one of the normalizers is null")
			}
			all = append(all, one)
		}
		n = all
	case "NFC":
		n = normalForm(norm.NFC)
	case "NFD":
		n = normalForm(norm.NFD)
	case "NFKC":
		n = normalForm(norm.NFKC)
	case "NFKD":
		n = normalForm(norm.NFKD)
	case "Lowercase":
		n = normalizerFunc(lowercase)
	case "StripAccents":
		n = normalizerFunc(stripAccents)
	case "Prepend":
		n = prepend(s.text("prepend"))
	case "Replace":
		n = replace{s.pattern(), s.text("content")}
	case "Strip":
		n = strip{s.on("strip_left", true), s.on("strip_right", true)}
	case "BertNormalizer":
		low := s.on("lowercase", true)
		n = bertNormalizer{s.on("clean_text", true), s.on("handle_chinese_chars", true), s.on("strip_accents", low), low}
	default:
		return nil, s.unknown()
	}
	return n, s.err
}

// newPreTokenizer returns the pre-tokenizer of a component, nil for none, and
// whether what comes out of it are bytes.
func newPreTokenizer(v any) (p preTokenizer, bytes bool, err error) {
	if v == nil {
		return nil, false, nil
	}
	s, err := newSpec("pre_tokenizer", v)
	if err != nil {
		return nil, false, err
	}
	switch s.kind {
	case "Sequence":
		var all preTokenizers
		for _, v := range s.list("pretokenizers") {
			if bytes {
				return nil, false, s.errorf("one behind ByteLevel is not supported")
			}
			var one preTokenizer
			if one, bytes, err = newPreTokenizer(v); err != nil {
				return nil, false, err
			}
			if one == nil {
				return nil, false, s.errorf("one of the pretokenizers is null")
			}
			if b, ok := one.(byteLevel); !ok || b.prefix || b.regex { // else it cuts nothing
				all = append(all, one)
			}
		}
		if p = all; len(all) == 1 {
			p = all[0]
		}
	case "ByteLevel":
		b := byteLevel{s.on("add_prefix_space", true), s.on("use_regex", true)}
		if p, bytes = b, true; b.regex && !b.prefix {
			p = scanner(scanGPT2)
		}
	case "Split":
		cut := split{s.pattern(), s.oneOf("behavior", behaviors...), s.on("invert", false)}
		if s.m["behavior"] == nil {
			return nil, false, s.errorf("behavior is missing")
		}
		p = cut
		if scan, ok := scanners[s.source]; ok && s.source != "" {
			known := cut.behavior == "Isolated" || cut.behavior == "Removed" && cut.invert && slices.Contains(whole, s.source)
			if p = scan; !known {
				_ = s.errorf("the behavior %s of this pattern is not supported", cut.behavior)
			}
		}
	case "Digits":
		cut := split{find: runePattern(isNumber), behavior: "Contiguous"}
		if p = cut; s.on("individual_digits", false) {
			p = scanner(digitsScanner)
		}
	case "Metaspace":
		m := metaspace{with: s.text("replacement"), scheme: s.oneOf("prepend_scheme", "always", "first", "never"), split: s.on("split", true)}
		if s.m["prepend_scheme"] == nil && !s.on("add_prefix_space", true) {
			m.scheme = "never"
		}
		if utf8.RuneCountInString(m.with) != 1 {
			_ = s.errorf("replacement %s is not one character", quoteWord(m.with))
		}
		p = m
	case "Whitespace":
		p = preTokenizerFunc(whitespace)
	case "WhitespaceSplit":
		p = preTokenizerFunc(whitespaceSplit)
	case "CharDelimiterSplit":
		p = split{find: literal(s.text("delimiter")), behavior: "Removed"}
	case "BertPreTokenizer":
		p = preTokenizerFunc(bertWords)
	case "Punctuation":
		p = split{find: runePattern(isPunctuation), behavior: s.oneOf("behavior", "Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous")}
	default:
		return nil, false, s.unknown()
	}
	return p, bytes, s.err
}

// newDecoder returns the decoder of a component, nil for none.
func newDecoder(v any) (decoder, error) {
	if v == nil {
		return nil, nil
	}
	d, err := appendDecoders(nil, v, new(bool))
	if err == nil && len(d) == 1 {
		return d[0], nil
	}
	return d, err
}

// appendDecoders appends those of a component. Behind a Fuse there is one text, of
// which tokens are no longer known.
func appendDecoders(all decoders, v any, fused *bool) (decoders, error) {
	s, err := newSpec("decoder", v)
	if err != nil {
		return nil, err
	}
	var d decoder
	switch s.kind {
	case "Sequence":
		for _, v := range s.list("decoders") {
			if all, err = appendDecoders(all, v, fused); err != nil {
				return nil, err
			}
		}
		return all, s.err
	case "ByteLevel":
		d = decoderFunc(spelt)
	case "Replace":
		d = replacing(replace{s.pattern(), s.text("content")})
	case "ByteFallback":
		d = decoderFunc(fallback)
	case "Fuse":
		*fused = true
		return all, nil
	case "Strip":
		start, stop := s.count("start", 1000), s.count("stop", 1000)
		strip := stripping(s.text("content"), start, stop)
		switch {
		case !*fused:
			d = decoderFunc(strip)
		case stop > 0:
			_ = s.errorf("stop %d behind Fuse is not supported, only 0 is", stop)
		default:
			return append(all, firstDecoder(strip)), s.err
		}
	case "Metaspace":
		m := metaspaceDecoder{s.text("replacement"), s.oneOf("prepend_scheme", "always", "first", "never")}
		if s.m["prepend_scheme"] == nil && !s.on("add_prefix_space", true) {
			m.scheme = "never"
		}
		d = m
	case "WordPiece":
		d = wordPieceDecoder{s.text("prefix"), s.on("cleanup", true)}
	default:
		return nil, s.unknown()
	}
	if *fused {
		_ = s.errorf("it is not supported behind Fuse")
	}
	return append(all, d), s.err
}

// opens reports whether a decoder has another text for the first token.
func opens(d decoder) bool {
	switch d := d.(type) {
	case nil, firstDecoder, wordPieceDecoder:
		return true
	case metaspaceDecoder:
		return d.scheme != "never"
	case decoders:
		return slices.ContainsFunc(d, opens)
	}
	return false
}

// build makes the components.
func (t *Pipeline) build(c hfComponents) error {
	t.parts = c
	values := make([]any, 4)
	for i, s := range []string{c.normalizer, c.preTokenizer, c.decoder, c.postProcessor} {
		if err := json.Unmarshal([]byte(s), &values[i]); err != nil {
			return err
		}
	}
	var err error
	if t.normalizer, err = newNormalizer(values[0]); err != nil {
		return err
	}
	if t.preTokenizer, _, err = newPreTokenizer(values[1]); err != nil {
		return err
	}
	if t.decoder, err = newDecoder(values[2]); err != nil {
		return err
	}
	t.opens = opens(t.decoder)
	t.byteDecoder = strings.Contains(c.decoder, `"ByteFallback"`)
	t.before, t.after, err = around(values[3])
	return err
}
