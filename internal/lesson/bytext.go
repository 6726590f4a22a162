package lesson

// A byText is a number measured at places, those of a text together. Neighbours
// in a text are alike: an interval that took each place for itself would be too
// narrow, so it comes from the means of the texts.
type byText [][]float64

// next begins a text.
func (b *byText) next() { *b = append(*b, nil) }

// add adds a place of the text that was begun last.
func (b byText) add(x float64) {
	last := &b[len(b)-1]
	*last = append(*last, x)
}

// places is how many there are in all texts.
func (b byText) places() int {
	n := 0
	for _, text := range b {
		n += len(text)
	}
	return n
}

// minus is b − c, place by place.
func (b byText) minus(c byText) byText {
	d := make(byText, len(b))
	for i := range b {
		d[i] = minus(b[i], c[i])
	}
	return d
}

// means are the means of the texts.
func (b byText) means() []float64 {
	list := make([]float64, len(b))
	for i, text := range b {
		list[i] = mean(text)
	}
	return list
}
