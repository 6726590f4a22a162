//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

// Package filelock keeps two processes from the same work.
package filelock

import (
	"errors"
	"os"
	"syscall"
)

// Try locks a file or folder until it is closed, and reports whether no other
// process had. Where that cannot be known, as on some file systems of networks,
// none had.
func Try(f *os.File) bool {
	return !errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
