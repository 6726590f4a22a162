package argen_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

// Verify notices a change of any number and any text that a step has, but for
// those that say what was done and not what came out.
func TestVerifyEveryField(t *testing.T) {
	g := logger(t)
	g.MaxTokens, g.Explain = 4, false
	_, whole := logged(t, g, "It was")
	const at = 2
	given := map[string]bool{
		"T": true, "Nanos": true, "Forced": true, "Dice": true, "Gumbel": true, "Chain": true, // what was asked for
		"Why": true, "Params": true, // words
	}
	seen := 0
	visit := func(path string, of func(s *argen.Step) reflect.Value) {
		for _, field := range reflect.VisibleFields(of(&whole.Steps[at]).Type()) {
			name := path + field.Name
			if given[field.Name] || slices.Contains([]reflect.Kind{reflect.Slice, reflect.Struct, reflect.Interface}, field.Type.Kind()) {
				continue
			}
			trace := *whole
			trace.Steps = slices.Clone(whole.Steps)
			s := &trace.Steps[at]
			s.Top, s.Stages = slices.Clone(s.Top), slices.Clone(s.Stages)
			x := of(s).FieldByIndex(field.Index)
			switch x.Kind() {
			case reflect.Float64:
				if math.IsInf(x.Float(), 0) {
					continue
				}
				x.SetFloat(x.Float() + 1e-6)
			case reflect.Bool:
				x.SetBool(!x.Bool())
			case reflect.String:
				x.SetString(x.String() + "x")
			default:
				x.SetInt(x.Int() + 1)
			}
			seen++
			if err := argen.Verify(t.Context(), g, &trace, sampler.Parse); err == nil {
				t.Errorf("step %d with another %s verifies", at, name)
			}
		}
	}
	visit("", func(s *argen.Step) reflect.Value { return reflect.ValueOf(s).Elem() })
	visit("Rest.", func(s *argen.Step) reflect.Value { return reflect.ValueOf(&s.Rest).Elem() })
	for i := range whole.Steps[at].Top {
		visit("Top.", func(s *argen.Step) reflect.Value { return reflect.ValueOf(&s.Top[i]).Elem() })
	}
	for i := range whole.Steps[at].Stages {
		visit("Stages.", func(s *argen.Step) reflect.Value { return reflect.ValueOf(&s.Stages[i]).Elem() })
	}
	if seen < 50 {
		t.Errorf("%d fields are changed", seen)
	}
}

// A model that predicts nothing from an empty context keeps all laws behind it.
func TestIdentitiesWithoutABeginning(t *testing.T) {
	laws, err := argen.CheckIdentities(t.Context(), &needy{fake{logits: make([]float64, 258)}}, []argen.ID{65, 66, 67})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range laws {
		if !l.Holds() {
			t.Errorf("%s is off by %v", l.Name, l.Off)
		}
	}
}
