package model

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"argen/tokenizer"
)

// A hostile is a file of testdata/hostile and what it must give.
type hostile struct {
	File   string   `json:"file"`
	Expect string   `json:"expect"` // "ok" or "error"
	Hint   []string `json:"hint"`
	Offset []int    `json:"offset"`
	Parts  []struct {
		From, N int    // of the base
		Put     []byte // or these
	} `json:"parts"`
}

// hostiles returns the files by their names in a folder, and their contents.
func hostiles(t *testing.T) (list []hostile, data func(h hostile) []byte) {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", "hostile", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if err := json.Unmarshal(read("files.json"), &list); err != nil {
		t.Fatal(err)
	}
	bases := map[string][]byte{".gguf": read("base.gguf"), ".bin": read("base.bin")}
	return list, func(h hostile) []byte {
		var data []byte
		for _, p := range h.Parts {
			data = append(data, bases[path.Ext(h.File)][p.From:p.From+p.N]...)
			data = append(data, p.Put...)
		}
		return data
	}
}

var wholeNumber = regexp.MustCompile(`\b\d+\b`)

// Each file is opened and read as far as the logits after a token; what is wrong
// with it is one line with the file's name, the field and the place.
func TestHostileFiles(t *testing.T) {
	list, data := hostiles(t)
	if len(list) != 41 {
		t.Fatalf("%d files", len(list))
	}
	t.Chdir(t.TempDir())
	chars := tokenizer.NewChars("abcdefghijklmnopqrstuvwxyz ,.!?'\"-0123456789") // 48 tokens, for checkpoints without one
	for _, h := range list {
		name := path.Base(h.File)
		if err := os.WriteFile(name, data(h), 0o600); err != nil {
			t.Fatal(err)
		}
		var o Options
		if path.Ext(name) == ".bin" {
			o.Tokenizer = chars
		}
		err := firstLogits(t, name, o)
		if h.Expect == "ok" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		says := err.Error()
		if !strings.Contains(says, name) || strings.ContainsAny(says, "\n\x00\x1b") || len(says) > 500 {
			t.Errorf("%s: the error is %q", name, says)
		}
		if !containsAny(strings.ToLower(says), h.Hint) {
			t.Errorf("%s: the error is %q, want one of %q in it", name, says, h.Hint)
		}
		if h.Offset != nil && !located(says, h.Offset) && !placeless[name] {
			t.Errorf("%s: the error is %q, want a byte from %d to %d", name, says, h.Offset[0], h.Offset[1])
		}
	}
}

// placeless are the files whose error has another place than their manifest says.
var placeless = map[string]bool{
	"cut_merge.gguf": true, // at the number of strings, for which too few bytes are left
	"not_zip.gguf":   true, // the whole file is another thing
}

func firstLogits(t *testing.T, name string, o Options) error {
	lm, err := Open(t.Context(), name, o)
	if err != nil {
		return err
	}
	defer lm.Close()
	_, err = lm.Model.Start().Extend(t.Context(), 5)
	return err
}

func containsAny(s string, words []string) bool {
	for _, word := range words {
		if strings.Contains(s, strings.ToLower(word)) {
			return true
		}
	}
	return len(words) == 0
}

// located reports whether a text has a number between two.
func located(s string, between []int) bool {
	for _, digits := range wholeNumber.FindAllString(s, -1) {
		if n, err := strconv.Atoi(digits); err == nil && n >= between[0] && n <= between[1] {
			return true
		}
	}
	return false
}
