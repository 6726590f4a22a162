package story

import (
	"embed"
	"fmt"
	"sync"

	"argen/model/transformer"
)

//go:generate go run transformer_generate.go transformer_measure.go

//go:embed story-config.json story*.safetensors
var transformers embed.FS

// Snapshots are the steps of training of which the embedded transformer's weights
// are kept, besides the last.
var Snapshots = []int{100, 500, 2000}

// Transformer returns the embedded transformer of the stories, story: three
// layers of Llama's architecture that were trained on sampled stories to predict
// the next word. Its ids are those of the grammar's vocabulary.
var Transformer = sync.OnceValues(func() (*transformer.Model, error) { return embedded("story") })

// Snapshot returns what the embedded transformer was after so many steps of its
// training, one of [Snapshots].
func Snapshot(step int) (*transformer.Model, error) {
	return embedded(fmt.Sprintf("story-step%d", step))
}

// VerdictTransformer returns story-verdict: the embedded transformer trained on by the
// grammar's verdicts over whole stories alone.
var VerdictTransformer = sync.OnceValues(func() (*transformer.Model, error) { return embedded("story-verdict") })

func embedded(name string) (*transformer.Model, error) {
	config, err := transformers.ReadFile("story-config.json")
	if err != nil {
		return nil, err
	}
	weights, err := transformers.ReadFile(name + ".safetensors")
	if err != nil {
		return nil, err
	}
	m, err := transformer.Read(config, weights)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	m.AddBOS = true
	return m, nil
}
