package jinja

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// filters are v | name(arguments); the value is the first argument. The map is
// filled at start, since some of them call others.
var filters map[string]func(in *interp, a arguments) any

func init() {
	filters = map[string]func(in *interp, a arguments) any{
		"abs": func(in *interp, a arguments) any {
			switch x := in.number(a.list[0]).(type) {
			case float64:
				return math.Abs(x)
			case int64:
				return max(x, -x)
			}
			return nil
		},
		"attr":    func(in *interp, a arguments) any { return in.attribute(a.list[0], in.str(a, 1, "name")) },
		"batch":   batch,
		"count":   func(in *interp, a arguments) any { return in.length(a.list[0]) },
		"length":  func(in *interp, a arguments) any { return in.length(a.list[0]) },
		"default": fallback, "d": fallback,
		"dictsort": dictSort,
		"escape":   escape, "e": escape,
		"first": func(in *interp, a arguments) any { return in.end(a.list[0], 0) },
		"last":  func(in *interp, a arguments) any { return in.end(a.list[0], -1) },
		"float": toFloat, "int": toInt,
		"format": func(in *interp, a arguments) any { return in.percent(in.text(a.list[0]), a.list[1:]) },
		"indent": indent,
		"items": func(in *interp, a arguments) any {
			switch v := a.list[0].(type) {
			case undefined:
				return &List{}
			case *Dict:
				return in.pairs(v)
			}
			in.fail("items of %s: only a dict has them", kind(a.list[0]))
			return nil
		},
		"join": func(in *interp, a arguments) any {
			return in.join(in.each(a.list[0], a.arg(2, "attribute", nil)), in.text(a.arg(1, "d", "")))
		},
		"list":   func(in *interp, a arguments) any { return &List{items: in.iterate(a.list[0])} },
		"map":    mapped,
		"max":    func(in *interp, a arguments) any { return in.extreme(a, 1) },
		"min":    func(in *interp, a arguments) any { return in.extreme(a, -1) },
		"select": chosen(false, true),
		"reject": chosen(false, false),
		"replace": func(in *interp, a arguments) any {
			n := int64(-1)
			if a.arg(3, "count", nil) != nil {
				n = in.whole(a, 3, "count", -1)
			}
			return in.replace(in.text(a.list[0]), in.text(a.arg(1, "old", "")), in.text(a.arg(2, "new", "")), n)
		},
		"reverse": func(in *interp, a arguments) any {
			items := slices.Clone(in.iterate(a.list[0]))
			slices.Reverse(items)
			if _, ok := a.list[0].(string); ok {
				return in.concat(items)
			}
			return &List{items: items}
		},
		"selectattr": chosen(true, true),
		"rejectattr": chosen(true, false),
		"round":      round,
		"safe":       func(_ *interp, a arguments) any { return a.list[0] },
		"sort":       sorted,
		"string":     func(in *interp, a arguments) any { return in.text(a.list[0]) },
		"sum": func(in *interp, a arguments) any {
			sum := a.arg(2, "start", int64(0))
			for _, x := range in.each(a.list[0], a.arg(1, "attribute", nil)) {
				sum = in.arithmetic("+", sum, x)
			}
			return sum
		},
		"tojson":    toJSON,
		"unique":    unique,
		"wordcount": func(in *interp, a arguments) any { return int64(len(strings.Fields(in.read(in.text(a.list[0]))))) },
	}
	for _, name := range []string{"capitalize", "lower", "title", "upper"} {
		filters[name] = func(in *interp, a arguments) any { return stringMethods[name](in, in.text(a.list[0]), arguments{}) }
	}
	filters["trim"] = func(in *interp, a arguments) any {
		return strip(true, true)(in, in.read(in.text(a.list[0])), arguments{list: a.list[1:], named: a.named})
	}
}

// each returns the elements, or that attribute of each, of which a.b is b of a.
func (in *interp) each(v, attr any) []any {
	items := in.iterate(v)
	if attr == nil {
		return items
	}
	some := make([]any, len(items))
	for i, x := range items {
		some[i] = in.path(x, attr)
	}
	return some
}

