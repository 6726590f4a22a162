package tensor

import (
	"math"
	"testing"
)

// Every half precision number: its value by the definition, and back.
func TestF16(t *testing.T) {
	all := make([]uint16, 1<<16)
	for i := range all {
		all[i] = uint16(i)
	}
	eachKernel(t, func(t *testing.T) {
		wide, back := make([]float32, len(all)), make([]uint16, len(all))
		F16ToF32(wide, all)
		F32ToF16(back, wide)
		for i, h := range all {
			sign, exp, frac := 1-2*float64(h>>15), int(h>>10)&31, float64(h&1023)
			want := sign * math.Ldexp(1+frac/1024, exp-15)
			switch {
			case exp == 0:
				want = sign * math.Ldexp(frac, -24)
			case exp == 31 && frac == 0:
				want = math.Inf(int(sign))
			case exp == 31:
				if wide[i] == wide[i] || back[i]&0x7c00 != 0x7c00 || back[i]&0x3ff == 0 {
					t.Fatalf("%#x is no number, got %g and back %#x", h, wide[i], back[i])
				}
				continue
			}
			if float64(wide[i]) != want || back[i] != h {
				t.Fatalf("%#x is %g, got %g and back %#x", h, want, wide[i], back[i])
			}
		}
	})
}

// Between two neighbours the nearer is taken, the even one half way.
func TestF16Rounds(t *testing.T) {
	for h := uint16(0); h < 0x7c00; h++ {
		low, high := float64(f16ToF32(h)), float64(f16ToF32(h+1))
		if h == 0x7bff {
			high = 65536 // infinity begins where the next number would be
		}
		middle := float32((low + high) / 2)
		even := h + h&1
		below, above := math.Nextafter32(middle, 0), math.Nextafter32(middle, 1e9)
		for x, want := range map[float32]uint16{below: h, middle: even, above: h + 1, -middle: even | 0x8000} {
			if got := f32ToF16(x); got != want {
				t.Fatalf("%g rounds to %#x, want %#x", x, got, want)
			}
		}
	}
}

func TestBF16Rounds(t *testing.T) {
	for h := uint16(1); h < 0x7f80; h++ {
		middle := math.Float32frombits(uint32(h)<<16 | 0x8000)
		even := h + h&1
		below, above := math.Nextafter32(middle, 0), math.Nextafter32(middle, float32(math.Inf(1)))
		for x, want := range map[float32]uint16{bf16ToF32(h): h, below: h, middle: even, above: h + 1, -middle: even | 0x8000} {
			if got := f32ToBF16(x); got != want {
				t.Fatalf("%g rounds to %#x, want %#x", x, got, want)
			}
		}
	}
	if got := f32ToBF16(math.Float32frombits(0x7f800001)); got&0x7f80 != 0x7f80 || got&0x7f == 0 {
		t.Errorf("a number that is none became %#x", got)
	}
}
