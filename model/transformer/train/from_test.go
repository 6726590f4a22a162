package train

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// A model that was written as a folder comes back to the bit and goes on.
func TestFromFolder(t *testing.T) {
	tr := small(t)
	dir := t.TempDir()
	if err := WriteFolder(dir, tr.Config().Export(1, 0), tr.Weights(), nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, transformer.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	config, err := transformer.ParseConfig(transformer.ConfigFile, text)
	if err != nil {
		t.Fatal(err)
	}
	file, err := safetensors.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c, weights, err := Import(config, file)
	if err != nil {
		t.Fatal(err)
	}
	if c != tr.Config() {
		t.Errorf("shape %+v, was %+v", c, tr.Config())
	}
	slices.Reverse(weights)
	again, err := From(c, weights, tr.Options(), tr.source, tr.held)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.weights.arena, tr.weights.arena) || again.Steps() != 0 {
		t.Errorf("other weights, or %d steps", again.Steps())
	}
	if steps(t, again, 1); bytes.Equal(written(t, again), written(t, tr)) {
		t.Error("it does not go on")
	}
}

func TestFromRefuses(t *testing.T) {
	tr := small(t)
	for want, change := range map[string]func(w []Tensor){
		`"model.norm.weight" is missing`:                 func(w []Tensor) { w[len(w)-1].Name = "x" },
		`"model.embed_tokens.weight" has shape [4 5]`:    func(w []Tensor) { w[0].Shape = []int{4, 5} },
		`"model.embed_tokens.weight": its number 2 is N`: func(w []Tensor) { w[0].Data[2] = float32(math.NaN()) },
	} {
		weights := tr.Weights()
		for i := range weights {
			weights[i].Data = slices.Clone(weights[i].Data)
		}
		change(weights)
		if _, err := From(tr.Config(), weights, tr.Options(), tr.source, tr.held); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	head := safetensors.Tensors{"lm_head.weight": {}}
	for want, change := range map[string]func(c *transformer.Config){
		`architecture "gpt2"`:              func(c *transformer.Config) { c.Arch = "gpt2" },
		"not tied":                         func(c *transformer.Config) { c.Tied = false },
		"biases,":                          func(c *transformer.Config) { c.MLPBias = true },
		"scaled by linear":                 func(c *transformer.Config) { c.Rope.Type = "linear" },
		"2 heads of 4 numbers in a width":  func(c *transformer.Config) { c.HeadDim = 4 },
		"num_hidden_layers is 0":           func(c *transformer.Config) { c.Layers = 0 },
		"embed_tokens.weight\" is missing": func(*transformer.Config) {},
	} {
		c := small(t).Config().Export(argen.NoID)
		change(&c)
		if _, _, err := Import(c, head); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
