package grammar

import (
	"strings"
	"testing"
)

// What the syntax means: texts that have a form, and texts that have not.
func TestGBNF(t *testing.T) {
	for _, test := range []struct {
		name, grammar string
		yes, no       []string // no: texts that do not even begin like one, or do not end there
	}{
		{"a text", `root ::= "abc"`, []string{"abc"}, []string{"", "ab", "abcd", "x"}},
		{"alternatives", `root ::= "a" | "bc" | ""`, []string{"a", "bc", ""}, []string{"b", "abc"}},
		{"one after the other", `root ::= "a" "b" [c]`, []string{"abc"}, []string{"ab", "abcc"}},
		{"| is weaker", `root ::= "a" "b" | "c" "d"`, []string{"ab", "cd"}, []string{"abd", "acd"}},
		{"a group", `root ::= "a" ("b" | "c") "d"`, []string{"abd", "acd"}, []string{"ad", "abcd"}},
		{"* + ?", `root ::= "a"* "b"+ "c"?`, []string{"b", "aabb", "bc", "abbc"}, []string{"", "ac", "bcc"}},
		{"repeats of a text are of all of it", `root ::= "ab"+`, []string{"ab", "abab"}, []string{"abb", "aab", "aba"}},
		{"{n}", `root ::= "a"{3}`, []string{"aaa"}, []string{"aa", "aaaa"}},
		{"{least,}", `root ::= [ab]{2,}`, []string{"ab", "abab"}, []string{"a", ""}},
		{"{least,most}", `root ::= ("a" | "bb"){1, 2}`, []string{"a", "bba", "bbbb"}, []string{"", "b", "aaa"}},
		{"{0,0}", `root ::= "a"{0,0} "b"{0}`, []string{""}, []string{"a", "b"}},
		{"repeats of repeats", `root ::= ("a"{2})* "b"?+`, []string{"", "aa", "aaaabb"}, []string{"a", "aaab"}},
		{"a range", `root ::= [a-cx0-2]+`, []string{"abcx012"}, []string{"d", "-", "3"}},
		{"a minus at the end", `root ::= [a-]+`, []string{"a-a", "-"}, []string{"b"}},
		{"negated", `root ::= [^"\n\x41-\x43]+`, []string{"xyz", "é日🙂"}, []string{"\"", "a\n", "A", "B"}},
		{"escapes", `root ::= "\t\r\n\\\"\[\]\x41é\U0001F642"`, []string{"\t\r\n\\\"[]Aé🙂"}, []string{"A"}},
		{"escapes in brackets", `root ::= [\]\[\\\-\^è-é🙂]+`, []string{`][\-^èé🙂`}, []string{"a", "ï"}},
		{"characters as they are", `root ::= "é日" [ぁ-ん]+`, []string{"é日ひらがな"}, []string{"é日", "é日カ"}},
		{"any character", `root ::= . . .`, []string{"abc", "é\n🙂"}, []string{"ab", "abcd", "\xff", "é"}},
		{"quotes hold # and |", `root ::= "#|" # a comment "x"` + "\n# another\n", []string{"#|"}, []string{"#|x"}},
		{"rules", "root ::= a-b C2\na-b ::= \"1\"\nC2 ::= a-b | \"2\"", []string{"11", "12"}, []string{"1", "21"}},
		{"a rule before its definition", "a ::= \"x\" b?\nb ::= \"y\"\nroot ::= a a", []string{"xx", "xyx"}, []string{"x"}},
		{"lines", "\n\nroot ::=\n  \"a\" |\n  \"b\" (\n \"c\" |\n # why\n \"d\"\n )\n\n\r\n", []string{"a", "bc", "bd"}, []string{"b"}},
		{"windows", "root ::= x\r\nx ::= \"a\"\r\n", []string{"a"}, []string{"a\r"}},
		{"no blank needed", `root::="a"|("b")"c"`, []string{"a", "bc"}, []string{"ac"}},
		{"an empty alternative", `root ::= "a" ( | "b")`, []string{"a", "ab"}, []string{""}},
		{"recursion", "root ::= \"(\" root \")\" | \"x\"", []string{"x", "(x)", "(((x)))"}, []string{"(x", "()", "((x)"}},
		{"recursion on the right", "root ::= \"a\" root | \"\"", []string{"", "aaaaaaaa"}, []string{"b"}},
		{"recursion in the middle", "root ::= \"a\" root \"b\" root | \"\"", []string{"", "ab", "aabb", "abab", "aababb"}, []string{"a", "ba", "aab"}},
		{"read in many ways", "root ::= \"a\" root root | \"a\" | \"\"", []string{"", "a", "aaaaaaaaaaaaaaaa"}, []string{"b"}},
		{"two ways back", "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"\"", []string{"", "aabc", "aaabcb", "aacc"}, []string{"aab", "abb"}},
		{"empty loops", `root ::= (("")*)* ("a"* "b"*)* x{3} ` + "\nx ::= \"\" | \"\" x2\nx2 ::= \"\"", []string{"", "aba", "bb"}, []string{"c"}},
		{"what can never end is left out", "root ::= \"a\" | \"b\" endless\nendless ::= \"c\" endless", []string{"a"}, []string{"b"}},
		{"empty rules before recursion", "root ::= e root2 e\ne ::= \"\"\nroot2 ::= \"a\" root | \"b\"", []string{"b", "aab"}, []string{"a"}},
		{"many repeats", `root ::= [a-z0-9]{0,10000}`, []string{"", strings.Repeat("a", 10000)}, []string{strings.Repeat("a", 10001)}},
		{"repeats of much", `root ::= (([^a]{3}){10}){100}`, []string{strings.Repeat("é", 3000)}, []string{strings.Repeat("é", 2999), strings.Repeat("é", 3001)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, err := GBNF(test.grammar)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range test.yes {
				if _, ends := reads(g, text); !ends {
					t.Errorf("%.20q is not of the form", text)
				}
			}
			for _, text := range test.no {
				if _, ends := reads(g, text); ends {
					t.Errorf("%.20q is of the form", text)
				}
			}
		})
	}
}

