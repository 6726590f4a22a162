package sampler

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"
)

// The C++ standard gives the 10,000th number of the seed 5489.
func TestMT19937(t *testing.T) {
	m := new(mt19937)
	m.seed(5489)
	for range 9999 {
		m.uint32()
	}
	if n := m.uint32(); n != 4123659995 {
		t.Errorf("the 10,000th number is %d", n)
	}
}

// Permutations are those of torch.randperm, of whose seeds the low 32 bits count.
func TestPermutation(t *testing.T) {
	f, err := os.Open("testdata/reference/hf_watermark.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Seed  string
			N     int
			Order []int32 `json:"randperm"`
		} `json:"randperm"`
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 5 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	m := new(mt19937)
	for _, k := range file.Cases {
		seed, err := strconv.ParseUint(k.Seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, first := range []int{k.N, k.N / 4} {
			if got := m.permutation(nil, uint32(seed), k.N, first); !slices.Equal(got, k.Order[:first]) {
				t.Errorf("the first %d of seed %s: %v, want %v", first, k.Seed, got, k.Order[:first])
			}
		}
	}
	for n := range 2 {
		if got := m.permutation(nil, 1, n, n); len(got) != n {
			t.Errorf("%d numbers: %v", n, got)
		}
	}
}
