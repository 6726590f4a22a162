package argen

import "math/rand/v2"

// Gumbel is the noise of a token at a step, where a run draws by the Gumbel-max
// trick: the token is the candidate with the largest
//
//	ln P(token) + Gumbel(seed, t, token)
//
// which draws from P exactly, as the noise has the standard Gumbel
// distribution: P(G ≤ x) = exp(−exp(−x)). It belongs to seed, step and token
// and to nothing else. So if one token of a text is changed, each later step
// meets the dice that it met before, and what comes out otherwise is because
// of the change.
//
//	h = mix(mix(mix(seed) + t) + id),  u = (⌊h/2¹²⌋ + ½)/2⁵²,  G = −ln(−ln u)
//
// where mix is a step of SplitMix64: Steele, Lea, Flood, Fast Splittable
// Pseudorandom Number Generators, 2014. G is from −3.60 to 36.74, and has the
// same bits on every platform.
//
// Maddison, Tarlow, Minka, A* Sampling, 2014, have the trick; Oberst, Sontag,
// Counterfactual Off-Policy Evaluation with Gumbel-Max Structural Causal Models,
// 2019, hold its noise to ask what would have been; Ravfogel et al., Gumbel
// Counterfactual Generation From Language Models, 2025, ask it of texts.
func Gumbel(seed uint64, t int, id ID) float64 {
	return gumbel(mix(mix(seed)+uint64(t)), id)
}

// gumbel is the noise of a token, of which mix(mix(seed) + t) is known.
func gumbel(step uint64, id ID) float64 {
	u := (float64(mix(step+uint64(id))>>12) + 0.5) / (1 << 52)
	return -ln(-ln(u))
}

// mix is the output of SplitMix64 in a state.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// race finds the candidate with the largest sum of ln P and noise, of equal
// ones that with the lowest ID.
func (r *Run) race() {
	p := &r.next
	p.chosen, p.typed, p.raced = true, false, true
	step := mix(mix(r.gen.Seed) + uint64(r.t()))
	most := r.c.Logit(r.c.Top(1)[0])
	best := 0.0
	p.choice = NoID
	r.c.Each(func(id ID, logit float64) {
		// The difference is right also where a sum with the logit would lose
		// the noise; all lack the same ln Σ exp(logit − most).
		noise := gumbel(step, id)
		if sum := logit - most + noise; p.choice == NoID || sum > best {
			p.choice, p.noise, best = id, noise, sum
		}
	})
}

// stageDice is where the dice of the stages stand before the next step. By the
// Gumbel-max trick they too belong to seed and step.
func (r *Run) stageDice() rand.PCG {
	if r.gen.Gumbel {
		return *rand.NewPCG(mix(mix(r.gen.Seed)+uint64(r.t())), 1)
	}
	return r.now().dice
}
