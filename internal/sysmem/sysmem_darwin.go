package sysmem

import "golang.org/x/sys/unix"

// available is all memory of the machine: what others use can be compressed.
func available() (int64, bool) {
	n, err := unix.SysctlUint64("hw.memsize")
	return int64(n), err == nil
}
