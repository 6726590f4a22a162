package transformer

// Options say how a model is computed. The zero value computes the whole context
// of the model, exactly, with as many threads as are found to be fastest.
type Options struct {
	// Threads is how many threads compute a token, at most as many as Go uses
	// (GOMAXPROCS). 0 tries out how many are fastest, again and again.
	Threads int
	// Context is how many tokens a context has at most, besides the model's own
	// limit: less needs less memory. 0 leaves the model's limit alone, but for one
	// whose wavelengths are others in long contexts ([Rope.Long]): its contexts
	// are those that it was first made for, unless more is asked for.
	Context int
	// Fast rounds what a quantised matrix is applied to to 8 bits a number
	// ([tensor.Int8]), as llama.cpp does, and keys and values to 12 bits, which
	// halves the memory of a context. Matrices of other numbers, and of types with
	// scales for 16 numbers, are computed as without it; so is a model that has
	// only these, and attention with heads of more than 256 numbers or of no
	// multiple of 16.
	Fast bool
}

// With returns the model with other options; both have the same weights. Of
// several options the last are taken, and without any it is the model itself.
func (m *Model) With(o ...Options) *Model {
	if len(o) == 0 || m.options == o[len(o)-1] {
		return m
	}
	w := *m
	w.set(o[len(o)-1])
	return &w
}

func (m *Model) set(o Options) {
	m.options = o
	c := &m.config
	c.Context = m.longest
	switch {
	case o.Context > 0:
		c.Context = min(c.Context, o.Context)
	case c.Rope.Long != nil:
		c.Context = min(c.Context, c.Rope.Original)
	}
}
