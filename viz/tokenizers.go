package viz

// Tokenizers draws what tokenizers make of the same text: how many bytes a
// token has, how many bits a byte costs a model with it.
func Tokenizers(in Input) (*Figure, error) {
	d, err := dataOf(in, "tokenizers", boundedBars)
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}
