//go:build ignore

// Measures argen's sampling for bench_sampling.py:
//
//	go run sampling.go LOGITS.f64 CHAIN TIMES
//
// puts the logits, float64 in the machine's order, through a chain and draws a
// token, that many times. It prints one line of JSON: the microseconds of CPU
// time and the allocations of one time, and what is left in the end.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"unsafe"

	"argen"
	"argen/sampler"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "sampling.go:", err)
		os.Exit(1)
	}
}

// cpu returns the CPU time of the process so far, in microseconds.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	micros := func(t syscall.Timeval) float64 { return 1e6*float64(t.Sec) + float64(t.Usec) }
	return micros(u.Utime) + micros(u.Stime)
}

func run(file, text, count string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	logits := unsafe.Slice((*float64)(unsafe.Pointer(&data[0])), len(data)/8)
	chain, err := sampler.Parse(text)
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	c := &argen.Candidates{}
	u, drawn := 0.0, 0
	once := func() error {
		if err := c.Reset(logits); err != nil {
			return err
		}
		for _, stage := range chain {
			stage.Apply(c, argen.Past{})
		}
		// The draw, as a run has it.
		u += 0.618034
		u -= float64(int(u))
		sum := 0.0
		for rank := range c.Len() {
			if sum += c.At(rank).Prob; u < sum {
				drawn += int(c.At(rank).ID)
				break
			}
		}
		return nil
	}
	for range 20 {
		if err := once(); err != nil {
			return err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpu()
	for range times {
		if err := once(); err != nil {
			return err
		}
	}
	took := cpu() - began
	runtime.ReadMemStats(&after)
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"us": took / float64(times), "allocs": float64(after.Mallocs-before.Mallocs) / float64(times),
		"ids": slices.Clone(c.Top(c.Len())), "drawn": drawn,
	})
}
