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
	rest int         // the row of all others, of which a stage may remove some; −1 if there is none
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
	g := flowing{gone: make([]int, len(list)), rest: -1}
	for i, r := range list {
		if r.rest {
			g.rest = i
		}
		col := make([]float64, n+1)
		for j := range col {
			col[j] = math.NaN()
		}
		col[0] = r.model
		g.gone[i] = removedIn(s, r.removedBy, i)
		if g.gone[i] == 0 {
			col[n] = r.sampled
		}
		g.p = append(g.p, col)
	}
	for j := n; j > 0; j-- {
		share, ok := scale(s, j)
		if !ok {
			break
		}
		for i := range g.p {
			if p := g.p[i][j]; i != g.rest && math.IsNaN(g.p[i][j-1]) && !math.IsNaN(p) {
				g.p[i][j-1] = p * share
			}
		}
	}
	g.forward(s) // from what the end told
	g.others()
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

// removedIn returns the column of the stage that removed row i, 0 if none did.
// Where two stages have its name it is the first that kept fewer tokens than
// stand before the row.
func removedIn(s *argen.Step, name string, i int) int {
	at := 0
	for j, st := range s.Stages {
		if name == "" || argen.Visible(st.Name) != name {
			continue
		}
		if at = j + 1; i >= st.Kept {
			break
		}
	}
	return at
}

// forward goes on from what is known before a stage to what is after it.
func (g flowing) forward(s *argen.Step) {
	for j := 1; j <= len(s.Stages); j++ {
		share, ok := scale(s, j)
		if !ok {
			g.temperature(s, j)
			continue
		}
		for i := range g.p {
			if i != g.rest && math.IsNaN(g.p[i][j]) && (g.gone[i] == 0 || g.gone[i] > j) {
				g.p[i][j] = min(g.p[i][j-1]/share, 1) // NaN stays NaN
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
		if i != g.rest && g.p[i][j-1] > 0 && g.p[i][j] > 0 {
			known = i
			break
		}
	}
	if known < 0 {
		return
	}
	for i := range g.p {
		if i != g.rest && math.IsNaN(g.p[i][j]) && (g.gone[i] == 0 || g.gone[i] > j) && !math.IsNaN(g.p[i][j-1]) {
			g.p[i][j] = min(1, g.p[known][j]*math.Pow(g.p[i][j-1]/g.p[known][j-1], 1/params.T))
		}
	}
}

// others gives the row of all others what the rest of a column leaves.
func (g flowing) others() {
	if g.rest < 0 {
		return
	}
	for j := 1; j+1 < len(g.p[g.rest]); j++ {
		left := 1.0
		for i := range g.p {
			if i != g.rest && (g.gone[i] == 0 || g.gone[i] > j) {
				left -= g.p[i][j]
			}
		}
		g.p[g.rest][j] = left
		if left < 1e-12 { // not if it is NaN
			g.p[g.rest][j] = 0
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
