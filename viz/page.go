package viz

// For a lecture hall a chart is laid out on a page that is narrower by bigZoom,
// with fewer rows, and then enlarged: type, lines and marks all grow.
const bigZoom = 1.5

// page is the width on which a chart is laid out.
func (in Input) page() float64 {
	switch {
	case in.wide > 0:
		return in.wide
	case in.Big:
		return pageWidth / bigZoom
	}
	return pageWidth
}

// widest is the most that a page may have instead of a width.
func (in Input) widest(width float64) float64 {
	if in.Big {
		return width / bigZoom
	}
	return width
}

// mostRows is how many tokens next and draw show one by one.
const mostRows = 15

// rows is how many tokens are shown one by one.
func (in Input) rows() int {
	if in.Big {
		return 8
	}
	return mostRows
}

// Figure draws the chart, or a page of one for each input where there are
// several; what is written of it is as large as the input says.
func (c Chart) Figure(ins ...Input) (*Figure, error) {
	if len(ins) == 1 {
		f, err := c.Draw(ins[0])
		if err == nil && ins[0].Big {
			f.zoom = bigZoom
		}
		return f, err
	}
	return c.multiples(ins)
}
