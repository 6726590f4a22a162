package grammar

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"argen"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// tryOut writes a text of a grammar, as far as it goes.
func tryOut(t *testing.T, g *Grammar, v vocab) (text string, complete bool) {
	c := g.On(v, v.eos())
	rng := rand.New(rand.NewPCG(3, 3))
	var ids []argen.ID
	all := &argen.Candidates{}
	for range 60 {
		if err := all.Reset(make([]float64, len(v))); err != nil {
			t.Fatal(err)
		}
		c.Apply(all, argen.Past{IDs: ids})
		if all.Err() != nil {
			break
		}
		c.Reasons(argen.Past{IDs: ids})(argen.ID(rng.IntN(len(v))))
		id := all.At(rng.IntN(all.Len())).ID
		if v.Control(id) {
			return v.Decode(ids), true
		}
		ids = append(ids, id)
		c = c.Learn(id)
	}
	return v.Decode(ids), false
}

// checkError fails a test unless an error says something, with a mark below the
// place if it has one.
func checkError(t *testing.T, err error) {
	if err.Error() == "" {
		t.Error("an error that says nothing")
	}
	var bad *SyntaxError
	if errors.As(err, &bad) && bad.Line > 0 && strings.Count(bad.Caret(), "\n") != 1 {
		t.Errorf("the mark is %q", bad.Caret())
	}
}

func FuzzRegex(f *testing.F) {
	for _, p := range []string{"", "a*b+c?", `^\w+(\s\w+)*[.!?]$`, `(?i)straße|\x{10000}`, `(a{2,5}){3}`, `\b[^é]\B`, "(", "[z-a]", `(?m)^a$\n`, `(((a?)*)+)*`, `\pL{1,100}`, `[[:^alpha:]]`, `a{1000}{1000}`, `\Qa.b\E`, `(?P<x>a)`} {
		f.Add(p)
	}
	v := everyByte("ab", "é", "\n\n")
	f.Fuzz(func(t *testing.T, pattern string) {
		g, err := Regex(pattern)
		if err != nil {
			checkError(t, err)
			return
		}
		if text, complete := tryOut(t, g, v); complete {
			if re, err := regexp.Compile(`\A(?:` + pattern + `)\z`); err == nil && !re.MatchString(text) {
				t.Errorf("%q was written and does not match", text)
			}
		}
	})
}

func FuzzGBNF(f *testing.F) {
	for _, g := range []string{
		`root ::= "a" | [b-d]+ (. "\n")?`, "root ::= x{2,3} # c\nx ::= \"y\" root?", `root ::= ((("")*)*)*`, `root ::= [^\]\x41-\U0001F642]`, "root ::= root", "root ::= a\na ::= b? a",
		`root ::= "`, `root ::= (`, `root ::= "a"{1,100000}`, "root ::=\r\n|\r\n", jsonGBNF, `root ::= "a" root "b" | "a" root "c" | ""`, `root ::= . root root | "x"`, `root ::= <think>`, "root ::= a{10000}\na ::= b{10000}\nb ::= [^a]{10000}",
	} {
		f.Add(g)
	}
	v := everyByte("{\"", "\": ", "é", "ab")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := GBNF(text)
		if err != nil {
			checkError(t, err)
			return
		}
		tryOut(t, g, v)
	})
}

func FuzzJSONSchema(f *testing.F) {
	data, err := os.ReadFile("testdata/schemas.json")
	if err != nil {
		f.Fatal(err)
	}
	var cases []struct{ Schema json.RawMessage }
	if err := json.Unmarshal(data, &cases); err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		f.Add(string(c.Schema))
	}
	f.Add(`{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}`)
	f.Add(`{"anyOf": [{"$ref": "#"}, {"allOf": [{"$ref": "#"}]}]}`)
	f.Add(`{"oneOf": [{"$ref": "#"}, {"oneOf": [{"$ref": "#"}]}]}`)
	f.Add(`{"properties": {"a": {"oneOf": [{"$ref": "#"}, {"type": "null"}]}}, "required": ["a"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		g, err := JSONSchema(text)
		if err != nil {
			checkError(t, err)
			return
		}
		written, complete := tryOut(t, g, jsonVocab)
		if !complete {
			return
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(written))
		if err == nil {
			err = compiled(t, text).Validate(value)
		}
		if err != nil {
			t.Errorf("%s was written: %v", written, err)
		}
	})
}

// jsonGBNF is JSON as llama.cpp's examples have it.
const jsonGBNF = `root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws
object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
array  ::= "[" ws ( value ("," ws value)* )? "]" ws
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
number ::= "-"? ([0-9] | [1-9] [0-9]{0,15}) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,15})? ws
ws     ::= | " " | "\n" [ \t]{0,20}
`
