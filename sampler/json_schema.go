package sampler

import (
	"bytes"
	"encoding/json"

	"argen"
	"argen/sampler/grammar"
)

// JSONSchema lets only such tokens pass as can lead to a JSON text that
// satisfies a JSON Schema: every complete text does. Which of those that do are
// left out says [grammar.JSONSchema]. Which text counts, and where it ends, is
// as for [Regex].
type JSONSchema struct {
	Schema string `json:"schema"` // its text

	constrained
}

var jsonSchemaSpec = Spec{
	Name: "json_schema", Doc: "lets only tokens pass that lead to JSON which satisfies a schema",
	Group: Constraint, Source: "llama.cpp; json-schema.org 2020-12",
	Params:  []Param{{Name: "schema", Flag: "json-schema", Kind: Text, File: true, Doc: jsonSchemaDoc}},
	Example: `json_schema="{\"type\":\"boolean\"}"`,
	New:     newJSONSchema,
}

const jsonSchemaDoc = "a JSON Schema with type, enum, const, properties, required, additionalProperties, " +
	"items, prefixItems, minItems, maxItems, minLength, maxLength, pattern, format (date, time, date-time, uuid), " +
	"minimum, maximum, exclusiveMinimum, exclusiveMaximum, anyOf, oneOf, allOf, $ref; other keywords are refused"

// newJSONSchema keeps the schema without its blanks, which a trace would have in
// each step.
func newJSONSchema(a Args) (argen.Transform, error) {
	form, err := grammar.JSONSchema(a.Text(0))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(a.Text(0))); err != nil {
		return nil, err
	}
	return JSONSchema{b.String(), constrained{form: form}}, nil
}

// Name implements argen.Transform.
func (JSONSchema) Name() string { return "json_schema" }

// String implements argen.Transform.
func (j JSONSchema) String() string { return word(j.Name(), j.Schema) }

// Bind implements argen.Binder.
func (j JSONSchema) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	var err error
	j.constrained, err = j.on(t, m, grammar.JSONSchema, j.Schema)
	return j, err
}

// Learn implements argen.Learner.
func (j JSONSchema) Learn(drawn argen.Drawn) argen.Transform {
	j.constrained = j.after(drawn)
	return j
}
