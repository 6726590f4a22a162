package viz

// Kinds draws what models know of each kind of dependency: a group of bars a
// kind, a bar a model.
func Kinds(in Input) (*Figure, error) {
	d, err := dataOf(in, "kinds", boundedBars)
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}
