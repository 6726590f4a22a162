package grammar

import "slices"

// exclusive returns an error unless it is sure that no value which is written
// for one branch of a oneOf satisfies another.
func (s *schemas) exclusive(v, oneOf *value) error {
	if s.single[oneOf] {
		return nil
	}
	if n := len(oneOf.items); n > mostOneOf {
		return schemaErrorf(oneOf.at, "oneOf has %d branches, at most %d are supported: use anyOf", n, mostOneOf)
	}
	s.single[oneOf] = true // also while its own branches are looked at
	base := *v
	base.members = slices.DeleteFunc(slices.Clone(v.members), func(m member) bool { return m.name == "oneOf" })
	var all [][]*shape
	for _, branch := range oneOf.items {
		shapes, err := s.shapes(conj{branch, &base})
		if err != nil {
			return err
		}
		all = append(all, shapes)
	}
	for i := range all {
		for j := range all {
			for _, x := range all[i] {
				for _, y := range all[j] {
					if i == j {
						continue
					}
					sure, err := s.outside(x, y, 0)
					if err != nil {
						return err
					}
					if !sure {
						return schemaErrorf(oneOf.at, "a value may satisfy both branch %d and branch %d, and then it does not satisfy oneOf: use anyOf, or a member that differs", min(i, j), max(i, j))
					}
				}
			}
		}
	}
	return nil
}

// shapes are the shapes of the values that satisfy schemas.
func (s *schemas) shapes(c conj) ([]*shape, error) {
	branches, err := s.branches(c)
	if err != nil {
		return nil, err
	}
	var all []*shape
	for _, b := range branches {
		h, err := s.shape(b)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// outside reports whether it is sure that no value which is written for x
// satisfies y.
func (s *schemas) outside(x, y *shape, deep int) (bool, error) {
	if x.limited || y.limited {
		listed, schemas := x.listed, y.schemas
		if !x.limited {
			listed, schemas = y.listed, x.schemas
		}
		for _, v := range listed {
			if holds, err := (&judge{s: s, loose: true}).all(schemas, v); holds || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	for _, t := range [...]types{null, boolean, integer | number, text, array, object} {
		if x.types&t == 0 || y.named&t == 0 {
			continue
		}
		sure := false
		switch t {
		case integer | number:
			sure = apart(x.low, y.high) || apart(y.low, x.high)
		case text:
			sure = disjoint(x.leastChars, x.mostChars, y.leastChars, y.mostChars)
		case array:
			sure = disjoint(x.leastItems, x.mostItems, y.leastItems, y.mostItems)
		case object:
			var err error
			if sure, err = s.objectsDiffer(x, y, deep); err != nil {
				return false, err
			}
		}
		if !sure {
			return false, nil
		}
	}
	return true, nil
}

// disjoint reports whether no number of things is within both limits.
func disjoint(least, most, least2, most2 int) bool {
	return most >= 0 && most < least2 || most2 >= 0 && most2 < least
}

// objectsDiffer is outside for objects: some member makes the difference.
func (s *schemas) objectsDiffer(x, y *shape, deep int) (bool, error) {
	const deepest = 4
	for _, p := range y.members {
		written := x.anyOther || slices.ContainsFunc(x.members, func(q property) bool { return q.name == p.name })
		if p.required && !written {
			return true, nil
		}
	}
	for _, p := range x.members {
		if !p.required || deep == deepest {
			continue
		}
		var wanted conj
		for _, v := range y.schemas {
			if c := propertyOf(v, p.name); c != nil {
				wanted = append(wanted, c)
			}
		}
		differ, err := s.allOutside(p.value, wanted, deep+1)
		if differ || err != nil {
			return differ, err
		}
	}
	return false, nil
}

// allOutside is outside for all that is written for c, and all that satisfies d.
func (s *schemas) allOutside(c, d conj, deep int) (bool, error) {
	mine, err := s.shapes(c)
	if err != nil {
		return false, err
	}
	theirs, err := s.shapes(d)
	if err != nil {
		return false, err
	}
	for _, x := range mine {
		for _, y := range theirs {
			if sure, err := s.outside(x, y, deep); !sure || err != nil {
				return false, err
			}
		}
	}
	return true, nil
}
