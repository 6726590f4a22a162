package transformer

// blockLen is how many positions a block of the cache holds.
const blockLen = 32

// A cache keeps the keys and values of a context, so that a new token needs
// only its own: without it every step would compute the whole context again.
// It lies in blocks of blockLen positions. Forks share blocks, and one that
// wants to write into a block it shares copies it first.
type cache struct {
	layers, kvHeads, dim int
	whole                bool // of whole numbers (see wholeattention.go)
	blocks               []block
}

// A block holds keys and values (layer, KV head, keys or values, position, D).
type block struct {
	data []float32
	own  bool // nobody else can see it
	// Of whole numbers it has these instead of data: keys (layer, KV head, D/2,
	// position, 2) and values (layer, KV head, position/2, D, 2), and their units
	// (layer, KV head).
	wholes []int16
	units  []wholeUnits
}

func newCache(m *Model) *cache {
	c := &m.config
	return &cache{layers: c.Layers, kvHeads: c.KVHeads, dim: c.HeadDim, whole: m.wholeCache()}
}

// head returns the keys and values of one head in a block, (blockLen, D) each.
func (c *cache) head(layer, head, block int) (keys, values []float32) {
	n := blockLen * c.dim
	at := (layer*c.kvHeads + head) * 2 * n
	data := c.blocks[block].data[at : at+2*n]
	return data[:n], data[n:]
}

// wholeHead returns the whole numbers of one head in a block, and their units.
func (c *cache) wholeHead(layer, head, block int) (keys, values []int16, units *wholeUnits) {
	n := blockLen * c.dim
	at := layer*c.kvHeads + head
	data := c.blocks[block].wholes[2*at*n:][:2*n]
	return data[:n], data[n:], &c.blocks[block].units[at]
}

// newBlock returns a block of zeros.
func (c *cache) newBlock() block {
	heads := c.layers * c.kvHeads
	size := heads * 2 * blockLen * c.dim
	if c.whole {
		return block{own: true, wholes: make([]int16, size), units: make([]wholeUnits, heads)}
	}
	return block{own: true, data: make([]float32, size)}
}

// reserve makes ready to write n positions from a position on.
func (c *cache) reserve(from, n int) {
	for b := from / blockLen; b*blockLen < from+n; b++ {
		switch {
		case b == len(c.blocks):
			c.blocks = append(c.blocks, c.newBlock())
		case !c.blocks[b].own:
			own := c.newBlock()
			if from > b*blockLen {
				copy(own.data, c.blocks[b].data)
				copy(own.wholes, c.blocks[b].wholes)
				copy(own.units, c.blocks[b].units)
			}
			c.blocks[b] = own
		}
	}
}

// fork returns a cache of the first n positions. From now on neither it nor c
// owns the blocks that both have.
func (c *cache) fork(n int) *cache {
	shared := (n + blockLen - 1) / blockLen
	for i := range shared {
		c.blocks[i].own = false
	}
	f := *c
	f.blocks = append([]block(nil), c.blocks[:shared]...)
	return &f
}
