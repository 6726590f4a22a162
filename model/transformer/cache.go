package transformer

// blockLen is how many positions a block of the cache holds.
const blockLen = 32

// A cache keeps the keys and values of a context, so that a new token needs
// only its own: without it every step would compute the whole context again.
// It lies in blocks of blockLen positions. Forks share blocks, and one that
// wants to write into a block it shares copies it first.
type cache struct {
	layers, kvHeads, dim int
	blocks               []block
}

// A block holds keys and values (layer, KV head, keys or values, position, D).
type block struct {
	data []float32
	own  bool // nobody else can see it
}

func newCache(c *Config) *cache { return &cache{layers: c.Layers, kvHeads: c.KVHeads, dim: c.HeadDim} }

// head returns the keys and values of one head in a block, (blockLen, D) each.
func (c *cache) head(layer, head, block int) (keys, values []float32) {
	n := blockLen * c.dim
	at := (layer*c.kvHeads + head) * 2 * n
	data := c.blocks[block].data[at : at+2*n]
	return data[:n], data[n:]
}

// reserve makes ready to write n positions from a position on.
func (c *cache) reserve(from, n int) {
	size := c.layers * c.kvHeads * 2 * blockLen * c.dim
	for b := from / blockLen; b*blockLen < from+n; b++ {
		switch {
		case b == len(c.blocks):
			c.blocks = append(c.blocks, block{make([]float32, size), true})
		case !c.blocks[b].own:
			data := make([]float32, size)
			if from > b*blockLen {
				copy(data, c.blocks[b].data)
			}
			c.blocks[b] = block{data, true}
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
