package grammar

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// home is the address of the schema, as far as the library that checks it needs
// one.
const home = "argen:///schema"

// A checker checks schemas and values against them.
type checker struct{ compiler *jsonschema.Compiler }

// elsewhere refuses to load anything.
type elsewhere struct{}

// Load implements jsonschema.URLLoader.
func (elsewhere) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: only references into the schema itself are followed", url)
}

// newChecker returns the checker of a schema, or what is wrong with it by the
// rules of JSON Schema.
func newChecker(text string) (*checker, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := &checker{jsonschema.NewCompiler()}
	c.compiler.UseLoader(elsewhere{})
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(home, doc); err != nil {
		return nil, plain(err)
	}
	if _, err := c.compiler.Compile(home); err != nil {
		return nil, plain(err)
	}
	return c, nil
}

// holds reports whether a value satisfies a part of the schema.
func (c *checker) holds(part *value, v *value) (bool, error) {
	place := url.URL{Fragment: strings.TrimPrefix(part.at, "#")}
	schema, err := c.compiler.Compile(home + "#" + place.EscapedFragment())
	if err != nil {
		return false, plain(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(v.compact()))
	if err != nil {
		return false, err
	}
	return schema.Validate(doc) == nil, nil
}

// all reports whether a value satisfies all schemas.
func (c *checker) all(parts conj, v *value) (bool, error) {
	for _, part := range parts {
		if part.part { // not known to the library
			continue
		}
		if ok, err := c.holds(part, v); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// plain is an error of the library in one line.
func plain(err error) error {
	var schema *jsonschema.SchemaValidationError
	var invalid *jsonschema.ValidationError
	var load *jsonschema.LoadURLError
	var missing *jsonschema.JSONPointerNotFoundError
	var regex *jsonschema.InvalidRegexError
	switch {
	case errors.As(err, &schema) && errors.As(schema.Err, &invalid):
		at, says := deepest(invalid)
		return schemaErrorf("#"+at, "this is no JSON Schema: %s", says)
	case errors.As(err, &missing):
		return schemaErrorf("", "the reference %s names nothing", strings.TrimPrefix(missing.URL, home))
	case errors.As(err, &regex):
		return schemaErrorf(strings.TrimPrefix(regex.URL, home), "the pattern %s is no regular expression that is supported: %v", quote(regex.Regex), regex.Err)
	case errors.As(err, &load):
		return schemaErrorf("", "%v", load.Err)
	}
	return schemaErrorf("", "%s", strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), home, "")), " "))
}

// deepest returns the place of the error that lies deepest in the value, and
// what it says: of several the first.
func deepest(e *jsonschema.ValidationError) (at, says string) {
	leaf := e
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 && (leaf.Causes != nil || len(e.InstanceLocation) > len(leaf.InstanceLocation)) {
			leaf = e
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(e)
	for _, name := range leaf.InstanceLocation {
		at += "/" + escape.Replace(name)
	}
	_, says, _ = strings.Cut(leaf.Error(), "': ")
	return at, says
}

// schemaErrorf makes the error at a place in a schema, given as a JSON pointer.
func schemaErrorf(at, format string, args ...any) error {
	if at != "" {
		format = "at %s: " + format
		args = append([]any{at}, args...)
	}
	return &SyntaxError{Msg: fmt.Sprintf(format, args...)}
}
