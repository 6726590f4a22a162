package train

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"argen/internal/tensor"
)

// adamChunk is how many weights one thread updates at a time.
const adamChunk = 1 << 14

// A job is a part of the weights that one thread updates: a matrix by Muon or
// a stretch by AdamW.
type job struct {
	view
	muon  bool
	decay bool
}

// jobs cuts the weights into parts.
func jobs(c Config, by Optimizer) []job {
	var all []job
	for i, v := range c.layout() {
		matrix := v.cols > 0 && i > 0 // a matrix inside the blocks
		if matrix && by == Muon {
			all = append(all, job{v, true, true})
			continue
		}
		for at, end := v.at, v.at+v.size(); at < end; at += adamChunk {
			part := view{name: v.name, rows: min(adamChunk, end-at), at: at}
			all = append(all, job{part, false, matrix})
		}
	}
	return all
}

// adamw updates w from its gradient g and the running means m of g and v of g².
//
//	m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
//	w ← (1 − rate·decay)·w − rate·m̂/(√v̂ + ε),  m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ)
//
// Means too small to matter are set to zero, before they become numbers that
// processors are slow with.
func adamw(w, g, m, v []float32, rate, decay float64, t int) {
	const leastM, leastV = 1e-24, 1e-34
	step := float32(rate / (1 - math.Pow(beta1, float64(t))))
	unbias := float32(1 / math.Sqrt(1-math.Pow(beta2, float64(t))))
	keep := float32(1 - rate*decay)
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i, x := range g {
		mi := beta1*m[i] + (1-beta1)*x
		vi := beta2*v[i] + (1-beta2)*x*x
		if mi < leastM && mi > -leastM {
			mi = 0
		}
		if vi < leastV {
			vi = 0
		}
		m[i], v[i] = mi, vi
		w[i] = keep*w[i] - step*mi/(float32(math.Sqrt(float64(vi)))*unbias+adamEps)
	}
}

// newtonSchulz are the coefficients of Muon's iteration X ← aX + (bA + cA²)X,
// A = XXᵀ. Five rounds bring all singular values near 1.
var newtonSchulz = struct {
	a, b, c float32
	rounds  int
}{3.4445, -4.7750, 2.0315, 5}

// muonSpace is the scratch of one thread.
type muonSpace struct{ x, y, a, b []float32 }

func newMuonSpace(all []job) *muonSpace {
	size, side := 0, 0
	for _, j := range all {
		if j.muon {
			size, side = max(size, j.size()), max(side, min(j.rows, j.cols))
		}
	}
	return &muonSpace{make([]float32, size), make([]float32, size), make([]float32, side*side), make([]float32, side*side)}
}

// muon updates a matrix w (rows, cols) from its gradient and momentum:
//
//	m ← µm + g,  w ← (1 − rate·decay)·w − rate·√max(1, rows/cols)·orthogonal(g + µm)
func (s *muonSpace) muon(w, g, m []float32, rows, cols int, rate, decay float64) {
	tensor.Scale(muonMomentum, m)
	tensor.Add(m, g)
	x := s.x[:len(w)]
	copy(x, g)
	tensor.Axpy(muonMomentum, m, x)
	x = s.orthogonal(x, rows, cols)
	tensor.Scale(float32(1-rate*decay), w)
	tensor.Axpy(float32(-rate*math.Sqrt(max(1, float64(rows)/float64(cols)))), x, w)
}

// orthogonal replaces x, in s.x, by about U·Vᵀ where x = U·Σ·Vᵀ, and returns
// where it is. A is made of the shorter side.
func (s *muonSpace) orthogonal(x []float32, rows, cols int) []float32 {
	norm := math.Sqrt(float64(tensor.Dot(x, x))) // the iteration corrects its last digits
	tensor.Scale(float32(1/(norm+1e-12)), x)
	side, tall := min(rows, cols), rows > cols
	X, Y := matrix(rows, cols, x), matrix(rows, cols, s.y[:len(x)])
	A, B := matrix(side, side, s.a[:side*side]), matrix(side, side, s.b[:side*side])
	n := newtonSchulz
	for range n.rounds {
		blas32.Gemm(transposed(tall), transposed(!tall), 1, X, X, 0, A)
		copy(B.Data, A.Data)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, n.c, A, A, n.b, B)
		copy(Y.Data, X.Data)
		if tall {
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, X, B, n.a, Y)
		} else {
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, B, X, n.a, Y)
		}
		X, Y = Y, X
	}
	return X.Data
}

func matrix(rows, cols int, data []float32) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}
