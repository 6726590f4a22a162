package hub

import (
	"math"

	"golang.org/x/sys/windows"
)

// freeSpace is how many bytes can be written to a folder, if that is known.
func freeSpace(dir string) (free int64, ok bool) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	var n uint64
	if err := windows.GetDiskFreeSpaceEx(name, &n, nil, nil); err != nil {
		return 0, false
	}
	return int64(min(n, math.MaxInt64)), true
}
