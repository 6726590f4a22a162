package train

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"argen"
	"argen/model/story"
	"argen/model/transformer"
)

// The model that is written predicts what the trainer says it does.
func TestWrittenModelHasTheTrainersLoss(t *testing.T) {
	c := tiny()
	c.Heads, c.KVHeads = 4, 2
	tr, err := New(c, Options{Steps: 30, AdamRate: 0.02, Warmup: 5}, stories(1), heldOut(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	steps(t, tr, 30)

	dir := filepath.Join(t.TempDir(), "model")
	if err := WriteFolder(dir, tr.Config().Export(story.BOS, story.EOS), tr.Weights(), nil); err != nil {
		t.Fatal(err)
	}
	m, err := transformer.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if info := m.Info(); info.BOS != story.BOS || len(info.Stop) != 1 || info.Stop[0] != story.EOS || info.ContextLength != 256 {
		t.Errorf("the model is %+v", info)
	}
	loss, tokens := 0.0, 0
	for _, s := range tr.held {
		rows, err := m.Start().(argen.Scorer).Score(context.Background(), s[:len(s)-1]...)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			sum := 0.0
			for _, z := range row {
				sum += math.Exp(z - row[s[i+1]])
			}
			loss += math.Log(sum)
			tokens++
		}
	}
	if got, want := loss/float64(tokens), tr.Loss(); math.Abs(got-want) > 1e-5 {
		t.Errorf("the written model has loss %v, the trainer %v", got, want)
	}
}