// Deep nesting and long texts take no time and no memory beyond their length.
func TestGBNFIsBounded(t *testing.T) {
	deep := strings.Repeat("(", 250) + `"a"` + strings.Repeat(")*", 250)
	for name, test := range map[string]struct{ grammar, text string }{
		"nesting":          {"root ::= " + deep, "aaaa"},
		"recursion":        {`root ::= "(" root ")" | "x"`, strings.Repeat("(", 20000) + "x" + strings.Repeat(")", 20000)},
		"a long list":      {"root ::= \"a\" (\",\" root)?", "a" + strings.Repeat(",a", 20000)},
		"ambiguous":        {"root ::= \"a\" root root | \"a\" | \"\"", strings.Repeat("a", 300)},
		"two ways back":    {"root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"\"", strings.Repeat("a", 500) + strings.Repeat("bc", 250)},
		"loops in loops":   {`root ::= ((("a"*)* "b"?)* | "a"+)*`, strings.Repeat("aab", 3000)},
		"exponential":      {"root ::= x{30}\nx ::= \"a\"? | \"a\"*", strings.Repeat("a", 3000)},
		"a lot of literal": {"root ::= \"" + strings.Repeat("x", 100000) + "\"", strings.Repeat("x", 100000)},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := GBNF(test.grammar)
			if err != nil {
				t.Fatal(err)
			}
			if _, ends := reads(g, test.text); !ends {
				t.Error("its text is not of the form")
			}
		})
	}
}

