package grammar

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"argen"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A vocab is a vocabulary of these pieces; the last token ends a text.
type vocab []string

func (v vocab) Encode(string) ([]argen.ID, error) { panic("nothing is encoded") }
func (v vocab) Piece(id argen.ID) []byte          { return []byte(v[id]) }
func (v vocab) Control(id argen.ID) bool          { return int(id) == len(v)-1 }
func (v vocab) VocabSize() int                    { return len(v) }

func (v vocab) Decode(ids []argen.ID) string {
	var text []byte
	for _, id := range ids {
		if !v.Control(id) {
			text = append(text, v[id]...)
		}
	}
	return string(text)
}

// jsonVocab holds what JSON is made of: characters, pieces of several, and
// parts of characters.
var jsonVocab = append(append(vocab{
	"\"", "\\", "{\"", "\"}", "\":", "\": ", "\",\"", "\", \"", "[", "[[", "]", "]]", "]}", "}}", "{", "}", "},{", ",", ", ", ":", " ", "null", "nu", "ll", "true", "false", "fals", "-", ".", "0.", "e", "E+",
	"\xc3", "\xa9", "\xf0\x9f", "\x99\x82", "é", "日本", "\\u00", "\\n", "\\ud83d", "\n", "\t", "\x00", "\xff", "a\"", "1}", "5,", "T", "Z", "/", "+",
}, strings.Split("10 99 2024 ab ! # $ % & ' ( ) * : ; < = > ? @ ^ _ ` | ~ 0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F X", " ")...), "</s>")

func (v vocab) eos() []argen.ID { return []argen.ID{argen.ID(len(v) - 1)} }

// walk writes a text by tokens that are drawn among those allowed, each as
// probable as any other. It is complete unless there were too many.
func walk(t *testing.T, g *Grammar, v vocab, rng *rand.Rand, most int) (text string, complete bool) {
	t.Helper()
	c := g.On(v, v.eos())
	all, err := argen.NewCandidates(make([]float64, len(v)))
	if err != nil {
		t.Fatal(err)
	}
	var ids []argen.ID
	for range most {
		if err := all.Reset(make([]float64, len(v))); err != nil {
			t.Fatal(err)
		}
		c.Apply(all, argen.Past{IDs: ids})
		if all.Err() != nil {
			t.Fatalf("after %q: %v", v.Decode(ids), all.Err())
		}
		id := all.At(rng.IntN(all.Len())).ID
		if v.Control(id) {
			return v.Decode(ids), true
		}
		ids = append(ids, id)
		c = c.Learn(id)
	}
	return v.Decode(ids), false
}

// Whatever is written for a schema satisfies it, as another program sees it.
func TestJSONSchemaValidates(t *testing.T) {
	data, err := os.ReadFile("testdata/schemas.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name   string
		Schema json.RawMessage
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for i, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			g, err := JSONSchema(string(test.Schema))
			if err != nil {
				t.Fatal(err)
			}
			schema := compiled(t, string(test.Schema))
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			complete, different := 0, map[string]bool{}
			for range 60 {
				text, ok := walk(t, g, jsonVocab, rng, 400)
				if !ok {
					continue
				}
				complete++
				different[text] = true
				value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				if err == nil {
					err = schema.Validate(value)
				}
				if err != nil {
					t.Fatalf("%s\n%v", text, err)
				}
			}
			if complete < 20 {
				t.Errorf("only %d texts came to an end", complete)
			}
			t.Logf("%d of 60 complete, %d different", complete, len(different))
		})
	}
}

