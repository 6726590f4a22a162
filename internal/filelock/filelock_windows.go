// Package filelock keeps two processes from the same work.
package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Try locks a file until it is closed, and reports whether no other process
// had. Where that cannot be known, as of a folder, none had.
//
// Windows keeps what is locked from being read, so a byte far behind the end of
// the file is.
func Try(f *os.File) bool {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: 0x7fffffff})
	return !errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
