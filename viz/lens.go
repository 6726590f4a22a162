package viz

// Lens draws what a model would predict after each of its layers (the logit
// lens: nostalgebraist, interpreting GPT, 2020): a row a layer, in each cell a
// token and as its shade its probability.
func Lens(in Input) (*Figure, error) {
	d, err := dataOf(in, "lens", boundedCells(anyShare))
	if err != nil {
		return nil, err
	}
	return d.figure()
}
