package ngram

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/internal/strict"
)

// written is a model as a file.
func written(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.WriteBinary(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func small(t testing.TB, o Options) *Model {
	t.Helper()
	m, _, err := Train(context.Background(), seq(random(rand.New(rand.NewPCG(7, 8)), 30, 100, 8)), numbered(30, true), o)
	if err != nil {
		t.Fatal(err)
	}
	m.Meta = map[string]string{"tokenizer": "words", "": "Fluß", "long": strings.Repeat("x", 1000)}
	return m
}

// A model is the same after it was written and opened, from a file, from
// memory that is aligned and from memory that is not.
func TestBinaryRoundTrip(t *testing.T) {
	for _, o := range []Options{
		{Order: 1},
		{Order: 2, KeepText: true},
		{Order: 5, Prune: []int{0, 0, 1}, KeepCounts: true, KeepText: true},
		{Smoothing: AddK},
		{Smoothing: StupidBackoff, KeepCounts: true},
		{Smoothing: MaximumLikelihood},
		{Order: 9},
	} {
		m := small(t, o)
		data := written(t, m)
		path := filepath.Join(t.TempDir(), "model.ngram")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		mapped, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for shift := range 4 {
			moved := append(make([]byte, shift, shift+len(data)), data...)[shift:]
			got, err := OpenBytes("x", moved)
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range []*Model{got, mapped} {
				same(t, got, m)
				if got.scores != m.scores || got.smoothing != m.smoothing || !maps.Equal(got.Meta, m.Meta) {
					t.Errorf("%v: scores %v, smoothing %s, meta %q", o, got.scores, got.smoothing, got.Meta)
				}
				if !slices.Equal(got.counts, m.counts) || !slices.Equal(got.text.ids, m.text.ids) || !slices.Equal(got.text.ends, m.text.ends) {
					t.Errorf("%v: counts or text differ", o)
				}
				if again := written(t, got); !bytes.Equal(again, data) {
					t.Errorf("%v: it is written differently again", o)
				}
			}
		}
		if sum := mapped.Info().SHA256; len(sum) != 64 {
			t.Errorf("SHA256 is %q", sum)
		}
		if err := Verify("x", bytes.NewReader(data)); err != nil {
			t.Error(err)
		}
		if err := errors.Join(mapped.Close(), mapped.Close(), m.Close()); err != nil {
			t.Error(err)
		}
	}
}

// indexedFile is a model as a file that holds its index, as large ones do.
func indexedFile(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.writeBinary(&b, m.table().slots); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBinaryIndex(t *testing.T) {
	m := small(t, Options{Order: 4})
	data := indexedFile(t, m)
	if bytes.Equal(data, written(t, m)) {
		t.Fatal("a small model is written with its index")
	}
	got, err := OpenBytes("x", data)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, m)
	slots := len(m.index.slots)
	for _, at := range []int{1, 4} { // a search must end there
		bad := bytes.Clone(data)
		binary.LittleEndian.PutUint64(bad[len(bad)-8*at:], 0)
		if _, err := OpenBytes("x", bad); err == nil || !strings.HasSuffix(err.Error(), "index: a search would run over its end") {
			t.Errorf("slot %d from the end is taken: error %v", at, err)
		}
	}
	for _, number := range []uint64{uint64(m.inner()), uint64(m.level[m.order]), math.MaxUint32 - 1} {
		for i := range slots - stride {
			binary.LittleEndian.PutUint32(data[len(data)-8*(slots-i)+4:], uint32(number))
			data[len(data)-8*(slots-i)] |= 1
		}
		if got, err = OpenBytes("x", data); err != nil {
			t.Fatal(err)
		}
		walk(t, got, data) // a wrong number leads nowhere
	}
}

// On a big-endian machine the bytes of each number are turned round.
func TestSwapped(t *testing.T) {
	if got := swapped([]byte{1, 2, 3, 4, 5, 6, 7, 8}, 4); !bytes.Equal(got, []byte{4, 3, 2, 1, 8, 7, 6, 5}) {
		t.Errorf("%v", got)
	}
}

// header fields by their place, for tests that spoil them.
const (
	atVersion = 8
	atOrder   = hashFrom
	atFlags   = hashFrom + 4
	atSmooth  = hashFrom + 8
	atV       = hashFrom + 12
	atUnk     = hashFrom + 16
	atLevels  = hashFrom + 28
)

// resealed changes a number of the header and its checksum.
func resealed(data []byte, at int, v uint32) []byte {
	c := bytes.Clone(data)
	binary.LittleEndian.PutUint32(c[at:], v)
	for end := int(binary.LittleEndian.Uint32(data[12:])) - 4; ; end-- {
		if binary.LittleEndian.Uint32(data[end:]) == headerSum(data[:end]) {
			binary.LittleEndian.PutUint32(c[end:], headerSum(c[:end]))
			return c
		}
	}
}

func TestBinaryRefuses(t *testing.T) {
	m := small(t, Options{Order: 3, KeepCounts: true, KeepText: true})
	data := written(t, m)
	for _, test := range []struct {
		data []byte
		want string
	}{
		{nil, "x: byte 0: magic: the file is empty: fetch it again"},
		{[]byte("argen"), `x: byte 0: magic: expected "argen-ng", found "argen": this is no n-gram model of argen`},
		{[]byte("\\data\\\nngram 1=1\n"), `x: byte 0: magic: expected "argen-ng", found "\\data\\\nn": this is no n-gram model of argen`},
		{data[:9], "x: byte 8: version: it needs 4 bytes and 1 are left: the file is cut short or this length is wrong"},
		{resealed(data, atVersion, 9), "x: byte 8: version: 9: this program reads 1, make the file again"},
		{data[:len(data)-1], fmt.Sprintf("x: byte 16: length of the file: %d bytes were written, %d are here: the file is cut short or has grown", len(data), len(data)-1)},
		{append(bytes.Clone(data), 0), fmt.Sprintf("x: byte 16: length of the file: %d bytes were written, %d are here: the file is cut short or has grown", len(data), len(data)+1)},
		{resealed(data, 12, 64), "x: byte 64: smoothing: it needs 4 bytes and 0 are left: the file is cut short or this length is wrong"},
		{resealed(data, 12, 7), "x: byte 12: length of the header: 7: expected a multiple of 8 from 64 to 1048576"},
		{resealed(data, atOrder, 0), "x: byte 56: order: 0: expected 1 to 16"},
		{resealed(data, atOrder, 17), "x: byte 56: order: 17: expected 1 to 16"},
		{resealed(data, atFlags, 32), "x: byte 60: flags: 0x20: this program knows 0x1f only"},
		{resealed(data, atSmooth, 6), "x: byte 64: smoothing: 6: expected 0 to 5"},
		{resealed(data, atV, 0), "x: byte 68: vocabulary: 0 words: expected 1 to 16777216"},
		{resealed(data, atV, 5), "x: byte 72: <unk>: id 32 is not in the vocabulary of 5"},
		{resealed(data, atUnk, 33), "x: byte 72: <unk>: id 33 is not in the vocabulary of 33"},
		{resealed(data, atUnk, math.MaxUint32-1), "x: byte 72: <unk>: id -2 is not in the vocabulary of 33"},
		{resealed(data, atUnk, 0), "x: byte 72: vocabulary: two of <unk>, <s> and </s> have the same id"},
		{resealed(data, atLevels, 34), "x: byte 84: 1-grams: 34 for 33 words"},
		{resealed(data, atLevels+4, math.MaxUint32), "x: byte 88: 2-grams: 4294967295: more than 2^32 n-grams"},
	} {
		got, err := OpenBytes("x", test.data)
		var e *strict.Error
		if got != nil || !errors.As(err, &e) || err.Error() != test.want {
			t.Errorf("error %v\nwant  %s", err, test.want)
		}
	}
	long := small(t, Options{})
	long.Meta["x"] = strings.Repeat("x", maxMeta+1)
	if err := long.WriteBinary(&bytes.Buffer{}); err == nil || err.Error() != `ngram: meta "x": 65537 bytes, at most 65536 fit` {
		t.Error(err)
	}
	long.Meta = map[string]string{}
	for i := range 32 {
		long.Meta[strings.Repeat("k", i)] = strings.Repeat("x", maxMeta)
	}
	if err := long.WriteBinary(&bytes.Buffer{}); err == nil || !strings.HasPrefix(err.Error(), "ngram: meta: 2098") {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(empty); err == nil || !strings.HasSuffix(err.Error(), "the file is empty: fetch it again") {
		t.Error(err)
	}
}

// Every byte that is changed is noticed, by Open or at least by Verify, and
// what Open lets through can be used without a panic.
func TestBinaryDamage(t *testing.T) {
	m := trained(t, "a b a c\nb a b\n\nc b a b a\n", Options{Order: 3, KeepCounts: true, KeepText: true})
	data := indexedFile(t, m)
	rng := rand.New(rand.NewPCG(1, 9))
	opened := 0
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= byte(1 + rng.IntN(255))
		if err := Verify("x", bytes.NewReader(bad)); err == nil && i >= hashFrom-32 {
			t.Fatalf("byte %d is changed and Verify does not see it", i)
		}
		got, err := OpenBytes("x", bad)
		if err != nil {
			continue
		}
		opened++
		if i >= 8 && i < hashFrom-32 {
			t.Fatalf("byte %d of the header is changed and nobody sees it", i)
		}
		walk(t, got, bad[max(0, i-40):])
	}
	if opened < len(data)/10 {
		t.Errorf("%d of %d damaged files were opened: too few to say much", opened, len(data))
	}
	for n := range data {
		if _, err := OpenBytes("x", data[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are opened", n, len(data))
		}
	}
}

// Structure that a checksum does not cover.
func TestBinaryChecks(t *testing.T) {
	for _, test := range []struct {
		spoil func(m *Model)
		want  string
	}{
		{func(m *Model) {}, ""},
		{func(m *Model) { m.nodes[40].word = 33 }, "nodes: node 40 of"},
		{func(m *Model) { m.nodes[3].word = 4 }, "nodes: node 3 of"},
		{func(m *Model) { m.nodes[40].first = 0 }, "nodes: node 39 of"},
		{func(m *Model) { m.nodes[m.inner()-1].first = math.MaxUint32 }, "nodes: node "},
		{func(m *Model) { m.nodes[0].first++ }, "nodes: the successors of node 0 begin at 34: expected 33"},
		{func(m *Model) { m.nodes[m.inner()].first-- }, "nodes: the successors end at 600: expected 601"},
		{func(m *Model) { m.nodes[40].prob = 1 }, "nodes: node 40 of"},
		{func(m *Model) { m.nodes[40].prob = float32(math.NaN()) }, "nodes: node 40 of"},
		{func(m *Model) { m.nodes[40].backoff = float32(math.Inf(1)) }, "nodes: node 40 of"},
		{func(m *Model) { m.leaves[5].word = 33 }, "leaves: leaf 5 of"},
		{func(m *Model) { m.leaves[5].prob = float32(math.NaN()) }, "leaves: leaf 5 of"},
		{func(m *Model) { m.text.ids[3] = 33 }, "text: token 3 is id 33: the vocabulary has 33"},
		{func(m *Model) { m.text.ends[1] = math.MaxUint32 }, "sentences: sentence 1 ends at 4294967295: expected"},
	} {
		m := small(t, Options{Order: 3, KeepText: true})
		test.spoil(m)
		_, err := OpenBytes("x", written(t, m))
		var e *strict.Error
		switch {
		case test.want == "" && err == nil:
		case !errors.As(err, &e) || !strings.HasPrefix(e.Field+": "+e.Msg, test.want):
			t.Errorf("error %v\nwant  %s", err, test.want)
		case e.Offset < hashFrom:
			t.Errorf("%v: it does not say where", err)
		}
	}
}

func FuzzOpenBytes(f *testing.F) {
	f.Add(written(f, small(f, Options{Order: 1})))
	f.Add(written(f, small(f, Options{Order: 3, KeepCounts: true, KeepText: true})))
	f.Add(indexedFile(f, small(f, Options{Order: 3, Smoothing: AddK})))
	f.Add([]byte(BinaryMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := OpenBytes("x", data)
		if err != nil {
			var e *strict.Error
			if m != nil || !errors.As(err, &e) || len(err.Error()) > 2000 {
				t.Fatalf("%v, %.3000v", m, err)
			}
			return
		}
		walk(t, m, data)
		if !m.flat {
			if err := m.WriteARPA(&bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Start().Extend(context.Background(), argen.ID(len(m.vocab.Words)-1)); err != nil {
			t.Fatal(err)
		}
	})
}
