package tokenizer

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"argen"
)

// packedFile returns a file of testdata, unpacked.
func packedFile(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readGPT2(t *testing.T) *BPE {
	t.Helper()
	tok, err := ReadBPE("gpt2", packedFile(t, "gpt2.tokenizer.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// TestFrameOffsets compares the frame's own offsets, of whole characters, with
// the narrower ones of tokens.
func TestFrameOffsets(t *testing.T) {
	tok := readGPT2(t)
	const text = "naïve  東京タワー, isn't it? 👩‍👩‍👧\n\n"
	words := &frameWords{t: &tok.Pipeline}
	tok.words(newEncoding(text, true), text, &tok.plain, func(p piece, id argen.ID) {
		words.spans = append(words.spans, span{p.begin, p.begin + len(p.text), p, id})
	})
	e, err := words.encode(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, place := range words.places {
		start, end := place.start, place.end
		for !utf8.RuneStart(text[start]) {
			start--
		}
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		if o := e.Offsets[i]; o[0] != start || o[1] != end || e.Ids[i] != int(place.id) || e.Tokens[i] != tok.Name(place.id) {
			t.Errorf("token %d is %d %q at %v, want %d at [%d,%d)", i, e.Ids[i], e.Tokens[i], o, place.id, start, end)
		}
	}
}

// TestFramePanics sees to it that a fault in the frame is an error.
func TestFramePanics(t *testing.T) {
	words := &frameWords{t: &readGPT2(t).Pipeline, spans: []span{{0, 100, piece{}, argen.NoID}}}
	if _, err := words.encode("short"); err == nil || !strings.HasPrefix(err.Error(), "sugarme/tokenizer: ") {
		t.Errorf("a word beyond the text: %v", err)
	}
}
