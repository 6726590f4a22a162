package grammar

import (
	"encoding/json"
	"maps"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// schema draws a schema of any of the supported keywords.
func schema(deep int) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		v := map[string]any{}
		pick := func(name string, draw func() any) {
			if rapid.IntRange(0, 9).Draw(t, name) == 0 {
				v[name] = draw()
			}
		}
		small := func() any { return rapid.IntRange(0, 4).Draw(t, "n") }
		limit := func() any {
			return json.Number(rapid.SampledFrom([]string{"-3", "0", "1", "2.5", "7", "0.25", "-0.5"}).Draw(t, "limit"))
		}
		value := func() any {
			return json.RawMessage(rapid.SampledFrom([]string{"1", "-0.5", "2.0", `"a"`, `"abcd"`, "null", "true", "[1]", "[]", `{"a":1}`, `{"b":"a"}`}).Draw(t, "value"))
		}
		sub := func() any {
			if deep == 0 {
				return map[string]any{"type": rapid.SampledFrom([]string{"string", "null", "boolean", "integer"}).Draw(t, "type")}
			}
			if rapid.IntRange(0, 19).Draw(t, "boolean") == 0 {
				return rapid.Bool().Draw(t, "value")
			}
			return schema(deep-1).Draw(t, "part")
		}
		subs := func() any {
			var all []any
			for range rapid.IntRange(1, 3).Draw(t, "n") {
				all = append(all, sub())
			}
			return all
		}
		if rapid.IntRange(0, 3).Draw(t, "named") > 0 {
			v["type"] = rapid.SampledFrom([]any{"string", "null", "boolean", "integer", "number", "array", "object", "object", []string{"string", "null"}, []string{"number", "object", "array"}}).Draw(t, "type")
		}
		for _, name := range []string{"minLength", "maxLength", "minItems", "maxItems"} {
			pick(name, small)
		}
		for _, name := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
			pick(name, limit)
		}
		pick("pattern", func() any {
			return rapid.SampledFrom([]string{"^a", "b$", "^[a-c]{1,3}$", "a|\\n", "^\\w+$", "[^a]"}).Draw(t, "pattern")
		})
		pick("const", value)
		pick("enum", func() any { return []any{value(), value(), value()} })
		pick("items", sub)
		pick("prefixItems", subs)
		pick("additionalProperties", sub)
		for range 2 {
			pick("properties", func() any {
				all := map[string]any{}
				for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "ab", "é"}), rapid.ID).Draw(t, "names") {
					all[name] = sub()
				}
				return all
			})
		}
		pick("required", func() any {
			return rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.ID).Draw(t, "required")
		})
		for _, name := range []string{"allOf", "anyOf", "oneOf"} {
			pick(name, subs)
		}
		pick("$ref", func() any { return rapid.SampledFrom([]string{"#/$defs/x", "#/$defs/y"}).Draw(t, "ref") })
		return v
	})
}

// Whatever schema it is: it is refused, or all that is written for it satisfies
// it.
func TestAnyJSONSchemaValidates(t *testing.T) {
	refused, written := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		text, err := json.Marshal(drawnSchema(r))
		if err != nil {
			r.Fatal(err)
		}
		g, err := JSONSchema(string(text))
		if err != nil {
			refused++
			return
		}
		checked := compiled(t, string(text))
		rng := rand.New(rand.NewPCG(1, 2))
		for range 5 {
			text, complete := walk(t, g, jsonVocab, rng, 150)
			if !complete {
				continue
			}
			written++
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err == nil {
				err = checked.Validate(value)
			}
			if err != nil {
				r.Fatalf("%s\n%v", text, err)
			}
		}
	})
	t.Logf("%d texts were written, %d schemas were refused", written, refused)
	if written < 50 {
		t.Errorf("only %d texts were written, %d schemas were refused", written, refused)
	}
}

// Numbers within limits are let through, exactly those, with as many digits as
// are allowed.
func TestJSONSchemaNumbers(t *testing.T) {
	decimal := rapid.StringMatching(`-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,3})?`)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"number", "integer"}).Draw(t, "type")
		limits := map[string]string{}
		for _, name := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
			if rapid.Bool().Draw(t, name) {
				limits[name] = decimal.Draw(t, name)
			}
		}
		if len(limits) == 0 {
			return
		}
		schema := `{"type": "` + kind + `"`
		for _, name := range slices.Sorted(maps.Keys(limits)) {
			schema += `, "` + name + `": ` + limits[name]
		}
		schema += "}"
		g, err := JSONSchema(schema)
		if err != nil && !strings.HasPrefix(err.Error(), "no value satisfies the schema") {
			t.Fatal(err)
		}
		for range 50 {
			text := decimal.Draw(t, "number")
			if rapid.Bool().Draw(t, "near") { // by a limit
				text = limits[rapid.SampledFrom(slices.Sorted(maps.Keys(limits))).Draw(t, "limit")]
				text = rapid.SampledFrom([]string{text, text + "0", text + "1", text[:len(text)-1]}).Draw(t, "change")
			}
			x, ok := new(big.Rat).SetString(text)
			if !ok || !regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`).MatchString(text) {
				continue
			}
			within := kind == "number" || !strings.Contains(text, ".")
			for name, limit := range limits {
				l, _ := new(big.Rat).SetString(limit)
				d := x.Cmp(l)
				if strings.HasSuffix(name, "aximum") {
					d = -d
				}
				within = within && (d > 0 || d == 0 && !strings.HasPrefix(name, "exclusive"))
			}
			if text[0] == '-' && x.Sign() == 0 {
				continue // that 0 may have a sign is left open
			}
			ends := false
			if g != nil {
				_, ends = reads(g, text)
			}
			if ends != within {
				t.Fatalf("%s: %s is let through: %v", schema, text, ends)
			}
		}
	})
}
