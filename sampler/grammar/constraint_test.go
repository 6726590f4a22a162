package grammar

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"argen"
	"argen/tokenizer"

	"pgregory.net/rapid"
)

func must(g *Grammar, err error) *Grammar {
	if err != nil {
		panic(err)
	}
	return g
}

// written is a constraint and the text that it stands behind.
type written struct {
	*Constraint
	ids []argen.ID
}

func (w written) then(ids ...argen.ID) written {
	for _, id := range ids {
		w.Constraint = w.Learn(id)
		w.ids = append(slices.Clip(w.ids), id)
	}
	return w
}

// allows returns the tokens that may come next, all being possible but those in
// without.
func (w written) allows(without ...argen.ID) ([]argen.ID, error) {
	logits := make([]float64, w.tok.VocabSize())
	for _, id := range without {
		logits[id] = math.Inf(-1)
	}
	all, err := argen.NewCandidates(logits)
	if err != nil {
		return nil, err
	}
	w.Apply(all, argen.Past{IDs: w.ids})
	if all.Err() != nil {
		return nil, all.Err()
	}
	var ids []argen.ID
	all.Each(func(id argen.ID, _ float64) { ids = append(ids, id) })
	return ids, nil
}

// everyByte is a vocabulary of all bytes, some texts, and an end.
func everyByte(more ...string) vocab {
	var v vocab
	for b := range 256 {
		v = append(v, string([]byte{byte(b)}))
	}
	return append(append(v, more...), "</s>")
}

// A token may come next exactly if some text of the form begins with what it
// makes of the text so far, wherever in a character it ends.
func TestMaskIsThatOfEachToken(t *testing.T) {
	v := everyByte("ab", "abc", "é", "\xc3", "\xa9a", "a\xc3", "\U00010000"[:2], "\U00010000"[2:], "\U00010000\U00010000", "  ", "\n_", "_a_a_a", "ba", "\xff\xfe")
	rapid.Check(t, func(t *rapid.T) {
		p := pattern(3).Draw(t, "pattern")
		g, err := Regex(p)
		if errors.Is(err, errNothing) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		w := written{g.On(v, v.eos()), nil}
		for range 6 {
			text := v.Decode(w.ids)
			_, ends := reads(g, text)
			allowed, err := w.allows()
			if err != nil {
				t.Fatal(err)
			}
			for id := range argen.ID(len(v)) {
				want, _ := reads(g, text+v[id])
				if v.Control(id) {
					want = ends
				}
				if got := slices.Contains(allowed, id); got != want {
					t.Fatalf("%s: after %q, %q is allowed: %v", p, text, v[id], got)
				}
			}
			id := rapid.SampledFrom(allowed).Draw(t, "next")
			if v.Control(id) {
				return
			}
			w = w.then(id)
		}
	})
}

// With few tokens no allowed one leads where no others go on, and none that
// leads to an end is forbidden.
func TestLooksAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pattern(3).Draw(t, "pattern")
		re := regexp.MustCompile(`\A(?:` + p + `)\z`)
		g, err := Regex(p)
		if errors.Is(err, errNothing) {
			return
		}
		v := vocab(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "ba", "aa", "é", "\xc3", "\xa9", "_", " ", " a", "\n", "b ", "\U00010000"}), 1, 4).Draw(t, "vocabulary"))
		v = append(v, "</s>")
		ends := map[string]bool{} // texts from which some tokens make one of the form
		var write func(text string, left int) bool
		write = func(text string, left int) bool {
			if is, known := ends[text]; known {
				return is
			}
			is := re.MatchString(text) && utf8.ValidString(text)
			for _, token := range v[:len(v)-1] {
				is = left > 0 && write(text+token, left-1) || is
			}
			ends[text] = is
			return is
		}
		w := written{g.On(v, v.eos()), nil}
		for step := range 12 {
			text := v.Decode(w.ids)
			allowed, err := w.allows()
			if step == 0 && err != nil {
				if write("", 5) {
					t.Fatalf("%s: %v", p, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: after %q: %v", p, text, err)
			}
			if step < 3 {
				clear(ends)
				for id, token := range v[:len(v)-1] {
					if write(text+token, 3) && !slices.Contains(allowed, argen.ID(id)) {
						t.Fatalf("%s: after %q, %q leads to an end and is forbidden", p, text, token)
					}
				}
			}
			id := rapid.SampledFrom(allowed).Draw(t, "next")
			if v.Control(id) {
				return
			}
			w = w.then(id)
		}
	})
}

