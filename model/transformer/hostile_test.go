package transformer_test

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
	"argen/internal/strict"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// copyOf returns a copy of a folder of testdata/hostile in which one file is
// replaced.
func copyOf(t *testing.T, base, name string, data []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "hostile", base))); err != nil {
		t.Fatal(err)
	}
	if name == "" {
		return dir
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// opens opens a folder and takes one step; want is a word of the error, "" if
// there must be none.
func opens(t *testing.T, what, dir, want string) {
	t.Helper()
	m, err := transformer.Open(dir)
	switch {
	case err != nil && m != nil:
		t.Errorf("%s: a model and an error", what)
	case err != nil && want == "":
		t.Errorf("%s: %v", what, err)
	case err == nil && want != "":
		t.Errorf("%s: no error, want one with %q", what, want)
	case err != nil:
		if says := err.Error(); !strings.Contains(says, want) || strings.ContainsAny(says, "\n\x00\x1b") || len(says) > 400 {
			t.Errorf("%s: the error is %q, want one line with %q", what, says, want)
		}
	default:
		one(t, m.Start(), 5)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The files of testdata/hostile replace config.json or the index of shards;
// those that begin with ok_ must work.
func TestHostile(t *testing.T) {
	words := map[string]string{
		"act_number": "hidden_act", "ffn_neg": "intermediate_size", "heads_neg": "num_attention_heads",
		"hidden_2p32": "hidden_size", "hidden_true": "hidden_size", "kv_2": "num_key_value_heads",
		"layers_3": "layers.1", "no_heads": "num_attention_heads", "nul": "config.json", "ok_extra": "", "ok_no_kv": "",
		"open_brace": "object", "scaling_list": "rope", "string": "object", "type_gpt9": `"gpt9" is not known: argen reads llama`,
		"vocab_300": "embed_tokens",

		"index_abs": "no name of a file", "index_gone": "missing", "index_list": "model.norm.weight", "index_map_string": "weight_map",
		"index_null": "object", "index_ok_meta": "", "index_up": "no name of a file", "index_wrong": "model.norm.weight",
	}
	for name, want := range words {
		data, err := os.ReadFile(filepath.Join("testdata", "hostile", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "index") {
			opens(t, name, copyOf(t, "st-sharded", safetensors.IndexFile, data), want)
		} else {
			opens(t, name, copyOf(t, "st-model", transformer.ConfigFile, data), want)
		}
	}
	opens(t, "deep", copyOf(t, "st-model", transformer.ConfigFile, []byte(strings.Repeat("[", 30000))), "object")
	opens(t, "empty", t.TempDir(), "config.json")
	for _, base := range []string{"st-model", "st-sharded"} {
		opens(t, base, copyOf(t, base, "", nil), "")
	}
	opens(t, "end of text", copyOf(t, "st-model", "generation_config.json", []byte(`{"eos_token_id":[1,999]}`)), "outside the vocabulary")
	opens(t, "generation", copyOf(t, "st-model", "generation_config.json", []byte(`[]`)), "generation_config.json")
}

// TestDamagedWeights changes one tensor of a model.
func TestDamagedWeights(t *testing.T) {
	config, err := os.ReadFile("testdata/hostile/st-model/config.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := transformer.ParseConfig("config.json", config)
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.OpenFolder("testdata/hostile/st-model")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const gate = "model.layers.0.mlp.gate_proj.weight"
	for what, change := range map[string]struct {
		do   func(w safetensors.Tensors, x *safetensors.Tensor)
		want string
	}{
		"nothing": {func(safetensors.Tensors, *safetensors.Tensor) {}, ""},
		"missing": {func(w safetensors.Tensors, _ *safetensors.Tensor) { delete(w, gate) }, `"` + gate + `" is missing`},
		"a layer more": {func(w safetensors.Tensors, x *safetensors.Tensor) {
			b := safetensors.FromFloat32("model.layers.1.input_layernorm.weight", make([]float32, 48), 48)
			w[b.Name] = &b
		}, "says that num_hidden_layers is 1"},
		"transposed": {func(_ safetensors.Tensors, x *safetensors.Tensor) { x.Shape = []int{48, 80} }, `"` + gate + `": shape [48 80], config.json wants [80 48]`},
		"type":       {func(_ safetensors.Tensors, x *safetensors.Tensor) { x.DType = "I16" }, "dtype I16 is not supported"},
		"NaN":        {func(_ safetensors.Tensors, x *safetensors.Tensor) { binary.LittleEndian.PutUint16(x.Data[14:], 0x7e00) }, "its number 7 is not finite"},
		"a bias": {func(w safetensors.Tensors, _ *safetensors.Tensor) {
			b := safetensors.FromFloat32("model.layers.0.mlp.up_proj.bias", make([]float32, 80), 80)
			w[b.Name] = &b
		}, "says that there is none"},
		"NaN in a norm": {func(w safetensors.Tensors, _ *safetensors.Tensor) {
			b := safetensors.FromFloat32("model.norm.weight", append(make([]float32, 47), float32(math.NaN())), 48)
			w[b.Name] = &b
		}, `"model.norm.weight": its number 47 is NaN`},
	} {
		w := safetensors.Tensors{}
		for _, x := range f.Tensors() {
			x.Data = append([]byte(nil), x.Data...)
			w[x.Name] = &x
		}
		change.do(w, w[gate])
		_, err := transformer.New(c, w)
		if change.want == "" && err != nil || change.want != "" && (err == nil || !strings.Contains(err.Error(), change.want)) {
			t.Errorf("%s: the error is %v, want one with %q", what, err, change.want)
		}
	}
	c.Arch = "rnn"
	if _, err := transformer.New(c, f); err == nil || !strings.Contains(err.Error(), `"rnn" is not known`) {
		t.Errorf("an rnn: %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	for _, pattern := range []string{"testdata/hostile/*.json", "testdata/*/config.json", "testdata/*/generation_config.json"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	weights, err := os.ReadFile("testdata/hostile/st-model/model.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, config []byte) {
		m, err := transformer.Read(config, weights)
		if err != nil {
			var where *strict.Error
			if c, err := transformer.ParseConfig("config.json", config); err != nil && !errors.As(err, &where) {
				t.Errorf("%v says no place; %v", err, c)
			}
			return
		}
		if m.Info().ContextLength > 0 {
			if _, err := m.Start().Extend(ctx, argen.ID(1)); err != nil {
				t.Error(err)
			}
		}
	})
}
