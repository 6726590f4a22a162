package jinja

import "strings"

// attribute is v.name: a method before a key of that name.
func (in *interp) attribute(v any, name string) any {
	switch x := v.(type) {
	case undefined:
		in.fail("%s is undefined, so it has no %s", x.name, name)
	case *Dict:
		if m := dictMethods[name]; m != nil {
			return method(name, x, m)
		}
		if at, ok := x.find(name); ok {
			return at
		}
	case *namespace:
		if at, ok := x.vars.find(name); ok {
			return at
		}
	case *loop:
		return x.attribute(name)
	case string:
		if m := stringMethods[name]; m != nil {
			return method(name, x, func(in *interp, s string, a arguments) any { return m(in, in.read(s), a) })
		}
	case *List:
		if m := listMethods[name]; m != nil {
			return method(name, x, m)
		}
		if name == "append" || name == "insert" || name == "extend" || name == "pop" || name == "remove" || name == "sort" || name == "clear" {
			in.fail("%s.%s: a template cannot change a list, it makes a new one with +", kind(v), name)
		}
	}
	return undefined{name}
}

func method[T any](name string, of T, m func(in *interp, of T, a arguments) any) *function {
	return &function{name, func(in *interp, a arguments) any { return m(in, of, a) }}
}

// item is v[key].
func (in *interp) item(v, key any) any {
	switch x := v.(type) {
	case undefined:
		in.fail("%s is undefined, so it has no [%s]", x.name, in.repr(key))
	case *Dict:
		switch key.(type) {
		case nil, bool, int64, float64, string:
			if at, ok := x.find(in.key(key)); ok {
				return at
			}
		}
	case *List:
		if i, ok := index(key, len(x.items)); ok {
			return x.items[i]
		}
	case string:
		if isNumber(key) {
			chars := in.iterate(x)
			if i, ok := index(key, len(chars)); ok {
				return chars[i]
			}
		}
	}
	if name, ok := key.(string); ok {
		return in.attribute(v, name)
	}
	return undefined{"[" + in.repr(key) + "]"}
}

// index finds the place of an element; negative ones count from the end.
func index(key any, n int) (int, bool) {
	i, ok := key.(int64)
	if b, is := key.(bool); is {
		i, ok = intOf(b), true
	}
	if i < 0 {
		i += int64(n)
	}
	return int(i), ok && i >= 0 && i < int64(n)
}

// slice is v[from:to:step], nil where a part is missing.
func (in *interp) slice(v any, bounds [3]any) any {
	var items []any
	switch x := v.(type) {
	case *List:
		items = x.items
	case string:
		items = in.iterate(x)
	case undefined:
		in.fail("%s is undefined, so it has no slice", x.name)
	default:
		in.fail("%s has no slice", kind(v))
	}
	whole := func(i int, missing int64) int64 {
		if bounds[i] == nil {
			return missing
		}
		n, ok := bounds[i].(int64)
		if !ok {
			in.fail("%s is no bound of a slice", kind(bounds[i]))
		}
		return n
	}
	n, step := int64(len(items)), whole(2, 1)
	low, high := int64(0), n
	if step == 0 {
		in.fail("a slice with steps of 0")
	}
	if step < 0 {
		low, high = -1, n-1
	}
	place := func(i int, missing int64) int64 {
		at := whole(i, missing)
		if bounds[i] != nil && at < 0 {
			at = max(at, -n-1) + n
		}
		return min(max(at, low), high)
	}
	from, to := place(0, low), place(1, high)
	if step < 0 {
		from, to = place(0, high), place(1, low)
	}
	step = min(max(step, -n-1), n+1)
	var part []any
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		part = append(part, items[i])
	}
	in.spend(len(part))
	if _, ok := v.(string); ok {
		return in.concat(part)
	}
	return &List{items: part, tuple: v.(*List).tuple}
}

// concat joins characters.
func (in *interp) concat(chars []any) string {
	var b strings.Builder
	for _, c := range chars {
		b.WriteString(c.(string))
	}
	return b.String()
}