// What a tokenizer of words puts between tokens belongs to the text, but not
// what stands before the first.
func TestJoiner(t *testing.T) {
	words, err := tokenizer.NewWords([]string{"<s>", "</s>", "the", "cat", "sat", "th", "e", "."})
	if err != nil {
		t.Fatal(err)
	}
	stop := []argen.ID{1}
	for _, test := range []struct {
		pattern string
		before  []argen.ID
		want    []argen.ID
	}{
		{"the cat", nil, []argen.ID{2}}, // not th, which nothing completes
		{"the cat", []argen.ID{2}, []argen.ID{3}},
		{"the cat", []argen.ID{2, 3}, []argen.ID{1}},
		{"the cat( \\.)?", []argen.ID{2, 3}, []argen.ID{1, 7}},
		{" the", nil, nil},
		{"th e|the", nil, []argen.ID{2, 5}},
		{"[a-z ]+", []argen.ID{2}, []argen.ID{1, 2, 3, 4, 5, 6}},
		{"(the|cat)( (the|cat))* sat", nil, []argen.ID{2, 3}},
	} {
		w := written{must(Regex(test.pattern)).On(words, stop), nil}.then(test.before...)
		if got, err := w.allows(); !slices.Equal(got, test.want) || (err != nil) != (test.want == nil) {
			t.Errorf("%s after %v: %v, %v, want %v", test.pattern, test.before, got, err, test.want)
		}
	}
}

// A text ends where the form is complete, and with it the run where no token
// ends it.
func TestEnds(t *testing.T) {
	v := vocab{"a", "b", "<s>", "\n", "</s>"} // of which <s> is text here
	for _, test := range []struct {
		pattern  string
		stop     []argen.ID
		before   []argen.ID
		without  []argen.ID
		want     []argen.ID
		complete bool
	}{
		{"aa?", []argen.ID{4}, nil, nil, []argen.ID{0}, false},
		{"aa?", []argen.ID{4}, []argen.ID{0}, nil, []argen.ID{0, 4}, false},
		{"aa?", []argen.ID{4}, []argen.ID{0, 0}, nil, []argen.ID{4}, false},
		{"aa?", nil, []argen.ID{0}, nil, []argen.ID{0}, false},
		{"aa?", nil, []argen.ID{0, 0}, nil, nil, true},
		{"aa?", []argen.ID{4}, []argen.ID{0, 0}, []argen.ID{4}, nil, true},
		{"aa?", []argen.ID{4}, []argen.ID{0}, []argen.ID{0, 4}, nil, true},
		{`a\n?`, []argen.ID{3}, []argen.ID{0}, nil, []argen.ID{3}, false}, // a token of text that ends a text
		{`a\nb`, []argen.ID{3}, []argen.ID{0}, nil, nil, false},
		{`(a\n)+`, []argen.ID{3, 4, 99, -1}, []argen.ID{0, 3}, nil, []argen.ID{0, 4}, false},
		{"", []argen.ID{4}, nil, nil, []argen.ID{4}, false},
		{"ab", []argen.ID{4}, []argen.ID{4, 0, 4}, nil, []argen.ID{1}, false}, // what stands for no text adds nothing
	} {
		w := written{must(Regex(test.pattern)).On(v, test.stop), nil}.then(test.before...)
		got, err := w.allows(test.without...)
		if complete := errors.Is(err, argen.ErrComplete); !slices.Equal(got, test.want) || complete != test.complete || (err == nil) != (test.want != nil) {
			t.Errorf("%q after %v, ended by %v: %v, %v, want %v", test.pattern, test.before, test.stop, got, err, test.want)
		}
	}
}

