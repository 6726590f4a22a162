package viz

// Occlusion draws what each earlier token did for a prediction: the bits of
// surprisal that it costs to take the token away; below 0 where the prediction
// is better without it.
func Occlusion(in Input) (*Figure, error) {
	d, err := dataOf[*MatrixData](in, "occlusion")
	if err != nil {
		return nil, err
	}
	return d.figure()
}
