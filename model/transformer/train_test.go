package transformer_test

import (
	"math"
	"testing"

	"argen"
	"argen/model/modeltest"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/model/transformer/train"
)

// counting has sequences that count up from anywhere, in steps of 1 or 2.
type counting struct{}

func (counting) Sequence(i uint64) ([]argen.ID, error) {
	ids := make([]argen.ID, 20)
	for j := range ids {
		ids[j] = argen.ID((i*7 + uint64(j)*(1+i%2)) % 30)
	}
	return ids, nil
}

func (counting) Fingerprint() string { return "counting" }

// What was trained is a llama with the loss that training says it has, and keeps
// the contract.
func TestTrained(t *testing.T) {
	held, err := train.Take(counting{}, 8)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := train.New(
		train.Config{VocabSize: 30, Hidden: 32, Layers: 2, Heads: 4, KVHeads: 2, FF: 40, Context: 24, RopeTheta: 500},
		train.Options{Seed: 1, Steps: 30, Batch: 8}, counting{}, held,
	)
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
	c := tr.Config()
	var all []safetensors.Tensor
	for _, w := range tr.Weights() {
		all = append(all, safetensors.FromFloat32(w.Name, w.Data, w.Shape...))
	}
	dir := t.TempDir()
	err = transformer.WriteFolder(dir, transformer.Config{
		Arch: "llama", VocabSize: c.VocabSize, Context: c.Context, Hidden: c.Hidden, Layers: c.Layers, Heads: c.Heads, KVHeads: c.KVHeads,
		HeadDim: c.Hidden / c.Heads, FFN: c.FF, Eps: float32(c.NormEps), Act: "silu", Tied: true,
		Rope: transformer.Rope{Theta: c.RopeTheta}, BOS: argen.NoID,
	}, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := transformer.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	loss, n := 0.0, 0
	for _, ids := range held {
		for i, row := range score(t, m, ids)[:len(ids)-1] {
			loss += logSumExp(row) - row[ids[i+1]]
			n++
		}
	}
	loss /= float64(n)
	if want := tr.Loss(); math.Abs(loss-want) > 1e-5 || loss > 3 {
		t.Errorf("the loss is %v, training says %v", loss, want)
	}
	modeltest.Check(t, m, modeltest.Options{Tolerance: tight, Checks: 10})
}
