package safe

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// mark stands for argen.Printable, which a leaf cannot import: control
// characters become <>, bytes that are no UTF-8 become ?.
func mark(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			b.WriteByte('?')
		case r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0:
			b.WriteString("<>")
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

func TestWriter(t *testing.T) {
	for _, c := range []struct {
		name, want string
		writes     []string
	}{
		{"plain text", "Hello\t!\n", []string{"Hello\t!\n"}},
		{"an escape sequence", "a<>[2Jb", []string{"a\x1b[2Jb"}},
		{"one split over writes", "<>]0;x<>", []string{"\x1b", "]0;", "x\a"}},
		{"a character split over writes", "é", []string{"\xc3", "\xa9"}},
		{"a byte at a time", "日本😀", strings.Split("\xe6|\x97|\xa5|\xe6|\x9c|\xac|\xf0|\x9f|\x98|\x80", "|")},
		{"C1 as UTF-8, split", "<>31m", []string{"\xc2", "\x9b31m"}},
		{"C1 as a byte", "?31m", []string{"\x9b31m"}},
		{"half a character, then text", "?a", []string{"\xe6\x97", "a"}[:2]},
		{"half a character at the end", "a?", []string{"a\xf0\x9f"}},
		{"nothing", "", []string{"", ""}},
	} {
		var b bytes.Buffer
		w := &Writer{W: &b, Escape: mark}
		for _, s := range c.writes {
			if n, err := w.Write([]byte(s)); n != len(s) || err != nil {
				t.Errorf("%s: Write(%q) = %d, %v", c.name, s, n, err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		want := c.want
		if strings.HasPrefix(c.name, "half a character") {
			want = mark(strings.Join(c.writes, ""))
		}
		if b.String() != want {
			t.Errorf("%s: %q, want %q", c.name, b.String(), want)
		}
	}
}

// However the bytes are cut into Writes, the result is that of one.
func TestCutsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(t, "text")
		var b bytes.Buffer
		w := &Writer{W: &b, Escape: mark}
		for rest := text; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := mark(string(text)); b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	})
}

func TestRaw(t *testing.T) {
	var b bytes.Buffer
	w := &Writer{W: &b, Escape: mark}
	text := []byte("\x1b[1m\xff\xe6")
	w.Write([]byte("\xe6"))
	w.Escape = nil
	w.Write(text)
	if want := "\xe6" + string(text); b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

type failing struct{ writes int }

func (f *failing) Write([]byte) (int, error) {
	f.writes++
	return 0, errors.New("full")
}

// The first error stays, and nothing is written after it.
func TestError(t *testing.T) {
	f := &failing{}
	w := &Writer{W: f, Escape: mark}
	for range 3 {
		if _, err := w.Write([]byte("x")); err == nil || err.Error() != "full" {
			t.Errorf("error %v", err)
		}
	}
	if w.Err() == nil || w.Flush() == nil || f.writes != 1 {
		t.Errorf("Err %v, %d writes", w.Err(), f.writes)
	}
}
