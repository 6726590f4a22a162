package words

import (
	"slices"
	"strings"
	"testing"
)

// TestTranslations: each language has the same keys as English, and each text
// the same places for values.
func TestTranslations(t *testing.T) {
	english, err := In(Languages[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range Languages[1:] {
		c, err := In(language)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(english.Keys()); n < 500 {
			t.Errorf("English has %d texts", n)
		}
		for _, key := range english.Keys() {
			if !c.Has(key) {
				t.Errorf("%s has no text %s", language, key)
			} else if a, b := english.Places(key), c.Places(key); !slices.Equal(a, b) {
				t.Errorf("%s: %s has places %v, English %v", language, key, b, a)
			}
		}
		for _, key := range c.Keys() {
			if !english.Has(key) {
				t.Errorf("%s has a text %s that English has not", language, key)
			}
		}
	}
}

// TestBraces: a text that opens a place closes it, and none is empty.
func TestBraces(t *testing.T) {
	for _, language := range Languages {
		c, err := In(language)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range c.Keys() {
			text := c.texts[key]
			if text == "" || strings.Count(text, "{") != strings.Count(text, "}") || strings.ContainsAny(text, "⟨⟩") {
				t.Errorf("%s: %s is %q", language, key, text)
			}
		}
	}
}

func TestSay(t *testing.T) {
	c, err := read("xx", []byte("a:\n  b: one {x} and {y}\n  list: [first, 'second {x}']\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Say("a.b", Map{"x": "1"}); got != "one 1 and ⟨y⟩" {
		t.Errorf("%q", got)
	}
	if got := c.Say("a.c", nil); got != "⟨a.c⟩" {
		t.Errorf("%q", got)
	}
	if got := c.List("a.list", Map{"x": "2"}); !slices.Equal(got, []string{"first", "second 2"}) {
		t.Errorf("%q", got)
	}
	if got := c.Places("a.b"); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("%q", got)
	}
	if c, err = read("xx", []byte("b: '{y}, {x}, {y} and {x'\nnothing:\na: |\n  text\n")); err != nil {
		t.Fatal(err)
	}
	if got := c.Keys(); !slices.Equal(got, []string{"a", "b"}) || c.Has("nothing") || c.Say("a", nil) != "text" {
		t.Errorf("%q, a is %q", got, c.Say("a", nil))
	}
	if got := c.Places("b"); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("%q", got)
	}
	if got := c.Places("a"); len(got) > 0 {
		t.Errorf("%q", got)
	}
	if got := c.Say("b", Map{"x": "1", "y": "2"}); got != "2, 1, 2 and ⟨x⟩" {
		t.Errorf("a place that is not closed: %q", got)
	}
	for _, bad := range []string{"a: 1\na: 2\n", "a: [\n", "a: &x {b: *x}\n"} {
		if _, err := read("xx", []byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
	if _, err := In("tlh"); err == nil || !strings.Contains(err.Error(), "en, de") {
		t.Errorf("no languages are named: %v", err)
	}
}
