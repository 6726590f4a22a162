//go:build !unix

package mapped

// Anonymous returns n bytes of memory that are 0, and what gives it back.
func Anonymous(n int) (data []byte, free func() error) {
	return make([]byte, n), func() error { return nil }
}