func (in *interp) path(v, attr any) any {
	name, ok := attr.(string)
	if !ok {
		return in.item(v, attr)
	}
	for part := range strings.SplitSeq(name, ".") {
		in.spend(1)
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			v = in.item(v, n)
		} else {
			v = in.item(v, part)
		}
	}
	return v
}

// end is the first or the last element.
func (in *interp) end(v any, i int) any {
	items := in.iterate(v)
	if len(items) == 0 {
		return undefined{"an element of nothing"}
	}
	if i < 0 {
		i = len(items) - 1
	}
	return items[i]
}

func fallback(_ *interp, a arguments) any {
	if _, ok := a.list[0].(undefined); ok || truth(a.arg(2, "boolean", false)) && !truth(a.list[0]) {
		return a.arg(1, "default_value", "")
	}
	return a.list[0]
}

func batch(in *interp, a arguments) any {
	n := int(in.whole(a, 1, "linecount", 0))
	if n < 1 {
		in.fail("batches of %d", n)
	}
	l := &List{}
	for part := range slices.Chunk(in.iterate(a.list[0]), n) {
		part = slices.Clip(part)
		if fill := a.arg(2, "fill_with", nil); fill != nil {
			in.spend(n - len(part))
			for len(part) < n {
				part = append(part, fill)
			}
		}
		l.items = append(l.items, &List{items: part})
	}
	return l
}

// folded is a value as it is sorted: strings without regard to case, unless told.
func (in *interp) folded(v any, sensitive any) any {
	if s, ok := v.(string); ok && !truth(sensitive) {
		in.grow(len(s))
		return strings.ToLower(s)
	}
	return v
}

// arrange sorts values by what key makes of each; equal ones stay in order.
func (in *interp) arrange(items []any, reverse bool, key func(v any) any) *List {
	type keyed struct{ v, key any }
	all := make([]keyed, len(items))
	for i, v := range items {
		all[i] = keyed{v, key(v)}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		if reverse {
			a, b = b, a
		}
		return in.order(a.key, b.key)
	})
	l := &List{items: make([]any, len(all))}
	for i, k := range all {
		l.items[i] = k.v
	}
	return l
}

func sorted(in *interp, a arguments) any {
	attr := a.arg(3, "attribute", nil)
	return in.arrange(in.iterate(a.list[0]), truth(a.arg(1, "reverse", false)), func(v any) any {
		if attr != nil {
			v = in.path(v, attr)
		}
		return in.folded(v, a.arg(2, "case_sensitive", false))
	})
}

func dictSort(in *interp, a arguments) any {
	d, ok := a.list[0].(*Dict)
	if !ok {
		in.fail("dictsort of %s", kind(a.list[0]))
	}
	by, ok := map[any]int{"key": 0, "value": 1}[a.arg(2, "by", "key")]
	if !ok {
		in.fail("dictsort by key or value")
	}
	return in.arrange(in.pairs(d).items, truth(a.arg(3, "reverse", false)), func(v any) any {
		return in.folded(v.(*List).items[by], a.arg(1, "case_sensitive", false))
	})
}

func unique(in *interp, a arguments) any {
	l := &List{}
	var seen []any
	attr := a.arg(2, "attribute", nil)
	for _, v := range in.iterate(a.list[0]) {
		key := v
		if attr != nil {
			key = in.path(v, attr)
		}
		key = in.folded(key, a.arg(1, "case_sensitive", false))
		if !slices.ContainsFunc(seen, func(x any) bool { return in.equal(x, key) }) {
			seen = append(seen, key)
			l.items = append(l.items, v)
		}
	}
	return l
}

// extreme is the largest element, or the smallest for a sign of -1.
func (in *interp) extreme(a arguments, sign int) any {
	attr, best, key := a.arg(2, "attribute", nil), any(undefined{"the largest of nothing"}), any(nil)
	for i, v := range in.iterate(a.list[0]) {
		k := v
		if attr != nil {
			k = in.path(v, attr)
		}
		if k = in.folded(k, a.arg(1, "case_sensitive", false)); i == 0 || sign*in.order(k, key) > 0 {
			best, key = v, k
		}
	}
	return best
}

