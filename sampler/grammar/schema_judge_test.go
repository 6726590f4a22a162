package grammar

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// anyJSON draws a JSON value.
func anyJSON(deep int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		plain := []string{
			"1", "1.0", "-0.5", "2.5", "7", "0", "1e1", `"a"`, `"abcd"`, `"b"`, `"é🙂x"`, `""`, "null", "true", "false", "[]", "{}",
			`"string"`, `"integer"`, `["null","string"]`, `["a","a"]`, `[1]`, `{"a":1}`, `"2024-02-29"`, `"^a"`, `"(("`, "-1", `"#/$defs/x"`, `"#/$defs/none"`,
		}
		if deep == 0 {
			return rapid.SampledFrom(plain).Draw(t, "value")
		}
		var parts []string
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			return anyJSON(0).Draw(t, "value")
		case 1:
			for range rapid.IntRange(0, 3).Draw(t, "n") {
				parts = append(parts, anyJSON(deep-1).Draw(t, "item"))
			}
			return "[" + strings.Join(parts, ",") + "]"
		}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "ab", "é", "c"}), 0, 3, rapid.ID).Draw(t, "names") {
			parts = append(parts, quoted(name)+":"+anyJSON(deep-1).Draw(t, "member"))
		}
		return "{" + strings.Join(parts, ",") + "}"
	})
}

// library compiles a schema by the library, and returns an error where that is
// none.
func library(text string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("schema.json")
}

// drawnSchema draws a schema with two definitions.
func drawnSchema(t *rapid.T) map[string]any {
	root := schema(2).Draw(t, "schema")
	if rapid.Bool().Draw(t, "of parts") { // which overlap
		root = map[string]any{rapid.SampledFrom([]string{"allOf", "anyOf", "oneOf"}).Draw(t, "parts"): []any{
			schema(1).Draw(t, "part"), schema(0).Draw(t, "part"),
		}}
	}
	root["$defs"] = map[string]any{"x": schema(1).Draw(t, "x"), "y": schema(1).Draw(t, "y")}
	return root
}

// Whether a value satisfies a schema is judged here as by the library.
func TestJudgeAgrees(t *testing.T) {
	yes, no := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(drawnSchema(t))
		if err != nil {
			t.Fatal(err)
		}
		lib, err := library(string(text))
		if err != nil {
			return // a reference to itself, which the library refuses to follow
		}
		root, err := readJSON(string(text))
		if err != nil {
			t.Fatal(err)
		}
		s := &schemas{root: root}
		for range 20 {
			value := anyJSON(2).Draw(t, "value")
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
			if err != nil {
				t.Fatal(err)
			}
			v, err := readJSON(value)
			if err != nil {
				t.Fatal(err)
			}
			v.at = "" // it stands nowhere in the schema
			got, err := (&judge{s: s}).one(root, v)
			if err != nil {
				if strings.Contains(err.Error(), "refers to itself") {
					return
				}
				t.Fatalf("%s of %s: %v", value, text, err)
			}
			if want := lib.Validate(doc) == nil; got != want {
				t.Fatalf("%s satisfies %s: %v, by the library %v", value, text, got, want)
			}
			if got {
				yes++
			} else {
				no++
			}
		}
	})
	if yes < 100 || no < 100 {
		t.Errorf("%d values satisfy their schemas, %d do not: too few", yes, no)
	}
}

// What the library does not take for a schema is refused here too.
func TestReviewRefuses(t *testing.T) {
	refused, taken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		root := drawnSchema(t)
		// One keyword has anything.
		at := root
		if rapid.Bool().Draw(t, "inside") {
			at = root["$defs"].(map[string]any)["x"].(map[string]any)
		}
		name := rapid.SampledFrom([]string{
			"type", "enum", "const", "required", "properties", "$defs", "additionalProperties", "items", "prefixItems", "allOf", "anyOf", "oneOf",
			"minItems", "maxLength", "minimum", "exclusiveMaximum", "title", "deprecated", "examples", "default", "pattern",
		}).Draw(t, "keyword")
		at[name] = json.RawMessage(anyJSON(2).Draw(t, "anything"))
		text, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		_, ours := JSONSchema(string(text))
		if _, err := library(string(text)); err == nil {
			taken++
			if ours != nil && strings.Contains(ours.Error(), "this is no JSON Schema") {
				t.Fatalf("%s\n%v", text, ours)
			}
			return
		}
		refused++
		if ours == nil && name != "pattern" && !strings.Contains(string(text), `"$ref"`) { // those are looked at where they are used
			t.Fatalf("the library refuses %s", text)
		}
	})
	if refused < 20 || taken < 10 {
		t.Errorf("%d schemas were refused by the library, %d were not: too few", refused, taken)
	}
}

// Judged as equal are numbers by what they are, objects in any order.
func TestSame(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true},
		{`1e2`, `100`, true},
		{`1`, `"1"`, false},
		{`{"a":1,"b":[2]}`, `{"b":[2.0],"a":1}`, true},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{"a":1}`, `{"b":1}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`null`, `null`, true},
		{`true`, `false`, false},
		{`"a"`, `"\u0061"`, true},
	} {
		a, err := readJSON(test.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := readJSON(test.b)
		if err != nil {
			t.Fatal(err)
		}
		if a.same(b) != test.want || b.same(a) != test.want {
			t.Errorf("%s and %s: want %v", test.a, test.b, test.want)
		}
	}
}
