package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"argen"
)

// FuzzOpen opens files of any content under any of the names that count: it
// gives a model that works, or one line that says what is wrong.
func FuzzOpen(f *testing.F) {
	names := []string{"m.arpa", "m.bin", "m.arpa.gz", "m", "m.safetensors"}
	for i, text := range []string{
		"\\data\\\nngram 1=3\n\n\\1-grams:\n-0.5\t<s>\n-0.5\t</s>\n-0.5\ta\n\n\\end\\\n",
		"argen-ng\x01\x00\x00\x00", gzipped("\\data\\\n"), "version https://git-lfs", "\xef\xbb\xbf<html>",
	} {
		f.Add([]byte(text), uint8(i))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, name uint8) {
		path := filepath.Join(dir, names[int(name)%len(names)])
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		lm, err := Open(t.Context(), path, Options{})
		if err != nil {
			if msg := err.Error(); lm != nil || len(msg) > 2000 || !utf8.ValidString(msg) || strings.Contains(msg, "\n") || argen.Printable(msg) != msg {
				t.Fatalf("%q", msg)
			}
			return
		}
		if d := Describe(lm); d.Order < 1 || d.VocabSize != lm.Tokenizer.VocabSize() {
			t.Fatalf("%+v", d)
		}
		if _, err := lm.Model.Start().Extend(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := lm.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
