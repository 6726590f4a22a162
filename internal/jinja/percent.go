package jinja

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// directive is a part of a format: %s, %-5d, %.2f, %%.
var directive = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^%([-0 +#]*)(\d{0,4})(?:\.(\d{1,3}))?(.?)`) })

// percent fills the directives of a format as Python's % does: s, r, d, i, x,
// X, o, c, e, f, g and %.
func (in *interp) percent(format string, values []any) string {
	in.read(format)
	var b strings.Builder
	used := 0
	for {
		at := strings.IndexByte(format, '%')
		if at < 0 {
			break
		}
		in.spend(8) // looking for it takes as long as that
		b.WriteString(format[:at])
		found := format[at:]
		m := directive().FindStringSubmatchIndex(found)
		format = found[m[1]:]
		verb := found[m[8]:m[9]]
		if verb == "%" {
			b.WriteByte('%')
			continue
		}
		if used == len(values) {
			in.fail("the format wants more than the %d values that are given", len(values))
		}
		v := values[used]
		used++
		width, _ := strconv.Atoi("0" + found[m[4]:m[5]])
		in.grow(b.Len() + width)
		b.WriteString(in.directive(found[m[2]:m[5]], precision(found, m[6], m[7]), verb, v))
		in.grow(b.Len())
	}
	if used < len(values) {
		in.fail("%d values are given to a format that wants %d", len(values), used)
	}
	b.WriteString(format)
	return b.String()
}

// precision is what stands behind the point of a directive, with the point.
func precision(format string, from, to int) string {
	if from < 0 {
		return ""
	}
	return "." + format[from:to]
}

func (in *interp) directive(flags, precision, verb string, v any) string {
	switch verb {
	case "s", "r":
		text := in.text(v)
		if verb == "r" {
			text = in.repr(v)
		}
		return fmt.Sprintf("%"+strings.NewReplacer("0", "", "#", "").Replace(flags[:leading(flags)])+flags[leading(flags):]+precision+"s", text)
	case "d", "i", "x", "X", "o":
		n, ok := in.number(v).(int64)
		if !ok {
			n = int64(float(v))
		}
		if verb == "i" {
			verb = "d"
		}
		return fmt.Sprintf("%"+flags+precision+verb, n)
	case "e", "f", "g":
		x := in.number(v)
		return fmt.Sprintf("%"+flags+precision+verb, float(x))
	case "c":
		if text, ok := v.(string); ok && len([]rune(text)) == 1 {
			return fmt.Sprintf("%"+flags+"s", text)
		}
	}
	in.fail("the format %%%s of %s", verb, kind(v))
	return ""
}

// leading is how many bytes the flags before the width take.
func leading(flags string) int { return len(flags) - len(strings.TrimLeft(flags, "-0 +#")) }
