package jinja

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A List is a list or a tuple. A template cannot change it.
type List struct {
	items []any
	tuple bool
}

// NewList returns a list of values.
func NewList(items ...any) *List { return &List{items: items} }

// A Dict is a dict, in the order of its keys. A template cannot change one that
// it is given.
type Dict struct {
	keys []any
	at   map[any]any
}

// NewDict returns an empty dict.
func NewDict() *Dict { return &Dict{at: map[any]any{}} }

// Set gives a key a value.
func (d *Dict) Set(key string, v any) { d.put(key, v) }

// Get returns the value of a key, nil if it has none.
func (d *Dict) Get(key any) any { return d.at[key] }

func (d *Dict) put(key, v any) {
	if _, ok := d.at[key]; !ok {
		d.keys = append(d.keys, key)
	}
	d.at[key] = v
}

// key is a value as a key: True, 1 and 1.0 are the same one.
func (in *interp) key(v any) any {
	switch v := v.(type) {
	case nil, int64:
		return v
	case string:
		return in.read(v)
	case bool:
		return intOf(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		return v
	}
	in.fail("%s cannot be the key of a dict", kind(v))
	return nil
}

func (d *Dict) set(in *interp, key, v any) { d.put(in.key(key), v) }

func (d *Dict) find(key any) (any, bool) {
	v, ok := d.at[key]
	return v, ok
}

// A namespace is a dict whose values a template can set.
type namespace struct{ vars *Dict }

// A function is one of ours or a macro.
type function struct {
	name string
	call func(in *interp, a arguments) any
}

// undefined is what a name stands for that means nothing.
type undefined struct{ name string }

// kind names the kind of a value.
func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case bool:
		return "a boolean"
	case int64, float64:
		return "a number"
	case string:
		return "a string"
	case *List:
		if v.tuple {
			return "a tuple"
		}
		return "a list"
	case *Dict:
		return "a dict"
	case undefined:
		return v.name + ", which is undefined,"
	}
	return "a function"
}

// truth is Python's bool.
func truth(v any) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case *List:
		return len(v.items) > 0
	case *Dict:
		return len(v.keys) > 0
	}
	return true
}

func intOf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// call calls a function.
func (in *interp) call(f any, a arguments) any {
	switch f := f.(type) {
	case *function:
		return f.call(in, a)
	case *loop:
		if f.again != nil && len(a.list) == 1 {
			return f.again(in, a.list[0], f.depth+1)
		}
		in.fail("loop is called with %d values: it takes one, and the for must be recursive", len(a.list))
	}
	in.fail("%s is called, it is no function", kind(f))
	return nil
}

// text is Python's str, and nothing for what is undefined.
func (in *interp) text(v any) string {
	switch v := v.(type) {
	case undefined:
		return ""
	case string:
		return v
	}
	return in.repr(v)
}

// repr is Python's repr.
func (in *interp) repr(v any) string {
	var b strings.Builder
	in.putRepr(&b, v)
	return b.String()
}

func (in *interp) putRepr(b *strings.Builder, v any) {
	begin := b.Len()
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case undefined:
		b.WriteString("Undefined")
	case bool:
		b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(floatRepr(v))
	case string:
		putString(b, v)
	case *List:
		defer in.deeper()()
		open, end := "[", "]"
		if v.tuple {
			open, end = "(", ")"
		}
		b.WriteString(open)
		for i, x := range v.items {
			if i > 0 {
				b.WriteString(", ")
			}
			in.putRepr(b, x)
		}
		if v.tuple && len(v.items) == 1 {
			b.WriteByte(',')
		}
		b.WriteString(end)
	case *Dict:
		in.putDict(b, v)
	case *namespace:
		b.WriteString("<Namespace ")
		in.putDict(b, v.vars)
		b.WriteByte('>')
	case *function:
		b.WriteString("<Function '" + v.name + "'>")
	}
	if b.Len() > in.most {
		in.stop("a text of more than %d bytes: the template was stopped", in.most)
	}
	in.spend(1 + (b.Len()-begin)/64)
}

func (in *interp) putDict(b *strings.Builder, d *Dict) {
	defer in.deeper()()
	b.WriteByte('{')
	for i, k := range d.keys {
		if i > 0 {
			b.WriteString(", ")
		}
		in.putRepr(b, k)
		b.WriteString(": ")
		in.putRepr(b, d.at[k])
	}
	b.WriteByte('}')
}

// floatRepr writes a float as Python does: the shortest digits that give it back.
func floatRepr(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	case math.IsNaN(x):
		return "nan"
	}
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// putString writes a string as Python shows it, in single quotes unless there
// are some in it.
func putString(b *strings.Builder, s string) {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			b.WriteString(`\x` + hex(r, 2))
		case r < 0x10000:
			b.WriteString(`\u` + hex(r, 4))
		default:
			b.WriteString(`\U` + hex(r, 8))
		}
	}
	b.WriteRune(quote)
}

func hex(r rune, width int) string {
	text := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", width-len(text)) + text
}

// iterate returns the elements of a value; those of nothing are none.
func (in *interp) iterate(v any) []any {
	switch v := v.(type) {
	case undefined:
		return nil
	case *List:
		in.spend(len(v.items))
		return v.items
	case *Dict:
		in.spend(len(v.keys))
		return v.keys
	case string:
		in.spend(len(v))
		items := make([]any, 0, utf8.RuneCountInString(v))
		for _, r := range v {
			items = append(items, string(r))
		}
		return items
	}
	in.fail("%s has no elements", kind(v))
	return nil
}

// length is Python's len.
func (in *interp) length(v any) int64 {
	switch v := v.(type) {
	case undefined:
		return 0
	case *List:
		return int64(len(v.items))
	case *Dict:
		return int64(len(v.keys))
	case string:
		in.spend(len(v) / 64)
		return int64(utf8.RuneCountInString(v))
	}
	in.fail("%s has no length", kind(v))
	return 0
}
