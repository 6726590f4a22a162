package grammar

import (
	"net/url"
	"strconv"
	"strings"

	"argen/internal/strict"
)

// unescape is a step of a JSON pointer in a URL without its escapes.
func unescape(step string) (string, error) {
	step, err := url.PathUnescape(step)
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(step), err
}

// keywords are those that are supported, and the type that each is about, or
// any where it is about all or says nothing about values.
var keywords = map[string]types{
	"$ref": 0, "allOf": 0, "anyOf": 0, "oneOf": 0, "type": 0, "enum": 0, "const": 0,

	"properties": object, "required": object, "additionalProperties": object,
	"items": array, "prefixItems": array, "additionalItems": array, "minItems": array, "maxItems": array,
	"minLength": text, "maxLength": text, "pattern": text, "format": text,
	"minimum": number, "maximum": number, "exclusiveMinimum": number, "exclusiveMaximum": number,

	"$schema": 0, "$id": 0, "$comment": 0, "$defs": 0, "definitions": 0, "title": 0, "description": 0,
	"default": 0, "examples": 0, "deprecated": 0, "readOnly": 0, "writeOnly": 0,
}

// unsupported are keywords of JSON Schema that are not supported, and what they
// may say that makes no difference.
var unsupported = map[string]string{
	"not": "", "if": "", "then": "", "else": "", "dependentSchemas": "", "dependentRequired": "{}", "dependencies": "{}",
	"patternProperties": "{}", "propertyNames": "true", "minProperties": "0", "maxProperties": "",
	"unevaluatedProperties": "true", "unevaluatedItems": "true", "contains": "", "minContains": "", "maxContains": "",
	"uniqueItems": "false", "multipleOf": "", "contentEncoding": "", "contentMediaType": "", "contentSchema": "",
	"$anchor": "", "$dynamicRef": "", "$dynamicAnchor": "", "$recursiveRef": "", "$recursiveAnchor": "", "$vocabulary": "", "id": "",
}

// supported returns an error that names the first keyword of a schema that is
// not supported.
func supported(v *value) error {
	for _, m := range v.members {
		_, known := keywords[m.name]
		harmless, named := unsupported[m.name]
		switch {
		case m.name == "$id" && v.at != "#":
			return schemaErrorf(v.at, "the keyword $id is not supported inside a schema")
		case known || named && harmless != "" && m.compact() == harmless || strings.HasPrefix(m.name, "x-"):
		case named:
			return schemaErrorf(v.at, "the keyword %s is not supported", m.name)
		default:
			return schemaErrorf(v.at, "%s is no keyword of JSON Schema; one of your own begins with x-", quote(m.name))
		}
	}
	return nil
}

// types is a set of the types of JSON.
type types uint8

const (
	null types = 1 << iota
	boolean
	integer
	number // also those that are no integers
	text
	array
	object
	anyType = null | boolean | integer | number | text | array | object
)

var typeNames = map[string]types{
	"null": null, "boolean": boolean, "integer": integer, "number": number | integer, "string": text, "array": array, "object": object,
}

// typesOf is the types that a schema names; ok is false if it names none.
func typesOf(v *value) (t types, ok bool) {
	m := v.get("type")
	if m == nil {
		return anyType, false
	}
	t = typeNames[m.text]
	for _, item := range m.items {
		t |= typeNames[item.text]
	}
	return t, true
}

// about is the types that the keywords of a schema are about.
func about(v *value) types {
	var t types
	for _, m := range v.members {
		t |= keywords[m.name]
	}
	if t&number != 0 {
		t |= integer
	}
	return t
}

// count is a whole number that a keyword of some schemas has, the largest or
// the smallest of them; −1 if none has it.
func (c conj) count(name string, pick func(a, b int) int) (int, error) {
	n := -1
	for _, v := range c {
		m := v.get(name)
		if m == nil {
			continue
		}
		f, err := strconv.ParseFloat(m.text, 64)
		if m.kind != strict.Number || err != nil || f < 0 {
			return 0, schemaErrorf(m.at, "want a number from 0, found %s", quote(m.compact()))
		}
		k := int(min(f, 1<<30))
		if n >= 0 {
			k = pick(n, k)
		}
		n = k
	}
	return n, nil
}

// least returns the largest least number of things that a keyword asks for.
func (c conj) least(name string) (int, error) {
	n, err := c.count(name, func(a, b int) int { return max(a, b) })
	if err == nil && n > mostRepeats {
		err = schemaErrorf(c.at(), "%s %d: at most %d are supported", name, n, mostRepeats)
	}
	return max(n, 0), err
}

// most returns the smallest largest number of things that a keyword allows, −1
// for no limit. What is never written anyway is none.
func (c conj) most(name string) (int, error) {
	n, err := c.count(name, func(a, b int) int { return min(a, b) })
	return min(n, mostRepeats), err
}
