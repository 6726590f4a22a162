package grammar

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"argen/internal/strict"
)

// A judge reports whether values satisfy schemas. What enum and const list is
// judged by it, and what oneOf has for one branch by the others.
type judge struct {
	s *schemas
	// loose lets the other ways to write a time pass that RFC 3339 knows and
	// that are never written here.
	loose bool
	deep  int // references followed
}

// all reports whether a value satisfies all schemas.
func (j *judge) all(c conj, v *value) (bool, error) {
	for _, schema := range c {
		if ok, err := j.one(schema, v); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// count returns how many of the schemas a value satisfies.
func (j *judge) count(c conj, v *value) (n int, err error) {
	for _, schema := range c {
		ok, err := j.one(schema, v)
		if err != nil {
			return 0, err
		}
		if ok {
			n++
		}
	}
	return n, nil
}

// one reports whether a value satisfies a schema.
func (j *judge) one(schema, v *value) (bool, error) {
	if schema.kind == strict.Bool {
		return schema.isTrue(), nil
	}
	if err := supported(schema); err != nil {
		return false, err
	}
	if t, _ := typesOf(schema); t&v.types() == 0 {
		return false, nil
	}
	if m := schema.get("const"); m != nil && !m.same(v) {
		return false, nil
	}
	if m := schema.get("enum"); m != nil && !lists(m, v) {
		return false, nil
	}
	for _, part := range [...]func(schema, v *value) (bool, error){j.parts, j.limits, j.string, j.array, j.object} {
		if ok, err := part(schema, v); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// lists reports whether an enum has a value.
func lists(enum, v *value) bool {
	if place, ok := strings.CutPrefix(v.at, enum.at+"/"); ok && !strings.Contains(place, "/") {
		return true // it is one of them: long lists are judged as fast as short ones
	}
	for _, one := range enum.items {
		if one.same(v) {
			return true
		}
	}
	return false
}

// parts judges by the schemas that a schema is made of.
func (j *judge) parts(schema, v *value) (bool, error) {
	if ref := schema.get("$ref"); ref != nil {
		// Each reference that leads on into the value ends with it.
		const deepest = 1000
		if j.deep++; j.deep > deepest {
			return false, schemaErrorf(ref.at, "it refers to itself, and to nothing else")
		}
		defer func() { j.deep-- }()
		target, err := j.s.target(ref)
		if err != nil {
			return false, err
		}
		if ok, err := j.one(target, v); !ok || err != nil {
			return false, err
		}
	}
	for _, m := range schema.members {
		if m.name != "allOf" && m.name != "anyOf" && m.name != "oneOf" {
			continue
		}
		n, err := j.count(m.items, v)
		ok := m.name == "allOf" && n == len(m.items) || m.name == "anyOf" && n > 0 || m.name == "oneOf" && n == 1
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// limits judges a number.
func (j *judge) limits(schema, v *value) (bool, error) {
	if v.kind != strict.Number {
		return true, nil
	}
	x := v.rat()
	for _, m := range schema.members {
		within := true
		switch m.name {
		case "minimum":
			within = x.Cmp(m.rat()) >= 0
		case "exclusiveMinimum":
			within = x.Cmp(m.rat()) > 0
		case "maximum":
			within = x.Cmp(m.rat()) <= 0
		case "exclusiveMaximum":
			within = x.Cmp(m.rat()) < 0
		}
		if !within {
			return false, nil
		}
	}
	return true, nil
}

// within judges a number of things.
func within(schema *value, n int, least, most string) (bool, error) {
	c := conj{schema}
	low, err := c.least(least)
	if err != nil || n < low {
		return false, err
	}
	high, err := c.count(most, func(a, b int) int { return min(a, b) })
	return high < 0 || n <= high, err
}

// string judges a text.
func (j *judge) string(schema, v *value) (bool, error) {
	if v.kind != strict.String {
		return true, nil
	}
	if ok, err := within(schema, utf8.RuneCountInString(v.text), "minLength", "maxLength"); !ok || err != nil {
		return false, err
	}
	if m := schema.get("pattern"); m != nil {
		re, err := patternOf(m)
		if err != nil || !re.MatchString(v.text) {
			return false, err
		}
	}
	m := schema.get("format")
	if m == nil {
		return true, nil
	}
	form, err := formatOf(m)
	if err != nil {
		return false, err
	}
	text := v.text
	if j.loose {
		text = fraction60().ReplaceAllString(strings.ToUpper(text), "${1}59")
	}
	return regexp.MustCompile("^(?:" + form + ")$").MatchString(text), nil
}

// fraction60 is seconds with a fraction, or a leap second.
var fraction60 = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(:[0-9]{2}:)(60|[0-9]{2})(\.[0-9]+)?`) })

// array judges an array.
func (j *judge) array(schema, v *value) (bool, error) {
	if v.kind != strict.Array {
		return true, nil
	}
	if ok, err := within(schema, len(v.items), "minItems", "maxItems"); !ok || err != nil {
		return false, err
	}
	prefix, rest := itemsOf(schema)
	for i, item := range v.items {
		of := rest
		if i < len(prefix) {
			of = prefix[i]
		}
		if of == nil {
			continue
		}
		if ok, err := j.one(of, item); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// object judges an object.
func (j *judge) object(schema, v *value) (bool, error) {
	if v.kind != strict.Object {
		return true, nil
	}
	if m := schema.get("required"); m != nil {
		for _, name := range m.items {
			if v.get(name.text) == nil {
				return false, nil
			}
		}
	}
	for _, m := range v.members {
		of := propertyOf(schema, m.name)
		if of == nil {
			continue
		}
		if ok, err := j.one(of, m.value); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}
