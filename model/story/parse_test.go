package story

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"argen"
)

// with returns the small grammar with one piece of text replaced.
func with(old, new string) string {
	if !strings.Contains(small, old) {
		panic("the small grammar has no " + old)
	}
	return strings.Replace(small, old, new, 1)
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `g:1:1: the grammar is empty; its first line must be "argen-story-grammar 1"`},
		{"\x1f\x8b\x08", `g:1:1: the line is not valid UTF-8`},
		{"# c\nhello 1\n", `g:2:1: want "argen-story-grammar 1", found "hello 1": not a story grammar of this version`},
		{with("grammar 1", "grammar 2"), `g:1:1: want "argen-story-grammar 1", found "argen-story-grammar 2": not a story grammar of this version`},
		{with("start story\n", ""), `g:16:1: no start rule; add a line such as "start story"`},
		{with("start story", "start tale"), `g:2:7: the start rule tale is not in the grammar`},
		{with("start story", "start story\nstart story"), `g:3:1: a second start rule; the first is in line 2`},
		{with("table pet", "tabel pet"), `g:4:1: want start, table or rule, found "tabel"`},
		{with("table pet", "table"), `g:4:1: want start, table or rule and a name, found "table"`},
		{with("key w name", "w key name"), `g:5:1: the first column must be key, found "w"`},
		{with("key w name", "key v name"), `g:5:1: table pet has no column w for the weights`},
		{with("name noun", "name name"), `g:5:12: table pet has two columns name`},
		{with("name noun", "name no-un"), `g:5:12: "no-un" is no name for a column: letters, digits and _ only`},
		{with("rex 1", "tom 1"), `g:7:1: table pet has the key "tom" twice`},
		{with("rex 1 Rex  dog", "rex 1 Rex"), `g:7:1: the row has 3 cells, table pet has 4 columns`},
		{with("rex 1", "rex 0"), `g:7:5: "0" is no weight: want a number from 1e-6 to 1e6`},
		{with("rex 1", "rex -1"), `g:7:5: "-1" is no weight: want a number from 1e-6 to 1e6`},
		{with("rex 1", "rex NaN"), `g:7:5: "NaN" is no weight: want a number from 1e-6 to 1e6`},
		{with("rex 1", "rex Inf"), `g:7:5: "Inf" is no weight: want a number from 1e-6 to 1e6`},
		{with("rex 1", "rex 0x1p3"), `g:7:5: "0x1p3" is no weight: want a number from 1e-6 to 1e6`},
		{with("rule story", "table pet\nkey w\na 1\n\nrule story"), `g:10:7: table pet is written twice`},
		{with("rule more", "rule story"), `g:14:6: rule story is written twice`},
		{with("rule more", "rule none\n\nrule more"), `g:14:6: rule none has no alternative`},
		{with("table pet", "table none\nkey w\n\ntable pet"), `g:4:7: table none needs a line of column names and at least one row`},
		{with("3 | [", "| ["), `g:11:1: the weight before | is missing`},
		{with("3 | [", "3 ["), `g:11:1: an alternative needs a | between its weight and its words`},
		{with("3 | [", "3 x | ["), `g:11:3: "x" is no guard: want ?slot, ?!slot, ?slot=key or ?slot.col=value before the |`},
		{with("?other", "?others"), `g:16:3: no draw fills a slot called "others"`},
		{with("?other", "?other.name"), `g:16:3: "?other.name" lacks its value, as in ?slot.col=value`},
		{with("?who=tom", "?who=tim"), `g:17:3: no row of table pet has "tim" in column key`},
		{with("?who=tom", "?who.age=3"), `g:17:3: slot who holds rows of table pet, which has no column "age"`},
		{with("?who=tom", "?who.name=$other"), `g:17:3: "?who.name=$other" must compare two columns, as in ?slot.col=$slot2.col2`},
		{with("<more>", "<less>"), `g:11:31: no rule is called "less"`},
		{with("<more>", "<more"), `g:11:31: "<more" lacks its >`},
		{with("The $who", "<story> $who"), `g:17:14: rule story reaches itself; stories would have no end`},
		{with("$who.name", "$hero.name"), `g:11:15: no draw fills a slot called "hero"`},
		{with("$who.name", "$who.nom"), `g:11:15: slot who holds rows of table pet, which has no column "nom"`},
		{with("$who.name", "$who"), `g:11:15: "$who" lacks its column, as in $who.name`},
		{with("$who.name", "$who.w"), `g:11:15: table pet, column w: "2" holds something else than words and marks`},
		{with("sat", "s@t"), `g:11:25: "s@t" is neither a word, a mark of . , ! ? : ; ( ) “ ” ’s, $slot.col, <rule> nor [slot:table]`},
		{with("big_cat", "big__cat"), `g:16:14: table pet, column noun: "big__cat" holds something else than words and marks`},
		{with("[who:pet]", "[who:dog]"), `g:11:5: no table is called "dog"`},
		{with("[who:pet]", "[who:pet"), `g:11:5: "[who:pet" is no draw: want [slot:table] or [slot:table,condition,…]`},
		{with("[other:pet", "[other:pet,name"), `g:12:15: "name" is no condition: want @!=slot, col=value, col!=value or col=$slot.col`},
		{with("[other:pet", "[other:pet,age=3"), `g:12:15: table pet has no column "age"`},
		{with("[other:pet", "[other:pet,name=$who"), `g:12:15: "name=$who" lacks the column of its slot`},
		{with("@!=who", "@!=hero"), `g:12:15: no draw fills a slot called "hero"`},
		{with("@!=who", "name=Tom,key!=tom"), `g:12:15: no row of table pet meets the conditions of "[other:pet,name=Tom,key!=tom]"`},
		{with("table pet", "table bug\nkey w\na 1\n\ntable pet") + "1 | [who:bug]\n", `g:22:5: slot who is filled from table bug here and from table pet elsewhere`},
		{with("@!=who", "@!=z") + "1 | [z:bug]\n\ntable bug\nkey w\na 1\n", `g:12:15: "@!=z" must name a slot of table pet`},
		{strings.Repeat("#", MaxSize+1), `g:1:1: the grammar has 262145 bytes, at most 262144 are read`},
	} {
		g, err := Parse("g", []byte(c.text))
		var syntax *SyntaxError
		if err == nil || g != nil || err.Error() != c.want || !errors.As(err, &syntax) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// One line after the other of a valid file: an error or a grammar that runs.
func TestParsePrefixes(t *testing.T) {
	lines := strings.SplitAfter(string(source), "\n")
	for n := range lines {
		text := strings.Join(lines[:n], "")
		if g, err := Parse("g", []byte(text)); (g == nil) == (err == nil) {
			t.Fatalf("%d lines: %v, %v", n, g, err)
		}
	}
	if _, err := Parse("g", []byte(strings.ReplaceAll(string(source), "\n", "\r\n"))); err != nil {
		t.Errorf("with the line ends of Windows: %v", err)
	}
}

// doubling is a grammar of n rules each of which calls the next one twice.
func doubling(n int, last string) string {
	var b strings.Builder
	b.WriteString("argen-story-grammar 1\nstart r0\n\ntable t\nkey w x\na 1 a\nb 1 b\n\n")
	for i := range n {
		fmt.Fprintf(&b, "rule r%d\n1 | <r%d> <r%d>\n\n", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "rule r%d\n%s\n", n, last)
	return b.String()
}

// ambiguous is a grammar with 2ⁿ memories behind the same word.
func ambiguous(n int) string {
	var b strings.Builder
	b.WriteString("argen-story-grammar 1\nstart s\n\ntable t\nkey w x\na 1 a\nb 1 a\n\nrule s\n1 |")
	for i := range n {
		fmt.Fprintf(&b, " [s%d:t]", i)
	}
	return b.String() + " x y"
}

// Small grammars that would run for ever, or take all memory, end in an error.
func TestHostileGrammars(t *testing.T) {
	for _, c := range []struct{ name, text, sample, extend string }{
		{"silent steps", doubling(40, "1 |"), "g: more than 262144 silent steps between two words; the grammar branches too much", "g: more than 262144 silent steps between two words; the grammar branches too much"},
		{"length", doubling(40, "1 | x"), "g:127:11: the story is longer than 16384 words", ""},
		{"choices", doubling(14, "1 |\n1 | [s:t]"), "", "g: more than 1024 choices between two words; the grammar branches too much"},
		{"hypotheses", ambiguous(16), "", "g: more than 2048 ways to derive the same words; the grammar is too ambiguous"},
		{"many hypotheses", ambiguous(11), "", ""},
		{"unbound", with("?other", "?!other"), "", "g:16:15: slot other is unbound here"},
		{"no alternative", with("1          |", "1 ?other |"), "", "g:11:31: rule more has no alternative whose guards all hold"},
		{"empty draw", with("[other:pet,@!=who]", "[other:pet,key=rex,@!=who]"), "", "g:12:15: no row of table pet meets the conditions of the draw"},
	} {
		begin := time.Now()
		g, err := Parse("g", []byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		if _, err := g.Sample(rng); c.sample != "" && (err == nil || err.Error() != c.sample) {
			t.Errorf("%s: sampling ends with %v, want %s", c.name, err, c.sample)
		}
		if err := firstError(t, g); (err == nil) != (c.extend == "") || err != nil && err.Error() != c.extend {
			t.Errorf("%s: filtering ends with %v, want %s", c.name, err, c.extend)
		}
		// In ratio to work of the same kind at the same time: 200 stories.
		if took, most := time.Since(begin), 25*ordinary(t); took > most {
			t.Errorf("%s: took %v, more than %v", c.name, took, most)
		}
	}
}

// ordinary is how long it takes now to sample and score 200 stories.
func ordinary(t *testing.T) time.Duration {
	begin := time.Now()
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		s, err := Default().Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Truth().Score(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(begin)
}

// firstError reads words, always the last in the vocabulary that is possible,
// and a few single ones, until an error comes.
func firstError(t testing.TB, g *Grammar) error {
	for last := range len(g.vocab) {
		s := NewModel(g).Start()
		ids := []argen.ID{BOS}
		for range 12 {
			logits, err := s.Extend(t.Context(), ids...)
			if err != nil {
				return err
			}
			best := -1
			for i := range logits {
				if at := (i + last) % len(logits); logits[at] > -1e300 {
					best = at
				}
			}
			if best < 0 {
				break
			}
			ids = []argen.ID{argen.ID(best)}
		}
	}
	return nil
}

func TestParseDeep(t *testing.T) {
	var b strings.Builder
	b.WriteString("argen-story-grammar 1\nstart r0\n\n")
	for i := range maxDepth {
		fmt.Fprintf(&b, "rule r%d\n1 | <r%d> .\n\n", i, i+1)
	}
	fmt.Fprintf(&b, "rule r%d\n1 | x\n", maxDepth)
	_, err := Parse("g", []byte(b.String()))
	if want := "g:4:6: rule r0 calls rules more than 64 deep"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(doubling(3, "1 | x")))
	f.Add([]byte(doubling(20, "1 |\n1 | [s?:t,@!=s,x=$s.x] ^$s.x")))
	f.Add([]byte(with("?who=tom", "?who.name!=$other.name")))
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := Parse("g", text)
		if err != nil {
			if g != nil || !strings.HasPrefix(err.Error(), "g:") || strings.Contains(err.Error(), "\n") || len(err.Error()) > 2000 {
				t.Fatalf("grammar %v with error %q", g, err)
			}
			return
		}
		rng := rand.New(rand.NewPCG(1, 1))
		ids, err := g.Sample(rng)
		if err != nil || len(ids) > 100 {
			return
		}
		v, err := g.Judge(g.Words(ids))
		if err == nil && (!v.Coherent || !v.WellFormed) {
			t.Fatalf("its own story %q is judged %+v", g.Words(ids), v)
		}
	})
}
