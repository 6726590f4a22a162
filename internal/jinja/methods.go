package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// arg returns the i-th argument, or that of a name, or what stands for it where
// it is missing.
func (a arguments) arg(i int, name string, missing any) any {
	if i < len(a.list) {
		return a.list[i]
	}
	if v, ok := a.named[name]; ok {
		return v
	}
	return missing
}

// str is an argument that must be a string.
func (in *interp) str(a arguments, i int, name string) string {
	v := a.arg(i, name, undefined{name})
	s, ok := v.(string)
	if !ok {
		in.fail("%s is given where a string is wanted", kind(v))
	}
	return s
}

// whole is an argument that must be a whole number.
func (in *interp) whole(a arguments, i int, name string, missing int64) int64 {
	v := a.arg(i, name, missing)
	if b, ok := v.(bool); ok {
		v = intOf(b)
	}
	n, ok := v.(int64)
	if !ok {
		in.fail("%s is given where a whole number is wanted", kind(v))
	}
	return n
}

var dictMethods = map[string]func(in *interp, d *Dict, a arguments) any{
	"get": func(in *interp, d *Dict, a arguments) any {
		if v, ok := d.find(in.key(a.arg(0, "key", nil))); ok {
			return v
		}
		return a.arg(1, "default", nil)
	},
	"items":  func(in *interp, d *Dict, _ arguments) any { return in.pairs(d) },
	"keys":   func(in *interp, d *Dict, _ arguments) any { return &List{items: in.iterate(d)} },
	"values": func(in *interp, d *Dict, _ arguments) any { return in.values(d) },
	"copy":   func(_ *interp, d *Dict, _ arguments) any { return d },
	"update": func(in *interp, _ *Dict, _ arguments) any {
		in.fail("a template cannot change a dict")
		return nil
	},
}

// pairs are the keys with their values.
func (in *interp) pairs(d *Dict) *List {
	l := &List{}
	for _, k := range in.iterate(d) {
		l.items = append(l.items, &List{items: []any{k, d.at[k]}, tuple: true})
	}
	return l
}

func (in *interp) values(d *Dict) *List {
	l := &List{}
	for _, k := range in.iterate(d) {
		l.items = append(l.items, d.at[k])
	}
	return l
}

var listMethods = map[string]func(in *interp, l *List, a arguments) any{
	"count": func(in *interp, l *List, a arguments) any {
		n := int64(0)
		for _, x := range l.items {
			n += intOf(in.equal(x, a.arg(0, "", nil)))
		}
		return n
	},
	"index": func(in *interp, l *List, a arguments) any {
		for i, x := range l.items {
			if in.equal(x, a.arg(0, "", nil)) {
				return int64(i)
			}
		}
		in.fail("%s is not in the list", in.repr(a.arg(0, "", nil)))
		return nil
	},
}

// strip returns a method that removes characters at the ends of a string.
func strip(left, right bool) func(in *interp, s string, a arguments) any {
	return func(in *interp, s string, a arguments) any {
		gone := isSpace
		if a.arg(0, "chars", nil) != nil {
			chars := map[rune]bool{}
			for _, r := range in.str(a, 0, "chars") {
				in.spend(1)
				chars[r] = true
			}
			gone = func(r rune) bool { return chars[r] }
		}
		if left {
			s = strings.TrimLeftFunc(s, gone)
		}
		if right {
			s = strings.TrimRightFunc(s, gone)
		}
		return s
	}
}

// affix returns a method that asks for the beginning or the end of a string, a
// tuple of which are several.
func affix(has func(s, part string) bool) func(in *interp, s string, a arguments) any {
	return func(in *interp, s string, a arguments) any {
		if l, ok := a.arg(0, "prefix", nil).(*List); ok {
			for _, x := range l.items {
				in.spend(1)
				if part, ok := x.(string); ok && has(s, in.read(part)) {
					return true
				}
			}
			return false
		}
		return has(s, in.str(a, 0, "prefix"))
	}
}

// every returns a method that asks whether a string is not empty and has only
// such characters.
func every(is func(r rune) bool) func(in *interp, s string, a arguments) any {
	return func(_ *interp, s string, _ arguments) any {
		return s != "" && strings.IndexFunc(s, func(r rune) bool { return !is(r) }) < 0
	}
}

