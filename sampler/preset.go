package sampler

import (
	"slices"

	"argen"
)

// A Preset is how an engine samples: its stages with its defaults, their
// order, and its rules where engines differ.
type Preset struct {
	Name      string // "llamacpp"
	Doc       string // whose defaults, of when
	Chain     string // the stages that it has when nothing is asked for
	Order     []string
	Semantics Semantics
}

// Presets are the engines known.
var Presets = []Preset{
	{Name: "argen", Doc: "the model's own distribution, nothing hidden", Chain: "temperature=1"},
}

// LookupPreset returns the preset of a name.
func LookupPreset(name string) (Preset, bool) {
	for _, p := range Presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// stages are those it has when nothing is asked for.
func (p Preset) stages() ([]argen.Transform, error) { return p.Semantics.Parse(p.Chain) }

// order is where every stage has its place: as in Order, and those that it
// lacks behind the stage that Table has before them.
func (p Preset) order() []string {
	order := slices.Clone(p.Order)
	for i, s := range Table {
		if slices.Contains(order, s.Name) {
			continue
		}
		at := 0
		if i > 0 {
			at = slices.Index(order, Table[i-1].Name) + 1
		}
		order = slices.Insert(order, at, s.Name)
	}
	return order
}
