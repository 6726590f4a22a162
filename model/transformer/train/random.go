package train

import (
	"hash/fnv"
	"math/rand/v2"
)

// stream returns the random stream of that name: one seed gives streams that
// have nothing to do with each other, so that more dropout does not change
// the order of the data.
func stream(seed uint64, name string, number uint64) *rand.Rand {
	return rand.New(rand.NewPCG(mix(seed^hash(name)), number))
}

func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// mix is the finaliser of SplitMix64: Steele, Lea and Flood, Fast Splittable
// Pseudorandom Number Generators, 2014.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// dropout sets each number of x to zero with probability p and scales the
// others by 1/(1−p), so that the mean stays. Which ones is a function of key
// and their place, so backwards the same call is the derivative. Srivastava et
// al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014.
func dropout[F float](x []F, p float64, key uint64) {
	if p == 0 {
		return
	}
	keep := F(1 / (1 - p))
	least := uint64(p * (1 << 32))
	var bits uint64
	for i := range x {
		if i%2 == 0 {
			key += 0x9e3779b97f4a7c15
			bits = mix(key)
		} else {
			bits >>= 32
		}
		if bits&(1<<32-1) < least {
			x[i] = 0
		} else {
			x[i] *= keep
		}
	}
}
