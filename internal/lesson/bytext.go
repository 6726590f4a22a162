package lesson

import "math"

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

// ShareByText is the share that hits are of all places, both counted for each
// text, with an interval over the texts. The share is a ratio of sums; what a
// text does to it is linear for many texts,
//
//	share + (hits_i − share · of_i) · texts / Σ of
//
// (Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter
// 6). It is never narrower than Wilson's of places that have nothing to do with
// each other, which also holds where none or all are hits. Without places the
// share is NaN.
func (l *Lab) ShareByText(hits, of []int) Interval {
	all, places := 0, 0
	for i := range hits {
		all, places = all+hits[i], places+of[i]
	}
	if places == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	e := ShareOf(all, places)
	values := make([]float64, len(hits))
	for i := range hits {
		values[i] = e.Mean + float64((float64(hits[i])-float64(e.Mean*float64(of[i])))*float64(len(hits))/float64(places))
	}
	texts := l.Mean(values)
	return Interval{e.Mean, max(0, min(e.Lo, texts.Lo)), min(1, max(e.Hi, texts.Hi))}
}
