package train

import (
	"crypto/sha256"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

func inOne(ids []argen.ID) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) { yield(ids, nil) }
}

// Tokens on disk are those in memory.
func TestTokensReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.ids")
	rapid.Check(t, func(t *rapid.T) {
		vocab := rapid.SampledFrom([]int{3, 1 << 16, 1<<16 + 1, 1 << 20}).Draw(t, "vocab")
		ids := rapid.SliceOf(rapid.Custom(func(t *rapid.T) argen.ID {
			return argen.ID(rapid.IntRange(0, vocab-1).Draw(t, "id"))
		})).Draw(t, "ids")
		if err := WriteTokens(path, vocab, inOne(ids)); err != nil {
			t.Fatal(err)
		}
		f, err := OpenTokens(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Len() != len(ids) {
			t.Fatalf("%d tokens, want %d", f.Len(), len(ids))
		}
		from := rapid.IntRange(0, len(ids)).Draw(t, "from")
		to := rapid.IntRange(from, len(ids)).Draw(t, "to")
		got, want := make([]argen.ID, to-from), make([]argen.ID, to-from)
		if err := f.Read(got, from); err != nil {
			t.Fatal(err)
		}
		if err := (Stretch{IDs(ids), from, len(ids)}).Read(want, 0); err != nil || !slices.Equal(got, want) || !slices.Equal(want, ids[from:to]) {
			t.Fatalf("%v and %v, want %v; error %v", got, want, ids[from:to], err)
		}
	})
}

func TestTokensAreChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.ids")
	if err := WriteTokens(path, 5, inOne([]argen.ID{1, 5})); err == nil || err.Error() != "id 5, the vocabulary has ids 0 to 4" {
		t.Errorf("error %v", err)
	}
	broken := errors.New("broken")
	if err := WriteTokens(path, 5, func(yield func([]argen.ID, error) bool) { yield(nil, broken) }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file of a text that could not be read")
	}
	if err := WriteTokens(path, 5, inOne([]argen.ID{1, 2, 3})); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":   {nil, "no file of tokens that argen wrote"},
		"other":   {[]byte("argentrn........."), "no file of tokens that argen wrote"},
		"version": {append([]byte("argenids\x02"), whole[9:]...), "it is 2, this program reads version 1"},
		"width":   {append(append([]byte(nil), whole[:12]...), append([]byte{3}, whole[13:]...)...), "an id takes 3 bytes"},
		"odd":     {append(whole[:len(whole):len(whole)], 0), "damaged or cut short"},
		"cut":     {whole[:len(whole)-2], "damaged or cut short"},
		"short":   {whole[:tokensHead+sha256.Size-1], "damaged or cut short"},
		"flipped": {append(append([]byte(nil), whole[:17]...), append([]byte{whole[17] ^ 1}, whole[18:]...)...), "damaged or cut short"},
	} {
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenTokens(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// No bytes make it panic, and what opens is as long as it says.
func FuzzOpenTokens(f *testing.F) {
	f.Add([]byte("argenids\x01\x00\x00\x00\x02\x00\x00\x00\x01\x00\x02\x00"))
	f.Add([]byte("argenids\x01\x00\x00\x00\x04\x00\x00\x00"))
	f.Add([]byte{})
	path := filepath.Join(f.TempDir(), "text.ids")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, b := range [][]byte{data, sealed(data)} {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := OpenTokens(path)
			if err != nil {
				continue
			}
			if err := file.Read(make([]argen.ID, file.Len()), 0); err != nil {
				t.Error(err)
			}
			file.Close()
		}
	})
}
