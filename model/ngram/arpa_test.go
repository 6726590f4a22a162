package ngram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"argen"
	"argen/internal/strict"
	"argen/internal/testtime"
)

// The files of testdata/hostile have the outcome that its manifest says, with
// the line and the order in the message.
func TestHostileARPA(t *testing.T) {
	var files []struct {
		File, What, Expect string
		Hint               []string
		Line               int
	}
	data, err := os.ReadFile("testdata/hostile/manifest.json")
	if err == nil {
		err = json.Unmarshal(data, &files)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		m, err := OpenARPA(filepath.Join("testdata/hostile", f.File))
		if f.Expect == "ok" {
			if err != nil {
				t.Errorf("%s (%s): %v", f.File, f.What, err)
				continue
			}
			if _, err := m.Start().Extend(context.Background(), 0, 1); err != nil {
				t.Errorf("%s (%s): %v", f.File, f.What, err)
			}
			continue
		}
		var e *strict.Error
		if !errors.As(err, &e) {
			t.Errorf("%s (%s): error %v, expected a *strict.Error", f.File, f.What, err)
			continue
		}
		if f.Line > 0 && e.Line != f.Line {
			t.Errorf("%s (%s): error in line %d, expected %d: %v", f.File, f.What, e.Line, f.Line, err)
		}
		hinted := func(hint string) bool { return strings.Contains(strings.ToLower(err.Error()), hint) }
		if !slices.ContainsFunc(f.Hint, hinted) {
			t.Errorf("%s (%s): %v: expected one of %q in it", f.File, f.What, err, f.Hint)
		}
	}
}

// valid is a file of order 2 with four words.
const valid = `\data\
ngram 1=4
ngram 2=2

\1-grams:
-1	<unk>
-99	<s>	-0.3
-0.5	</s>
-0.4	a	-0.2

\2-grams:
-0.1	<s> a
-0.2	a </s>

\end\
`