// Where no token can follow it says which text stands, what is wanted, and why
// nothing is that.
func TestDeadEnds(t *testing.T) {
	v := vocab{"a", "b", "ab", "é", "\xc3", "1", "2", "</s>"}
	for _, test := range []struct {
		grammar         *Grammar
		before, without []argen.ID
		want            string
	}{
		{must(Regex("x+")), nil, nil, "no token can follow: the regex wants “x”, and no token of the vocabulary goes on like that"},
		{must(Regex("abx|b")), nil, []argen.ID{1}, "no token can follow: the regex wants one of [ab], and the tokens that would, “b”, are impossible here or were removed before"},
		{must(Regex("abx")), nil, nil, "no token can follow: the regex wants “a”, and no tokens complete what the tokens “a”, “ab” begin"},
		{must(Regex("bx")), nil, nil, "no token can follow: the regex wants “b”, and no tokens complete what the token “b” begins"},
		{must(Regex("[12]{40}")), slices.Repeat([]argen.ID{5, 6}, 15), []argen.ID{5, 6}, "no token can follow after “121212121212121212121212121212”: the regex wants one of [12], and the tokens that would, “1”, “2”, are impossible here or were removed before"},
		{must(Regex("[12]{80}")), slices.Repeat([]argen.ID{5, 6}, 35), []argen.ID{5, 6}, "no token can follow after “…1212121212121212121212121212121212121212”: the regex wants one of [12], and the tokens that would, “1”, “2”, are impossible here or were removed before"},
		{must(Regex("ab")), []argen.ID{1}, nil, "no token can follow after “b”: the regex has no text that begins so, and a token was forced that it does not allow"},
		{must(GBNF(`root ::= ("a" | "b" | "é" | "1" | "2" | "3") "x"`)), nil, nil, "no token can follow: the grammar wants one of [1-3abé], and no tokens complete what the tokens “a”, “b”, “é” begin"},
		{must(Regex("[ab12]{2}é")), []argen.ID{5, 5}, []argen.ID{3, 4}, "no token can follow after “11”: the regex wants “é”, and the tokens that would, “é”, are impossible here or were removed before"},
		{must(JSONSchema("{}")), nil, []argen.ID{5, 6}, "no token can follow: the JSON schema wants one of [\"\\-0-9\\[fnt{], and the tokens that would, “1”, “2”, are impossible here or were removed before"},
	} {
		w := written{test.grammar.On(v, v.eos()), nil}.then(test.before...)
		_, err := w.allows(test.without...)
		if end := (*DeadEnd)(nil); !errors.As(err, &end) || err.Error() != test.want {
			t.Errorf("%v\nwant %s", err, test.want)
		}
	}
}

// Each token that is removed is told why in a few characters.
func TestReasons(t *testing.T) {
	v := append(everyByte("12a", "1234", "日本", "\xe6\x97"), "<pad>")
	pad, end, stop := argen.ID(len(v)-1), argen.ID(len(v)-2), []argen.ID{argen.ID(len(v) - 2)}
	tok := padded{v}
	for _, test := range []struct {
		grammar *Grammar
		before  string
		id      argen.ID
		want    string
	}{
		{must(Regex("[0-9]{3}")), "", 'a', "the regex wants one of [0-9]"},
		{must(Regex("[0-9]{3}")), "12", 'a', "the regex wants one of [0-9] after “12”"},
		{must(Regex("[0-9]{3}")), "12", end, "the regex wants one of [0-9] after “12”, not the end"},
		{must(Regex("[0-9]{3}")), "12", pad, "it stands for no text"},
		{must(Regex("[0-9]{3}")), "1", 256, "the regex is complete after “112”"},
		{must(Regex("[0-9]{2,3}")), "12", 'a', "the regex ends or wants one of [0-9] after “12”"},
		{must(Regex("[0-9]{6}")), "1", 256, "the regex wants one of [0-9] after “112”"},
		{must(Regex("x[0-9]")), "x\n"[:1], 257, "the regex is complete after “x1”"},
		{must(Regex(`a\n.`)), "a\n", '\n', "the regex wants one of [^\n] after “a\n”"},
		{must(Regex("日.")), "\xe6\x97", 'a', "the regex wants the rest of a character"},
		{must(GBNF(`root ::= [^"\\\x00-\x1f]`)), "", '"', "the grammar wants one of [^\x00-\x1f\"\\]"},
		{must(GBNF(`root ::= . .`)), "a", end, "the grammar wants any character after “a”, not the end"},
		{must(GBNF(`root ::= [ -/:-@b-ce-fh-ik-ln-oq-rt-uw-xzA-BD-EG]`)), "", 'a', "the grammar wants one of [ -/:-BDEGbcefhiklnoqrtu…]"},
		{must(JSONSchema(`{"type": "object", "properties": {"a long name of a member": true}}`)), `{"a long name of a memb`, 'x', "the JSON schema wants “e” after “…g name of a memb”"},
	} {
		w := written{test.grammar.On(tok, stop), nil}
		for _, b := range []byte(test.before) {
			w = w.then(argen.ID(b))
		}
		if got := w.Reasons(argen.Past{IDs: w.ids})(test.id); got != test.want {
			t.Errorf("%q after %q: %q, want %q", tok.Piece(test.id), test.before, got, test.want)
		}
	}
	w := written{must(Regex("ab")).On(v, v.eos()), nil}.then('b')
	if got := w.Reasons(argen.Past{IDs: w.ids})('b'); got != "the regex has no text that begins so" {
		t.Errorf("after a token that was forced: %q", got)
	}
	few := vocab{"a", "x", "</s>"}
	if got := (written{must(Regex("ab|x")).On(few, few.eos()), nil}).Reasons(argen.Past{})(0); got != "no tokens lead to where the regex wants “b” after “a”" {
		t.Errorf("a token that leads nowhere: %q", got)
	}
}
