package sampler

import (
	"fmt"
	"strings"

	"argen"
)

// MostStages is how many stages a chain may have: a ledger counts them in a
// byte.
const MostStages = 255

// Default is the chain where none is asked for: temperature 1 alone, the
// model's own distribution with nothing hidden.
func Default() []argen.Transform { return []argen.Transform{Temperature{T: 1}} }

// Format writes a chain so that Parse reads it back.
func Format(chain []argen.Transform) string { return argen.FormatChain(chain) }

// Parse reads a chain such as "top_k=40,top_p=0.95,temperature=0.8". An error
// names the column, from 1, in bytes.
func Parse(chain string) ([]argen.Transform, error) {
	if s := strings.TrimSpace(chain); s == "" || s == argen.NoChain {
		return nil, nil
	}
	var stages []argen.Transform
	for column, more := 1, true; more; {
		var stage string
		stage, chain, more = strings.Cut(chain, ",")
		if len(stages) == MostStages {
			return nil, fmt.Errorf("chain, column %d: more than %d stages", column, MostStages)
		}
		t, err := parseStage(stage, column)
		if err != nil {
			return nil, err
		}
		stages = append(stages, t)
		column += len(stage) + 1
	}
	return stages, nil
}

// parseStage reads one stage that begins at a column.
func parseStage(stage string, column int) (argen.Transform, error) {
	left, right, given := strings.Cut(stage, "=")
	name := strings.TrimSpace(left)
	at := column + len(left) - len(strings.TrimLeft(left, " \t\r\n"))
	s, ok := Lookup(name)
	switch {
	case name == "":
		return nil, fmt.Errorf("chain, column %d: a stage is missing, stages are %s", at, names())
	case !ok:
		return nil, fmt.Errorf("chain, column %d: unknown stage %s:%s stages are %s", at, quote(name), suggest(name), names())
	case given && len(s.Params) == 0:
		return nil, fmt.Errorf("chain, column %d: %s takes no value, found %s", at, name, quote(right))
	}
	var a Args
	for column += len(left) + 1; given; {
		var value string
		value, right, given = strings.Cut(right, "/")
		p, ok := s.param(len(a))
		if !ok {
			return nil, fmt.Errorf("chain, column %d: %s takes %s, found %s more", column, name, s.syntax(), quote(value))
		}
		v, err := p.Parse(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("chain, column %d: %s: %s %w", column, name, p.Name, err)
		}
		a = append(a, v)
		column += len(value) + 1
	}
	t, err := s.Make(a...)
	if err != nil {
		return nil, fmt.Errorf("chain, column %d: %w", at, err)
	}
	return t, nil
}

// Make makes a stage; values left out at the end take their defaults. An error
// names the stage, the parameter and its range.
func (s Spec) Make(values ...float64) (argen.Transform, error) {
	a := Args(values)
	for i, v := range a {
		p, ok := s.param(i)
		if !ok {
			return nil, fmt.Errorf("%s takes %s, not %d values", s.Name, s.syntax(), len(values))
		}
		if err := p.Check(v); err != nil {
			return nil, fmt.Errorf("%s: %s %w", s.Name, p.Name, err)
		}
	}
	least := len(s.Params)
	if s.Many {
		least--
	}
	for len(a) < least {
		a = append(a[:len(a):len(a)], s.Params[len(a)].Default)
	}
	t, err := s.New(a)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return t, nil
}

// param returns what the i-th value is.
func (s Spec) param(i int) (Param, bool) {
	if s.Many {
		i = min(i, len(s.Params)-1)
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
	if s.Many {
		b += "/…"
	}
	return b
}

// FromFlags returns the stages whose flags were given, in the order of Table,
// or the Default chain if none was. value looks a flag up by its name in
// Param.Flag, or, for a stage without parameters, in [Spec.Switch]; it returns
// the flag's text, which for a switch is "true" or "false". A stage given some
// of its flags takes the defaults of the others. An error names the flag.
func FromFlags(value func(flag string) (text string, given bool)) ([]argen.Transform, error) {
	var chain []argen.Transform
	for _, s := range Table {
		a, given, err := s.fromFlags(value)
		if err != nil {
			return nil, err
		}
		if !given {
			continue
		}
		t, err := s.Make(a...)
		if err != nil {
			return nil, err
		}
		chain = append(chain, t)
	}
	if chain == nil {
		return Default(), nil
	}
	return chain, nil
}

// fromFlags returns the values of a stage's parameters, and whether any of its
// flags was given.
func (s Spec) fromFlags(value func(string) (string, bool)) (a Args, given bool, err error) {
	if len(s.Params) == 0 {
		text, _ := value(s.Switch())
		return nil, text == "true", nil
	}
	for _, p := range s.Params {
		v := p.Default
		if name, text := flag(p, value); name != "" {
			given = true
			if v, err = p.Parse(text); err != nil {
				return nil, true, fmt.Errorf("--%s: %w", name, err)
			}
		}
		a = append(a, v)
	}
	return a, given, nil
}

// flag returns which of a parameter's flags was given, "" if none, and its
// text.
func flag(p Param, value func(string) (string, bool)) (name, text string) {
	for _, name := range [...]string{p.Flag, p.Alias} {
		if name == "" {
			continue
		}
		if text, ok := value(name); ok {
			return name, text
		}
	}
	return "", ""
}

// Switch is the flag that switches a stage without parameters on: "greedy".
func (s Spec) Switch() string { return strings.ReplaceAll(s.Name, "_", "-") }

// names lists the stages.
func names() string {
	all := make([]string, len(Table))
	for i, s := range Table {
		all[i] = s.Name
	}
	return strings.Join(all, ", ")
}
