//go:build !unix

package main

// peakMemory is not known on this system.
func peakMemory() *float64 { return nil }
