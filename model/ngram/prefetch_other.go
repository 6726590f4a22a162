//go:build !amd64

package ngram

// prefetch would ask for memory ahead; here the processor is left to it.
func prefetch(*slot, *uint32, int) {}
