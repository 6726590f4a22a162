package sampler

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"argen"
)

// FromFlags returns the stages whose flags were given, in the order of Table,
// or the Default chain if none was. value looks a flag up by its name in
// Param.Flag, or, for a stage without parameters, in [Form.Switch]; it returns
// the flag's texts: one, which for a switch is "true" or "false", or several
// where a flag is given once for each member of a list. A stage given some of
// its flags takes the defaults of the others. An error names the flag.
func FromFlags(value func(flag string) []string) ([]argen.Transform, error) {
	return Preset{}.FromFlags(value)
}

// FromFlags returns the chain of a preset as flags change it: a stage whose
// flags were given takes the place of the preset's, or comes in where the
// preset's order has it. What they do not say of the preset's stage stays.
func (p Preset) FromFlags(value func(flag string) []string) ([]argen.Transform, error) {
	chain, err := p.stages()
	if err != nil {
		return nil, err
	}
	order := p.order()
	for _, s := range Table {
		given, err := s.fromFlags(value)
		if err == nil && given != nil {
			chain, err = p.change(chain, s, given, order)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := idle(chain, value); err != nil {
		return nil, err
	}
	if chain == nil && p.Name == "" {
		return Default(), nil
	}
	return p.alone(chain), nil
}

// change puts a stage of which some values are given into a chain.
func (p Preset) change(chain []argen.Transform, s Spec, given map[int]Value, order []string) ([]argen.Transform, error) {
	old := slices.IndexFunc(chain, s.makes)
	if old < 0 && s.onlyShared(given) {
		return chain, nil
	}
	if old < 0 {
		if err := s.switchedOff(given); err != nil {
			return nil, err
		}
	}
	rest := chain
	if other, ok := Lookup(s.Absorbs); ok {
		if i := slices.IndexFunc(chain, other.makes); i >= 0 {
			s.fill(given, other, chain[i])
			rest = slices.Concat(chain[:i], chain[i+1:])
		}
	}
	if old >= 0 {
		s.fill(given, s, chain[old])
	}
	t, err := s.make(given, p.Semantics)
	if err != nil {
		return nil, err
	}
	return place(rest, t, order), nil
}

// makes reports whether a stage is of this form.
func (s Form[T]) makes(t argen.Transform) bool { return t.Name() == s.Name }

// fill gives the parameters without a value those that a stage has under the
// same names.
func (s Form[T]) fill(given map[int]Value, other Spec, stage argen.Transform) {
	p := parser[argen.Transform]{forms: written(), text: stage.String()}
	_, has, _, err := p.values()
	if err != nil {
		return // a stage whose String is no chain; samplertest finds it
	}
	for i, param := range other.Params[:other.fixed()] {
		v, ok := has[i]
		if !ok {
			v = param.value("")
		}
		n := slices.IndexFunc(s.Params[:s.fixed()], func(own Param) bool { return own.Name == param.Name })
		if _, known := given[n]; n >= 0 && !known {
			given[n] = v
		}
	}
	if _, listed := given[s.fixed()]; listed || s.Name != other.Name {
		return
	}
	for i, v := range has {
		if i >= s.fixed() {
			given[i] = v
		}
	}
}

// onlyShared reports whether nothing but flags of several stages was given.
func (s Form[T]) onlyShared(given map[int]Value) bool {
	for i := range given {
		if p, _ := s.param(i); !p.Shared {
			return false
		}
	}
	return len(given) > 0
}

// switchedOff is an error if flags were given that change what a stage does, and
// none that makes it do something.
func (s Form[T]) switchedOff(given map[int]Value) error {
	for i, p := range s.Params[:s.fixed()] {
		if _, ok := given[i]; p.Flag == "" || ok || !p.numeric() || p.Default != p.Off {
			continue
		}
		for k, other := range s.Params {
			if _, ok := given[k]; ok && !other.Shared {
				return fmt.Errorf("--%s: it says nothing alone, it goes with --%s", other.Flag, p.Flag)
			}
		}
	}
	return nil
}

// idle is an error if a flag of several stages was given and a chain has none
// of them.
func idle(chain []argen.Transform, value func(flag string) []string) error {
	owners := map[string][]string{} // by flag, none if one of them is there
	for _, s := range Table {
		for _, p := range s.Params {
			if !p.Shared || len(value(p.Flag)) == 0 {
				continue
			}
			list, seen := owners[p.Flag]
			if slices.ContainsFunc(chain, s.makes) {
				list = nil
			} else if !seen || list != nil {
				list = append(list, "--"+s.Params[0].Flag)
			}
			owners[p.Flag] = list
		}
	}
	for _, flag := range slices.Sorted(maps.Keys(owners)) {
		if list := owners[flag]; list != nil {
			return fmt.Errorf("--%s: it says nothing alone, it goes with %s", flag, strings.Join(list, ", "))
		}
	}
	return nil
}

// place puts a stage where an order has it, in place of one of its name.
func place(chain []argen.Transform, t argen.Transform, order []string) []argen.Transform {
	at := slices.Index(order, t.Name())
	for i, other := range chain {
		switch {
		case other.Name() == t.Name():
			chain[i] = t
			return chain
		case slices.Index(order, other.Name()) > at:
			return slices.Insert(chain, i, t)
		}
	}
	return append(chain, t)
}

// FromFlags makes the thing if one of its flags was given; value is as for
// [FromFlags].
func (s Form[T]) FromFlags(value func(flag string) []string, by Semantics) (t T, given bool, err error) {
	values, err := s.fromFlags(value)
	if err == nil && values != nil {
		t, err = s.make(values, by)
	}
	return t, values != nil, err
}

// fromFlags returns the values of the parameters whose flags were given, nil if
// none was.
func (s Form[T]) fromFlags(value func(string) []string) (map[int]Value, error) {
	if len(s.Params) == 0 {
		if texts := value(s.Switch()); len(texts) > 0 && texts[0] == "true" {
			return map[int]Value{}, nil
		}
		return nil, nil
	}
	var values map[int]Value
	for i, p := range s.Params {
		name, texts := p.flag(value)
		if len(texts) == 0 {
			continue
		}
		if values == nil {
			values = map[int]Value{}
		}
		var list []Value
		var err error
		if i < s.fixed() {
			list, err = s.ReadFlag(i, texts[len(texts)-1])
		} else {
			list, err = s.Members(texts)
		}
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", name, err)
		}
		for n, v := range list {
			values[i+n] = v
		}
	}
	return values, nil
}

// ReadFlag reads the text of a parameter's flag: its value, and those of the ones
// after it that are Joined, as far as they are given.
func (s Form[T]) ReadFlag(i int, text string) ([]Value, error) {
	most := i + 1
	for most < s.fixed() && s.Params[most].Joined {
		most++
	}
	if most == i+1 {
		v, err := s.Params[i].Parse(text)
		return []Value{v}, err
	}
	parts := strings.Split(strings.ReplaceAll(text, "/", ","), ",")
	if len(parts) > most-i {
		return nil, fmt.Errorf("%s has more than %s", quote(text), s.syntax())
	}
	var all []Value
	for k, part := range parts {
		v, err := s.Params[i+k].Parse(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("%s %w", s.Params[i+k].Name, err)
		}
		all = append(all, v)
	}
	return all, nil
}

// Placeholder names what a parameter's flag takes, for its help: "ALPHA,K".
func (s Form[T]) Placeholder(i int) string {
	next := i + 1
	if next >= s.fixed() || !s.Params[next].Joined {
		return s.Params[i].Placeholder()
	}
	name := strings.ToUpper(s.Params[i].Name)
	for ; next < s.fixed() && s.Params[next].Joined; next++ {
		name += "," + strings.ToUpper(s.Params[next].Name)
	}
	return name
}

// Placeholder names the value, for the help of a flag.
func (p Param) Placeholder() string {
	switch p.Kind {
	case Int:
		return "N"
	case Float:
		return "X"
	case Text:
		return cmp.Or(p.Takes, "TEXT")
	case Choice:
		return strings.Join(p.Words, "|")
	case Token:
		return "TOKEN"
	}
	return strings.ToUpper(p.Name)
}

// Members reads the list that a stage with Repeat ends in, one text a member;
// pairs are TOKEN=BIAS.
func (s Form[T]) Members(texts []string) ([]Value, error) {
	var all []Value
	for _, text := range texts {
		first := s.Params[s.fixed()]
		if s.Repeat == 1 {
			v, err := first.Parse(text)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
			continue
		}
		second := s.Params[s.fixed()+1]
		cut := strings.LastIndexByte(text, '=')
		if cut < 0 {
			return nil, fmt.Errorf("%s is not %s=%s", quote(text), strings.ToUpper(first.Name), strings.ToUpper(second.Name))
		}
		v, err := first.Parse(text[:cut])
		if err != nil {
			return nil, err
		}
		w, err := second.Parse(text[cut+1:])
		if err != nil {
			return nil, err
		}
		all = append(all, v, w)
	}
	return all, nil
}

// flag returns which of a parameter's flags was given, "" if none, and its
// texts.
func (p Param) flag(value func(string) []string) (name string, texts []string) {
	for _, name := range [...]string{p.Flag, p.Alias} {
		if name == "" {
			continue
		}
		if texts := value(name); len(texts) > 0 {
			return name, texts
		}
	}
	return "", nil
}
