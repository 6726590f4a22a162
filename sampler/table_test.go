package sampler_test

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

// fieldNames are the names of a stage's fields as JSON has them, also of those
// that it leaves out where they are 0.
func fieldNames(tr argen.Transform) []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(tr)) {
		if f.IsExported() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// The names in the table are those of the JSON fields, no flag is taken twice,
// and defaults are within their ranges.
func TestTableNames(t *testing.T) {
	word := regexp.MustCompile(`^[a-z][a-z0-9]*([_-][a-z0-9]+)*$`)
	taken, shared := map[string]string{}, map[string]bool{}
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
		names := fieldNames(tr)
		if len(names) != len(s.Params) {
			t.Errorf("%s: fields %s", s.Name, names)
		}
		if len(s.Params) == 0 {
			take(s.Switch(), s.Name)
		}
		for _, p := range s.Params {
			for _, flag := range []string{p.Flag, p.Alias} {
				switch {
				case flag == "":
				case p.Shared && shared[flag]: // the other owner says so too
				default:
					take(flag, s.Name)
				}
				shared[flag] = p.Shared
			}
			if !slices.Contains(names, p.Name) {
				t.Errorf("%s: no field %s among %s", s.Name, p.Name, names)
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
