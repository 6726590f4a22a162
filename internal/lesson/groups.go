package lesson

import "slices"

// A Group is some lessons of the course under one head; explain.groups.NAME in
// the catalogue.
type Group struct {
	Name    string
	Lessons []*Lesson
}

// grouped names the lessons of each group.
var grouped = []struct {
	group   string
	lessons []string
}{
	{"loop", []string{"loop", "chain-rule", "tokens"}},
	{"models", []string{"counting", "smoothing", "memory"}},
	{"inside", []string{"attention", "inside"}},
	{"choosing", []string{"temperature", "truncation", "order", "greedy", "loops"}},
	{"running", []string{"drift", "cache", "speculative"}},
	{"measuring", []string{"calibration", "compression", "counterfactuals", "top-k-api"}},
	{"learning", []string{"training"}},
}

// Groups are the lessons of the course in groups, in its order.
func Groups() []Group {
	var all []Group
	for _, l := range Course {
		for _, g := range grouped {
			if !slices.Contains(g.lessons, l.Name) {
				continue
			}
			if len(all) == 0 || all[len(all)-1].Name != g.group {
				all = append(all, Group{Name: g.group})
			}
			last := &all[len(all)-1]
			last.Lessons = append(last.Lessons, l)
		}
	}
	return all
}
