package tensor

import (
	"math"
	"testing"
)

// ulp is the distance of float32 numbers near x.
func ulp(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e, -125)-24)
}

// points are arguments of functions: the range of exp, closely, and its ends.
func points() []float32 {
	x := []float32{
		0, float32(math.Copysign(0, -1)), 88.72283, 88.72284, 89, 200, float32(math.Inf(1)),
		-87.3, -87.4, -103.2, -103.98, -200, float32(math.Inf(-1)), float32(math.NaN()), 1e-30, -1e-30, 3e38, -3e38,
	}
	for v := float32(-106); v < 90; v += 0.00317 {
		x = append(x, v)
	}
	return x
}

func TestExp(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		x := points()
		got, want := make([]float32, len(x)), make([]float32, len(x))
		Exp(got, x)
		expSubGo(want, x, 0)
		sameBits(t, "Exp", got, want)
		for i, v := range x {
			exact := math.Exp(float64(v))
			switch {
			case exact > math.MaxFloat32*(1+0x1p-25):
				if !math.IsInf(float64(got[i]), 1) {
					t.Fatalf("Exp(%g) = %g, want +Inf", v, got[i])
				}
			case v != v:
				if got[i] == got[i] {
					t.Fatalf("Exp(NaN) = %g", got[i])
				}
			default:
				near(t, "Exp", got[i], exact, ulp(exact))
			}
		}
	})
}

func TestSoftmax(t *testing.T) {
	inf := float32(math.Inf(1))
	eachKernel(t, func(t *testing.T) {
		r := newRand(4)
		for _, n := range lengths {
			x := random(r, n)
			Scale(5, x)
			if n > 2 {
				x[1] = -inf
			}
			var sum float64
			for _, v := range x {
				sum += math.Exp(float64(v))
			}
			got := append([]float32(nil), x...)
			Softmax(got)
			for i, v := range x {
				p := math.Exp(float64(v)) / sum
				// x − max is rounded by up to 2⁻²⁴ of some 40, the rest are units.
				near(t, "Softmax", got[i], p, p*(40*0x1p-24+4*0x1p-23)+1e-45)
			}
			was := active
			active = plain
			Softmax(x)
			active = was
			sameBits(t, "Softmax", got, x)
		}
		for _, x := range [][]float32{{-inf, -inf}, {0, inf}, {0, float32(math.NaN())}} {
			Softmax(x)
			for _, v := range x {
				if v == v {
					t.Errorf("Softmax gave %g, want NaN", x)
				}
			}
		}
		one := []float32{-1000}
		if Softmax(one); one[0] != 1 {
			t.Errorf("the only one has probability %g", one[0])
		}
	})
}

func TestActivations(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		x := points()
		up := random(newRand(5), len(x))
		silu, tanh, erf := make([]float32, len(x)), append([]float32(nil), x...), append([]float32(nil), x...)
		SiLUMul(silu, x, up)
		GELUTanh(tanh)
		GELUErf(erf)
		want := make([]float32, len(x))
		siluMulGo(want, x, up)
		sameBits(t, "SiLUMul", silu, want)
		for i, v := range x {
			if v != v || math.Abs(float64(v)) > 60 {
				continue
			}
			v := float64(v)
			s := v / (1 + math.Exp(-v)) * float64(up[i])
			near(t, "SiLUMul", silu[i], s, 5*ulp(s))
			u := math.Sqrt(2/math.Pi) * (v + 0.044715*v*v*v)
			// exp(−2u) has the relative error of u's rounding times u, and beyond e⁸⁸ the result is 0.
			g := v / (1 + math.Exp(-2*u))
			near(t, "GELUTanh", tanh[i], g, 4*ulp(g)+math.Abs(g)*0x1p-21*math.Abs(u)+1e-36)
			e := v / 2 * math.Erfc(-v/math.Sqrt2)
			near(t, "GELUErf", erf[i], e, ulp(e))
		}
		SiLUMul(x, x, up)
		sameBits(t, "SiLUMul in place", x, want)
	})
}

func TestNorms(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(6)
		for _, n := range lengths {
			x, weight, bias := random(r, n), random(r, n), random(r, n)
			var sum, squares float64
			for _, v := range x {
				sum += float64(v)
				squares += float64(v) * float64(v)
			}
			mean := sum / float64(n)
			variance := squares/float64(n) - mean*mean
			rms, layer := make([]float32, n), make([]float32, n)
			RMSNorm(rms, x, weight, 1e-5)
			LayerNorm(layer, x, weight, bias, 1e-5)
			for i, v := range x {
				want := float64(v) / math.Sqrt(squares/float64(n)+1e-5) * float64(weight[i])
				near(t, "RMSNorm", rms[i], want, 2*ulp(want))
				want = (float64(v) - mean) / math.Sqrt(variance+1e-5) * float64(weight[i])
				near(t, "LayerNorm", layer[i], want+float64(bias[i]), 1e-9+2*ulp(want)+ulp(want+float64(bias[i])))
			}
			was := active
			active = plain
			want := make([]float32, n)
			RMSNorm(want, x, weight, 1e-5)
			active = was
			sameBits(t, "RMSNorm", rms, want)
		}
	})
}
