//go:build unix

package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// peakMemory is the most memory that this process had at a time, in MB; nil if
// the system does not say. Linux is asked for VmHWM first: its ru_maxrss is at
// least what the parent had when it started this process.
func peakMemory() *float64 {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if mb := highWater(string(status)); mb != nil {
			return mb
		}
	}
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

// highWater is VmHWM of a /proc/PID/status, in MB; nil if it is not there.
func highWater(status string) *float64 {
	for line := range strings.Lines(status) {
		rest, ok := strings.CutPrefix(line, "VmHWM:")
		if !ok {
			continue
		}
		kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
		if err != nil {
			return nil
		}
		mb := rounded(kib*1024/1e6, 4)
		return &mb
	}
	return nil
}
