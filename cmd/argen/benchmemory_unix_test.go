//go:build unix

package main

import "testing"

func TestHighWater(t *testing.T) {
	if mb := highWater("VmPeak:\t  900000 kB\nVmHWM:\t  156250 kB\nVmRSS:\t  1000 kB\n"); mb == nil || *mb != 160 {
		t.Errorf("VmHWM of 156250 kB: got %v, want 160 MB", mb)
	}
	for _, status := range []string{"", "VmPeak:\t  900000 kB\n", "VmHWM:\t  many kB\n"} {
		if mb := highWater(status); mb != nil {
			t.Errorf("%q: got %v MB, want none", status, *mb)
		}
	}
	if mb := peakMemory(); mb == nil || *mb < 1 {
		t.Errorf("the peak of this process: got %v", mb)
	}
}