// mapped is map(attribute=...) or map("filter", arguments).
func mapped(in *interp, a arguments) any {
	l := &List{}
	attr := a.arg(len(a.list), "attribute", nil)
	name := ""
	if attr == nil {
		name = in.str(a, 1, "filter")
		if filters[name] == nil {
			in.fail("unknown filter %q", name)
		}
	}
	for _, v := range in.iterate(a.list[0]) {
		if attr != nil {
			v = in.path(v, attr)
			if _, ok := v.(undefined); ok {
				v = a.arg(len(a.list), "default", v)
			}
		} else {
			v = filters[name](in, arguments{list: append([]any{v}, a.list[2:]...), named: a.named})
		}
		l.items = append(l.items, v)
	}
	return l
}

// chosen is select or reject, by an attribute or by the element itself.
func chosen(byAttr, keep bool) func(in *interp, a arguments) any {
	return func(in *interp, a arguments) any {
		l, rest := &List{}, a.list[1:]
		var attr any
		if byAttr {
			attr = a.arg(1, "attribute", nil)
			if len(rest) == 0 {
				in.fail("an attribute is missing")
			}
			rest = rest[1:]
		}
		holds := func(v any) bool { return truth(v) }
		if len(rest) > 0 {
			name, _ := rest[0].(string)
			test := tests[name]
			if test == nil {
				in.fail("unknown test %q", name)
			}
			holds = func(v any) bool { return test(in, v, arguments{list: rest[1:], named: a.named}) }
		}
		for _, v := range in.iterate(a.list[0]) {
			x := v
			if byAttr {
				x = in.path(v, attr)
			}
			if holds(x) == keep {
				l.items = append(l.items, v)
			}
		}
		return l
	}
}

func indent(in *interp, a arguments) any {
	s := in.text(a.list[0])
	pad, ok := a.arg(1, "width", nil).(string)
	if !ok {
		pad = in.repeat(" ", in.whole(a, 1, "width", 4))
	}
	all := strings.Split(s, "\n")
	in.grow(len(s))
	if len(pad) > in.most/len(all) {
		in.grow(-1)
	}
	in.grow(len(s) + len(pad)*len(all))
	for i, line := range all {
		if i == 0 && truth(a.arg(2, "first", false)) || i > 0 && (line != "" || truth(a.arg(3, "blank", false))) {
			all[i] = pad + line
		}
	}
	return strings.Join(all, "\n")
}

func toInt(in *interp, a arguments) any {
	switch v := a.list[0].(type) {
	case string:
		text := strings.TrimFunc(in.read(v), isSpace)
		if n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), int(in.whole(a, 2, "base", 10)), 64); err == nil {
			return n
		}
		if x, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(x) < 1<<62 {
			return int64(x)
		}
	case int64:
		return v
	case bool:
		return intOf(v)
	case float64:
		if math.Abs(v) < 1<<62 {
			return int64(v)
		}
	}
	return a.arg(1, "default", int64(0))
}

func toFloat(in *interp, a arguments) any {
	switch v := a.list[0].(type) {
	case string:
		if x, err := strconv.ParseFloat(strings.TrimFunc(in.read(v), isSpace), 64); err == nil {
			return x
		}
	case int64, float64:
		return float(v)
	case bool:
		return float64(intOf(v))
	}
	return a.arg(1, "default", 0.0)
}

func round(in *interp, a arguments) any {
	n, precision := in.number(a.list[0]), in.whole(a, 1, "precision", 0)
	method := a.arg(2, "method", "common")
	x := float(n)
	if _, whole := n.(int64); whole && method == "common" && precision >= 0 {
		return n
	}
	if precision < -300 || precision > 300 {
		in.fail("round to %d places", precision)
	}
	switch scale := math.Pow(10, float64(precision)); method {
	case "ceil":
		return math.Ceil(x*scale) / scale
	case "floor":
		return math.Floor(x*scale) / scale
	}
	if precision <= 0 {
		scale := math.Pow(10, -float64(precision))
		return math.RoundToEven(x/scale) * scale
	}
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', int(precision), 64), 64)
	if err != nil {
		return x
	}
	return y
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func escape(in *interp, a arguments) any {
	s := in.text(a.list[0])
	in.grow(5 * len(s))
	return htmlEscapes.Replace(s)
}
