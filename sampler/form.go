package sampler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Form describes how something with parameters is written, and makes it: a
// stage of a chain, or one of another table that is written alike.
type Form[T any] struct {
	Name   string  // in chains, traces, charts and docs: "top_k"
	Doc    string  // the rule in one sentence, without a full stop
	Group  Group   // where help and docs list it
	Source string  // what defines it: a paper, "Nguyen et al. 2025", or a program, "llama.cpp"
	Params []Param // none for what is only switched on
	// Repeat is how many of the last parameters, one after the other, may be
	// given any number of times, also not at all: 1 for a list of tokens, 2
	// for a list of tokens with their biases.
	Repeat int
	// Example is how it may be written, for one whose parameters must be given.
	Example string
	// State names the numbers that are all a [Stateful] stage has learnt; their
	// flags say where it begins.
	State []Param
	// Absorbs names a stage that this one does the work of too: where flags ask
	// for both, it takes that one's values of the same names and its place.
	Absorbs string
	// New makes it from the values of its parameters, which are within their
	// ranges; an error says which two do not go together.
	New func(Args) (T, error)
}

// Forms are a table and how its texts are called.
type Forms[T any] struct {
	Text  string // a text of several: "chain"
	Noun  string // one of them: "stage"
	Topic string // what lists all: "argen help sampling"
	All   []Form[T]
}

// Lookup returns the form of a name.
func (f Forms[T]) Lookup(name string) (Form[T], bool) {
	i := slices.IndexFunc(f.All, func(s Form[T]) bool { return s.Name == name })
	if i < 0 {
		return Form[T]{}, false
	}
	return f.All[i], true
}

// Parse reads a text such as "top_k=40,top_p=0.95", in which rules that are not
// named are the engine's. An error names the column, from 1, in bytes.
func (f Forms[T]) Parse(text string, by Semantics) ([]T, error) {
	p := parser[T]{forms: f, text: text, by: by}
	var all []T
	for {
		t, err := p.one()
		if err != nil {
			return nil, err
		}
		all = append(all, t)
		if p.at == len(text) {
			return all, nil
		}
		p.at++ // the comma
	}
}

// A parser reads a chain, or what else is written like one.
type parser[T any] struct {
	forms Forms[T]
	text  string
	at    int // bytes read
	by    Semantics
	seen  []string
}

func (p *parser[T]) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("%s, column %d: %w", p.forms.Text, at+1, fmt.Errorf(format, args...))
}

// word reads up to the first of ends, blanks around it left out, and returns
// where it begins.
func (p *parser[T]) word(ends string) (word string, at int) {
	rest := p.text[p.at:]
	n := strings.IndexAny(rest, ends)
	if n < 0 {
		n = len(rest)
	}
	at = p.at + n - len(strings.TrimLeft(rest[:n], " \t\r\n"))
	p.at += n
	return strings.TrimSpace(rest[:n]), at
}

// next reports whether the next byte is c.
func (p *parser[T]) next(c byte) bool { return p.at < len(p.text) && p.text[p.at] == c }

// one reads one of them, up to a comma or the end.
func (p *parser[T]) one() (t T, err error) {
	s, values, at, err := p.values()
	if err != nil {
		return t, err
	}
	if t, err = s.make(values, p.by); err != nil {
		return t, p.errorf(at, "%w", err)
	}
	return t, nil
}

// values reads one of them and returns its form and the values that it has, and
// where it begins.
func (p *parser[T]) values() (s Form[T], values map[int]Value, at int, err error) {
	name, at := p.word("=,")
	s, ok := p.forms.Lookup(name)
	switch {
	case name == "":
		return s, nil, at, p.errorf(at, "a %s is missing, %s lists all", p.forms.Noun, p.forms.Topic)
	case !ok:
		return s, nil, at, p.errorf(at, "unknown %s %s:%s %s lists all", p.forms.Noun, quote(name), p.forms.suggest(name), p.forms.Topic)
	case slices.Contains(p.seen, name):
		return s, nil, at, p.errorf(at, "%s stands twice", name)
	case p.next('=') && len(s.Params) == 0:
		p.at++
		value, _ := p.word(",")
		return s, nil, at, p.errorf(at, "%s takes no value, found %s", name, quote(value))
	}
	p.seen = append(p.seen, name)
	values = map[int]Value{}
	for i := 0; p.next('=') || p.next('/'); i++ {
		p.at++
		v, at, err := p.value(s, &i)
		if err != nil {
			return s, nil, at, err
		}
		if _, twice := values[i]; twice {
			return s, nil, at, p.errorf(at, "%s: %s is given twice", name, s.Params[i].Name)
		}
		values[i] = v
	}
	return s, values, at, nil
}

