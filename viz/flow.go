package viz

import (
	"math"

	"argen"
)

// A flowing is the probability of each row after each stage, as the trace
// records it.
type flowing struct {
	p    [][]float64 // row × (model, stage 1, …); NaN where it is not recorded
	gone []int       // row → the column of the stage that removed it, 0 if none did
	most float64     // the greatest of p
}

// flowOf gathers the probabilities of rows. All others have what the rows leave
// of 1, where those are known.
func flowOf(s *argen.Step, list []row) flowing {
	n := len(s.Stages)
	g := flowing{most: 1e-300}
	for i, r := range list {
		col := make([]float64, n+1)
		for j := range col {
			col[j] = math.NaN()
			if j > 0 && j < n && j <= len(r.after) {
				col[j] = r.after[j-1]
			}
		}
		g.gone = append(g.gone, 0)
		for j := range s.Stages {
			if r.removedBy != "" && argen.Visible(s.Stages[j].Name) == r.removedBy {
				g.gone[i] = j + 1
			}
		}
		col[0] = r.model
		if g.gone[i] == 0 {
			col[n] = r.sampled
		}
		g.p = append(g.p, col)
	}
	for i, r := range list {
		for j := 1; r.rest && j < n; j++ {
			g.p[i][j] = g.left(i, j)
		}
		for _, p := range g.p[i] {
			if p > g.most {
				g.most = p
			}
		}
	}
	return g
}

// left is what all rows but one leave of 1 in a column.
func (g flowing) left(but, j int) float64 {
	left := 1.0
	for i := range g.p {
		if i != but && (g.gone[i] == 0 || g.gone[i] > j) {
			left -= g.p[i][j]
		}
	}
	if left < 1e-12 { // not if it is NaN
		return 0
	}
	return left
}

// note says what a question mark means, if there is one.
func (g flowing) note() string {
	for i, col := range g.p {
		for j, p := range col {
			if math.IsNaN(p) && (g.gone[i] == 0 || j < g.gone[i]) {
				return " ? is not recorded in the trace."
			}
		}
	}
	return ""
}
