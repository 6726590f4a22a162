//go:build unix

package mapped

import "golang.org/x/sys/unix"

// Anonymous returns n bytes of memory beside Go's own, which the garbage
// collector neither scans nor counts, and what gives it back. They are 0. Where
// the system has huge pages it is asked for them: large matrices are read up to
// twice as fast from those. Without such memory it is Go's.
func Anonymous(n int) (data []byte, free func() error) {
	if n > 0 {
		m, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err == nil {
			hugePages(m)
			return m, func() error { return unix.Munmap(m) }
		}
	}
	return make([]byte, n), func() error { return nil }
}
