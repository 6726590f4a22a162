package lesson

// A Group is some lessons of the course under one head; explain.groups.NAME in
// the catalogue.
type Group struct {
	Name    string
	Lessons []*Lesson
}

// groupFrom has the name of the first lesson of each group, in the order of the
// course.
var groupFrom = []struct{ group, first string }{
	{"loop", "loop"},
	{"models", "counting"},
	{"inside", "attention"},
	{"choosing", "temperature"},
	{"running", "drift"},
	{"measuring", "calibration"},
	{"learning", "training"},
}

// Groups are the lessons of the course in groups, in order.
func Groups() []Group {
	var all []Group
	for _, l := range Course {
		for _, g := range groupFrom {
			if g.first == l.Name {
				all = append(all, Group{Name: g.group})
			}
		}
		if last := len(all) - 1; last >= 0 {
			all[last].Lessons = append(all[last].Lessons, l)
		}
	}
	return all
}
