package train

import (
	"math"
	"testing"

	"argen/internal/tensor"
)

// U·Vᵀ of a matrix has its singular values at 1; five rounds bring those of a
// random matrix between 0.68 and 1.14 (the range of the iteration's cycle), so
// X·Xᵀ has about 1 on its diagonal and the squared length is about the rank.
func TestOrthogonal(t *testing.T) {
	for _, shape := range [][2]int{{6, 40}, {40, 6}, {12, 12}} {
		rows, cols := shape[0], shape[1]
		s := newMuonSpace([]job{{view: view{rows: rows, cols: cols}, muon: true}})
		x := s.x[:rows*cols]
		for i, v := range normal(stream(1, "test", 0), len(x)) {
			x[i] = float32(v)
		}
		y := s.orthogonal(x, rows, cols)
		side := min(rows, cols)
		length := float64(tensor.Dot(y, y)) / float64(side)
		if length < 0.68*0.68 || length > 1.14*1.14 {
			t.Errorf("%d × %d: the mean squared singular value is %v", rows, cols, length)
		}
		for i := range side {
			for j := range i {
				dot := 0.0
				for k := range max(rows, cols) {
					if rows > cols {
						dot += float64(y[k*cols+i]) * float64(y[k*cols+j])
					} else {
						dot += float64(y[i*cols+k]) * float64(y[j*cols+k])
					}
				}
				if math.Abs(dot) > 0.4 {
					t.Errorf("%d × %d: directions %d and %d have product %v", rows, cols, i, j, dot)
				}
			}
		}
	}
}

// A matrix without a gradient (behind a projection that is still zero) stays.
func TestMuonOfZero(t *testing.T) {
	s := newMuonSpace([]job{{view: view{rows: 2, cols: 2}, muon: true}})
	w, g, m := []float32{1, 2, 3, 4}, make([]float32, 4), make([]float32, 4)
	s.muon(w, g, m, 2, 2, 0.1, 0)
	if w[0] != 1 || w[3] != 4 {
		t.Errorf("weights %v", w)
	}
}

// Gradients and means that have sunk below what counts become zero, not
// numbers that processors are slow with.
func TestMeansDoNotLinger(t *testing.T) {
	w, g, m, v := []float32{1}, []float32{1}, []float32{0}, []float32{0}
	adamw(w, g, m, v, 0.1, 0, 1)
	g[0] = 0
	for range 4000 {
		adamw(w, g, m, v, 0.1, 0, 2)
	}
	if m[0] != 0 || v[0] != 0 {
		t.Errorf("means %v and %v", m[0], v[0])
	}
}

// Every weight is in one job.
func TestJobsCoverTheWeights(t *testing.T) {
	c, err := tiny().complete()
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []Optimizer{Muon, AdamW} {
		at := 0
		for _, j := range jobs(c, by) {
			if j.at != at {
				t.Fatalf("%s: a job begins at %d, want %d", by, j.at, at)
			}
			at += j.size()
		}
		if at != c.Params() {
			t.Errorf("%s: the jobs end at %d of %d", by, at, c.Params())
		}
	}
}
