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
