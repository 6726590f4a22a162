package train

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"argen"
	"argen/model/story"
	"argen/model/transformer"
)

// The model that is written predicts what the trainer says it does.
func TestWrittenModelHasTheTrainersLoss(t *testing.T) {
	c := tiny()
	c.Heads, c.KVHeads = 4, 2
	tr, err := New(c, Options{Steps: 31, AdamRate: 0.02, Warmup: 5}, stories(1), heldOut(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	steps(t, tr, 30)

	wantLoss := tr.Loss()
	live, err := Model(tr.Config().Export(story.BOS, story.EOS), tr.Weights())
	if err != nil {
		t.Fatal(err)
	}
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
	want, err := m.Start().Extend(context.Background(), tr.held[0]...)
	if err != nil {
		t.Fatal(err)
	}
	steps(t, tr, 1) // the live model's weights are a copy
	got, err := live.Start().Extend(context.Background(), tr.held[0]...)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("the model in memory has other logits; error %v", err)
	}
	if x, y := numbers(t, live, "model.norm.weight"), numbers(t, m, "model.norm.weight"); !slices.Equal(x, y) {
		t.Error("the model in memory gives other weights back than those that it holds")
	}
	if !live.Info().AddBOS {
		t.Error("prompts of the live model do not begin with BOS")
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
	if got, want := loss/float64(tokens), wantLoss; math.Abs(got-want) > 1e-5 {
		t.Errorf("the written model has loss %v, the trainer %v", got, want)
	}
}

// numbers are those of a model's tensor.
func numbers(t *testing.T, m *transformer.Model, name string) []float32 {
	t.Helper()
	w, ok := m.Tensor(name)
	if !ok {
		t.Fatalf("%s is missing", name)
	}
	x, err := w.Float32()
	if err != nil {
		t.Fatal(err)
	}
	return x
}
