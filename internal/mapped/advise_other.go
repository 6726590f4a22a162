//go:build !linux

package mapped

func hugePages([]byte) {}

func forget([]byte) {}
