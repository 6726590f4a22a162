package transformer

import "math"

// A rotation is RoPE: the numbers i and i + D/2 of a query or key of D numbers
// are a point in the plane, which turns by an angle that grows with the
// position, so that scores depend on how far apart two tokens are.
//
//	angle = position · Theta^(−2i/D)
//
// (Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding,
// 2021; the paper turns neighbours 2i and 2i+1, published weights are ordered
// for halves.) Angles are rounded to float32 where transformers does it, or
// they would differ at far positions.
type rotation struct {
	freq []float32 // of each pair, radians a position
}

// newRotation returns the rotation of heads of dim numbers.
func newRotation(r Rope, dim int) rotation {
	freq := make([]float32, dim/2)
	for i := range freq {
		f := 1 / float32(math.Pow(r.Theta, float64(2*i)/float64(dim)))
		freq[i] = r.stretch(f)
	}
	return rotation{freq}
}

// stretch makes a frequency slower, for contexts longer than a model was first
// trained on: all by the same factor ("linear", Chen et al., Extending Context
// Window of Large Language Models via Position Interpolation, 2023), or the
// slow ones only ("llama3", as the configuration of Llama 3.1 says).
func (r *Rope) stretch(f float32) float32 {
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
			return float32(float64((1-smooth)*float64(f)/r.Factor) + float64(smooth*float64(f)))
		}
	}
	return f
}

// angles sets sine and cosine of each position of a pass, (n, D/2) each.
func (r rotation) angles(p *pass) {
	half := len(r.freq)
	sin, cos := p.buf(bufSin, half), p.buf(bufCos, half)
	for i := range p.ids {
		for j, f := range r.freq {
			s, c := math.Sincos(float64(float32(p.from+i) * f))
			sin[i*half+j], cos[i*half+j] = float32(s), float32(c)
		}
	}
}

// apply rotates x, heads vectors at each position: (n, heads, D).
func (r rotation) apply(p *pass, x []float32, heads int) {
	half := len(r.freq)
	sin, cos := p.buf(bufSin, half), p.buf(bufCos, half)
	for i := range p.ids {
		sin, cos := p.row(sin, i, half), p.row(cos, i, half)
		for range heads {
			a, b := x[:half], x[half:2*half]
			for j, s := range sin {
				c := cos[j]
				u, v := a[j], b[j]
				a[j] = float32(u*c) - float32(v*s)
				b[j] = float32(v*c) + float32(u*s)
			}
			x = x[2*half:]
		}
	}
}
