package jinja

import (
	"fmt"
	"strings"
)

// tests are v is name(arguments). The map is filled at start, since those that
// select elements look into it.
var tests map[string]func(in *interp, v any, a arguments) bool

func init() {
	is := func(f func(v any) bool) func(*interp, any, arguments) bool {
		return func(_ *interp, v any, _ arguments) bool { return f(v) }
	}
	compared := func(op string) func(*interp, any, arguments) bool {
		return func(in *interp, v any, a arguments) bool {
			if len(a.list) != 1 {
				in.fail("a comparison with %d values", len(a.list))
			}
			return in.compare(op, v, a.list[0])
		}
	}
	rest := func(divisor int64) func(in *interp, v any, a arguments) bool {
		return func(in *interp, v any, a arguments) bool {
			d := divisor
			if d == 0 {
				d = in.whole(a, 0, "num", 0)
			}
			return in.equal(in.arithmetic("%", v, max(d, -d)), int64(0))
		}
	}
	typed := func(names ...string) func(*interp, any, arguments) bool {
		return is(func(v any) bool {
			for _, name := range names {
				if fmt.Sprintf("%T", v) == name {
					return true
				}
			}
			return false
		})
	}
	tests = map[string]func(in *interp, v any, a arguments) bool{
		"defined":     is(func(v any) bool { _, no := v.(undefined); return !no }),
		"undefined":   is(func(v any) bool { _, no := v.(undefined); return no }),
		"none":        is(func(v any) bool { return v == nil }),
		"boolean":     typed("bool"),
		"integer":     typed("int64"),
		"float":       typed("float64"),
		"number":      is(isNumber),
		"string":      typed("string"),
		"mapping":     typed("*jinja.Dict"),
		"sequence":    typed("string", "*jinja.List", "*jinja.Dict", "jinja.undefined"),
		"iterable":    typed("string", "*jinja.List", "*jinja.Dict", "jinja.undefined"),
		"callable":    typed("*jinja.function", "*jinja.loop", "jinja.undefined"),
		"true":        is(func(v any) bool { return v == true }),
		"false":       is(func(v any) bool { return v == false }),
		"even":        rest(2),
		"odd":         func(in *interp, v any, a arguments) bool { return !rest(2)(in, v, a) },
		"divisibleby": rest(0),
		"sameas": func(_ *interp, v any, a arguments) bool {
			return len(a.list) == 1 && fmt.Sprintf("%T", v) == fmt.Sprintf("%T", a.list[0]) && v == a.list[0]
		},
		"upper": func(in *interp, v any, _ arguments) bool {
			s := in.read(in.text(v))
			return s == strings.ToUpper(s) && s != strings.ToLower(s)
		},
		"lower": func(in *interp, v any, _ arguments) bool {
			s := in.read(in.text(v))
			return s == strings.ToLower(s) && s != strings.ToUpper(s)
		},
		"in": compared("in"),
	}
	for op, names := range map[string][]string{
		"==": {"eq", "equalto"}, "!=": {"ne"}, "<": {"lt", "lessthan"}, "<=": {"le"}, ">": {"gt", "greaterthan"}, ">=": {"ge"},
	} {
		for _, name := range names {
			tests[name] = compared(op)
		}
	}
}
