package ngram

// prefetch asks for the cache lines of slots[at[0]], …, slots[at[n-1]] without
// waiting for them.
//
//go:noescape
func prefetch(slots *slot, at *uint32, n int)