// What a schema lets through, and what it does not.
func TestJSONSchemaTexts(t *testing.T) {
	for _, test := range []struct {
		schema  string
		yes, no []string
	}{
		{`{}`, []string{`1`, `"a"`, `[]`, `[1,2]`, `[ 1 , {"a": [], "a b": null }, true]`, `{}`, `{ }`, `-0.5e-10`, `"\ud83d\ude42\n\u00e9é🙂"`}, []string{``, ` 1`, `1 `, `[1,  2]`, `[1,]`, `{"a" 1}`, `01`, `1.`, `"\ud83d"`, `"\ude42"`, "\"\n\"", `tru`, `[1 2]`, `{a: 1}`, "[\n1]"}},
		{`{"type": "array", "items": {"type": "integer"}}`, []string{`[]`, `[1]`, `[1, 2,3 , 4]`}, []string{`[1.0]`, `[`, `["a"]`}},
		{`{"type": "array", "items": {"type": "null"}, "minItems": 2}`, []string{`[null,null]`, `[null,null,null,null]`}, []string{`[]`, `[null]`}},
		{`{"type": "array", "items": {"type": "null"}, "maxItems": 2}`, []string{`[]`, `[null]`, `[null, null]`}, []string{`[null,null,null]`}},
		{`{"type": "array", "prefixItems": [{"type": "null"}, {"type": "boolean"}]}`, []string{`[null, true]`}, []string{`[]`, `[null]`, `[null,true,1]`, `[true,null]`}},
		{`{"type": "array", "prefixItems": [{"type": "null"}, {"type": "boolean"}], "minItems": 1, "items": {"type": "integer"}}`, []string{`[null]`, `[null,true]`, `[null,true,1,2]`}, []string{`[]`, `[null,1]`}},
		{`{"type": "array", "prefixItems": [{"type": "null"}], "maxItems": 3}`, []string{`[null]`, `[null,"a"]`, `[null,1,[]]`}, []string{`[]`, `[null,1,2,3]`}},
		{`{"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}}, "required": ["b"]}`, []string{`{"b":null}`, `{"a":null,"b":null}`, `{"a": null, "b": null, "c": null}`, `{ "b":null , "c" : null }`}, []string{`{}`, `{"a":null}`, `{"b":null,"a":null}`, `{"b":null,"d":null}`, `{"b":null,}`, `{,"b":null}`, `{"b":null,"b":null}`}},
		{`{"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": {"type": "integer"}}`, []string{`{}`, `{"a":null}`, `{"a":null,"b":1,"aa":2}`, `{"":1}`, `{"é🙂":7}`}, []string{`{"a":1}`, `{"b":null}`, `{"b":1,"a":null}`, `{"\u0061":1}`}},
		{`{"type": "string", "minLength": 2, "maxLength": 3}`, []string{`"ab"`, `"é🙂x"`, `"\n\u00e9\ud83d\ude42"`}, []string{`"a"`, `"abcd"`, `"\n"`}},
		{`{"type": "string", "pattern": "^[a-c\"\\\\]{2}$"}`, []string{`"ab"`, `"\"\\"`}, []string{`"a"`, `"abc"`, `"ad"`, `"\u0061b"`}},
		{`{"type": "string", "pattern": "b+"}`, []string{`"b"`, `"abbbc"`}, []string{`""`, `"ac"`}},
		{`{"type": "string", "format": "date"}`, []string{`"2024-02-29"`, `"2000-02-29"`, `"1999-12-31"`, `"2023-02-28"`}, []string{`"2023-02-29"`, `"1900-02-29"`, `"2024-04-31"`, `"2024-13-01"`, `"2024-1-1"`}},
		{`{"type": "string", "format": "date-time"}`, []string{`"2024-02-29T23:59:59Z"`, `"2024-01-01T00:00:00.123+05:30"`}, []string{`"2024-02-29"`, `"2024-01-01T24:00:00Z"`, `"2024-01-01T00:00:00"`}},
		{`{"enum": ["a", "ab", 1, [1, {"x": null}]]}`, []string{`"a"`, `"ab"`, `1`, `[1,{"x":null}]`}, []string{`"b"`, `[1, {"x":null}]`}},
		{`{"type": ["integer", "null"], "maximum": 12}`, []string{`12`, `-5`, `0`, `null`}, []string{`13`, `1.5`, `"a"`}},
		{`{"$ref": "#/$defs/n", "$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}}}}`, []string{`[]`, `[[],[[[]]]]`, strings.Repeat("[", 500) + strings.Repeat("]", 500)}, []string{`[[]`, `[1]`}},
		{`{"anyOf": [{"type": "string", "maxLength": 2}, {"type": "string", "pattern": "^x*$"}]}`, []string{`"ab"`, `"xxxx"`, `"xx"`}, []string{`"abc"`}},
	} {
		g, err := JSONSchema(test.schema)
		if err != nil {
			t.Errorf("%s: %v", test.schema, err)
			continue
		}
		schema := compiled(t, test.schema)
		for _, text := range test.yes {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err == nil {
				err = schema.Validate(value)
			}
			if _, ends := reads(g, text); !ends || err != nil {
				t.Errorf("%s: %s is not let through: %v", test.schema, text, err)
			}
		}
		for _, text := range test.no {
			if _, ends := reads(g, text); ends {
				t.Errorf("%s: %s is let through", test.schema, text)
			}
		}
	}
}

