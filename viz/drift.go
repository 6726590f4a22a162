package viz

// Drift draws how a number changes along texts, position by position: of
// text that a model has written itself against text that it was given.
func Drift(in Input) (*Figure, error) {
	d, err := dataOf(in, "drift", bounded(wholeCount, notBelow0))
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}
