package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"argen"
	"argen/sampler"
)

// stateFlags say where stages that learn begin, a flag for each number of
// [sampler.Spec].State.
type stateFlags struct{ fs *pflag.FlagSet }

func (s *stateFlags) add(fs *pflag.FlagSet) {
	s.fs = fs
	for _, spec := range sampler.Table {
		for _, p := range spec.State {
			read := func(text string) error {
				_, err := p.Parse(text)
				return err
			}
			fs.Var(&paramValue{read: read, name: p.Placeholder()}, p.Flag, p.Doc+"; "+p.Range())
			fs.Lookup(p.Flag).Annotations = map[string][]string{stageMark: {string(spec.Group)}}
		}
	}
}

// begin returns a chain whose learners stand where the flags say.
func (s *stateFlags) begin(chain []argen.Transform) ([]argen.Transform, error) {
	chain = slices.Clone(chain)
	for _, spec := range sampler.Table {
		for _, p := range spec.State {
			f := s.fs.Lookup(p.Flag)
			if !f.Changed {
				continue
			}
			i := slices.IndexFunc(chain, func(t argen.Transform) bool { return t.Name() == spec.Name })
			if i < 0 {
				return nil, usagef("--%s: the chain has no %s", p.Flag, spec.Name)
			}
			v, err := p.Parse(f.Value.String())
			if err != nil {
				return nil, fmt.Errorf("--%s: %w", p.Flag, err)
			}
			chain[i] = chain[i].(sampler.Stateful).WithState(map[string]float64{p.Name: v.Number})
		}
	}
	return chain, nil
}

// A standing is a number that a stage has learnt, under the name of its flag.
type standing struct {
	name  string
	value number
}

// standings are where the learners of a chain stand.
func standings(chain []argen.Transform) []standing {
	var all []standing
	for _, t := range chain {
		learner, ok := t.(sampler.Stateful)
		if !ok {
			continue
		}
		spec, _ := sampler.Lookup(t.Name())
		state := learner.State()
		for _, p := range spec.State {
			all = append(all, standing{strings.ReplaceAll(p.Flag, "-", "_"), number(state[p.Name])})
		}
	}
	return all
}

// MarshalJSON implements json.Marshaler: where learners stand comes last, each
// number as a request gives it.
func (s *sampled) MarshalJSON() ([]byte, error) {
	type plain sampled
	text, err := jsonLine((*plain)(s))
	if err != nil {
		return nil, err
	}
	text = text[:len(text)-len("}\n")]
	for _, n := range s.state {
		value, err := json.Marshal(n.value)
		if err != nil {
			return nil, err
		}
		text = fmt.Appendf(text, ",%q:%s", n.name, value)
	}
	return append(text, '}'), nil
}
