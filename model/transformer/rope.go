package transformer

import "math"

// A rotation is RoPE: the numbers i and i + D/2 of a query or key of D numbers
// are a point in the plane, which turns by an angle that grows with the
// position, so that scores depend on how far apart two tokens are.
//
//	angle = position · Theta^(−2i/D)
//
// Where only the first numbers of a head are rotated, D is how many.
//
// (Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding,
// 2021; the paper turns neighbours 2i and 2i+1, published weights are ordered
// for halves.) Angles are rounded to float32 where transformers does it, or
// they would differ at far positions.
type rotation struct {
	freq      []float32 // of each pair, radians a position
	magnitude float64   // of what is rotated
	dim       int       // width of a head
	sin, cos  int       // the arrays of a pass for them
}

// pairs is how many pairs of a head of that width are rotated.
func (r *Rope) pairs(headDim int) int {
	if r.Dim > 0 {
		return r.Dim / 2
	}
	return headDim / 2
}

// rotation returns the rotation of heads, in contexts up to r.Original or, where
// wavelengths are others in those, in long ones.
func (b *binder) rotation(r Rope, long bool) rotation {
	t := rotation{freq: make([]float32, r.pairs(b.HeadDim)), magnitude: 1, dim: b.HeadDim, sin: bufSin, cos: bufCos}
	if r.Magnitude > 0 {
		t.magnitude = r.Magnitude
	}
	factors := r.Short
	if long {
		factors = r.Long
	}
	for i := range t.freq {
		f := r.stretch(r.frequency(i, len(t.freq)), i, len(t.freq))
		if factors != nil {
			f /= factors[i]
		}
		if r.Stretch != nil {
			f /= r.Stretch[i]
		}
		if t.freq[i] = f; !(f*float32(t.magnitude) <= math.MaxFloat32) {
			b.fail("%s: %s %v and what it is scaled by turn the numbers of a head by angles that are not finite", b.says(ConfigFile), b.says("rope_theta"), r.Theta)
		}
	}
	return t
}

// frequency is how far a pair turns at each position, in radians.
func (r *Rope) frequency(pair, pairs int) float32 {
	return 1 / float32(math.Pow(r.Theta, float64(pair)/float64(pairs)))
}

// stretch makes the frequency of a pair slower, for contexts longer than a model
// was first trained on: all by the same factor ("linear", Chen et al., Extending
// Context Window of Large Language Models via Position Interpolation, 2023), or
// the slow ones only ("llama3", as the configuration of Llama 3.1 says; "yarn",
// Peng et al., YaRN: Efficient Context Window Extension of Large Language
// Models, 2023).
func (r *Rope) stretch(f float32, pair, pairs int) float32 {
	switch r.Type {
	case "linear":
		return f / float32(r.Factor)
	case "llama3":
		wavelength := 2 * math.Pi / float64(f)
		switch original := float64(r.Original); {
		case wavelength < original/r.HighFreq:
			return f
		case wavelength > original/r.LowFreq:
			return f / float32(r.Factor)
		default:
			smooth := (original/wavelength - r.LowFreq) / (r.HighFreq - r.LowFreq)
			return mix(float64(f), float64(f)/r.Factor, smooth)
		}
	case "yarn":
		low, high := r.turns(r.BetaFast, pairs), r.turns(r.BetaSlow, pairs)
		if !r.Exact {
			low, high = math.Floor(low), math.Ceil(high)
		}
		low, high = max(low, 0), min(high, float64(2*pairs-1))
		if low == high {
			high += 0.001
		}
		slow := min(max((float64(pair)-low)/(high-low), 0), 1)
		return mix(float64(f), float64(f)/r.Factor, 1-slow)
	}
	return f
}

// turns is the pair, as a number with a fraction, that turns n times while a
// text grows to the original context.
func (r *Rope) turns(n float64, pairs int) float64 {
	return float64(pairs) * math.Log(float64(r.Original)/(n*2*math.Pi)) / math.Log(r.Theta)
}

// mix is share·a + (1−share)·b.
func mix(a, b, share float64) float32 {
	return float32(float64(share*a) + float64((1-share)*b))
}

// angles sets sine and cosine of each position of a pass, (n, pairs) each.
func (r *rotation) angles(p *pass) {
	half := len(r.freq)
	sin, cos := p.buf(r.sin, half), p.buf(r.cos, half)
	for i := range p.ids {
		for j, f := range r.freq {
			s, c := math.Sincos(float64(float32(p.from+i) * f))
			sin[i*half+j], cos[i*half+j] = float32(s*r.magnitude), float32(c*r.magnitude)
		}
	}
}

// apply rotates x, heads vectors at each position, (n, heads, D), at positions
// from ≤ i < to of the pass.
func (r *rotation) apply(p *pass, x []float32, heads, from, to int) {
	half := len(r.freq)
	sin, cos := p.buf(r.sin, half), p.buf(r.cos, half)
	x = x[from*heads*r.dim:]
	for i := from; i < to; i++ {
		sin, cos := p.row(sin, i, half), p.row(cos, i, half)
		for range heads {
			a, b := x[:half], x[half:2*half]
			for j, s := range sin {
				c := cos[j]
				u, v := a[j], b[j]
				a[j] = float32(u*c) - float32(v*s)
				b[j] = float32(v*c) + float32(u*s)
			}
			x = x[r.dim:]
		}
	}
}
