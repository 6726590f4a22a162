package viz

// Checkpoints draws probabilities, of next tokens or of what a model recalls,
// over the steps of its training.
func Checkpoints(in Input) (*Figure, error) {
	d, err := dataOf(in, "checkpoints", bounded(wholeCount, anyShare))
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}
