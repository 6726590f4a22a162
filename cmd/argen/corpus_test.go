package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// corpusOf is a corpus of files with these contents.
func corpusOf(t *testing.T, contents ...string) *corpus {
	t.Helper()
	t.Chdir(t.TempDir())
	var names []string
	for i, text := range contents {
		name := string(rune('a'+i)) + ".txt"
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	c, err := openCorpus(names, strings.NewReader("of stdin"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCorpusReads(t *testing.T) {
	c := corpusOf(t, "\ufeffone\r\ntwo", "", "\n\nthree\n", "\ufeff", "a")
	c.files = append(c.files, "-")
	c.stdin = []byte("of stdin")
	for range 2 { // it can be read again
		var told int64
		got, err := io.ReadAll(c.reader(t.Context(), func(done int64) { told = done }))
		if want := "one\r\ntwo\n\n\nthree\na\nof stdin\n"; err != nil || string(got) != want {
			t.Errorf("read %q, %v, want %q", got, err, want)
		}
		if want := c.total + int64(len("of stdin")); told != want {
			t.Errorf("told of %d bytes of %d", told, want)
		}
	}
	var lines []string
	for line, err := range c.reader(t.Context(), nil).lines() {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	if want := []string{"one", "two", "three", "a", "of stdin"}; !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.reader(ctx, nil).Read(make([]byte, 8)); !errors.Is(err, context.Canceled) {
		t.Errorf("read with a cancelled context: %v", err)
	}
}

func TestCorpusStories(t *testing.T) {
	c := &corpus{stories: 3, seed: 9}
	first, err := io.ReadAll(c.reader(t.Context(), nil))
	if err != nil || strings.Count(string(first), "\n") != 3 {
		t.Fatalf("read %q, %v", first, err)
	}
	again, err := io.ReadAll(c.reader(t.Context(), nil))
	if err != nil || string(again) != string(first) {
		t.Error("the same seed gives other stories")
	}
}

func TestCorpusRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"ab\nc\x00", "a.txt: line 2, byte 4: a zero byte: this is no text: name a text file"},
		{"\x1f\x8b\x08\x00", "a.txt: line 1, byte 3: a zero byte: this is a gzip, unpack it"},
		{"\xff\xfeh\x00i\x00", "a.txt: line 1, byte 3: a zero byte: this is UTF-16, save it as UTF-8"},
		{strings.Repeat("a", 1000) + strings.Repeat("\n\xe4\xf6", 80), "a.txt: line 2, byte 1001: not UTF-8 text, as are 160 of the first 1240 bytes: convert it (iconv -f LATIN1 -t UTF-8, if it is that) or, if it is no text, leave it out"},
		{strings.Repeat("A caf\xe9 is open. ", 9), "a.txt: line 1, byte 5: not UTF-8 text, as are 9 of the first 144 bytes: convert it (iconv -f LATIN1 -t UTF-8, if it is that) or, if it is no text, leave it out"},
	} {
		_, err := io.ReadAll(corpusOf(t, c.text).reader(t.Context(), nil))
		var text textError
		if !errors.As(err, &text) || err.Error() != c.want {
			t.Errorf("%.20q: %v, want %s", c.text, err, c.want)
		}
	}
	// Some bytes of another encoding, and characters cut by the end, are text.
	for _, text := range []string{"na\xefve " + strings.Repeat("text ", 50), "caf\xc3", strings.Repeat("A caf\xe9 is open. ", 9) + "A café is open.", strings.Repeat("é", 40_000)} {
		if _, err := io.ReadAll(corpusOf(t, text).reader(t.Context(), nil)); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// TestCheckPieces: what a check finds does not depend on how the text comes in
// pieces.
func TestCheckPieces(t *testing.T) {
	verdict := func(pieces ...[]byte) string {
		var c check
		for _, p := range pieces {
			if len(p) == 0 {
				continue
			}
			if err := c.look("f", p); err != nil {
				return err.Error()
			}
		}
		if err := c.end("f"); err != nil {
			return err.Error()
		}
		return ""
	}
	rapid.Check(t, func(t *rapid.T) {
		var text []byte
		for _, part := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "\n", "é", "€", "😀", "\xe2\x82", "\xff", "\xf0\x9f", "abcdefgh"}), 0, 60).Draw(t, "parts") {
			text = append(text, part...)
		}
		cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
		if whole, parts := verdict(text), verdict(text[:cut], text[cut:]); whole != parts {
			t.Fatalf("%q: whole %q, cut at %d %q", text, whole, cut, parts)
		}
	})
}
