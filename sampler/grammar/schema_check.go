package grammar

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
	"argen/internal/strict"
)

// drafts are those of JSON Schema that $schema may name, with whether an array
// of schemas may be items (before 2020-12, which has prefixItems for that).
var drafts = map[string]bool{
	"https://json-schema.org/draft/2020-12/schema": false,
	"https://json-schema.org/draft/2019-09/schema": true,
	"http://json-schema.org/draft-07/schema":       true,
	"http://json-schema.org/draft-06/schema":       true,
	"http://json-schema.org/draft-04/schema":       true,
}

// A reviewer checks that a value is a JSON Schema: that what its keywords have
// is what the specification wants, also where nothing refers to. It knows the
// keywords that are supported; tests compare it with a library that knows all,
// which is not used here, since it takes 7 ms at the start of every program.
type reviewer struct{ old bool } // a draft before 2020-12

// review returns an error unless a value is a JSON Schema.
func review(root *value) error {
	r := &reviewer{}
	if m := root.get("$schema"); m != nil {
		old, known := drafts[strings.TrimSuffix(m.text, "#")]
		if m.kind == strict.String && !known {
			return schemaErrorf(m.at, "%s is no draft of JSON Schema that is supported: 2020-12, 2019-09, 07, 06 and 04 are", m.compact())
		}
		r.old = old
	}
	return r.schema(root)
}

// want is the error that a value is something else.
func want(v *value, what string) error {
	const most = 40
	found := v.compact()
	if utf8.RuneCountInString(found) > most {
		found = string([]rune(found)[:most]) + "…"
	}
	return schemaErrorf(v.at, "this is no JSON Schema: want %s, found %s", what, argen.Visible(found))
}

func (r *reviewer) schema(v *value) error {
	if v.kind == strict.Bool {
		return nil
	}
	if v.kind != strict.Object {
		return want(v, "true, false or an object")
	}
	for _, m := range v.members {
		if err := r.keyword(m.name, m.value); err != nil {
			return err
		}
	}
	return nil
}

// keyword checks what a keyword has.
func (r *reviewer) keyword(name string, v *value) error {
	switch name {
	case "additionalProperties", "additionalItems":
		return r.schema(v)
	case "allOf", "anyOf", "oneOf":
		return r.schemaList(v)
	case "properties", "$defs", "definitions":
		return r.schemaMap(v)
	case "items":
		return r.items(v)
	case "prefixItems":
		return r.prefixItems(v)
	case "type":
		return typesGiven(v)
	case "required":
		return names(v)
	case "enum", "examples":
		return kind(v, strict.Array, "an array")
	case "minItems", "maxItems", "minLength", "maxLength":
		return count(v)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return kind(v, strict.Number, "a number")
	case "$schema", "$id", "$ref", "$comment", "title", "description", "pattern", "format":
		return kind(v, strict.String, "a text")
	case "deprecated", "readOnly", "writeOnly":
		return kind(v, strict.Bool, "true or false")
	}
	return nil // it may have anything, or is not supported
}

func (r *reviewer) schemas(all []*value) error {
	for _, v := range all {
		if err := r.schema(v); err != nil {
			return err
		}
	}
	return nil
}

func (r *reviewer) schemaList(v *value) error {
	if v.kind != strict.Array || len(v.items) == 0 {
		return want(v, "an array of one schema at least")
	}
	return r.schemas(v.items)
}

func (r *reviewer) prefixItems(v *value) error {
	if r.old {
		return schemaErrorf(v.at, "prefixItems is a keyword of draft 2020-12; before, items may be an array")
	}
	return r.schemaList(v)
}

func (r *reviewer) schemaMap(v *value) error {
	if v.kind != strict.Object {
		return want(v, "an object of schemas")
	}
	for _, m := range v.members {
		if err := r.schema(m.value); err != nil {
			return err
		}
	}
	return nil
}

func (r *reviewer) items(v *value) error {
	switch {
	case v.kind != strict.Array:
		return r.schema(v)
	case !r.old:
		return want(v, "a schema (an array of them is prefixItems)")
	}
	return r.schemas(v.items)
}

func typesGiven(v *value) error {
	names := v.items
	if v.kind == strict.String {
		names = []*value{v}
	}
	seen := map[string]bool{}
	for _, name := range names {
		if typeNames[name.text] == 0 || name.kind != strict.String {
			return want(name, "array, boolean, integer, null, number, object or string")
		}
		if seen[name.text] {
			return want(v, "each type once")
		}
		seen[name.text] = true
	}
	if len(names) == 0 {
		return want(v, "a type, or an array of types")
	}
	return nil
}

func names(v *value) error {
	seen := map[string]bool{}
	for _, name := range v.items {
		if name.kind != strict.String || seen[name.text] {
			return want(v, "an array of names, each once")
		}
		seen[name.text] = true
	}
	return kind(v, strict.Array, "an array of names")
}

func count(v *value) error {
	if x, ok := new(big.Rat).SetString(v.text); v.kind != strict.Number || !ok || !x.IsInt() || x.Sign() < 0 {
		return want(v, "a whole number from 0")
	}
	return nil
}

func kind(v *value, k strict.Kind, what string) error {
	if v.kind != k {
		return want(v, what)
	}
	return nil
}

// same reports whether two JSON values are equal: numbers by what they are,
// objects in any order.
func (v *value) same(w *value) bool {
	if v.kind != w.kind || len(v.members) != len(w.members) {
		return false
	}
	switch v.kind {
	case strict.Number:
		return v.rat().Cmp(w.rat()) == 0
	case strict.Array:
		return slices.EqualFunc(v.items, w.items, (*value).same)
	case strict.Object:
		for _, m := range v.members {
			if other := w.get(m.name); other == nil || !m.same(other) {
				return false
			}
		}
		return true
	}
	return v.text == w.text
}

// rat is a number.
func (v *value) rat() *big.Rat {
	x, ok := new(big.Rat).SetString(v.text)
	if !ok {
		panic("grammar: a number that is none: " + v.text) // it was read as one
	}
	return x
}

// schemaErrorf makes the error at a place in a schema, given as a JSON pointer.
func schemaErrorf(at, format string, args ...any) error {
	if at != "" {
		format = "at %s: " + format
		args = append([]any{at}, args...)
	}
	return &SyntaxError{Msg: fmt.Sprintf(format, args...)}
}
