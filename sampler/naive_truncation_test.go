package sampler_test

import (
	"math"
	"slices"

	"argen"
	"argen/sampler"
)

func init() {
	naive["greedy"] = func(_ argen.Transform, all []token, _ scene) []token { return best(all)[:1] }
	naive["top_k"] = naiveTopK
	naive["top_p"] = naiveTopP
	naive["min_p"] = naiveMinP
	naive["top_a"] = naiveTopA
	naive["epsilon_cutoff"] = naiveEpsilon
	naive["eta_cutoff"] = naiveEta
	naive["top_n_sigma"] = naiveTopNSigma
	naive["top_h"] = naiveTopH
	naive["tail_free"] = naiveTailFree
	naive["typical_p"] = naiveTypicalP
	naive["xtc"] = naiveXTC
}

// first are the n best of all, at least one.
func first(all []token, n int) []token {
	return among(all, best(all)[:min(max(n, 1), len(all))])
}

func naiveTopK(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.TopK)
	if s.K <= 0 {
		return all
	}
	n := min(max(s.K, s.Keep), len(all))
	last := best(all)[n-1]
	for s.Rule != "" && n < len(all) && best(all)[n].l == last.l {
		n++
	}
	return first(all, n)
}

func naiveTopP(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.TopP)
	sorted := best(all)
	w, sum := weights(sorted)
	n, mass := 0, 0.0
	switch {
	case s.P < 1:
		for n < len(w) && mass < s.P*sum {
			mass += w[n]
			n++
		}
	case s.Rule != "":
		for n < len(w) && float32(w[n]/sum) > 0 {
			n++
		}
	default:
		return all
	}
	return first(all, max(n, s.Keep))
}

func naiveMinP(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.MinP)
	w, _ := weights(best(all))
	n := 0
	for n < len(w) && w[n] >= s.M { // that of the best is 1
		n++
	}
	return first(all, max(n, s.Keep))
}

func naiveTopA(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.TopA)
	w, sum := weights(best(all))
	n := 0
	for n < len(w) && w[n]/sum >= s.A*(1/sum)*(1/sum) {
		n++
	}
	return first(all, max(n, s.Keep))
}

// likely keeps the tokens of a probability, or the n best with all that are
// equal to the last of them.
func likely(all []token, least float64, n int) []token {
	w, sum := weights(all)
	last := best(all)[min(max(n, 1), len(all))-1]
	var kept []token
	for i, t := range all {
		if w[i] >= least*sum || t.l >= last.l {
			kept = append(kept, t)
		}
	}
	return kept
}

func naiveEpsilon(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.EpsilonCutoff)
	return likely(all, s.Epsilon, s.Keep)
}

func naiveEta(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.EtaCutoff)
	return likely(all, min(s.Epsilon, math.Sqrt(s.Epsilon)*math.Exp(-entropy(all))), s.Keep)
}

func naiveTopNSigma(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.TopNSigma)
	if s.N <= 0 {
		return all
	}
	var logits []float64
	for _, t := range all {
		logits = append(logits, t.l)
	}
	by := float64(len(all))
	if s.Rule == "textgen" {
		for len(logits) < int(sc.Vocabulary) {
			logits = append(logits, 0)
		}
		by = float64(len(logits) - 1)
	}
	mean, squares := 0.0, 0.0
	for _, l := range logits {
		mean += l / float64(len(logits))
	}
	for _, l := range logits {
		squares += (l - mean) * (l - mean)
	}
	limit := best(all)[0].l - s.N*math.Sqrt(squares/by)
	return without(all, func(t token) bool { return t.l < limit })
}

func naiveTopH(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.TopH)
	hundred := best(all)[:min(100, len(all))]
	w, sum := weights(hundred)
	whole := 0.0
	sums := make([]float64, len(w))
	for i, x := range w {
		if p := x / sum; float32(p) > 0 {
			whole -= p * math.Log(p)
			sums[i] = whole
		} else {
			sums[i] = math.Inf(1)
		}
	}
	n := 1
	for n < len(sums) && sums[n] <= s.H*whole {
		n++
	}
	return first(all, n)
}

func naiveTailFree(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.TailFree)
	if s.Z >= 1 {
		return all
	}
	p, _ := weights(best(all))
	for len(p) < int(sc.Vocabulary) {
		p = append(p, 0)
	}
	var bends []float64
	whole, sum := 0.0, 0.0
	for i := 0; i+2 < len(p); i++ {
		bends = append(bends, math.Abs((p[i]-p[i+1])-(p[i+1]-p[i+2])))
		whole += bends[i]
	}
	n := max(1, len(p)-1)
	for i, b := range bends {
		if sum += b; sum > s.Z*whole {
			n = i + 1
			break
		}
	}
	return first(all, max(n, s.Keep))
}

func naiveTypicalP(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.TypicalP)
	if s.P >= 1 {
		return all
	}
	w, sum := weights(all)
	h := entropy(all)
	distance := map[token]float64{}
	weight := map[token]float64{}
	for i, t := range all {
		weight[t] = w[i]
		// Equal logits are equally far away, however much rounding there is.
		distance[t] = math.Abs(-(t.l - best(all)[0].l - math.Log(sum)) - h)
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b token) int {
		switch {
		case distance[a] < distance[b]:
			return -1
		case distance[a] > distance[b]:
			return 1
		}
		return 0
	})
	n, mass := 0, 0.0
	enough := func() bool { return mass > s.P*sum || mass == s.P*sum && s.Rule != "llamacpp" }
	for n < len(sorted) && !enough() {
		mass += weight[sorted[n]]
		n++
	}
	for s.Rule != "" && s.Rule != "llamacpp" && n > 0 && n < len(sorted) && distance[sorted[n]] == distance[sorted[n-1]] {
		n++
	}
	return among(all, sorted[:min(max(n, s.Keep, 1), len(sorted))])
}

func naiveXTC(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.XTC)
	if s.Probability == 0 || s.Probability < 1 && sc.Float64() >= s.Probability {
		return all
	}
	sorted := best(all)
	w, sum := weights(sorted)
	n := 0
	for n < len(w) && w[n] >= s.Threshold*sum {
		n++
	}
	total := len(all)
	if s.Rule == "llamacpp" && sc.whole {
		total = int(sc.Vocabulary)
	}
	if n < 2 || total-(n-1) < s.Keep {
		return all
	}
	gone := sorted[:n-1]
	if s.Rule == "textgen" {
		for _, t := range gone {
			if slices.Contains(sc.Info().Stop, t.id) {
				return all
			}
		}
	}
	return without(all, func(t token) bool { return slices.Contains(gone, t) })
}
