package train

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"argen"
	"argen/model/transformer"
)

// From is [New] with given weights instead of random ones, to train a model
// further: all of the tensors that [Trainer.Weights] has, in any order.
func From(c Config, weights []Tensor, o Options, source Source, held [][]argen.ID) (*Trainer, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	t, err := newTrainer(c, o.complete(), source, held)
	if err != nil {
		return nil, err
	}
	given := map[string]Tensor{}
	for _, w := range weights {
		given[w.Name] = w
	}
	for _, want := range t.Weights() {
		w, ok := given[want.Name]
		switch {
		case !ok:
			return nil, fmt.Errorf("train: tensor %q is missing", want.Name)
		case !slices.Equal(w.Shape, want.Shape) || len(w.Data) != len(want.Data):
			return nil, fmt.Errorf("train: tensor %q has shape %v and %d numbers, want %v", want.Name, w.Shape, len(w.Data), want.Shape)
		}
		for i, x := range w.Data {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return nil, fmt.Errorf("train: tensor %q: its number %d is %v", w.Name, i, x)
			}
		}
		copy(want.Data, w.Data)
	}
	return t, nil
}

// Import is the way back from [Config.Export] and [WriteFolder]: the shape and
// the weights of a model, for [From]. Only what this package trains can be
// imported: Llama's architecture with tied embeddings and without biases. The
// weights may be in half precision.
func Import(c transformer.Config, weights transformer.Weights) (Config, []Tensor, error) {
	var none Config
	wrong := func(what string) (Config, []Tensor, error) {
		return none, nil, fmt.Errorf("the model has %s, which argen does not train: it trains llamas with tied embeddings, without biases and scaled positions", what)
	}
	_, head := weights.Tensor("lm_head.weight")
	switch {
	case c.Arch != "llama":
		return wrong(fmt.Sprintf("architecture %q", c.Arch))
	case !c.Tied && head:
		return wrong("embeddings that are not tied")
	case c.QKVBias || c.OutBias || c.MLPBias:
		return wrong("biases")
	case c.Rope.Type != "" || c.Rope.Stretch != nil:
		return wrong("positions scaled by " + cmp.Or(c.Rope.Type, "a table"))
	case c.HeadDim*c.Heads != c.Hidden:
		return wrong(fmt.Sprintf("%d heads of %d numbers in a width of %d", c.Heads, c.HeadDim, c.Hidden))
	}
	// The shortest decimal is what was written: 1e-5, not 9.99999974737875e-06.
	eps, err := strconv.ParseFloat(strconv.FormatFloat(float64(c.Eps), 'g', -1, 32), 64)
	if err != nil {
		return none, nil, err
	}
	shape := Config{
		VocabSize: c.VocabSize, Hidden: c.Hidden, Layers: c.Layers, Heads: c.Heads, KVHeads: c.KVHeads, FF: c.FFN,
		Context: c.Context, RopeTheta: c.Rope.Theta, NormEps: eps,
	}
	shape, err = shape.complete()
	if err != nil {
		return none, nil, err
	}
	var all []Tensor
	for _, v := range shape.layout() {
		t, ok := weights.Tensor(v.name)
		if !ok {
			return none, nil, fmt.Errorf("tensor %q is missing", v.name)
		}
		x, err := t.Float32()
		if err != nil {
			return none, nil, err
		}
		all = append(all, Tensor{Name: v.name, Shape: t.Shape, Data: x})
	}
	return shape, all, nil
}
