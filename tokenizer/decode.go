package tokenizer

import (
	"strconv"
	"strings"

	"argen"
)

// A decoder turns the name of a token into its text. First says that no text stands
// before it; what is said of several tokens together is the same as of each, but for
// bytes, which are put together as they are.
type decoder interface {
	text(name string, first bool) string
}

// decoders are decoders one after the other.
type decoders []decoder

func (all decoders) text(name string, first bool) string {
	for _, d := range all {
		name = d.text(name, first)
	}
	return name
}

// A decoderFunc is a decoder for which it does not matter where a token stands.
type decoderFunc func(name string) string

func (f decoderFunc) text(name string, _ bool) string { return f(name) }

// A firstDecoder is a decoder of a text's first token alone.
type firstDecoder func(name string) string

func (f firstDecoder) text(name string, first bool) string {
	if first {
		return f(name)
	}
	return name
}

// spelt is the decoder of byte-level tokenizers: a letter for each byte. A name
// with any other character stands for itself.
func spelt(name string) string {
	plain := true
	for i := range len(name) {
		plain = plain && name[i] > ' ' && name[i] < 0x7f
	}
	if plain {
		return name
	}
	if bytes, ok := appendSpelt(make([]byte, 0, len(name)), name); ok {
		return string(bytes)
	}
	return name
}

// byteOf returns the byte that a name like <0x0A> stands for.
func byteOf(name string) (byte, bool) {
	if len(name) != 6 || !strings.HasPrefix(name, "<0x") || name[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(name[3:5], 16, 8)
	return byte(b), err == nil
}

// fallback is the decoder of tokens that are single bytes.
func fallback(name string) string {
	if b, ok := byteOf(name); ok {
		return string([]byte{b})
	}
	return name
}

// replacing is a decoder that replaces what a pattern finds in a token.
func replacing(n replace) decoder {
	return decoderFunc(func(name string) string { return n.normalize(piece{text: name, run: newEncoding(name, false)}).text })
}

// stripping returns what takes up to so many of a text off the ends of a token.
func stripping(s string, start, stop int) func(name string) string {
	return func(name string) string {
		for range start {
			if !strings.HasPrefix(name, s) {
				break
			}
			name = name[len(s):]
		}
		for range stop {
			if !strings.HasSuffix(name, s) {
				break
			}
			name = name[:len(name)-len(s)]
		}
		return name
	}
}

// A metaspaceDecoder writes blanks for ▁, and nothing in a text's first token unless
// the scheme is never.
type metaspaceDecoder struct{ with, scheme string }

func (d metaspaceDecoder) text(name string, first bool) string {
	if first && d.scheme != "never" {
		return strings.ReplaceAll(name, d.with, "")
	}
	return strings.ReplaceAll(name, d.with, " ")
}

// A wordPieceDecoder puts a blank before every token but the first and those that
// go on with a word.
type wordPieceDecoder struct {
	prefix  string
	cleanup bool
}

func (d wordPieceDecoder) text(name string, first bool) string {
	if !first {
		if rest, ok := strings.CutPrefix(name, d.prefix); ok {
			name = rest
		} else {
			name = " " + name
		}
	}
	if d.cleanup {
		name = cleaner.Replace(name)
		// What the reference program replaces comes one after the other.
		for _, c := range [][2]string{{" ' ", "'"}, {" n't", "n't"}, {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}} {
			name = strings.ReplaceAll(name, c[0], c[1])
		}
	}
	return name
}

var cleaner = strings.NewReplacer(" .", ".", " ?", "?", " !", "!", " ,", ",")

// text returns what a token says where text stands before it, or first.
func (t *Pipeline) text(id argen.ID, first bool) string {
	name := t.Name(id)
	if t.decoder == nil {
		if first {
			return name
		}
		return " " + name
	}
	return t.decoder.text(name, first)
}

// Decode implements argen.Tokenizer. Ids outside the vocabulary are left out.
func (t *Pipeline) Decode(ids []argen.ID) string {
	var b strings.Builder
	b.Grow(4 * len(ids))
	first := true
	for _, id := range ids {
		switch {
		case t.Control(id):
			continue
		case first:
			b.Write(t.First(id))
		default:
			b.Write(t.Piece(id))
		}
		first = first && t.Name(id) == ""
	}
	return b.String()
}

// First implements argen.Opener.
func (t *Pipeline) First(id argen.ID) []byte {
	if !t.opens || t.Control(id) || t.Name(id) == "" {
		return t.Piece(id)
	}
	return []byte(t.text(id, true))
}

// Text is Decode as Hugging Face's library shows it, in valid UTF-8: bytes that are
// no character are U+FFFD, where single bytes are tokens one for each of them and
// else one for each maximal subpart ([Valid]). With special, the names of special
// tokens stand in the text.
func (t *Pipeline) Text(ids []argen.ID, special bool) string {
	var b strings.Builder
	var run []byte // of tokens that are single bytes
	flush := func() {
		if valid := string(run); Valid(valid) == valid {
			b.WriteString(valid)
		} else {
			b.WriteString(strings.Repeat("\ufffd", len(run)))
		}
		run = run[:0]
	}
	first := true
	for _, id := range ids {
		name := t.Name(id)
		if name == "" || t.Control(id) && !special {
			continue
		}
		text := t.text(id, first)
		if _, is := byteOf(name); is && t.byteDecoder && len(text) == 1 {
			run = append(run, text...)
		} else {
			flush()
			b.WriteString(text)
		}
		first = false
	}
	flush()
	return Valid(b.String())
}
