package sampler_test

import (
	"math"
	"slices"

	"argen"
	"argen/sampler"
)

func init() {
	naive["temperature"] = func(stage argen.Transform, all []token, _ scene) []token {
		return divided(all, stage.(sampler.Temperature).T)
	}
	naive["dynatemp"] = naiveDynatemp
	naive["quadratic"] = naiveQuadratic
	naive["adaptive_p"] = naiveAdaptiveP
	naive["mirostat"] = naiveMirostat
	naive["watermark"] = naiveWatermark
}

// mapped are tokens with other logits.
func mapped(all []token, f func(token) float64) []token {
	all = slices.Clone(all)
	for i, t := range all {
		all[i].l = f(t)
	}
	return all
}

func divided(all []token, t float64) []token {
	if t <= 0 {
		return best(all)[:1]
	}
	return mapped(all, func(one token) float64 { return one.l / t })
}

func naiveDynatemp(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.Dynatemp)
	if s.Range == 0 {
		return divided(all, s.T)
	}
	n, share := float64(len(all)), 1.0
	if s.Rule == "llamacpp" && sc.whole {
		n = float64(sc.Vocabulary)
	}
	if n > 1 {
		share = entropy(all) / math.Log(n)
	}
	low := max(0, s.T-s.Range)
	return divided(all, low+(s.T+s.Range-low)*math.Pow(min(share, 1), s.Exponent))
}

func naiveQuadratic(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.Quadratic)
	if s.F == 0 {
		return all
	}
	most := best(all)[0].l
	square, cube := (3-s.Curve)/2, (s.Curve-1)/2
	return mapped(all, func(t token) float64 {
		d := t.l - most
		return most + (cube*d-square)*s.F*d*d
	})
}

// At the first step the mean is the target itself, and so is the aim.
func naiveAdaptiveP(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.AdaptiveP)
	if s.Target < 0 {
		return all
	}
	w, sum := weights(all)
	changed := slices.Clone(all)
	for i := range changed {
		d := math.Abs(w[i]/sum-s.Target) / 0.3
		changed[i].l = 5 - 10*d*d/(1+d)
	}
	// What is very improbable comes to one plateau.
	sorted := best(changed)
	for i := 1; i < len(sorted); i++ {
		a, b := sorted[i-1], sorted[i]
		if math.Abs(a.l-b.l) < 1e-13 && logitOf(all, a.id) != logitOf(all, b.id) {
			*sc.blurred = true
		}
	}
	return changed
}

// logitOf is the logit of one of the tokens.
func logitOf(all []token, id argen.ID) float64 {
	return all[slices.IndexFunc(all, func(t token) bool { return t.id == id })].l
}

// At the first step μ is 2τ.
func naiveMirostat(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.Mirostat)
	mu := 2 * s.Tau
	sorted := best(all)
	switch s.Version {
	case 2:
		w, sum := weights(all)
		gone := map[argen.ID]bool{}
		for i, t := range all {
			gone[t.id] = -math.Log2(w[i]/sum) > mu
		}
		return without(all, func(t token) bool { return gone[t.id] })
	case 1:
		tb, tt := 0.0, 0.0
		for i := 1; i < min(s.M, len(sorted)); i++ {
			t := math.Log(float64(i+1) / float64(i))
			tb += t * (sorted[i-1].l - sorted[i].l)
			tt += t * t
		}
		if tt == 0 { // one alone
			return all
		}
		zipf := tb / tt
		v := (1 - math.Pow(float64(sc.Vocabulary), 1-zipf)) / (zipf - 1)
		k := math.Pow(math.Pow(2, mu)/v, 1/zipf)
		return first(all, int(min(k, float64(len(all)))))
	}
	return all
}

// permuted are the numbers below n in torch's random order of a seed.
func permuted(seed uint32, n int) []int {
	dice, order := newTwister(seed), make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := 0; i < n-1; i++ {
		k := i + int(dice.uint32()%uint32(n-i))
		order[i], order[k] = order[k], order[i]
	}
	return order
}

// hashes are the tables of selfhash by their keys, a million numbers each.
var hashes = map[uint32][]int{}

func naiveWatermark(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.Watermark)
	if len(sc.IDs) < s.Width {
		return all
	}
	v := int(sc.Vocabulary)
	green := func(seed uint32, id argen.ID) bool {
		return slices.Contains(permuted(seed, v)[:int(s.Ratio*float64(v))], int(id))
	}
	changed := slices.Clone(all)
	if s.Scheme == "lefthash" {
		list := permuted(uint32(uint64(s.Key)*uint64(sc.IDs[len(sc.IDs)-1])%math.MaxUint64), v)[:int(s.Ratio*float64(v))]
		for i, t := range changed {
			if slices.Contains(list, int(t.id)) {
				changed[i].l += s.Bias
			}
		}
		return changed
	}
	key := uint32(s.Key)
	if hashes[key] == nil {
		hashes[key] = permuted(key, 1_000_003)
	}
	h := func(id argen.ID) int64 { return int64(hashes[key][id]) + 1 }
	forty := best(all)[:min(40, len(all))]
	for i, t := range changed {
		if !slices.Contains(forty, t) {
			continue
		}
		window := append(slices.Clone(sc.IDs), t.id)
		least := int64(math.MaxInt64)
		for _, other := range window[len(window)-s.Width:] {
			least = min(least, int64(s.Key)*h(other)*h(t.id))
		}
		seed := uint64(least)
		if least < 0 { // modulo 2⁶⁴ − 1
			seed--
		}
		if green(uint32(seed), t.id) {
			changed[i].l += s.Bias
		}
	}
	return changed
}
