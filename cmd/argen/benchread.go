package main

import (
	"sync"
	"time"

	"argen/internal/tensor"
)

// How many bytes are read to see how fast that is. Larger models are not in any
// cache either.
const (
	leastRead = 64 << 10
	mostRead  = 512 << 20
)

// readRate returns the GB/s at which threads read so many bytes, as a token
// does: over and over, each thread its part, from the nearest cache that holds
// them.
func readRate(bytes int64, threads, reps int) figure {
	n := int(max(leastRead, min(bytes, mostRead))) / 4 / threads
	parts := make([][]float32, threads)
	for i := range parts {
		parts[i] = make([]float32, n)
		for j := range parts[i] {
			parts[i][j] = 1 // zeros that were never written are all one page
		}
	}
	read := func() float64 {
		times := 1 + int(leastTime.Seconds()*10e9)/(4*n*threads)
		start := time.Now()
		var wait sync.WaitGroup
		for _, part := range parts {
			wait.Go(func() {
				for range times {
					tensor.Dot(part, part)
				}
			})
		}
		wait.Wait()
		return float64(times) * float64(4*n*threads) / time.Since(start).Seconds() / 1e9
	}
	read()
	all := make([]float64, reps)
	for i := range all {
		all[i] = read()
	}
	return newFigure(all)
}
