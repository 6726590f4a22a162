//go:build darwin || freebsd || linux

package hub

import (
	"math"
	"path/filepath"
	"syscall"
)

// freeSpace is how many bytes can be written to a folder, if that is known.
func freeSpace(dir string) (free int64, ok bool) {
	var s syscall.Statfs_t
	for syscall.Statfs(dir, &s) != nil {
		above := filepath.Dir(dir)
		if above == dir {
			return 0, false
		}
		dir = above // it is not there yet
	}
	n := float64(s.Bavail) * float64(s.Bsize)
	return int64(min(n, math.MaxInt64/2)), true
}