// changed returns a method that makes another string.
func changed(f func(s string) string) func(in *interp, s string, a arguments) any {
	return func(in *interp, s string, _ arguments) any {
		in.grow(len(s))
		return f(s)
	}
}

// find returns a method that tells the place of a part, by characters.
func find(at func(s, part string) int, must bool) func(in *interp, s string, a arguments) any {
	return func(in *interp, s string, a arguments) any {
		i := at(s, in.str(a, 0, "sub"))
		if i < 0 && must {
			in.fail("%s is not in the string", in.repr(a.list[0]))
		}
		if i < 0 {
			return int64(-1)
		}
		return int64(utf8.RuneCountInString(s[:i]))
	}
}

var stringMethods = map[string]func(in *interp, s string, a arguments) any{
	"strip": strip(true, true), "lstrip": strip(true, false), "rstrip": strip(false, true),
	"startswith": affix(strings.HasPrefix), "endswith": affix(strings.HasSuffix),
	"upper": changed(strings.ToUpper), "lower": changed(strings.ToLower), "casefold": changed(strings.ToLower),
	"capitalize": changed(capital), "title": changed(title), "swapcase": changed(swapCase),
	"isdigit": every(unicode.IsDigit), "isnumeric": every(unicode.IsNumber), "isdecimal": every(unicode.IsDigit),
	"isalpha": every(unicode.IsLetter), "isspace": every(isSpace),
	"isalnum": every(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }),
	"isupper": func(_ *interp, s string, _ arguments) any { return s == strings.ToUpper(s) && s != strings.ToLower(s) },
	"islower": func(_ *interp, s string, _ arguments) any { return s == strings.ToLower(s) && s != strings.ToUpper(s) },
	"find":    find(strings.Index, false), "rfind": find(strings.LastIndex, false),
	"index": find(strings.Index, true), "rindex": find(strings.LastIndex, true),
	"count": func(in *interp, s string, a arguments) any { return int64(strings.Count(s, in.str(a, 0, "sub"))) },
	"removeprefix": func(in *interp, s string, a arguments) any {
		return strings.TrimPrefix(s, in.str(a, 0, "prefix"))
	},
	"removesuffix": func(in *interp, s string, a arguments) any {
		return strings.TrimSuffix(s, in.str(a, 0, "suffix"))
	},
	"replace": func(in *interp, s string, a arguments) any {
		return in.replace(s, in.str(a, 0, "old"), in.str(a, 1, "new"), in.whole(a, 2, "count", -1))
	},
	"join":       func(in *interp, s string, a arguments) any { return in.join(in.iterate(a.arg(0, "", undefined{})), s) },
	"split":      func(in *interp, s string, a arguments) any { return in.split(s, a, false) },
	"rsplit":     func(in *interp, s string, a arguments) any { return in.split(s, a, true) },
	"splitlines": func(in *interp, s string, _ arguments) any { return in.list(lines(s)) },
	"zfill": func(in *interp, s string, a arguments) any {
		sign := len(s) - len(strings.TrimLeft(s[:min(1, len(s))], "+-")) - len(s[min(1, len(s)):])
		return s[:sign] + in.repeat("0", in.whole(a, 0, "width", 0)-in.length(s)) + s[sign:]
	},
	"partition": func(in *interp, s string, a arguments) any {
		before, after, found := strings.Cut(s, in.str(a, 0, "sep"))
		sep := ""
		if found {
			sep = in.str(a, 0, "sep")
		}
		return &List{items: []any{before, sep, after}, tuple: true}
	},
	"format": func(in *interp, s string, a arguments) any { return in.format(s, a) },
}

// list makes a list of strings.
func (in *interp) list(parts []string) *List {
	in.spend(len(parts))
	l := &List{items: make([]any, len(parts))}
	for i, p := range parts {
		l.items[i] = p
	}
	return l
}

