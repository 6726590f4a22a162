package transformer_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/internal/tensor"
	"argen/model/modeltest"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// quantizedLlama is a model of random weights whose matrices are of a type. Queries
// of several heads share keys.
func quantizedLlama(t *testing.T, typ quant.Type) *transformer.Model {
	t.Helper()
	c := transformer.Config{
		Arch: "llama", VocabSize: 101, Context: 300, Hidden: 64, Layers: 2, Heads: 4, KVHeads: 2,
		HeadDim: 16, FFN: 96, Eps: 1e-5, Act: "silu", Tied: true, Rope: transformer.Rope{Theta: 10000}, BOS: argen.NoID,
	}
	w, rng := safetensors.Tensors{}, rand.New(rand.NewPCG(3, 4))
	matrix := func(name string, rows, cols int) {
		x := make([]float32, rows*cols)
		for i := range x {
			x[i] = float32(rng.NormFloat64()) / float32(math.Sqrt(float64(cols)))
		}
		w[name] = &safetensors.Tensor{Name: name, DType: safetensors.DType(typ.String()), Shape: []int{rows, cols}, Data: quantized(t, typ, x)}
	}
	vector := func(name string) {
		var data []byte
		for range c.Hidden {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(1+rng.Float32()))
		}
		w[name] = &safetensors.Tensor{Name: name, DType: safetensors.F32, Shape: []int{c.Hidden}, Data: data}
	}
	matrix("model.embed_tokens.weight", c.VocabSize, c.Hidden)
	vector("model.norm.weight")
	for i := range c.Layers {
		at := fmt.Sprintf("model.layers.%d.", i)
		vector(at + "input_layernorm.weight")
		vector(at + "post_attention_layernorm.weight")
		matrix(at+"self_attn.q_proj.weight", 64, 64)
		matrix(at+"self_attn.k_proj.weight", 32, 64)
		matrix(at+"self_attn.v_proj.weight", 32, 64)
		matrix(at+"self_attn.o_proj.weight", 64, 64)
		matrix(at+"mlp.gate_proj.weight", 96, 64)
		matrix(at+"mlp.up_proj.weight", 96, 64)
		matrix(at+"mlp.down_proj.weight", 64, 96)
	}
	m, err := transformer.New(c, w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// quantized rounds numbers to a type; to Q4_1 by least and greatest of each block.
func quantized(t *testing.T, typ quant.Type, x []float32) (data []byte) {
	t.Helper()
	if typ != quant.Q4_1 {
		data, err := quant.Quantize(nil, typ, x)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for block := range slices.Chunk(x, 32) {
		least, most := slices.Min(block), slices.Max(block)
		var h [2]uint16
		d := (most - least) / 15
		tensor.F32ToF16(h[:], []float32{d, least})
		data = binary.LittleEndian.AppendUint16(data, h[0])
		data = binary.LittleEndian.AppendUint16(data, h[1])
		level := func(v float32) byte { return byte(min(max(math.Round(float64((v-least)/d)), 0), 15)) }
		for i := range 16 {
			data = append(data, level(block[i])|level(block[16+i])<<4)
		}
	}
	return data
}

// A model whose activations are rounded keeps the contract, gives the same bits for
// tokens together as for one by one, over several chunks of a prompt, and is near
// the exact one.
func TestFast(t *testing.T) {
	for _, typ := range []quant.Type{quant.Q4_0, quant.Q4_1, quant.Q8_0} {
		t.Run(typ.String(), func(t *testing.T) {
			exact := quantizedLlama(t, typ)
			fast := exact.With(transformer.Options{Fast: true})
			if a, b := exact.Info().Activations, fast.Info().Activations; a != "" || b != "int8" {
				t.Errorf("activations are %q and %q, want none and int8", a, b)
			}
			modeltest.Check(t, fast, modeltest.Options{Tolerance: tight, MaxLen: 36, Checks: 10})
			ids := text(290, 101)
			want, rows := score(t, exact, ids), score(t, fast, ids)
			s := fast.Start()
			for i, id := range ids {
				near(t, "one by one", one(t, s, id), rows[i], tight)
			}
			var off, size float64
			for i, row := range rows {
				for j, l := range row {
					off += (l - want[i][j]) * (l - want[i][j])
					size += want[i][j] * want[i][j]
				}
			}
			// A rounding is off by d/√12, where 127·d is the greatest of 32 numbers,
			// about 2.3 times their root mean square: by 0.5 % of that. 9 of them
			// come one after the other.
			share := math.Sqrt(off / size)
			t.Logf("logits are off by %.2g of their size", share)
			if share == 0 || share > 3*0.005*3 {
				t.Errorf("logits are off by %g of their size", share)
			}
		})
	}
}

// Where nothing is quantised, nothing is rounded, and nothing said to be.
func TestFastChangesNothing(t *testing.T) {
	m, _ := load(t, "llama-untied")
	fast := m.With(transformer.Options{Fast: true})
	if a := fast.Info().Activations; a != "" {
		t.Errorf("activations are %q, want none", a)
	}
	ids := text(20, m.Config().VocabSize)
	for i, row := range score(t, fast, ids) {
		near(t, "with the option", row, score(t, m, ids)[i], tight)
	}
}
