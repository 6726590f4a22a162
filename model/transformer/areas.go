package transformer

// Where a pass has many positions, they are shared out among those who work: each
// has an area, and does there all that is done at a position. It is two blocks of
// positions, as far from the beginning as from the end, so that everybody has as
// many keys to look at.

const (
	// minSpread is how many positions a pass has at least to be shared out so: each
	// area reads all weights.
	minSpread = 64
	// rowsTogether is how many rows of matrices a piece has.
	rowsTogether = 32
)

// spreads reports whether positions are shared out.
func (p *pass) spreads() bool { return p.crew != nil && len(p.ids) >= minSpread }

// blockSize is how many positions a block of an area has at most: whole tiles.
func (p *pass) blockSize() int {
	blocks := 2 * p.crew.areas
	return ((len(p.ids)+tile-1)/tile + blocks - 1) / blocks * tile
}

// areaBlock returns the positions of one of the two blocks of an area.
func (p *pass) areaBlock(area, second int) (from, to int) {
	if second == 1 {
		area = 2*p.crew.areas - 1 - area
	}
	size := p.blockSize()
	return min(area*size, len(p.ids)), min((area+1)*size, len(p.ids))
}

// inTiles does a work at all positions, a tile at a time.
func (p *pass) inTiles(do func(from, to int)) {
	p.tileWork = do
	tiles := (len(p.ids) + tile - 1) / tile
	areas := p.crew.size()
	p.crew.spread(areas, (tiles+2*areas-1)/(2*areas)*2, p.doTile)
}

// tileAt does the work at one of an area's tiles.
func (p *pass) tileAt(area, piece int) {
	tiles := p.blockSize() / tile
	from, end := p.areaBlock(area, piece/tiles)
	if from += piece % tiles * tile; from < end {
		p.tileWork(from, min(from+tile, end))
	}
}

// rowsAt computes some rows of a product at all positions of an area.
func (p *pass) rowsAt(area, piece int) {
	rows, _ := p.product.size()
	for second := range 2 {
		if from, to := p.areaBlock(area, second); from < to {
			p.product.rowsAt(piece*rowsTogether, min((piece+1)*rowsTogether, rows), from, to)
		}
	}
}
