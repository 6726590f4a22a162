package transformer_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"argen/model/safetensors"
	"argen/model/transformer"
)

// The text model within a Gemma 3 that also sees pictures is the same as alone,
// whatever the names of its tensors begin with.
func TestGemma3WithPictures(t *testing.T) {
	plain, r := load(t, "gemma3")
	data, err := os.ReadFile("testdata/gemma3/config.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err = json.Marshal(map[string]any{
		"architectures": []string{"Gemma3ForConditionalGeneration"}, "model_type": "gemma3",
		"text_config": json.RawMessage(data), "vision_config": map[string]any{"hidden_size": 1}, "eos_token_id": []int{1, 106},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := transformer.ParseConfig("c", data)
	if err != nil || len(c.EOS) != 2 || c.BOS != plain.Config().BOS {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, root := range []string{"language_model.model.", "model.language_model."} {
		w := safetensors.Tensors{}
		for _, name := range plain.Tensors() {
			x, _ := plain.Tensor(name)
			w[strings.Replace(name, "model.", root, 1)] = x
		}
		m, err := transformer.New(c, w)
		if err != nil {
			t.Fatal(err)
		}
		if x, ok := m.Tensor("model.norm.weight"); !ok || x.Shape[0] != c.Hidden {
			t.Errorf("%s: no norm", root)
		}
		ids := r.ids(t, "sentence")
		want := score(t, plain, ids)
		for i, row := range score(t, m, ids) {
			near(t, root, row, want[i], 0)
		}
	}
	for config, want := range map[string]string{
		`{"model_type":"gemma3"}`: "text_config: missing",
		`{"model_type":"gemma3","text_config":{"layer_types":["full_attention"]}}`: "layer_types: 1 types, but num_hidden_layers is 26",
		`{"model_type":"gemma3_text","sliding_window_pattern":5000}`:               "sliding_window_pattern: 5000 layers",
	} {
		if _, err := transformer.ParseConfig("c", []byte(config)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want one with %q", config, err, want)
		}
	}
}