// value reads a value of a stage, the i-th, or that which it names.
func (p *parser[T]) value(s Form[T], i *int) (v Value, at int, err error) {
	start := p.at
	*i = s.unnamed(*i)
	text, at := p.word("/,:\"")
	if p.next(':') {
		if n := slices.IndexFunc(s.Params, func(param Param) bool { return param.Name == text }); n >= 0 {
			*i = n
			p.at++
			text, at = p.word("/,\"")
		} else if param, ok := s.param(*i); ok && !param.numeric() { // a colon in a bare text
			p.at = start
			text, at = p.word("/,\"")
		} else {
			return v, at, p.errorf(at, "%s has no parameter %s, it takes %s", s.Name, quote(text), s.syntax())
		}
	}
	quoted := text == "" && p.next('"')
	if quoted {
		at = p.at
		text, err = strconv.QuotedPrefix(p.text[p.at:])
		if err != nil {
			return v, at, p.errorf(at, "%s: the text that begins here has no end or a wrong escape: quotes are \"…\", with \\\", \\\\ and \\n inside", s.Name)
		}
		p.at += len(text)
		text, err = strconv.Unquote(text)
		if err != nil {
			return v, at, p.errorf(at, "%s: %w", s.Name, err)
		}
		if rest, after := p.word("/,"); rest != "" {
			return v, at, p.errorf(after, "%s: after a text in quotes comes / or a comma, found %s", s.Name, quote(rest))
		}
	}
	param, ok := s.param(*i)
	if !ok {
		return v, at, p.errorf(at, "%s takes %s, found %s more", s.Name, s.syntax(), quote(text))
	}
	if p.next('"') {
		return v, at, p.errorf(p.at, "%s: a quote inside a value: put all of it in quotes, with \\\" inside", s.Name)
	}
	if v, err = param.Parse(text); err != nil {
		return v, at, p.errorf(at, "%s: %s %w", s.Name, param.Name, err)
	}
	return v, at, nil
}

// Make makes the thing; values left out at the end take their defaults. An error
// names it, the parameter and its range.
func (s Form[T]) Make(values ...Value) (T, error) {
	var none T
	given := map[int]Value{}
	for i, v := range values {
		p, ok := s.param(i)
		if !ok {
			return none, fmt.Errorf("%s takes %s, not %d values", s.Name, s.syntax(), len(values))
		}
		if err := p.Check(v); err != nil {
			return none, fmt.Errorf("%s: %s %w", s.Name, p.Name, err)
		}
		given[i] = v
	}
	return s.make(given, "")
}

// make makes the thing of the values of some of its parameters, which are
// checked.
func (s Form[T]) make(values map[int]Value, by Semantics) (T, error) {
	var none T
	var a Args
	for i := range s.fixed() {
		v, given := values[i]
		if !given {
			v = s.Params[i].value(by)
			if err := s.Params[i].Check(v); err != nil {
				return none, fmt.Errorf("%s: %s must be given, as in %s", s.Name, s.Params[i].Name, s.syntax())
			}
		}
		a = append(a, v)
	}
	list := 0
	for i := range values {
		list += b2i(i >= s.fixed())
	}
	for range list {
		if v, given := values[len(a)]; given {
			a = append(a, v)
		}
	}
	if more := len(a) - s.fixed(); more != list || s.Repeat > 1 && more%s.Repeat != 0 {
		return none, fmt.Errorf("%s: a value is missing at the end, it takes %s", s.Name, s.syntax())
	}
	t, err := s.New(a)
	if err != nil {
		return none, fmt.Errorf("%s: %w", s.Name, err)
	}
	return t, nil
}

// fixed is how many parameters are given once.
func (s Form[T]) fixed() int { return len(s.Params) - s.Repeat }

// unnamed is the place of the next value without a name, from the i-th on.
func (s Form[T]) unnamed(i int) int {
	for i < s.fixed() && s.Params[i].Named {
		i++
	}
	return i
}

// param returns what the i-th value is.
func (s Form[T]) param(i int) (Param, bool) {
	if n := s.fixed(); s.Repeat > 0 && i > n {
		i = n + (i-n)%s.Repeat
	}
	if i >= len(s.Params) {
		return Param{}, false
	}
	return s.Params[i], true
}

// syntax is the thing as a user writes it: "top_k=K".
func (s Form[T]) syntax() string {
	b, before := s.Name, "="
	for _, p := range s.Params {
		if b += before; p.Named {
			b += p.Name + ":"
		}
		b += strings.ToUpper(p.Name)
		before = "/"
	}
	if s.Repeat > 0 {
		b += "/…"
	}
	return b
}

// Switch is the flag that switches a thing without parameters on: "greedy".
func (s Form[T]) Switch() string { return strings.ReplaceAll(s.Name, "_", "-") }
