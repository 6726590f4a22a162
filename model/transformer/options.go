package transformer

// Options say how a model is computed. The zero value computes the whole context
// of the model, exactly, with as many threads as are found to be fastest.
type Options struct {
	// Threads is how many threads compute a token, at most as many as Go uses
	// (GOMAXPROCS). 0 tries out how many are fastest, again and again.
	Threads int
	// Context is how many tokens a context has at most, besides the model's own
	// limit: less needs less memory. 0 leaves the model's limit alone.
	Context int
	// Fast rounds what a quantised matrix is applied to to 8 bits a number
	// ([tensor.Int8]), as llama.cpp does. Matrices of other numbers, and of types
	// with scales for 16 numbers, are computed as without it.
	Fast bool
}

// With returns the model with other options; both have the same weights. Of
// several options the last are taken, and without any it is the model itself.
func (m *Model) With(o ...Options) *Model {
	if len(o) == 0 || m.options == o[len(o)-1] {
		return m
	}
	w := *m
	w.options = o[len(o)-1]
	if n := w.options.Context; n > 0 {
		w.config.Context = min(w.config.Context, n)
	}
	return &w
}
