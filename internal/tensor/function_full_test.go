//go:build full

package tensor

import (
	"math"
	"testing"
)

// One of 97 of all float32 numbers: every kernel gives the same bits, within the
// promised distance of eˣ.
func TestExpEverywhere(t *testing.T) {
	const step = 97
	var x, want, got [4096]float32
	for first := uint64(0); first < 1<<32; first += step * uint64(len(x)) {
		for i := range x {
			x[i] = math.Float32frombits(uint32(first + step*uint64(i)))
		}
		expSubGo(want[:], x[:], 0)
		for i, v := range x {
			if v > -104 && v < 88.7 {
				exact := math.Exp(float64(v))
				near(t, "Exp", want[i], exact, ulp(exact))
			}
		}
		for k := plain + 1; k <= best(); k++ {
			with(k, func() { Exp(got[:], x[:]) })
			sameBits(t, kernelNames[k], got[:], want[:])
		}
	}
}
