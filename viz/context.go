package viz

// Context draws what more context is worth: bits a token, or another number
// from 0 on, over how many tokens of context a model sees.
func Context(in Input) (*Figure, error) {
	d, err := dataOf(in, "context", bounded(wholeCount, notBelow0))
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}