// compiled is a schema as the library checks it.
func compiled(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	schema, err := library(text)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestJSONSchemaErrors(t *testing.T) {
	for _, test := range []struct{ schema, want string }{
		{" \n", "it is empty, and no JSON"},
		{"{\n  \"type\": \"string\",\n}", "line 2, column 19: this is not JSON: a comma stands before '}'"},
		{`{"type": "string", "type": "object"}`, `column 20: this is not JSON: the name "type" stands twice in this object, first at byte 1`},
		{`5`, "at #: this is no JSON Schema: want true, false or an object, found 5"},
		{`{"type": "objekt"}`, `at #/type: this is no JSON Schema: want array, boolean, integer, null, number, object or string, found "objekt"`},
		{`{"properties": {"a": {"minLength": -1}}}`, "at #/properties/a/minLength: this is no JSON Schema: want a whole number from 0, found -1"},
		{`{"required": "a"}`, `at #/required: this is no JSON Schema: want an array of names, found "a"`},
		{`{"$schema": "https://example.com/mine"}`, `at #/$schema: "https://example.com/mine" is no draft of JSON Schema that is supported: 2020-12, 2019-09, 07, 06 and 04 are`},
		{`{"$ref": "other.json"}`, "at #/$ref: the reference “other.json” is not supported: only those to a place in the schema are, as #/$defs/name"},
		{`{"$ref": "#/$defs/a"}`, "at #/$ref: the reference “#/$defs/a” names nothing"},
		{`{"$defs": {"a": {"$anchor": "x"}}, "$ref": "#x"}`, "at #/$ref: the reference “#x” is not supported: only those to a place in the schema are, as #/$defs/name"},
		{`{"items": {"properties": {"a/b": {"uniqueItems": true}}}}`, "at #/items/properties/a~1b: the keyword uniqueItems is not supported"},
		{`{"not": {}}`, "at #: the keyword not is not supported"},
		{`{"patternProperties": {"^a": {}}}`, "at #: the keyword patternProperties is not supported"},
		{`{"items": {"multipleOf": 2}}`, "at #/items: the keyword multipleOf is not supported"},
		{`{"nullable": true}`, "at #: “nullable” is no keyword of JSON Schema; one of your own begins with x-"},
		{`{"type": "string", "format": "email"}`, "at #/format: the format “email” is not supported; date, time, date-time and uuid are"},
		{`{"type": "string", "pattern": "a(?=b)"}`, "at #/pattern: the pattern “a(?=b)”: column 2: invalid or unsupported Perl syntax, “(?=”: looking ahead or behind, and referring back, are not regular and not supported"},
		{`{"oneOf": [{"type": "integer"}, {"type": "number"}]}`, "at #/oneOf: a value may satisfy both branch 0 and branch 1, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
		{`{"oneOf": [{"type": "null"}, {"properties": {"a": {}}}, {"properties": {"b": {"type": "string"}}}]}`, "at #/oneOf: a value may satisfy both branch 0 and branch 1, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
		{`{"oneOf": [{"const": 1}, {"minimum": 1}]}`, "at #/oneOf: a value may satisfy both branch 0 and branch 1, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
		{`{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}`, "at #/$defs/a: it refers to itself, and to nothing else"},
		{`{"anyOf": [{"type": "null"}, {"allOf": [{"$ref": "#"}]}]}`, "at #: it refers to itself, and to nothing else"},
		{`{"properties": {"a": {"oneOf": [{"$ref": "#"}, {"type": "null"}]}}, "required": ["a"]}`, "at #/properties/a/oneOf: a value may satisfy both branch 0 and branch 1, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
		{`false`, "no value satisfies the schema: at # stands false"},
		{`{"type": "string", "enum": [1, 2]}`, "no value satisfies the schema: at # no value of enum or const satisfies the rest"},
		{`{"type": "integer", "allOf": [{"type": "string"}]}`, "no value satisfies the schema: at # the types exclude each other"},
		{`{"type": "number", "minimum": 2, "exclusiveMaximum": 2}`, "no value satisfies the schema: at # minimum and maximum exclude each other"},
		{`{"type": "string", "minLength": 3, "maxLength": 2}`, "no value satisfies the schema: at # minLength and maxLength exclude each other"},
		{`{"type": "string", "pattern": "^abc$", "maxLength": 2}`, "no value satisfies the schema"},
		{`{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}`, "no value satisfies the schema"},
		{`{"type": "array", "items": {"enum": []}, "minItems": 1}`, "no value satisfies the schema: at #/items no value of enum or const satisfies the rest"},
		{`{"minimum": 1e999999999}`, "column 13: this is not JSON: the number 1e999999999… has too many digits, or too large an exponent"},
		{`{"type": "string", "minLength": 100000}`, "at #: minLength 100000: at most 10000 are supported"},
		{`{"type": "array", "minItems": 1e9}`, "at #: minItems 1000000000: at most 10000 are supported"},
		{`{"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "minimum": 1, "exclusiveMinimum": true}`, "at #/exclusiveMinimum: this is no JSON Schema: want a number, found true"},
		{`{"properties": {"a": {"$id": "b", "type": "string"}}}`, "at #/properties/a: the keyword $id is not supported inside a schema"},
		{strings.Repeat(`{"items":`, 300) + "true" + strings.Repeat("}", 300), "column 1801: this is not JSON: arrays and objects are nested more than 200 deep"},
		{`{"anyOf": [` + strings.Repeat(`{"anyOf": [{"minimum": 1}, {"maximum": 9}]},`, 600) + `{}]}`, "at #: anyOf and oneOf make more than 1000 branches: make it simpler"},
	} {
		_, err := JSONSchema(test.schema)
		if err == nil || err.Error() != test.want {
			t.Errorf("%.200s: %v\nwant %s", test.schema, err, test.want)
		}
	}
}
