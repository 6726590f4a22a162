package transformer_test

import (
	"fmt"
	"strings"
	"testing"

	"argen"
	"argen/model/transformer"
)

const (
	smallLlama = `"model_type":"llama","vocab_size":10,"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":4`
	smallGPT2  = `"model_type":"gpt2","vocab_size":10,"n_embd":8,"n_layer":1,"n_head":2,"n_positions":16`
)

func TestConfigLayouts(t *testing.T) {
	old, err := transformer.ParseConfig("c", []byte(`{`+smallLlama+`,"rope_theta":5e5,"torch_dtype":"float32","eos_token_id":[2,3],
		"rope_scaling":{"type":"llama3","rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":32}}`))
	if err != nil {
		t.Fatal(err)
	}
	now, err := transformer.ParseConfig("c", []byte(`{`+smallLlama+`,"dtype":"float32","eos_token_id":[2,3],
		"rope_parameters":{"rope_theta":500000,"rope_type":"llama3","factor":8.0,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":32}}`))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(old) != fmt.Sprint(now) {
		t.Errorf("the layouts differ: %+v and %+v", old, now)
	}
	want := transformer.Config{
		Arch: "llama", VocabSize: 10, Context: 2048, Hidden: 8, Layers: 1, Heads: 2, KVHeads: 2, HeadDim: 4, FFN: 4, Eps: 1e-6, Act: "silu",
		Rope: transformer.Rope{Theta: 5e5, Type: "llama3", Factor: 8, LowFreq: 1, HighFreq: 4, Original: 32},
		BOS:  argen.NoID, EOS: []argen.ID{2, 3},
	}
	if fmt.Sprint(now) != fmt.Sprint(want) {
		t.Errorf("the config is %+v, want %+v", now, want)
	}
	gpt, err := transformer.ParseConfig("c", []byte(`{`+smallGPT2+`,"scale_attn_by_inverse_layer_idx":true,"n_inner":null,"bos_token_id":9}`))
	want = transformer.Config{
		Arch: "gpt2", VocabSize: 10, Context: 16, Hidden: 8, Layers: 1, Heads: 2, KVHeads: 2, HeadDim: 4, FFN: 32, Eps: 1e-5, Act: "gelu_new",
		Tied: true, ScaleByLayer: true, Transposed: true, BOS: 9,
	}
	if err != nil || fmt.Sprint(gpt) != fmt.Sprint(want) {
		t.Errorf("the config is %+v, %v, want %+v", gpt, err, want)
	}
}

func TestConfigRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                              "model_type: missing: argen reads llama (LlamaForCausalLM), mistral (MistralForCausalLM)",
		`{"model_type":"bert"}`:           `model_type: "bert" is not known`,
		`{"architectures":["BertModel"]}`: `architectures: "BertModel" is not known`,
		`{` + smallLlama + `,"architectures":["LlamaForSequenceClassification"]}`:                                   "LlamaForSequenceClassification",
		`{` + smallLlama + `,"num_key_value_heads":3}`:                                                              "num_key_value_heads: 3: it must divide num_attention_heads, 2",
		`{` + smallLlama + `,"head_dim":3}`:                                                                         "head_dim: 3: it must be even",
		`{` + strings.Replace(smallLlama, `heads":2`, `heads":3`, 1) + `}`:                                          "num_attention_heads: 3: it must divide hidden_size, 8",
		`{` + strings.Replace(smallLlama, `"hidden_size":8,`, ``, 1) + `}`:                                          "hidden_size: missing",
		`{` + smallLlama + `,"hidden_act":"relu"}`:                                                                  `hidden_act: "relu" is not supported`,
		`{` + smallLlama + `,"rope_scaling":{"type":"dynamic","factor":2}}`:                                         `type "dynamic" is not supported`,
		`{` + smallLlama + `,"rope_scaling":{"type":"linear"}}`:                                                     "factor is missing",
		`{` + smallLlama + `,"rope_scaling":{"type":"linear","rope_type":"x"}}`:                                     `type is "x", but was "linear"`,
		`{` + smallLlama + `,"rope_scaling":{"type":"llama3","factor":2}}`:                                          "high_freq_factor 0 must be above",
		`{` + smallLlama + `,"rope_scaling":{"type":"llama3","factor":2,"low_freq_factor":1,"high_freq_factor":4}}`: "original_max_position_embeddings is missing",
		`{` + smallLlama + `,"rope_parameters":{"partial_rotary_factor":0.5}}`:                                      "argen rotates its whole heads",
		`{` + smallLlama + `,"rope_theta":-1}`:                                                                      "want a number above 0",
		`{` + smallLlama + `,"eos_token_id":10}`:                                                                    "eos_token_id: 10 is outside the vocabulary",
		`{` + smallLlama + `,"bos_token_id":10}`:                                                                    "bos_token_id: 10 is outside the vocabulary",
		`{` + smallLlama + `,"quantization_config":{"bits":4}}`:                                                     "quantised weights are not supported",
		`{` + smallLlama + `,"vocab_size":10}`:                                                                      "twice",
		`{` + smallGPT2 + `,"add_cross_attention":true}`:                                                            "decoders only",
		`{` + smallGPT2 + `,"scale_attn_weights":false}`:                                                            "scale_attn_weights",
		`{` + smallGPT2 + `,"activation_function":"relu"}`:                                                          "activation_function",
		`{` + strings.Replace(smallGPT2, `n_head":2`, `n_head":3`, 1) + `}`:                                         "n_head: 3: it must divide n_embd, 8",
		`version https://git-lfs.github.com/spec/v1`:                                                                "Git LFS",
	} {
		_, err := transformer.ParseConfig("c", []byte(config))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "c: ") {
			t.Errorf("%s: the error is %v, want one with %q", config, err, want)
		}
	}
}

func TestInfo(t *testing.T) {
	m, _ := load(t, "llama-untied")
	m.AddBOS = true
	info := argen.Identify(m)
	if info.Kind != "transformer" || info.VocabSize != 512 || info.ContextLength != 256 || info.BOS != 1 || !info.AddBOS || fmt.Sprint(info.Stop) != "[2]" || len(info.SHA256) != 64 {
		t.Errorf("the info is %+v", info)
	}
	if m.Size() != 347168 || m.Parameters() != 86256 {
		t.Errorf("%d bytes, %d parameters", m.Size(), m.Parameters())
	}
}