func TestGBNFErrors(t *testing.T) {
	for _, test := range []struct{ grammar, want string }{
		{"", "no rule is named root, and that is what the text must be: root ::= …"},
		{"# nothing\n", "no rule is named root, and that is what the text must be: root ::= …"},
		{"rot ::= \"a\"", "no rule is named root, and that is what the text must be: root ::= …"},
		{"root ::= \"a\" itme\nitem ::= \"b\"", "line 1, column 14: no rule is named itme"},
		{"root ::= list_item\nlist-item ::= \"b\"", "line 1, column 10: no rule is named list_item, did you mean list-item?"},
		{"root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: the rule root is defined twice, first in line 1"},
		{"root \"a\"", "column 6: want ::= after the name of the rule root, found “\"”"},
		{"root ::= \"a", "column 10: the text that begins here has no end: want another \""},
		{"root ::= \"é\" \"a\n", "line 1, column 14: the text that begins here has no end: want another \""},
		{"root ::= [a-z", "column 10: the characters that begin here have no end: want a ]"},
		{"root ::= []", "column 10: these brackets hold no character"},
		{"root ::= [^]", "column 10: these brackets hold no character"},
		{"root ::= [z-a]", "column 11: the range “z-a” ends before it begins"},
		{"root ::= \"a\" | *", "column 16: * repeats what stands before it, and nothing does"},
		{"root ::= (\"a\" | \"b\"\n\nx ::= \"c\"", "line 3, column 3: want ) for the ( in line 1, column 10, found “:”"},
		{"root ::= (\"a\" | \"b\"", "column 20: want ) for the ( in line 1, column 10, found the end"},
		{"root ::= \"a\")", "column 13: this ) closes nothing"},
		{"root ::= \"a\" = \"b\"", "column 14: want a text in quotes, characters in brackets, a name, (, | or the end of the line, found “=”"},
		{"root ::= \"a\"{1,100000}", "column 16: at most 10000 repeats are supported; * and + have no limit"},
		{"root ::= \"a\"{2,1}", "column 13: at least 2 and at most 1 repeats cannot be"},
		{"root ::= \"a\"{}", "column 14: want a number of repeats, found “}”"},
		{"root ::= \"a\"{1;}", "column 15: want } after the number of repeats, found “;”"},
		{"root ::= \"\\q\"", "column 11: unknown escape: there are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ and \\xNN \\uNNNN \\UNNNNNNNN"},
		{"root ::= \"\\x4\"", "column 11: this escape has 2 hexadecimal digits"},
		{"root ::= \"\\ud800\"", "column 11: there is no character d800"},
		{"root ::= \"\\U00110000\"", "column 11: there is no character 00110000"},
		{"root ::= \"\xff\"", "column 11: the byte 0xff is no character: a grammar is UTF-8"},
		{"root ::= <think>", "column 10: tokens, as <think> or !<think>, are not supported: write their text"},
		{"= x", "column 1: want the name of a rule, letters, digits and -, found “=”"},
		{"root ::= " + strings.Repeat("(", 257), "column 266: parentheses are nested more than 256 deep"},
		{"root ::= root \"a\" | \"b\"", "column 1: left recursion: root may begin with itself (root → root), which never comes to an end; let it begin with something else, or repeat with * or +"},
		{"root ::= expr\nexpr ::= term | \"x\"?  (\"-\"? factor)\nterm ::= \"y\"\nfactor ::= \"z\"* expr \"+\"", "line 2, column 1: left recursion: expr may begin with itself (expr → factor → expr), which never comes to an end; let it begin with something else, or repeat with * or +"},
		{"root ::= \"a\" root", "no text has this form"},
		{"root ::= \"a\" x\nx ::= \"b\" x", "no text has this form"},
	} {
		_, err := GBNF(test.grammar)
		if err == nil || err.Error() != test.want {
			t.Errorf("%q: %v\nwant %s", test.grammar, err, test.want)
		}
	}
}

// The mark stands below the place.
func TestCaret(t *testing.T) {
	for _, test := range []struct{ grammar, want string }{
		{"root ::= \"a\" |\tfoo(", "root ::= \"a\" | foo(\n                   ^"},
		{"root ::= x\nx ::= \"é日\" = b\n", "x ::= \"é日\" = b\n           ^"},
		{"root ::= " + strings.Repeat("\"a\" ", 30) + "= \"" + strings.Repeat("b", 100) + "\"", "…" + strings.Repeat("\"a\" ", 13)[2:] + "= \"" + strings.Repeat("b", 23) + "…\n" + strings.Repeat(" ", 51) + "^"},
	} {
		_, err := GBNF(test.grammar)
		bad, ok := err.(*SyntaxError)
		if !ok || bad.Caret() != test.want {
			t.Errorf("%q: %v\n%s\nwant\n%s", test.grammar, err, bad.Caret(), test.want)
		}
	}
	if bad := (&SyntaxError{Msg: "no place"}); bad.Caret() != "" {
		t.Errorf("a mark without a place: %q", bad.Caret())
	}
}
