package words

import (
	"strings"
	"testing"
)

// FuzzCatalogue: a catalogue that a translator wrote is read or refused with its file
// named, all its texts can be said, and what stands in a place is not looked into.
func FuzzCatalogue(f *testing.F) {
	f.Add([]byte("a:\n  b: \"{x} and {y}\"\n"), "{x}")
	f.Add([]byte("a: [one, {b: two}]\n"), "")
	f.Add([]byte("a: &x {b: *x}\n"), "v")
	f.Add([]byte("a: 1\na: 2\n"), "v")
	f.Add([]byte("a: \"{\"\nb: ~\n\"\": }"), "}")
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		c, err := read("xx", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "xx.yaml: ") {
				t.Errorf("%q names no file", err)
			}
			return
		}
		for _, key := range c.Keys() {
			values, plain := Map{}, Map{}
			for _, place := range c.Places(key) {
				values[place], plain[place] = value, "\x00"
			}
			if got, want := c.Say(key, values), strings.ReplaceAll(c.Say(key, plain), "\x00", value); got != want && !strings.Contains(c.Say(key, values), "⟨") {
				t.Errorf("%s with %q is %q, want %q", key, value, got, want)
			}
			c.List(key, values)
		}
	})
}
