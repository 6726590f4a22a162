package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A damage is what is wrong with a model's folder.
type damage struct {
	base   string                    // the folder in model/transformer/testdata that is copied
	remove string                    // a file of it
	config map[string]any            // members of config.json that are other
	header [2]string                 // what of the weights' header is replaced by what as long
	number func(data []byte, at int) // changes the first number of tensor
	tensor string
	want   []string // in the error
}

// What is wrong with a model is one line that names the file, the tensor or the
// field; nothing is written then.
func TestBadModels(t *testing.T) {
	put := func(bits uint32) func([]byte, int) {
		return func(data []byte, at int) { binary.LittleEndian.PutUint32(data[at:], bits) }
	}
	const q, norm = "model.layers.0.self_attn.q_proj.weight", "model.norm.weight"
	for name, d := range map[string]damage{
		"no config":      {remove: "config.json", want: []string{"config.json: no such file", "a model's folder has config.json"}},
		"no weights":     {remove: "model.safetensors", want: []string{"neither model.safetensors nor"}},
		"no tokenizer":   {remove: "tokenizer.json", want: []string{"tokenizer.json: no such file"}},
		"architecture":   {config: map[string]any{"model_type": "mamba"}, want: []string{"config.json: model_type", `"mamba" is not known`, "llama (LlamaForCausalLM), mistral"}},
		"class":          {config: map[string]any{"architectures": []string{"LlamaModel"}}, want: []string{`architectures: "LlamaModel" is not known`}},
		"heads":          {config: map[string]any{"num_attention_heads": 5, "head_dim": nil}, want: []string{"num_attention_heads: 5: it must divide hidden_size, 48"}},
		"gpt2's heads":   {base: "gpt2", config: map[string]any{"n_head": 5}, want: []string{"n_head: 5: it must divide n_embd, 48"}},
		"KV heads":       {config: map[string]any{"num_key_value_heads": 3}, want: []string{"num_key_value_heads: 3: it must divide num_attention_heads, 4"}},
		"no context":     {config: map[string]any{"max_position_embeddings": 0}, want: []string{"max_position_embeddings: want an integer from 1"}},
		"vocabulary":     {config: map[string]any{"vocab_size": 100}, want: []string{`"model.embed_tokens.weight": shape [512 48], config.json wants [100 48] (vocab_size, hidden_size)`}},
		"gpt2's context": {base: "gpt2", config: map[string]any{"n_positions": 1000}, want: []string{`"transformer.wpe.weight": shape [128 48], config.json wants [1000 48]`}},
		"layers":         {config: map[string]any{"num_hidden_layers": 2147483647}, want: []string{`"model.layers.2.input_layernorm.weight" is missing`}},
		"fewer layers":   {config: map[string]any{"num_hidden_layers": 1}, want: []string{`"model.layers.1.input_layernorm.weight" is there, but config.json says that num_hidden_layers is 1`}},
		"shape":          {header: [2]string{`"shape":[24,48]`, `"shape":[48,24]`}, want: []string{`k_proj.weight": shape [48 24], config.json wants [24 48]`}},
		"NaN":            {tensor: q, number: put(0x7fc00000), want: []string{`"` + q + `": its number 0 is NaN`}},
		"infinite":       {tensor: norm, number: put(0xff800000), want: []string{`"` + norm + `": its number 0 is -Inf`}},
		"overflow":       {tensor: norm, number: put(0x7f7fffff), want: []string{"step 0, after ", "the logit of token ", "not finite"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := d.folder(t)
			log := filepath.Join(t.TempDir(), "log.jsonl")
			r := runArgs("", "generate", "-m", dir, "--seed", "1", "--log", log, "hello")
			if r.code != 1 || strings.Count(r.stderr, "\n") != 1 || len(r.stderr) > 2000 {
				t.Errorf("exit code %d, %q", r.code, r.stderr)
			}
			for _, want := range d.want {
				if !strings.Contains(r.stderr, want) {
					t.Errorf("the error is %q, want %q in it", r.stderr, want)
				}
			}
			if _, err := os.Stat(log); d.want[0] != "step 0, after " && err == nil {
				t.Error("a log was begun")
			}
		})
	}
}

// folder makes the folder.
func (d *damage) folder(t *testing.T) string {
	t.Helper()
	const models = "../../model/transformer/testdata"
	if d.base == "" {
		d.base = "llama-untied"
	}
	dir := filepath.Join(t.TempDir(), "the model")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(models, d.base))); err != nil {
		t.Fatal(err)
	}
	read := func(path string) []byte {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("tokenizer.json", read(filepath.Join(models, "gpt2", "tokenizer.json")))
	if d.config != nil {
		config := map[string]any{}
		if err := json.Unmarshal(read(filepath.Join(dir, "config.json")), &config); err != nil {
			t.Fatal(err)
		}
		for name, value := range d.config {
			config[name] = value
		}
		data, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		write("config.json", data)
	}
	weights := read(filepath.Join(dir, "model.safetensors"))
	start := 8 + int(binary.LittleEndian.Uint64(weights))
	if d.number != nil {
		var header map[string]struct {
			Offsets []int `json:"data_offsets"`
		}
		if err := json.Unmarshal(weights[8:start], &header); err != nil {
			t.Fatal(err)
		}
		d.number(weights, start+header[d.tensor].Offsets[0])
	}
	if d.header[0] != "" {
		weights = bytes.Replace(weights, []byte(d.header[0]), []byte(d.header[1]), 1)
	}
	write("model.safetensors", weights)
	if d.remove != "" {
		if err := os.Remove(filepath.Join(dir, d.remove)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
