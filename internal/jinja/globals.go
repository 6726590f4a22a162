package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// globals are the functions that every template knows.
func globals() map[string]any {
	all := map[string]any{}
	for name, f := range map[string]func(in *interp, a arguments) any{
		"range":     rangeOf,
		"dict":      func(in *interp, a arguments) any { return a.dict(in) },
		"namespace": func(in *interp, a arguments) any { return &namespace{a.dict(in)} },
		"raise_exception": func(in *interp, a arguments) any {
			in.fail("the template refuses: %s", in.text(a.arg(0, "message", "")))
			return nil
		},
		"strftime_now": func(in *interp, a arguments) any { return in.strftime(in.str(a, 0, "format")) },
		"joiner": func(in *interp, a arguments) any {
			sep, first := in.text(a.arg(0, "sep", ", ")), true
			return &function{"joiner", func(*interp, arguments) any {
				if first {
					first = false
					return ""
				}
				return sep
			}}
		},
		"cycler": func(in *interp, a arguments) any {
			if len(a.list) == 0 {
				in.fail("a cycler without values")
			}
			d, i := NewDict(), 0
			d.Set("current", a.list[0])
			d.Set("next", &function{"next", func(*interp, arguments) any {
				now := a.list[i]
				i = (i + 1) % len(a.list)
				d.Set("current", a.list[i])
				return now
			}})
			d.Set("reset", &function{"reset", func(*interp, arguments) any {
				i = 0
				d.Set("current", a.list[0])
				return nil
			}})
			return &namespace{d}
		},
	} {
		all[name] = &function{name, f}
	}
	return all
}

// dict makes a dict of a dict given and of named arguments.
func (a arguments) dict(in *interp) *Dict {
	d := NewDict()
	if from, ok := a.arg(0, "", nil).(*Dict); ok {
		for _, k := range in.iterate(from) {
			d.put(k, from.at[k])
		}
	}
	for _, name := range a.order {
		d.put(name, a.named[name])
	}
	return d
}

// maxRange is how many numbers a range may have.
const maxRange = 100_000

func rangeOf(in *interp, a arguments) any {
	from, to, step := int64(0), in.whole(a, 0, "stop", 0), int64(1)
	if len(a.list) > 1 {
		from, to, step = to, in.whole(a, 1, "stop", 0), in.whole(a, 2, "step", 1)
	}
	if step == 0 {
		in.fail("a range with steps of 0")
	}
	l := &List{}
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		if len(l.items) == maxRange {
			in.stop("a range of more than %d numbers", maxRange)
		}
		if l.items = append(l.items, i); step > 0 && i > to-step || step < 0 && i < to-step {
			break // the next would be beyond 64 bits, or the end
		}
	}
	in.spend(len(l.items))
	return l
}

// strftime tells the time as Python's strftime does.
func (in *interp) strftime(format string) string {
	now := in.now
	if now.IsZero() {
		now = time.Now()
	}
	layouts := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM",
		'B': "January", 'b': "Jan", 'h': "Jan", 'A': "Monday", 'a': "Mon", 'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06",
		'Z': "MST", 'z': "-0700", 'e': "_2", 'R': "15:04", 'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/06", 'X': "15:04:05",
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		switch i++; {
		case format[i] == '%':
			b.WriteByte('%')
		case format[i] == 'j':
			fmt.Fprintf(&b, "%03d", now.YearDay())
		case format[i] == '-' && i+1 < len(format) && layouts[format[i+1]] != "":
			i++
			b.WriteString(strings.TrimLeft(now.Format(layouts[format[i]]), "0 "))
		case layouts[format[i]] != "":
			b.WriteString(now.Format(layouts[format[i]]))
		default:
			in.fail("strftime_now: %%%s is not known", strconv.QuoteRune(rune(format[i])))
		}
		in.grow(b.Len())
	}
	return b.String()
}
