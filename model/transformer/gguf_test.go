package transformer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/gguf"
	"argen/model/transformer"
)

// A name that no GGUF has is none, and rows that are rotated have an order of
// their own there.
func TestGGUFTensor(t *testing.T) {
	c := transformer.Config{Arch: "llama", Heads: 2, KVHeads: 1}
	for _, want := range []struct {
		folder, gguf string
		rows         int
		order        []int
	}{
		{"model.layers.12.self_attn.o_proj.weight", "blk.12.attn_output.weight", 8, nil},
		{"model.layers.1.self_attn.q_proj.bias", "blk.1.attn_q.bias", 8, []int{0, 2, 1, 3, 4, 6, 5, 7}},
		{"model.layers.0.self_attn.k_proj.weight", "blk.0.attn_k.weight", 8, []int{0, 2, 4, 6, 1, 3, 5, 7}},
		{"lm_head.weight", "output.weight", 8, nil},
		{"model.layers.0.self_attn.rotary_emb.inv_freq", "", 8, nil},
		{"rope_theta", "", 8, nil},
	} {
		name, order := c.GGUFTensor(want.folder, want.rows)
		if name != want.gguf || !slices.Equal(order, want.order) {
			t.Errorf("%s is called %q, its rows %v, want %q, %v", want.folder, name, order, want.gguf, want.order)
		}
	}
}

// What a GGUF says of sliding layers, caps and stretched wavelengths is taken from
// it; where it says nothing the layers are those of the architecture.
func TestGGUFKeys(t *testing.T) {
	type config = transformer.Config
	read := func(arch string, more ...gguf.KV) (config, error) {
		t.Helper()
		meta := gguf.Meta{{Key: "general.architecture", Value: arch}}
		for key, n := range map[string]uint32{
			"embedding_length": 8, "block_count": 4, "feed_forward_length": 4, "attention.head_count": 2, "context_length": 16, "vocab_size": 3, "attention.sliding_window": 5,
		} {
			meta = append(meta, gguf.KV{Key: arch + "." + key, Value: n})
		}
		meta = append(meta, gguf.KV{Key: arch + ".attention.layer_norm_rms_epsilon", Value: float32(1e-5)})
		for _, kv := range more {
			meta = append(meta, gguf.KV{Key: arch + "." + kv.Key, Value: kv.Value})
		}
		var b bytes.Buffer
		if err := gguf.Write(&b, meta, nil); err != nil {
			t.Fatal(err)
		}
		f, err := gguf.Read("m.gguf", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return transformer.ParseGGUF(f)
	}
	const pattern = "attention.sliding_window_pattern"
	full, slide := false, true
	for _, c := range []struct {
		arch  string
		keys  []gguf.KV
		says  string // the error, "" if there is none
		check func(c config) bool
	}{
		{"gemma2", nil, "", func(c config) bool { return c.Window == 5 && slices.Equal(c.Slides, []bool{slide, full}) }},
		{"gemma3", nil, "", func(c config) bool { return len(c.Slides) == 6 && !c.Slides[5] && c.LogitCap == 0 }},
		{"gemma3", []gguf.KV{{Key: pattern, Value: uint32(3)}}, "", func(c config) bool { return slices.Equal(c.Slides, []bool{slide, slide, full}) }},
		{"gemma2", []gguf.KV{{Key: pattern, Value: []bool{full, slide, full, full}}}, "", func(c config) bool { return slices.Equal(c.Slides, []bool{full, slide, full, full}) }},
		{"gemma2", []gguf.KV{{Key: pattern, Value: uint32(0)}}, "", func(c config) bool { return c.Window == 5 && c.Slides == nil }},
		{"gemma2", []gguf.KV{{Key: pattern, Value: uint32(1)}}, "", func(c config) bool { return c.Window == 0 && c.Slides == nil }},
		{"gemma2", []gguf.KV{{Key: pattern, Value: []bool{slide}}}, "gemma2.attention.sliding_window_pattern: 1 layers, but gemma2.block_count is 4", nil},
		{"gemma2", []gguf.KV{{Key: pattern, Value: "2"}}, "gemma2.attention.sliding_window_pattern: 2, want how many layers", nil},
		{"gemma3", []gguf.KV{{Key: "final_logit_softcapping", Value: float32(30)}}, "", func(c config) bool { return c.LogitCap == 30 && c.ScoreCap == 0 }},
		{"llama", []gguf.KV{{Key: "rope.scaling.factor", Value: float32(4)}}, "", func(c config) bool { return c.Rope.Type == "linear" && c.Rope.Factor == 4 }},
		{"llama", []gguf.KV{{Key: "rope.scale_linear", Value: float32(2)}}, "", func(c config) bool { return c.Rope.Type == "linear" && c.Rope.Factor == 2 }},
		{"llama", []gguf.KV{{Key: "rope.scale_linear", Value: float32(1)}}, "", func(c config) bool { return c.Rope.Type == "" && c.Rope.Factor == 0 }},
		{"llama", []gguf.KV{{Key: "rope.scaling.type", Value: "none"}, {Key: "rope.scaling.factor", Value: float32(4)}}, "", func(c config) bool { return c.Rope.Type == "" }},
	} {
		got, err := read(c.arch, c.keys...)
		switch {
		case c.says != "":
			if err == nil || !strings.HasPrefix(err.Error(), c.says) {
				t.Errorf("%s, %v: %v, want %q", c.arch, c.keys, err, c.says)
			}
		case err != nil || !c.check(got):
			t.Errorf("%s, %v: %+v, %v", c.arch, c.keys, got, err)
		}
	}
}

// FuzzGGUF reads the configurations of GGUF files of any content: each gives a
// model that works or one line that says what is wrong.
func FuzzGGUF(f *testing.F) {
	for _, name := range fixtures {
		data, err := os.ReadFile(filepath.Join("testdata", name, transformer.ConfigFile))
		if err != nil {
			f.Fatal(err)
		}
		c, err := transformer.ParseConfig(transformer.ConfigFile, data)
		if err != nil {
			f.Fatal(err)
		}
		meta, tensors, _, _ := c.Metadata() // what it can say is a beginning too
		var b bytes.Buffer
		if err := gguf.Write(&b, meta, tensors); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := gguf.Read("m.gguf", data)
		if err != nil {
			return
		}
		c, err := transformer.ParseGGUF(file)
		var m *transformer.Model
		if err == nil {
			m, err = transformer.FromGGUF(c, file)
		}
		if err != nil {
			if says := err.Error(); strings.ContainsAny(says, "\n\x00\x1b") || len(says) > 2000 {
				t.Errorf("%q", says)
			}
			return
		}
		if _, err := m.Start().Extend(ctx, argen.ID(0)); err != nil {
			t.Error(err)
		}
	})
}
