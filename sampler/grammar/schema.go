package grammar

import (
	"fmt"
	"slices"
	"strings"

	"argen/internal/strict"
)

// JSONSchema returns JSON texts that satisfy a JSON Schema. Every text of this
// form does; of those that satisfy it some are left out, so that texts are
// short, and such as people expect:
//
//   - Between the parts of arrays and objects there may be one blank, no more.
//   - The members of an object are in the order of properties, then come other
//     required ones; optional ones may be left out. Members that are not listed
//     are written only where additionalProperties says so, or where none is
//     listed at all. Their names have no escapes.
//   - An array with prefixItems has just these unless items, minItems or
//     maxItems says more.
//   - Numbers have at most 16 digits before the point and after it, and an
//     exponent of at most 2, none where minimum or maximum is given.
//   - A schema without type is of those types that its keywords are about, of
//     all if they are about none.
//
// The schema may be of any draft that its $schema names, 2020-12 if it names
// none, and is checked by its rules first. A keyword that this package does not
// support is an error that names it and its place; so is a oneOf of which two
// branches may both hold.
func JSONSchema(text string) (*Grammar, error) {
	if err := checkSource(text); err != nil {
		return nil, err
	}
	root, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	if err := review(root); err != nil {
		return nil, err
	}
	s := &schemas{root: root, rules: map[string]call{}, single: map[*value]bool{}}
	rule, err := s.rule(conj{root})
	if err != nil {
		return nil, err
	}
	p, err := s.b.finish(rule)
	switch {
	case err == errNothing && s.nothing != "":
		return nil, schemaErrorf("", "no value satisfies the schema: %s", s.nothing)
	case err == errNothing:
		return nil, schemaErrorf("", "no value satisfies the schema")
	case err != nil:
		return nil, schemaErrorf("", "%v", err)
	}
	return &Grammar{kind: "JSON schema", program: p}, nil
}

// How much of a schema is written out.
const (
	mostRules    = 20_000
	mostBranches = 1_000 // of one value, by anyOf and oneOf in each other
	mostParts    = 1_000 // schemas that one value must satisfy
	mostOneOf    = 200   // branches that must exclude each other
)

// schemas are a schema while it is made into rules.
type schemas struct {
	b       builder
	root    *value
	rules   map[string]call // by the places of the schemas that must hold
	chars   call            // of a string, declared by string
	hasChar bool
	single  map[*value]bool // oneOf whose branches exclude each other
	nothing string          // why some value cannot be
}

// A conj is schemas that must all hold.
type conj []*value

func (c conj) key() string {
	places := make([]string, len(c))
	for i, v := range c {
		places[i] = v.at
	}
	return strings.Join(places, "\n")
}

// at is where the first of them stands.
func (c conj) at() string {
	if len(c) == 0 {
		return "#"
	}
	return c[0].at
}

// rule returns the rule of the values that satisfy schemas.
func (s *schemas) rule(c conj) (call, error) {
	key := c.key()
	if r, known := s.rules[key]; known {
		return r, nil
	}
	if len(s.b.rules) > mostRules {
		return 0, schemaErrorf(c.at(), "the schema needs more than %d rules: make it simpler", mostRules)
	}
	r := s.b.declare(c.at(), mark{})
	s.rules[key] = r
	branches, err := s.branches(c)
	if err != nil {
		return 0, err
	}
	var all choice
	for _, b := range branches {
		shape, err := s.shape(b)
		if err != nil {
			return 0, err
		}
		x, err := s.values(shape)
		if err != nil {
			return 0, err
		}
		all = append(all, x...)
	}
	s.b.define(r, all)
	return r, s.b.err
}

// why notes why a value cannot be.
func (s *schemas) why(at, says string) {
	if s.nothing == "" {
		s.nothing = fmt.Sprintf("at %s %s", at, says)
	}
}

// branches follows references and takes allOf, anyOf and oneOf apart: what they
// return are plain schemas that must all hold, in each way to choose branches.
func (s *schemas) branches(c conj) ([]conj, error) {
	type way struct {
		done conj
		left []*part
	}
	first := way{}
	for _, v := range c {
		first.left = append(first.left, &part{v, nil})
	}
	var all []conj
	for ways := []way{first}; len(ways) > 0; {
		w := ways[len(ways)-1]
		ways = ways[:len(ways)-1]
		if len(w.left) == 0 {
			all = append(all, w.done)
			continue
		}
		v := w.left[0]
		w.left = slices.Clone(w.left[1:])
		switch {
		case v.isFalse():
			s.why(v.at, "stands false")
			continue
		case v.inside(v.up):
			return nil, schemaErrorf(v.at, "it refers to itself, and to nothing else")
		case v.isTrue() || slices.Contains(w.done, v.value):
			ways = append(ways, w)
			continue
		}
		if err := supported(v.value); err != nil {
			return nil, err
		}
		w.done = append(slices.Clip(w.done), v.value)
		if len(w.done)+len(w.left) > mostParts {
			return nil, schemaErrorf(c.at(), "more than %d schemas must hold for one value: make it simpler", mostParts)
		}
		if ref := v.get("$ref"); ref != nil {
			target, err := s.target(ref)
			if err != nil {
				return nil, err
			}
			w.left = append(w.left, &part{target, v})
		}
		if m := v.get("allOf"); m != nil {
			for _, item := range m.items {
				w.left = append(w.left, &part{item, v})
			}
		}
		next := []way{w}
		for _, name := range [...]string{"anyOf", "oneOf"} {
			m := v.get(name)
			if m == nil {
				continue
			}
			if name == "oneOf" {
				if err := s.exclusive(v.value, m); err != nil {
					return nil, err
				}
			}
			var split []way
			for _, w := range next {
				for _, branch := range m.items {
					split = append(split, way{w.done, append(slices.Clone(w.left), &part{branch, v})})
				}
			}
			next = split
		}
		slices.Reverse(next)
		if ways = append(ways, next...); len(ways)+len(all) > mostBranches {
			return nil, schemaErrorf(c.at(), "anyOf and oneOf make more than %d branches: make it simpler", mostBranches)
		}
	}
	return all, nil
}

// A part is a schema, and that which it is a part of: its value is the same.
type part struct {
	*value
	up *part
}

// inside reports whether a schema is one of those that another is part of.
func (p *part) inside(up *part) bool {
	for ; up != nil; up = up.up {
		if up.value == p.value {
			return true
		}
	}
	return false
}

// target is what a reference refers to.
func (s *schemas) target(ref *value) (*value, error) {
	path, local := strings.CutPrefix(ref.text, "#")
	if !local || path != "" && path[0] != '/' {
		return nil, schemaErrorf(ref.at, "the reference %s is not supported: only those to a place in the schema are, as #/$defs/name", quote(ref.text))
	}
	v := s.root
	for _, step := range strings.Split(path, "/")[1:] {
		name, err := unescape(step)
		if err != nil {
			return nil, schemaErrorf(ref.at, "the reference %s is no JSON pointer", quote(ref.text))
		}
		next := v.get(name)
		if v.kind == strict.Array {
			for i, item := range v.items {
				if fmt.Sprint(i) == name {
					next = item
				}
			}
		}
		if next == nil {
			return nil, schemaErrorf(ref.at, "the reference %s names nothing", quote(ref.text))
		}
		v = next
	}
	if v.kind != strict.Object && v.kind != strict.Bool {
		return nil, schemaErrorf(ref.at, "the reference %s names no schema", quote(ref.text))
	}
	return v, nil
}
