package sampler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"argen"
)

// Semantics name the engine whose edge rules hold where engines differ: "hf",
// "llamacpp" or "textgen". "" and "argen" are our own. They are the default of
// the parameters that choose a rule; a chain that names a rule has that one.
type Semantics string

// Default is the chain where none is asked for: temperature 1 alone, the
// model's own distribution with nothing hidden.
func Default() []argen.Transform { return []argen.Transform{Temperature{T: 1}} }

// Format writes a chain so that Parse reads it back.
func Format(chain []argen.Transform) string { return argen.FormatChain(chain) }

// Parse reads a chain such as "top_k=40,top_p=0.95,temperature=0.8". An error
// names the column, from 1, in bytes.
func Parse(chain string) ([]argen.Transform, error) { return Semantics("").Parse(chain) }

// Parse reads a chain in which rules that are not named are the engine's.
func (by Semantics) Parse(chain string) ([]argen.Transform, error) {
	if s := strings.TrimSpace(chain); s == "" || s == argen.NoChain {
		return nil, nil
	}
	p := parser{text: chain, by: by}
	var stages []argen.Transform
	for {
		t, err := p.stage()
		if err != nil {
			return nil, err
		}
		stages = append(stages, t)
		if p.at == len(chain) {
			return stages, nil
		}
		p.at++ // the comma
	}
}

// A parser reads a chain.
type parser struct {
	text string
	at   int // bytes read
	by   Semantics
	seen []string
}

func (p *parser) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("chain, column %d: %w", at+1, fmt.Errorf(format, args...))
}

// word reads up to the first of ends, blanks around it left out, and returns
// where it begins.
func (p *parser) word(ends string) (word string, at int) {
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
func (p *parser) next(c byte) bool { return p.at < len(p.text) && p.text[p.at] == c }

// stage reads one stage, up to a comma or the end.
func (p *parser) stage() (argen.Transform, error) {
	name, at := p.word("=,")
	s, ok := Lookup(name)
	switch {
	case name == "":
		return nil, p.errorf(at, "a stage is missing, argen help sampling lists all")
	case !ok:
		return nil, p.errorf(at, "unknown stage %s:%s argen help sampling lists all", quote(name), suggest(name))
	case slices.Contains(p.seen, name):
		return nil, p.errorf(at, "%s stands twice", name)
	case p.next('=') && len(s.Params) == 0:
		p.at++
		value, _ := p.word(",")
		return nil, p.errorf(at, "%s takes no value, found %s", name, quote(value))
	}
	p.seen = append(p.seen, name)
	values := map[int]Value{}
	for i := 0; p.next('=') || p.next('/'); i++ {
		p.at++
		v, at, err := p.value(s, &i)
		if err != nil {
			return nil, err
		}
		if _, twice := values[i]; twice {
			return nil, p.errorf(at, "%s: %s is given twice", name, s.Params[i].Name)
		}
		values[i] = v
	}
	t, err := s.make(values, p.by)
	if err != nil {
		return nil, p.errorf(at, "%w", err)
	}
	return t, nil
}

// value reads a value of a stage, the i-th, or that which it names.
func (p *parser) value(s Spec, i *int) (v Value, at int, err error) {
	start := p.at
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
			return v, at, p.errorf(at, "%s: the text that begins here has no end or a wrong escape: quotes are \"…\", with \\\" and \\\\ inside", s.Name)
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

// Make makes a stage; values left out at the end take their defaults. An error
// names the stage, the parameter and its range.
func (s Spec) Make(values ...Value) (argen.Transform, error) {
	given := map[int]Value{}
	for i, v := range values {
		p, ok := s.param(i)
		if !ok {
			return nil, fmt.Errorf("%s takes %s, not %d values", s.Name, s.syntax(), len(values))
		}
		if err := p.Check(v); err != nil {
			return nil, fmt.Errorf("%s: %s %w", s.Name, p.Name, err)
		}
		given[i] = v
	}
	return s.make(given, "")
}

// make makes a stage of the values of some of its parameters, which are
// checked.
func (s Spec) make(values map[int]Value, by Semantics) (argen.Transform, error) {
	var a Args
	for i := range s.fixed() {
		v, given := values[i]
		if !given {
			v = s.Params[i].value(by)
			if err := s.Params[i].Check(v); err != nil {
				return nil, fmt.Errorf("%s: %s must be given, as in %s", s.Name, s.Params[i].Name, s.syntax())
			}
		}
		a = append(a, v)
	}
	for i := s.fixed(); len(values) > 0; i++ {
		v, given := values[i]
		if !given {
			break
		}
		a = append(a, v)
	}
	if more := len(a) - s.fixed(); s.Repeat > 1 && more%s.Repeat != 0 {
		return nil, fmt.Errorf("%s: a value is missing at the end, it takes %s", s.Name, s.syntax())
	}
	t, err := s.New(a)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return t, nil
}

// fixed is how many parameters are given once.
func (s Spec) fixed() int { return len(s.Params) - s.Repeat }

// param returns what the i-th value is.
func (s Spec) param(i int) (Param, bool) {
	if n := s.fixed(); s.Repeat > 0 && i > n {
		i = n + (i-n)%s.Repeat
	}
	if i >= len(s.Params) {
		return Param{}, false
	}
	return s.Params[i], true
}

// syntax is a stage as a user writes it: "top_k=K".
func (s Spec) syntax() string {
	b, before := s.Name, "="
	for _, p := range s.Params {
		b += before + strings.ToUpper(p.Name)
		before = "/"
	}
	if s.Repeat > 0 {
		b += "/…"
	}
	return b
}

// Switch is the flag that switches a stage without parameters on: "greedy".
func (s Spec) Switch() string { return strings.ReplaceAll(s.Name, "_", "-") }
