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

// enough reports whether there is enough to say something of: places, and texts
// that they are in.
func (b byText) enough() bool {
	texts := 0
	for _, text := range b {
		if len(text) > 0 {
			texts++
		}
	}
	return texts >= 6 && b.places() >= 12
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

// pooled is the mean over all places, each of which counts the same, with an
// interval over the texts.
func (b byText) pooled(l *Lab) Interval {
	sums, of := make([]float64, len(b)), make([]float64, len(b))
	for i, text := range b {
		of[i] = float64(len(text))
		for _, x := range text {
			sums[i] += x
		}
	}
	return l.RatioByText(sums, of)
}

// RatioByText is Σa / Σb, both summed up for each text, with an interval over the
// texts. What a text does to a ratio of sums is linear for many texts,
//
//	ratio + (a_i − ratio · b_i) · texts / Σb
//
// (Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter
// 6). Texts of which b is 0 are left out. Without any the ratio is NaN; an
// infinite one has no other values.
func (l *Lab) RatioByText(a, b []float64) Interval {
	above, below, texts := 0.0, 0.0, 0
	for i := range a {
		if b[i] != 0 {
			above, below, texts = above+a[i], below+b[i], texts+1
		}
	}
	if texts == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	ratio := above / below
	if math.IsInf(ratio, 0) {
		return exactly(ratio)
	}
	var values []float64
	for i := range a {
		if b[i] != 0 {
			values = append(values, ratio+float64((a[i]-float64(ratio*b[i]))*float64(texts)/below))
		}
	}
	e := l.Mean(values)
	return Interval{ratio, e.Lo, e.Hi}
}

// ShareByText is the share that hits are of all places, both counted for each
// text, with the interval of RatioByText. It is never narrower than Wilson's of
// places that have nothing to do with each other, which also holds where none or
// all are hits. Without places the share is NaN.
func (l *Lab) ShareByText(hits, of []int) Interval {
	all, places := 0, 0
	a, b := make([]float64, len(hits)), make([]float64, len(hits))
	for i := range hits {
		all, places = all+hits[i], places+of[i]
		a[i], b[i] = float64(hits[i]), float64(of[i])
	}
	if places == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	e, texts := ShareOf(all, places), l.RatioByText(a, b)
	if math.IsNaN(texts.Lo) { // of a single text
		return Interval{e.Mean, math.NaN(), math.NaN()}
	}
	return Interval{e.Mean, max(0, min(e.Lo, texts.Lo)), min(1, max(e.Hi, texts.Hi))}
}
