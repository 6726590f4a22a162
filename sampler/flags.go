package sampler

import (
	"fmt"
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
// preset's order has it.
func (p Preset) FromFlags(value func(flag string) []string) ([]argen.Transform, error) {
	chain, err := p.stages()
	if err != nil {
		return nil, err
	}
	order := p.order()
	for _, s := range Table {
		t, given, err := s.FromFlags(value, p.Semantics)
		if err != nil {
			return nil, err
		}
		if given {
			chain = place(chain, t, order)
		}
	}
	if chain == nil && p.Name == "" {
		return Default(), nil
	}
	return chain, nil
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
