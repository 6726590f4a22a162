package viz

import (
	"encoding/json"
	"math"

	"argen"
)

// A flowing is the probability of each row after each stage. A trace records
// it before the first and after the last; between them it follows from what
// the stages record.
type flowing struct {
	p    [][]float64 // row × (model, stage 1, …); NaN where it does not follow
	gone []int       // row → the column of the stage that removed it, 0 if none did
	most float64     // the greatest of p
}

// flowOf computes the probabilities between the stages:
//
//   - a stage that removes a mass m divides the rest by 1 − m; this holds in
//     both directions;
//   - a stage that removes nothing and leaves the entropy as it was has no
//     effect;
//   - a temperature t makes every ratio p/q of two tokens (p/q)^(1/t);
//   - what any other stage did is not known, unless it follows from the end.
func flowOf(s *argen.Step, list []row) flowing {
	n := len(s.Stages)
	g := flowing{gone: make([]int, len(list))}
	for i, r := range list {
		col := make([]float64, n+1)
		for j := range col {
			col[j] = math.NaN()
		}
		col[0] = r.model
		for j, st := range s.Stages {
			if r.removedBy != "" && argen.Visible(st.Name) == r.removedBy {
				g.gone[i] = j + 1
				break
			}
		}
		if g.gone[i] == 0 {
			col[n] = r.sampled
		}
		g.p = append(g.p, col)
	}
	g.forward(s)
	for j := n; j > 0; j-- {
		share, ok := scale(s, j)
		if !ok {
			break
		}
		for i := range g.p {
			if list[i].rest {
				continue // some of them may be gone
			}
			if p := g.p[i][j]; math.IsNaN(g.p[i][j-1]) && !math.IsNaN(p) {
				g.p[i][j-1] = p * share
			}
		}
	}
	for j := 1; j <= n; j++ {
		g.temperature(s, j)
	}
	g.others(list)
	for _, col := range g.p {
		for _, p := range col {
			if p > g.most {
				g.most = p
			}
		}
	}
	g.most = max(g.most, 1e-300)
	return g
}

// scale returns by what column j is to be multiplied to give column j−1, if
// the stage between them did no more than remove.
func scale(s *argen.Step, j int) (float64, bool) {
	st, entropy := s.Stages[j-1], s.Entropy
	if j > 1 {
		entropy = s.Stages[j-2].Entropy
	}
	if st.MassRemoved > 1e-12 {
		return 1 - st.MassRemoved, st.MassRemoved < 1
	}
	return 1, math.Abs(st.Entropy-entropy) < 1e-9
}

// forward goes from the model on until a stage that reshapes.
func (g flowing) forward(s *argen.Step) {
	n := len(s.Stages)
	for j := 1; j < n; j++ {
		share, ok := scale(s, j)
		if !ok {
			return
		}
		for i := range g.p {
			if g.gone[i] == 0 || g.gone[i] > j {
				g.p[i][j] = min(g.p[i][j-1]/share, 1)
			}
		}
	}
}

// temperature fills in what stage j made of tokens that were removed later:
// their ratio to a token that is known before and after it.
func (g flowing) temperature(s *argen.Step, j int) {
	var params struct{ T float64 }
	st := s.Stages[j-1]
	if st.Name != "temperature" || json.Unmarshal(st.Params, &params) != nil || !(params.T > 0) {
		return
	}
	known := -1
	for i := range g.p {
		if g.p[i][j-1] > 0 && g.p[i][j] > 0 {
			known = i
			break
		}
	}
	if known < 0 {
		return
	}
	for i := range g.p {
		if math.IsNaN(g.p[i][j]) && (g.gone[i] == 0 || g.gone[i] > j) && !math.IsNaN(g.p[i][j-1]) {
			g.p[i][j] = min(1, g.p[known][j]*math.Pow(g.p[i][j-1]/g.p[known][j-1], 1/params.T))
		}
	}
}

// others gives the row of all others what the rest of a column leaves.
func (g flowing) others(list []row) {
	last := len(list) - 1
	if last < 0 || !list[last].rest {
		return
	}
	for j := 1; j+1 < len(g.p[last]); j++ {
		left := 1.0
		for i := range last {
			if g.gone[i] == 0 || g.gone[i] > j {
				left -= g.p[i][j]
			}
		}
		g.p[last][j] = left
		if left < 1e-12 { // not if it is NaN
			g.p[last][j] = 0
		}
	}
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
