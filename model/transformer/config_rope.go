package transformer

import (
	"math"

	"argen/internal/strict"
)

// ropeFields are what a rope_scaling or rope_parameters says.
type ropeFields struct {
	kind        string
	floats      map[string]float64
	original    int
	exact       bool // truncate is false
	short, long []float32
}

// ropes reads rope_scaling, or the rope_parameters that have all in one place,
// or one for each type of layer.
func (p *configParser) ropes() error {
	f := &p.scaling
	return p.j.Object(func(name string) error {
		switch {
		case p.j.Null():
			return nil
		case p.j.Kind() != strict.Object:
			return f.member(p.j, name)
		}
		var one ropeFields
		err := p.j.Object(func(name string) error {
			if p.j.Null() {
				return nil
			}
			return one.member(p.j, name)
		})
		p.layerScaling[name] = one
		return err
	})
}

func (f *ropeFields) member(j *strict.JSON, name string) (err error) {
	switch name {
	case "type", "rope_type":
		var s string
		s, err = j.String()
		if err == nil && f.kind != "" && s != f.kind {
			err = j.Errorf("type is %q, but was %q before", s, f.kind)
		}
		f.kind = s
	case "rope_theta", "factor", "low_freq_factor", "high_freq_factor", "beta_fast", "beta_slow",
		"attention_factor", "mscale", "mscale_all_dim", "partial_rotary_factor":
		var x float64
		x, err = positive(j)
		if f.floats == nil {
			f.floats = map[string]float64{}
		}
		f.floats[name] = x
	case "original_max_position_embeddings":
		var n int64
		n, err = j.Int(1, most)
		f.original = int(n)
	case "truncate":
		var b bool
		b, err = j.Bool()
		f.exact = !b
	case "short_factor":
		f.short, err = factors(j)
	case "long_factor":
		f.long, err = factors(j)
	default:
		err = j.Skip()
	}
	return err
}

// factors reads a list of numbers above 0.
func factors(j *strict.JSON) (list []float32, err error) {
	err = j.Array(func(int) error {
		x, err := positive(j)
		list = append(list, float32(x))
		return err
	})
	return list, err
}

// rope returns the rotation that fields describe; theta and the part of a head
// that is rotated are defaults.
func (p *configParser) rope(f *ropeFields, theta, part float64) (r Rope, err error) {
	number := func(name string, otherwise float64) float64 {
		if x, ok := f.floats[name]; ok {
			return x
		}
		return otherwise
	}
	r.Theta = number("rope_theta", theta)
	if part = number("partial_rotary_factor", part); part != 1 {
		r.Dim = int(float64(p.HeadDim) * min(part, 2)) // 2 is refused below
	}
	switch width := p.HeadDim; {
	case r.Dim > width || part != 1 && r.Dim < 2:
		return r, p.errorf("partial_rotary_factor", "%v of a head's %d numbers are to be rotated: want 2 to all", part, width)
	case r.Dim%2 != 0 || r.Dim == 0 && width%2 != 0:
		return r, p.errorf("head_dim", "%d: it must be even, since numbers are rotated in pairs", max(r.Dim, width))
	}
	r.Factor = number("factor", 0)
	r.Original = f.original
	switch f.kind {
	case "", "default":
		return Rope{Theta: r.Theta, Dim: r.Dim}, nil
	case "linear":
		r.Type, r.Original = f.kind, 0
	case "llama3":
		r.Type, r.LowFreq, r.HighFreq = f.kind, number("low_freq_factor", 0), number("high_freq_factor", 0)
		if !(r.LowFreq > 0 && r.HighFreq > r.LowFreq) {
			return r, p.errorf("rope_scaling", "high_freq_factor %v must be above low_freq_factor %v", r.HighFreq, r.LowFreq)
		}
		if r.Original == 0 {
			return r, p.errorf("rope_scaling", "original_max_position_embeddings is missing")
		}
	case "yarn":
		r.Type, r.BetaFast, r.BetaSlow, r.Exact = f.kind, number("beta_fast", 32), number("beta_slow", 1), f.exact
		if r.Original == 0 {
			r.Original = p.Context
		}
		if r.Factor == 0 {
			r.Factor = float64(p.Context) / float64(r.Original)
		}
		r.Magnitude = number("attention_factor", yarnMagnitude(r.Factor, number("mscale", 1)))
		if all := number("mscale_all_dim", 0); all > 0 && f.floats["mscale"] > 0 && f.floats["attention_factor"] == 0 {
			r.Magnitude /= yarnMagnitude(r.Factor, all)
		}
	case "longrope", "su":
		r.Type, r.Short, r.Long = "longrope", f.short, f.long
		if r.Original == 0 {
			r.Original = p.or("original_max_position_embeddings", p.Context)
		}
		r.Factor = float64(p.Context) / float64(r.Original)
		r.Magnitude = number("attention_factor", longMagnitude(r.Factor, r.Original))
		if want := r.pairs(p.HeadDim); len(r.Short) != want || len(r.Long) != want {
			return r, p.errorf("rope_scaling", "short_factor and long_factor have %d and %d numbers, want one for each of the %d pairs of a head", len(r.Short), len(r.Long), want)
		}
	default:
		return r, p.errorf("rope_scaling", "type %q is not supported: argen reads default, linear, llama3, yarn, longrope", f.kind)
	}
	if r.Factor == 0 {
		return r, p.errorf("rope_scaling", "factor is missing")
	}
	return r, nil
}

// yarnMagnitude is what yarn multiplies queries and keys by: longer contexts
// need sharper attention.
func yarnMagnitude(factor, scale float64) float64 {
	if factor <= 1 {
		return 1
	}
	return 0.1*scale*math.Log(factor) + 1
}

// longMagnitude is the same for longrope.
func longMagnitude(factor float64, original int) float64 {
	if factor <= 1 {
		return 1
	}
	return math.Sqrt(1 + math.Log(factor)/math.Log(float64(original)))
}