// lines cuts a text at its line ends, which belong to no line.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func (in *interp) replace(s, old, with string, count int64) string {
	n := int64(strings.Count(s, old))
	if count >= 0 {
		n = min(n, count)
	}
	if n > 0 && len(with) > in.most/int(n) {
		in.grow(-1)
	}
	in.grow(len(s) + int(n)*max(len(with)-len(old), 0))
	return strings.Replace(s, old, with, int(n))
}

// join joins the texts of values.
func (in *interp) join(items []any, sep string) string {
	var b strings.Builder
	for i, x := range items {
		part := in.text(x)
		if i > 0 {
			part = sep + part
		}
		if b.Len()+len(part) > in.most {
			in.grow(-1)
		}
		in.spend(1 + len(part)/64)
		b.WriteString(part)
	}
	return b.String()
}

// split cuts a string at a separator, or at white space, maxsplit times at
// most, from the right if so.
func (in *interp) split(s string, a arguments, right bool) *List {
	most := int(in.whole(a, 1, "maxsplit", -1))
	if most < 0 {
		most = len(s) + 1
	}
	space := a.arg(0, "sep", nil) == nil
	sep := ""
	if !space {
		if sep = in.str(a, 0, "sep"); sep == "" {
			in.fail("split at an empty string")
		}
	}
	trim := func(s string) string { // what stands before the next word
		switch {
		case space && right:
			return strings.TrimRightFunc(s, isSpace)
		case space:
			return strings.TrimLeftFunc(s, isSpace)
		}
		return s
	}
	cut := func(s string) (before, after string, ok bool) {
		i, n := 0, len(sep)
		switch {
		case space && right:
			if i = strings.LastIndexFunc(s, isSpace); i >= 0 {
				_, n = utf8.DecodeRuneInString(s[i:])
			}
		case space:
			if i = strings.IndexFunc(s, isSpace); i >= 0 {
				_, n = utf8.DecodeRuneInString(s[i:])
			}
		case right:
			i = strings.LastIndex(s, sep)
		default:
			i = strings.Index(s, sep)
		}
		if i < 0 {
			return s, "", false
		}
		return s[:i], s[i+n:], true
	}
	var parts []string
	s = trim(s)
	for range most {
		before, after, ok := cut(s)
		if !ok {
			break
		}
		in.spend(1)
		if right {
			parts, s = append(parts, after), before
		} else {
			parts, s = append(parts, before), after
		}
		s = trim(s)
	}
	if s != "" || !space {
		parts = append(parts, s)
	}
	if right {
		for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
			parts[i], parts[j] = parts[j], parts[i]
		}
	}
	return in.list(parts)
}

// format fills {}, {0} and {name}; how a value is laid out cannot be asked for.
func (in *interp) format(s string, a arguments) string {
	var b strings.Builder
	for next := 0; s != ""; {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			i = len(s)
		}
		b.WriteString(s[:i])
		if s = s[i:]; s == "" {
			break
		}
		if strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "}}") {
			b.WriteByte(s[0])
			s = s[2:]
			continue
		}
		end := strings.IndexByte(s, '}')
		if end < 1 {
			in.fail("a single %q in a format", s[:1])
		}
		name := s[1:end]
		s = s[end+1:]
		v, ok := any(nil), false
		if name == "" {
			if ok = next < len(a.list); ok {
				v = a.list[next]
			}
			next++
		} else if n := strings.TrimLeft(name, "0123456789"); n == "" && len(name) < 4 {
			n := 0
			for _, c := range name {
				n = 10*n + int(c-'0')
			}
			if ok = n < len(a.list); ok {
				v = a.list[n]
			}
		} else {
			v, ok = a.named[name]
		}
		if !ok {
			in.fail("the format wants {%s}, which is not given", name)
		}
		text := in.text(v)
		in.grow(b.Len() + len(text))
		b.WriteString(text)
	}
	return b.String()
}

// capital makes the first character large and the rest small.
func capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + strings.ToLower(s[n:])
}

// title makes each letter large that stands behind none.
func title(s string) string {
	letter := false
	return strings.Map(func(r rune) rune {
		before := letter
		if letter = unicode.IsLetter(r); before {
			return unicode.ToLower(r)
		}
		return unicode.ToTitle(r)
	}, s)
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