func TestARPARefuses(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"", "", ""},
		{`\data\`, `\date\`, `x:15: expected \data\, found the end of the file: this is no ARPA file`},
		{`\data\`, strings.Repeat("#\n", 1<<19+1) + `\data\`, `x:524289: expected \data\ in the first 1048576 bytes: this is no ARPA file`},
		{"ngram 1=4\nngram 2=2\n\n", "", `x:2:1: expected a line "ngram 1=COUNT", found "\\1-grams:"`},
		{"ngram 1=4", "ngram 1:4", `x:2:1: ngram 1: expected "ngram 1=COUNT", found "ngram 1:4"`},
		{"ngram 1=4", "ngram 1=0", `x:2:1: ngram 1: the count is 0: a model needs words`},
		{"ngram 1=4", "ngram 1=", `x:2:1: ngram 1: count "": expected a whole number, all of them below 2^32 together`},
		{"ngram 1=4", "ngram 1=4294967295", `x:2:1: ngram 1: count "4294967295": expected a whole number, all of them below 2^32 together`},
		{"ngram 2=2", "ngram 1=2", `x:3:1: ngram 2: expected the count of order 2, found that of order "1": orders go up by one from 1`},
		{"ngram 2=2", "ngram 2=2\nngram 3=1", `x:16:1: heading: expected \3-grams:, found "\\end\\"`},
		{"ngram 2=2", "ngram 2=3", `x:3:1: ngram 2: the count is 3, but the file has 2 and goes on with "\\end\\" in line 15`},
		{"ngram 2=2", "ngram 2=1", `x:3:1: ngram 2: the count is 1, but line 13 is a further 2-gram`},
		{`\1-grams:`, `\1-gram:`, `x:5:1: heading: expected \1-grams:, found "\\1-gram:"`},
		{"-0.4	a", "-0.4	a	-1	2", `x:9:11: 1-gram: expected a log10 probability, one word and maybe a backoff, found a further column "2\t-0.2"`},
		{"-0.4	a", "-0.4		a", `x:9:6: 1-gram: expected a word or number between two tabs, found nothing`},
		{"-0.4	a", "0x1p-2	a", `x:9:1: 1-gram: log10 probability "0x1p-2": expected a finite number`},
		{"-0.4	a", "-1e39	a", `x:9:1: 1-gram: log10 probability "-1e39": expected a finite number`},
		{"-0.4	a", "-inf	a", `x:9:1: 1-gram: log10 probability "-inf": expected a finite number`},
		{"-0.4	a", "0.4	a", `x:9:1: 1-gram: log10 probability "0.4": it is above 0, so no probability`},
		{"a	-0.2", "a	inf", `x:9:8: 1-gram: backoff "inf": expected a finite number`},
		{"-0.4	a", "-0.4	</s>", `x:9:6: 1-gram: the word "</s>" stands twice, first in line 8`},
		{"<s> a", "<s> b", `x:12:10: 2-gram: the word "b" has no unigram`},
		{"a </s>", "b </s>", `x:13:6: 2-gram: the word "b" has no unigram`},
		{"a </s>", "<s> a", `x:13:1: 2-gram: the 2-gram ending in "a" stands twice, first in line 12`},
		{"a </s>", "a </s>	-1", `x:13:13: 2-gram: backoff "-1": n-grams of the highest order have none; or the 2-gram has too many words`},
		{"a </s>", "a", `x:13:7: 2-gram: expected a log10 probability, 2 words and maybe a backoff, found 2 columns: a word is missing`},
		{`\end\`, ``, `x:15: 2-gram: found the end of the file after 2 of 2 and no heading: it is cut short`},
		{`\end\`, "\\end\\\n\n.", `x:17:1: expected the end of the file after \end\, found "."`},
		{"-0.4	a", strings.Repeat("-", maxARPALine+1), `x:9: the line is longer than 1048576 bytes`},
	} {
		_, err := ReadARPA("x", strings.NewReader(strings.Replace(valid, test.old, test.new, 1)))
		if got := fmt.Sprint(cmp.Or(err, errors.New(""))); got != test.want {
			t.Errorf("%.20q for %q:\n got %s\nwant %s", test.new, test.old, got, test.want)
		}
	}
	three := strings.NewReplacer("ngram 2=2\n", "ngram 2=2\nngram 3=1\n", `\end\`, "\\3-grams:\n-0.1 a <s> a\n\n\\end\\").Replace(valid)
	if _, err := ReadARPA("x", strings.NewReader(three)); err == nil || err.Error() != `x:17:6: 3-gram: its context "a <s>" is no 2-gram of this file` {
		t.Error(err)
	}
	sixteen := strings.Replace(valid, "ngram 2=2\n", "ngram 2=2\nngram 3=1\nngram 4=1\nngram 5=1\nngram 6=1\nngram 7=1\nngram 8=1\nngram 9=1\nngram 10=1\nngram 11=1\nngram 12=1\nngram 13=1\nngram 14=1\nngram 15=1\nngram 16=1\nngram 17=1\n", 1)
	if _, err := ReadARPA("x", strings.NewReader(sixteen)); err == nil || err.Error() != `x:18:1: ngram 17: more than 16 orders: n-grams longer than that are not supported` {
		t.Error(err)
	}
	if _, err := ReadARPA("x", strings.NewReader("\x1f\x8bno")); err == nil || !strings.HasPrefix(err.Error(), "x: unpacking: ") {
		t.Error(err)
	}
	if _, err := ReadARPA("x", &failing{"\\data\\\n"}); err == nil || err.Error() != "x:2: reading: it broke" {
		t.Error(err)
	}
}

// Four thousand million promised unigrams cost neither time nor memory.
func TestARPAPromises(t *testing.T) {
	text := strings.Replace(valid, "ngram 1=4", "ngram 1=4000000000", 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var err error
	took := testtime.Of(func() { _, err = ReadARPA("x", strings.NewReader(text)) })
	runtime.ReadMemStats(&after)
	if err == nil || !strings.HasPrefix(err.Error(), "x:2:1: ngram 1: the count is 4000000000, but the file has 4") {
		t.Error(err)
	}
	if b := after.TotalAlloc - before.TotalAlloc; took > time.Second || b > 16<<20 {
		t.Errorf("it took %v and %d bytes", took, b)
	}
}

// What other writers do differently reads the same.
func TestARPASpacing(t *testing.T) {
	want, err := ReadARPA("x", strings.NewReader(valid))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		strings.ReplaceAll(valid, "\n", "\r\n"),
		strings.ReplaceAll(valid, "\t", " "),
		strings.ReplaceAll(valid, "\n", " \n"),
		strings.ReplaceAll(valid, "<s> a", "<s>\ta"),
		strings.ReplaceAll(valid, "=", " = "),
		"made by hand\n\n" + valid + "\n\n",
		strings.TrimSuffix(valid, "\n"),
		strings.Replace(valid, "-0.2\ta </s>", "-.2e0\ta </s>\t-0", 1),
		strings.Replace(valid, "-0.1\t<s> a\n-0.2\ta </s>", "-0.2\ta </s>\n-0.1\t<s> a", 1),
	} {
		got, err := ReadARPA("x", strings.NewReader(text))
		if err != nil {
			t.Error(err)
			continue
		}
		same(t, got, want)
	}
	if i := want.Info(); i.BOS != 1 || want.vocab.EOS != 2 || want.vocab.Unk != 0 || !slices.Equal(i.Stop, []argen.ID{2}) {
		t.Errorf("info %+v, vocabulary %+v", i, want.vocab)
	}
	bare, err := ReadARPA("x", strings.NewReader("\\data\\\nngram 1=2\n\\1-grams:\n-0.30103 a\n-0.30103 b\n\\end\\"))
	if err != nil {
		t.Fatal(err)
	}
	if v := bare.vocab; v.BOS != argen.NoID || v.EOS != argen.NoID || v.Unk != argen.NoID || bare.Begin() != (Context{}) {
		t.Errorf("a file without <s>, </s> and <unk> has the vocabulary %+v", v)
	}
}

// same compares what two models hold.
func same(t testing.TB, got, want *Model) {
	t.Helper()
	for _, m := range []*Model{got, want} {
		if int(m.level[m.order]) != int(m.inner())+len(m.leaves) {
			t.Fatal("the numbers of nodes and leaves do not fit together")
		}
	}
	switch {
	case !slices.Equal(got.level, want.level):
		t.Errorf("n-grams %v, expected %v", got.NGrams(), want.NGrams())
	case !slices.Equal(got.vocab.Words, want.vocab.Words) || got.vocab.Unk != want.vocab.Unk || got.vocab.BOS != want.vocab.BOS || got.vocab.EOS != want.vocab.EOS:
		t.Error("the vocabulary differs")
	case !slices.Equal(got.nodes, want.nodes):
		t.Error("nodes differ")
	case !slices.Equal(got.leaves, want.leaves):
		t.Error("leaves differ")
	case got.table().size != want.table().size || got.table().keys != want.table().keys || !slices.Equal(got.index.slots, want.index.slots):
		t.Error("the index differs")
	case got.flat != want.flat:
		t.Error("flat differs")
	}
}

// A model that is written and read again is the same bit for bit, also if the
// lines come in another order.
func TestARPARoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, o := range []Options{{Order: 1}, {Order: 2}, {Order: 4}, {Order: 9}, {Order: 5, Prune: []int{0, 0, 1, 2}}, {Smoothing: WittenBell}} {
		m, _, err := Train(context.Background(), seq(random(rng, 50, 2000, 10)), numbered(50, true), o)
		if err != nil {
			t.Fatal(err)
		}
		var plain, packed bytes.Buffer
		if err := errors.Join(m.WriteARPA(&plain), m.WriteARPAgz(&packed)); err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{plain.Bytes(), packed.Bytes(), shuffled(rng, plain.Bytes())} {
			got, err := ReadARPA("x", bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, m)
		}
	}
	addK := trained(t, "a b\n", Options{Smoothing: AddK})
	if err := addK.WriteARPA(&bytes.Buffer{}); err == nil {
		t.Error("an add-k model can be written as ARPA")
	}
}

// shuffled mixes the lines of the sections but the first, whose order is that
// of the ids.
func shuffled(rng *rand.Rand, text []byte) []byte {
	sections := bytes.Split(text, []byte("\n\n"))
	for _, s := range sections[min(2, len(sections)):] {
		lines := bytes.SplitAfter(s, []byte("\n"))
		if len(lines) < 3 || bytes.HasPrefix(s, []byte(`\end`)) {
			continue
		}
		entries := lines[1:]
		entries[len(entries)-1] = append(entries[len(entries)-1], '\n')
		entries[len(entries)-1] = entries[len(entries)-1][:len(entries[len(entries)-1]):len(entries[len(entries)-1])]
		rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	}
	return bytes.Join(sections, []byte("\n\n"))
}

// A missing suffix ("b c" of "a b c") is backed off over.
func TestARPAMissingSuffix(t *testing.T) {
	m, err := ReadARPA("x", strings.NewReader(`\data\
ngram 1=4
ngram 2=2
ngram 3=1

\1-grams:
-1	<unk>
-0.5	a	-0.1
-0.6	b	-0.2
-0.7	c	-0.4

\2-grams:
-0.1	a b	-0.3
-0.2	c a

\3-grams:
-0.05	a b c

\end\
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		words string
		want  float64
	}{
		{"a b c", -.05},
		{"b c", -.2 - .7},
		{"a b b", -.3 - .2 - .6},
		{"a b c a", -.2}, // after "a b c" the model stands at c
		{"a b c b", -.4 - .6},
	} {
		if got := math.Log10(prob(t, m, test.words)); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("log10 P(%s) = %v, expected %v", test.words, got, test.want)
		}
	}
}

func FuzzReadARPA(f *testing.F) {
	files, err := filepath.Glob("testdata/hostile/*.arpa")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(valid))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadARPA("x", bytes.NewReader(data))
		if err != nil {
			if m != nil || len(err.Error()) > 2000 {
				t.Fatalf("%v, %.3000v", m, err)
			}
			return
		}
		var b bytes.Buffer
		if err := m.WriteARPA(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadARPA("x", &b)
		if err != nil {
			t.Fatal(err)
		}
		same(t, again, m)
		walk(t, m, data)
	})
}

// walk looks up what it can in a model, with ids taken from data.
func walk(t testing.TB, m *Model, data []byte) {
	t.Helper()
	s := m.Start()
	for _, b := range data[:min(len(data), 50)] {
		if _, err := s.Extend(context.Background(), argen.ID(int(b)%len(m.vocab.Words))); err != nil {
			t.Fatal(err)
		}
		if _, err := s.(argen.Explainer).Explain(argen.ID(int(b/2) % len(m.vocab.Words))); err != nil {
			t.Fatal(err)
		}
	}
}
