// Package jinja renders chat templates: the part of the Jinja language that the
// templates of language models use, set up as transformers does it
// (trim_blocks, lstrip_blocks, loop controls, {% generation %}, immutable
// lists and dicts, raise_exception, strftime_now, tojson as json.dumps).
//
//	t, err := jinja.Parse("chat_template", source)
//	text, err := t.Render(map[string]any{"messages": messages}, jinja.Options{})
//
// A template comes with a model, from anywhere, so nothing in it can reach
// beyond the values it is given, and what it may cost is bounded: [MaxSource],
// [MaxDepth], [MaxSteps], [MaxText]. What is not known (include, import,
// extends, a filter that no template was seen to use) is an error with its
// line, as all are.
//
// Values are nil, bool, int64, float64, string, [*List], [*Dict], functions and
// undefined. They follow Python's rules: a string is a sequence of characters,
// 7 // -2 is -4, True prints as True.
//
// The language is described in the documentation of Jinja 3.1
// (https://jinja.palletsprojects.com/en/stable/templates/).
package jinja

import (
	"fmt"
	"strings"
	"time"
)

// What a template may cost.
const (
	MaxSource = 1 << 20   // bytes of a template
	MaxDepth  = 100       // of brackets and blocks in each other, of calls, of lists in lists
	MaxSteps  = 1_000_000 // parts of expressions evaluated, and 64 bytes or an element of what they make
	MaxText   = 1 << 20   // bytes of the output, and of any string, beyond those of the values given
)

// A Template is parsed and can be rendered any number of times, also at once.
type Template struct {
	name string
	body []statement
}

// An Error says what is wrong in a template, and where.
type Error struct {
	Name    string // of the template
	Line    int    // from 1
	Msg     string
	Stopped bool // since it costs more than a template may
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Msg) }

// Options of [Template.Render].
type Options struct {
	Now time.Time // what strftime_now tells; the zero value is the present
}

// Parse reads a template. Name stands in errors.
func Parse(name, source string) (t *Template, err error) {
	if len(source) > MaxSource {
		return nil, &Error{name, 1, fmt.Sprintf("%d bytes, a template may have %d", len(source), MaxSource), true}
	}
	p := &parser{name: name}
	defer catch(name, &err)
	p.tokens = lex(source)
	body, _ := p.statements()
	return &Template{name, body}, nil
}

// Render writes the template with the variables given. They are not changed.
func (t *Template) Render(vars map[string]any, o Options) (text string, err error) {
	in := &interp{most: MaxText, steps: MaxSteps, line: 1, now: o.Now}
	global := &scope{vars: globals()}
	top := &scope{vars: map[string]any{}, parent: global}
	defer catch(t.name, &err)
	for name, v := range vars {
		size := weigh(v, 0)
		in.most += size
		in.steps += size
		top.vars[name] = v
	}
	in.out = &strings.Builder{}
	in.run(t.body, top)
	return in.out.String(), nil
}

// catch turns the panic of fail into an error.
func catch(name string, err *error) {
	switch e := recover().(type) {
	case nil:
	case *Error:
		e.Name = name
		*err = e
	default:
		panic(e)
	}
}

// weigh returns how many bytes of text a value holds.
func weigh(v any, depth int) int {
	if depth > MaxDepth {
		panic(&Error{Line: 1, Msg: fmt.Sprintf("the values are nested more than %d deep", MaxDepth)})
	}
	n := 1
	switch v := v.(type) {
	case string:
		n += len(v)
	case *List:
		for _, x := range v.items {
			n += weigh(x, depth+1)
		}
	case *Dict:
		for _, k := range v.keys {
			n += weigh(k, depth+1) + weigh(v.Get(k), depth+1)
		}
	}
	return n
}

// An interp is one rendering.
type interp struct {
	out   *strings.Builder
	most  int // bytes of a string
	steps int // that are left
	depth int
	line  int // of what is being evaluated
	now   time.Time
}

// A scope holds variables; those of a loop or a macro see the ones around it.
type scope struct {
	vars   map[string]any
	parent *scope
}

func (s *scope) get(name string) any {
	for at := s; at != nil; at = at.parent {
		if v, ok := at.vars[name]; ok {
			return v
		}
	}
	return undefined{name}
}

func (s *scope) child() *scope { return &scope{vars: map[string]any{}, parent: s} }

// An expression computes a value, a statement writes to the output.
type (
	expression func(in *interp, s *scope) any
	statement  func(in *interp, s *scope) flow
)

// flow says how a statement ended.
type flow int

const (
	onward flow = iota
	broken      // by {% break %}
	continued
)

// run runs statements up to the first that leaves the loop.
func (in *interp) run(body []statement, s *scope) flow {
	for _, st := range body {
		if f := st(in, s); f != onward {
			return f
		}
	}
	return onward
}

// capture returns what statements write.
func (in *interp) capture(body []statement, s *scope) string {
	outer := in.out
	in.out = &strings.Builder{}
	in.run(body, s)
	text := in.out.String()
	in.out = outer
	return text
}

// fail ends parsing or rendering.
func (in *interp) fail(format string, args ...any) {
	panic(&Error{Line: in.line, Msg: fmt.Sprintf(format, args...)})
}

// stop is fail for a template that costs too much.
func (in *interp) stop(format string, args ...any) {
	panic(&Error{Line: in.line, Msg: fmt.Sprintf(format, args...), Stopped: true})
}

// spend counts n steps.
func (in *interp) spend(n int) {
	if n < 0 || n > in.steps {
		in.stop("the template takes more than %d steps: it was stopped", MaxSteps)
	}
	in.steps -= n
}

// grow counts a string of n bytes before it is made.
func (in *interp) grow(n int) {
	if n < 0 || n > in.most {
		in.stop("a text of more than %d bytes: the template was stopped", in.most)
	}
	in.spend(1 + n/64)
}

// read counts a string all of which is looked at, and returns it.
func (in *interp) read(text string) string {
	in.spend(len(text) / 64)
	return text
}

// write adds to the output.
func (in *interp) write(text string) {
	if in.out.Len()+len(text) > in.most {
		in.stop("more than %d bytes of output: the template was stopped", in.most)
	}
	in.spend(1 + len(text)/64)
	in.out.WriteString(text)
}

// deeper counts a level of calls or of nested values; call the result at its end.
func (in *interp) deeper() func() {
	if in.depth++; in.depth > MaxDepth {
		in.stop("more than %d levels deep: the template was stopped", MaxDepth)
	}
	return func() { in.depth-- }
}
