//go:build unix

package main

import (
	"runtime"
	"syscall"
)

// peakMemory is the most memory that this process had at a time, in MB; nil if
// the system does not say.
func peakMemory() *float64 {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return nil
	}
	unit := 1024.0
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	mb := rounded(float64(use.Maxrss)*unit/1e6, 4)
	return &mb
}
