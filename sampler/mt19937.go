package sampler

// mt19937 is the Mersenne Twister, the generator behind torch.randperm. It is
// here because a watermark made by other programs is only found with theirs.
//
// Matsumoto, Nishimura, Mersenne Twister: A 623-dimensionally equidistributed
// uniform pseudorandom number generator, 1998.
type mt19937 struct {
	state [624]uint32
	at    int // numbers of state that are used up
}

// seed begins the stream of a seed.
func (m *mt19937) seed(seed uint32) {
	m.state[0] = seed
	for i := 1; i < len(m.state); i++ {
		before := m.state[i-1]
		m.state[i] = 1812433253*(before^before>>30) + uint32(i)
	}
	m.at = len(m.state)
}

// uint32 is the next number.
func (m *mt19937) uint32() uint32 {
	const n, middle = len(m.state), 397
	if m.at == n {
		for i := range m.state {
			y := m.state[i]&0x80000000 | m.state[(i+1)%n]&0x7fffffff
			m.state[i] = m.state[(i+middle)%n] ^ y>>1 ^ -(y&1)&0x9908b0df
		}
		m.at = 0
	}
	y := m.state[m.at]
	m.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// permutation returns the first of the n numbers 0 to n−1 in the random order
// of a seed, as torch.randperm(n) has them. It uses the array of order.
func (m *mt19937) permutation(order []int32, seed uint32, n, first int) []int32 {
	m.seed(seed)
	order = order[:0]
	for i := range n {
		order = append(order, int32(i))
	}
	for i := range min(first, n-1) {
		k := i + int(m.uint32()%uint32(n-i))
		order[i], order[k] = order[k], order[i]
	}
	return order[:first]
}
