// Gemm measures products of matrices behind gonum's blas32: GFLOP/s by shape,
// as a line of JSON.
//
//	go run gemm.go THREADS
package main

import (
	"encoding/json"
	"log"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	_ "argen/internal/tensor" // the engine of blas32
)

// shapes are m x n x k: a large one, and those of training and prompts.
var shapes = [][3]int{{1024, 1024, 1024}, {2048, 512, 128}, {2048, 128, 512}, {2048, 384, 128}, {2048, 128, 128}, {128, 512, 2048}, {256, 1536, 576}}

func main() {
	threads, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	runtime.GOMAXPROCS(threads)
	var rates []float64
	for _, s := range shapes {
		m, n, k := s[0], s[1], s[2]
		a, b, c := matrix(m, k), matrix(k, n), matrix(m, n)
		product := func() { blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c) }
		for range 3 {
			product()
		}
		var took []float64
		for start := time.Now(); len(took) < 5 || time.Since(start) < 200*time.Millisecond; {
			t := time.Now()
			product()
			took = append(took, time.Since(t).Seconds())
		}
		slices.Sort(took)
		rates = append(rates, 2*float64(m*n*k)/took[len(took)/2]/1e9)
	}
	if err := json.NewEncoder(os.Stdout).Encode(rates); err != nil {
		log.Fatal(err)
	}
}

func matrix(rows, cols int) blas32.General {
	m := blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
	for i := range m.Data {
		m.Data[i] = float32(i*7919%1000)/1000 - 0.5
	}
	return m
}
