package tokenizer

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"argen"
)

var (
	patternWord  = regexp.MustCompile(`^(?:'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\t-\r\x85\p{Z}\p{L}\p{N}]+)`)
	patternSpace = regexp.MustCompile(`^[\t-\r\x85\p{Z}]+`)
)

// slowScan is scanGPT2 with a regular expression for all of the pattern but
// \s+(?!\S)|\s+, which needs to look ahead.
func slowScan(text string) int {
	if loc := patternWord.FindStringIndex(text); loc != nil {
		return loc[1]
	}
	spaces := patternSpace.FindString(text)
	_, last := utf8.DecodeLastRuneInString(spaces)
	if len(spaces) < len(text) && last < len(spaces) {
		return len(spaces) - last
	}
	return len(spaces)
}

// slowMerge merges the tokens of a word, by name, in the simplest way.
func slowMerge(rank map[[2]string]int, word string) []string {
	var names []string
	for i := range len(word) {
		names = append(names, Spell([]byte(word[i:i+1])))
	}
	for {
		at, least := -1, 0
		for i := range len(names) - 1 {
			if r, ok := rank[[2]string(names[i:i+2])]; ok && (at < 0 || r < least) {
				at, least = i, r
			}
		}
		if at < 0 {
			return names
		}
		names = slices.Replace(names, at, at+2, names[at]+names[at+1])
	}
}

// slowRanks are the ranks of the merges of a tokenizer.json.
func slowRanks(t testing.TB, data []byte) map[[2]string]int {
	t.Helper()
	var file struct{ Model struct{ Merges [][2]string } }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	rank := map[[2]string]int{}
	for i, m := range file.Model.Merges {
		rank[m] = i
	}
	return rank
}

// checkBPE compares the words and tokens of a text with the slow ones.
func checkBPE(t interface{ Fatalf(string, ...any) }, tok *BPE, rank map[[2]string]int, text string) {
	ids, _ := tok.Encode(text)
	valid := Valid(text)
	if got := tok.Decode(ids); got != valid {
		t.Fatalf("%q decodes to %q", text, got)
	}
	for rest, i := valid, 0; rest != ""; {
		n := scanGPT2(rest)
		if want := slowScan(rest); n != want && !strings.ContainsFunc(rest, newer) {
			t.Fatalf("the first word of %q is %q, want %q", rest, rest[:n], rest[:want])
		}
		for _, want := range slowMerge(rank, rest[:n]) {
			if i == len(ids) || tok.Name(ids[i]) != want {
				t.Fatalf("%q: token %d is not %q", text, i, want)
			}
			i++
		}
		rest = rest[n:]
	}
}

// newer reports whether r came after the Unicode version of regexp.
func newer(r rune) bool { return unicode.Is(newLetters, r) || unicode.Is(newNumbers, r) }

func tinyBPE(t testing.TB) (*BPE, map[[2]string]int) {
	t.Helper()
	data := packedFile(t, "tiny-gpt2.tokenizer.json.gz")
	tok, err := ReadBPE("tiny-gpt2", data)
	if err != nil {
		t.Fatal(err)
	}
	return tok, slowRanks(t, data)
}

// TestEncodeAsSlow draws texts of parts that meet in all ways: long and short
// runs, blanks, contractions, characters of all classes and none.
func TestEncodeAsSlow(t *testing.T) {
	tok, rank := tinyBPE(t)
	part := rapid.OneOf(
		rapid.SampledFrom([]string{" ", "  ", "\n", "\t", "\u00a0", "\u2003", "\u0085", "'s", "'ll", "'S", "'", "the", " of", "and", "12", "½", "Ⅷ", "é", "e\u0301", "日本", "👧", "\u200d", "!?", "\xff", "\xe2\x82", "\U00013460", "_", "\x1c"}),
		rapid.StringN(0, 8, 32),
		rapid.Map(rapid.IntRange(20, 60), func(n int) string { return strings.Repeat("the", n) }),
		rapid.StringOfN(rapid.RuneFrom([]rune("aehtn ")), 0, 60, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		checkBPE(t, tok, rank, strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), ""))
	})
}

func FuzzBPEEncode(f *testing.F) {
	for _, s := range []string{"", "it's  the end\n\n of 12½ days", "a\xff\xe2\x82\u00a0 \u2003'll've", strings.Repeat("then", 30), " \t\u0085x"} {
		f.Add(s)
	}
	tok, rank := tinyBPE(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 2000 {
			checkBPE(t, tok, rank, text)
		}
	})
}

func FuzzReadBPE(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "malformed", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds")
	}
	f.Add(packedFile(f, "tiny-gpt2.tokenizer.json.gz"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := ReadBPE("tokenizer.json", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "tokenizer.json: ") {
				t.Fatalf("%v does not name the file", err)
			}
			return
		}
		const text = "Hello </s><s>, abc\n\n  \xff12"
		ids, err := tok.Encode(text)
		if err != nil { // it lacks the unknown token
			return
		}
		if !slices.Contains(tok.bytes[:], argen.NoID) && !tok.ignoreMerges && tok.normalizer == nil && tok.byteLevel && len(tok.added) == 0 && tok.Decode(ids) != Valid(text) {
			t.Fatalf("%v decodes to %q", ids, tok.Decode(ids))
		}
		if _, err := tok.Tokens(text); err != nil {
			t.Fatal(err)
		}
		for range tok.Merges(text) {
		}
		_, written, err := Marshal(tok)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadBPE("again", written)
		if err != nil {
			t.Fatalf("%v, from %s", err, written)
		}
		if other, _ := again.Encode(text); !slices.Equal(other, ids) {
			t.Fatalf("ids are %v, after writing and reading %v", ids, other)
		}
	})
}
