package grammar

import (
	"math/big"
	"slices"

	"argen/internal/strict"
)

// A shape is what some plain schemas that must all hold come to.
type shape struct {
	schemas conj
	types   types    // that are written
	named   types    // that satisfy the schemas
	listed  []*value // the only values, if limited
	limited bool

	low, high bound // of numbers

	leastChars, mostChars int   // of strings, −1 without limit
	forms                 []net // that they must have

	leastItems, mostItems int // −1 without limit
	first                 []conj
	rest                  conj // of items after the first
	open                  bool // there may be such

	members  []property
	others   conj // members that are not listed
	anyOther bool // there may be such
}

// A property is a listed member.
type property struct {
	name     string
	value    conj
	required bool
}

// shape puts plain schemas together.
func (s *schemas) shape(c conj) (*shape, error) {
	h := &shape{schemas: c, named: anyType}
	var inferred types
	named := false
	for _, v := range c {
		t, ok := typesOf(v)
		h.named &= t
		named = named || ok
		inferred |= about(v)
		if err := s.list(h, v); err != nil {
			return nil, err
		}
	}
	if h.types = h.named; !named && inferred != 0 {
		h.types = inferred
	}
	if h.types == 0 {
		s.why(c.at(), "the types exclude each other")
	}
	if h.limited {
		if len(h.listed) == 0 {
			s.why(c.at(), "no value of enum or const satisfies the rest")
		}
		return h, nil
	}
	for _, part := range [...]func(*shape) error{s.numeric, s.textual, s.arrays, s.objects} {
		if err := part(h); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// list notes the values that enum and const list, as far as they satisfy all
// schemas.
func (s *schemas) list(h *shape, v *value) error {
	enum, only := v.get("enum"), v.get("const")
	if enum == nil && only == nil || h.limited {
		return nil
	}
	h.limited = true
	listed := []*value{only}
	if only == nil {
		listed = enum.items
	}
	for _, one := range listed {
		holds, err := (&judge{s: s}).all(h.schemas, one)
		if err != nil {
			return err
		}
		if holds {
			h.listed = append(h.listed, one)
		}
	}
	return nil
}

// types is the types that a value has: an integer is a number too.
func (v *value) types() types {
	switch v.kind {
	case strict.Null:
		return null
	case strict.Bool:
		return boolean
	case strict.String:
		return text
	case strict.Array:
		return array
	case strict.Object:
		return object
	}
	if x, ok := new(big.Rat).SetString(v.text); ok && x.IsInt() {
		return integer
	}
	return number
}

// numeric finds the limits of numbers.
func (s *schemas) numeric(h *shape) error {
	for _, v := range h.schemas {
		for _, k := range [...]struct {
			name string
			open bool
			sign int
		}{{"minimum", false, 1}, {"exclusiveMinimum", true, 1}, {"maximum", false, -1}, {"exclusiveMaximum", true, -1}} {
			m := v.get(k.name)
			if m == nil {
				continue
			}
			x, ok := new(big.Rat).SetString(m.text)
			if m.kind != strict.Number || !ok {
				return schemaErrorf(m.at, "want a number, found %s", quote(m.compact()))
			}
			if k.sign > 0 {
				h.low = h.low.tighter(bound{x, k.open}, 1)
			} else {
				h.high = h.high.tighter(bound{x, k.open}, -1)
			}
		}
	}
	if apart(h.low, h.high) && h.types&number != 0 {
		s.why(h.schemas.at(), "minimum and maximum exclude each other")
	}
	return nil
}

// arrays finds what the items of arrays must be.
func (s *schemas) arrays(h *shape) (err error) {
	if h.leastItems, err = h.schemas.least("minItems"); err != nil {
		return err
	}
	if h.mostItems, err = h.schemas.most("maxItems"); err != nil {
		return err
	}
	tuple := 0
	for _, v := range h.schemas {
		prefix, rest := itemsOf(v)
		tuple = max(tuple, len(prefix))
		h.open = h.open || rest != nil
	}
	h.open = h.open || tuple == 0
	for i := range tuple {
		var c conj
		for _, v := range h.schemas {
			switch prefix, rest := itemsOf(v); {
			case i < len(prefix):
				c = append(c, prefix[i])
			case rest != nil:
				c = append(c, rest)
			}
		}
		h.first = append(h.first, c)
	}
	for _, v := range h.schemas {
		if _, rest := itemsOf(v); rest != nil {
			h.rest = append(h.rest, rest)
			h.open = h.open && !rest.isFalse()
		}
	}
	// A tuple is written whole, and alone, unless something says otherwise.
	closed := slices.ContainsFunc(h.rest, (*value).isFalse)
	h.open = h.open || max(h.leastItems, h.mostItems) > tuple && !closed
	if !h.schemas.has("minItems") {
		h.leastItems = tuple
		if h.mostItems >= 0 {
			h.leastItems = min(tuple, h.mostItems)
		}
	}
	return nil
}

// itemsOf returns the schemas of the first items of an array, and that of all
// others, nil if there is none.
func itemsOf(v *value) (prefix []*value, rest *value) {
	if m := v.get("prefixItems"); m != nil {
		prefix = m.items
	}
	rest = v.get("items")
	if rest != nil && rest.kind == strict.Array { // before 2020-12
		prefix, rest = rest.items, v.get("additionalItems")
	}
	return prefix, rest
}

func (c conj) has(name string) bool {
	return slices.ContainsFunc(c, func(v *value) bool { return v.get(name) != nil })
}

// objects finds what the members of objects must be.
func (s *schemas) objects(h *shape) error {
	listed := map[string]int{}
	add := func(name string, required bool) {
		i, known := listed[name]
		if !known {
			i = len(h.members)
			listed[name] = i
			h.members = append(h.members, property{name: name})
		}
		h.members[i].required = h.members[i].required || required
	}
	for _, v := range h.schemas {
		if m := v.get("properties"); m != nil {
			for _, p := range m.members {
				add(p.name, false)
			}
		}
	}
	closed := false
	for _, v := range h.schemas {
		if m := v.get("required"); m != nil {
			for _, name := range m.items {
				add(name.text, true)
			}
		}
		if more := v.get("additionalProperties"); more != nil {
			h.anyOther = true
			closed = closed || more.isFalse()
			h.others = append(h.others, more)
		}
	}
	h.anyOther = (h.anyOther || len(h.members) == 0) && !closed
	for i := range h.members {
		p := &h.members[i]
		for _, v := range h.schemas {
			if c := propertyOf(v, p.name); c != nil {
				p.value = append(p.value, c)
			}
		}
	}
	return nil
}

// propertyOf is the schema that a schema has for a member of an object, nil if
// it has none.
func propertyOf(v *value, name string) *value {
	if m := v.get("properties"); m != nil {
		if p := m.get(name); p != nil {
			return p
		}
	}
	return v.get("additionalProperties")
}
