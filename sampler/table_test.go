package sampler_test

import (
	"encoding/json"
	"math"
	"regexp"
	"testing"

	"argen"
	"argen/sampler"
)

// The names in the table are those of the JSON fields, no flag is taken twice,
// and defaults are within their ranges.
func TestTableNames(t *testing.T) {
	word := regexp.MustCompile(`^[a-z][a-z0-9]*([_-][a-z0-9]+)*$`)
	taken := map[string]string{}
	take := func(flag, owner string) {
		if other := taken[flag]; other != "" || !word.MatchString(flag) {
			t.Errorf("flag --%s of %s: taken by %q or no word", flag, owner, other)
		}
		taken[flag] = owner
	}
	for _, s := range sampler.Table {
		take(s.Switch(), s.Name+" (its name)")
		delete(taken, s.Switch())
		tr, err := s.Make()
		if s.Example != "" {
			var chain []argen.Transform
			if chain, err = sampler.Parse(s.Example); err == nil {
				tr = chain[0]
			}
		}
		if err != nil {
			t.Errorf("%s without values: %v", s.Name, err)
			continue
		}
		text, err := json.Marshal(tr)
		var fields map[string]any
		if err == nil {
			err = json.Unmarshal(text, &fields)
		}
		if err != nil || len(fields) != len(s.Params) {
			t.Errorf("%s: fields %s, %v", s.Name, text, err)
		}
		if len(s.Params) == 0 {
			take(s.Switch(), s.Name)
		}
		for _, p := range s.Params {
			for _, flag := range []string{p.Flag, p.Alias} {
				if flag != "" {
					take(flag, s.Name)
				}
			}
			if _, ok := fields[p.Name]; !ok {
				t.Errorf("%s: no field %s in %s", s.Name, p.Name, text)
			}
			if p.Kind != sampler.Float && p.Kind != sampler.Int {
				continue
			}
			if p.Check(sampler.Value{Number: p.Default}) != nil || !math.IsNaN(p.Off) && p.Check(sampler.Value{Number: p.Off}) != nil {
				t.Errorf("%s: default %v or off %v out of range %s", s.Name, p.Default, p.Off, p.Range())
			}
		}
	}
}
