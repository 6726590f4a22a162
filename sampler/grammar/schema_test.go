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

// compiled is a schema as the library checks it.
func compiled(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
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
		{`5`, "at #: this is no JSON Schema: got number, want boolean or object"},
		{`{"type": "objekt"}`, "at #/type: this is no JSON Schema: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'"},
		{`{"properties": {"a": {"minLength": -1}}}`, "at #/properties/a/minLength: this is no JSON Schema: minimum: got -1, want 0"},
		{`{"required": "a"}`, "at #/required: this is no JSON Schema: got string, want array"},
		{`{"$schema": "https://example.com/mine"}`, "https://example.com/mine: only references into the schema itself are followed"},
		{`{"$ref": "other.json"}`, "argen:///other.json: only references into the schema itself are followed"},
		{`{"$ref": "#/$defs/a"}`, "the reference #/$defs/a names nothing"},
		{`{"$defs": {"a": {"$anchor": "x"}}, "$ref": "#x"}`, "at #/$ref: the reference “#x” is not supported: only those to a place in the schema are, as #/$defs/name"},
		{`{"items": {"properties": {"a/b": {"uniqueItems": true}}}}`, "at #/items/properties/a~1b: the keyword uniqueItems is not supported"},
		{`{"not": {}}`, "at #: the keyword not is not supported"},
		{`{"patternProperties": {"^a": {}}}`, "at #: the keyword patternProperties is not supported"},
		{`{"items": {"multipleOf": 2}}`, "at #/items: the keyword multipleOf is not supported"},
		{`{"nullable": true}`, "at #: “nullable” is no keyword of JSON Schema; one of your own begins with x-"},
		{`{"type": "string", "format": "email"}`, "at #/format: the format “email” is not supported; date, time, date-time and uuid are"},
		{`{"type": "string", "pattern": "a(?=b)"}`, "at #/pattern: this is no JSON Schema: 'a(?=b)' is not valid regex: error parsing regexp: invalid or unsupported Perl syntax: `(?=`"},
		{`{"oneOf": [{"type": "integer"}, {"type": "number"}]}`, "at #/oneOf: a value may satisfy both branch 0 and branch 1, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
		{`{"oneOf": [{"type": "null"}, {"properties": {"a": {}}}, {"properties": {"b": {"type": "string"}}}]}`, "at #/oneOf: a value may satisfy both branch 1 and branch 2, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
		{`{"oneOf": [{"const": 1}, {"minimum": 1}]}`, "at #/oneOf: a value may satisfy both branch 0 and branch 1, and then it does not satisfy oneOf: use anyOf, or a member that differs"},
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
		{`{"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "minimum": 1, "exclusiveMinimum": true}`, "at #/exclusiveMinimum: want a number, found “true”"},
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
