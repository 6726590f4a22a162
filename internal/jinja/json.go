package jinja

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen/internal/strict"
)

// A jsonWriter writes values as Python's json.dumps does.
type jsonWriter struct {
	in        *interp
	b         strings.Builder
	ascii     bool
	sort      bool
	indent    string // nil if all stands in one line
	lines     bool
	item, key string // between elements, and behind a key
}

// toJSON is the filter as transformers defines it: ensure_ascii, indent,
// separators, sort_keys.
func toJSON(in *interp, a arguments) any {
	w := &jsonWriter{in: in, item: ", ", key: ": "}
	w.ascii = truth(a.arg(1, "ensure_ascii", false))
	switch v := a.arg(2, "indent", nil).(type) {
	case nil:
	case string:
		w.lines, w.indent = true, v
	default:
		w.lines, w.indent = true, in.repeat(" ", in.whole(a, 2, "indent", 0))
	}
	if w.lines {
		w.item = ","
	}
	if l, ok := a.arg(3, "separators", nil).(*List); ok && len(l.items) == 2 {
		w.item, w.key = in.text(l.items[0]), in.text(l.items[1])
	}
	w.sort = truth(a.arg(4, "sort_keys", false))
	w.put(a.list[0], "\n")
	return w.b.String()
}

// put writes a value; newline begins a line at its depth.
func (w *jsonWriter) put(v any, newline string) {
	begin := w.b.Len()
	switch v := v.(type) {
	case nil:
		w.b.WriteString("null")
	case bool:
		w.b.WriteString(strconv.FormatBool(v))
	case int64:
		w.b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		switch {
		case math.IsInf(v, 1):
			w.b.WriteString("Infinity")
		case math.IsInf(v, -1):
			w.b.WriteString("-Infinity")
		case math.IsNaN(v):
			w.b.WriteString("NaN")
		default:
			w.b.WriteString(floatRepr(v))
		}
	case string:
		w.text(v)
	case *List:
		w.all("[", "]", len(v.items), newline, func(i int, newline string) { w.put(v.items[i], newline) })
	case *Dict:
		keys := v.keys
		if w.sort {
			keys = w.in.arrange(keys, false, func(v any) any { return v }).items
		}
		w.all("{", "}", len(keys), newline, func(i int, newline string) {
			switch k := keys[i].(type) {
			case string:
				w.text(k)
			default:
				w.b.WriteByte('"')
				w.put(k, newline)
				w.b.WriteByte('"')
			}
			w.b.WriteString(w.key)
			w.put(v.at[keys[i]], newline)
		})
	default:
		w.in.fail("tojson of %s", kind(v))
	}
	w.fits(0)
	w.in.spend(1 + (w.b.Len()-begin)/64)
}

// fits ends rendering if the text gets too long by n bytes more.
func (w *jsonWriter) fits(n int) {
	if w.b.Len()+n > w.in.most {
		w.in.grow(-1)
	}
}

// all writes n elements between brackets.
func (w *jsonWriter) all(open, end string, n int, newline string, one func(i int, newline string)) {
	defer w.in.deeper()()
	w.b.WriteString(open)
	w.fits(len(newline) + len(w.indent)) // also before what is deeper is written
	inner := newline + w.indent
	for i := range n {
		if i > 0 {
			w.b.WriteString(w.item)
		}
		if w.lines {
			w.b.WriteString(inner)
		}
		one(i, inner)
	}
	if w.lines && n > 0 {
		w.b.WriteString(newline)
	}
	w.b.WriteString(end)
}

func (w *jsonWriter) text(s string) {
	w.b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.b.WriteByte('\\')
			w.b.WriteRune(r)
		case r == '\n':
			w.b.WriteString(`\n`)
		case r == '\r':
			w.b.WriteString(`\r`)
		case r == '\t':
			w.b.WriteString(`\t`)
		case r == '\b':
			w.b.WriteString(`\b`)
		case r == '\f':
			w.b.WriteString(`\f`)
		case r < ' ' || w.ascii && r >= 0x7f && r < 0x10000:
			w.b.WriteString(`\u` + hex(r, 4))
		case w.ascii && r >= utf8.RuneSelf:
			r -= 0x10000
			w.b.WriteString(`\u` + hex(0xd800+r>>10, 4) + `\u` + hex(0xdc00+r&0x3ff, 4))
		default:
			w.b.WriteRune(r)
		}
	}
	w.b.WriteByte('"')
}

// FromJSON reads the next value of a JSON text.
func FromJSON(j *strict.JSON) (any, error) {
	switch j.Kind() {
	case strict.String:
		return j.String()
	case strict.Array:
		l := &List{}
		err := j.Array(func(int) error {
			v, err := FromJSON(j)
			l.items = append(l.items, v)
			return err
		})
		return l, err
	case strict.Object:
		d := NewDict()
		err := j.Object(func(name string) error {
			v, err := FromJSON(j)
			d.put(name, v)
			return err
		})
		return d, err
	}
	raw, err := j.Raw()
	if err != nil {
		return nil, err
	}
	switch text := string(raw); text {
	case "null":
		return nil, nil
	case "true", "false":
		return text == "true", nil
	default:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, j.Errorf("%s is beyond what a number holds", text)
		}
		return x, nil
	}
}
