package sampler_test

import (
	"testing"

	"argen"
)

// twister is the generator MT19937 of C++, by which llama.cpp draws: Matsumoto,
// Nishimura, Mersenne Twister, 1998.
type twister struct {
	state [624]uint32
	at    int
}

func newTwister(seed uint32) *twister {
	m := &twister{at: 624}
	m.state[0] = seed
	for i := uint32(1); i < 624; i++ {
		before := m.state[i-1]
		m.state[i] = 1812433253*(before^before>>30) + i
	}
	return m
}

func (m *twister) uint32() uint32 {
	if m.at == 624 {
		for i := range m.state {
			x := m.state[i]&(1<<31) | m.state[(i+1)%624]&(1<<31-1)
			m.state[i] = m.state[(i+397)%624] ^ x>>1 ^ x&1*0x9908b0df
		}
		m.at = 0
	}
	x := m.state[m.at]
	m.at++
	x ^= x >> 11
	x ^= x << 7 & 0x9d2c5680
	x ^= x << 15 & 0xefc60000
	return x ^ x>>18
}

// draws are those of llama.cpp's generator for a seed.
type draws struct {
	Vector string
	Seed   uint32
	Draws  []argen.ID
}

// Argen throws other dice and walks from the best, so a seed gives other
// tokens. With llama.cpp's dice and in its order, that of ids, the same
// distribution gives the same ones.
func TestReferenceDist(t *testing.T) {
	var file struct{ Runs []draws }
	read(t, "llama_dist", &file)
	if len(file.Runs) != 18 {
		t.Errorf("%d runs", len(file.Runs))
	}
	for _, run := range file.Runs {
		c, err := argen.NewCandidates(floats(vectors()[run.Vector].Logits))
		if err != nil {
			t.Fatal(err)
		}
		dice := newTwister(run.Seed)
		for i, want := range run.Draws {
			low := float64(dice.uint32())
			u := (low + float64(dice.uint32())*(1<<32)) / (1 << 64)
			got, sum := argen.NoID, 0.0
			c.Each(func(id argen.ID, _ float64) {
				if got == argen.NoID {
					if sum += c.Weight(id); sum >= u*c.Total() {
						got = id
					}
				}
			})
			if got != want {
				t.Errorf("%s, seed %d, draw %d: %d, want %d", run.Vector, run.Seed, i, got, want)
			}
		}
		if len(run.Draws) != 64 {
			t.Errorf("%s: %d draws", run.Vector, len(run.Draws))
		}
	}
}
