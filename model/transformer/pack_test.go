package transformer_test

import (
	"math"
	"strings"
	"testing"

	"argen/internal/quant"
	"argen/model/modeltest"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// A model of quantised weights computes what one of the same numbers in float32
// does, to that one's own precision, keeps the contract, and gives the same bits
// for tokens together as for one by one.
func TestQuantised(t *testing.T) {
	for _, typ := range []quant.Type{quant.Q4_0, quant.Q4_1, quant.Q8_0} {
		t.Run(typ.String(), func(t *testing.T) {
			m := quantizedLlama(t, typ)
			defer m.Close()
			modeltest.Check(t, m, modeltest.Options{Tolerance: tight, MaxLen: 36, Checks: 10})
			wide := safetensors.Tensors{}
			for _, name := range m.Tensors() {
				stored, _ := m.Tensor(name)
				x, err := stored.Float32()
				if err != nil {
					t.Fatal(err)
				}
				f := safetensors.FromFloat32(name, x, stored.Shape...)
				wide[name] = &f
			}
			widened, err := transformer.New(m.Config(), wide)
			if err != nil {
				t.Fatal(err)
			}
			ids := text(290, 101)
			got, want := score(t, m, ids), score(t, widened, ids)
			s, off, size := m.Start(), 0.0, 0.0
			for i, id := range ids {
				near(t, "one by one", one(t, s, id), got[i], 0)
				for j, l := range got[i] {
					off += (l - want[i][j]) * (l - want[i][j])
					size += want[i][j] * want[i][j]
				}
			}
			// A rounding is off by d/√12, where 2²²·d is at most the greatest of 32
			// numbers, about 2.3 times their root mean square: by 1.6e-7 of that. 9
			// of them come one after the other (see TestFast).
			share := math.Sqrt(off / size)
			t.Logf("logits are off by %.2g of their size", share)
			if share == 0 || share > 3*1.6e-7*3 {
				t.Errorf("logits are off by %g of their size", share)
			}
		})
	}
}

// A scale that is not finite is found when the weights are packed.
func TestQuantisedBroken(t *testing.T) {
	m := quantizedLlama(t, quant.Q8_0)
	defer m.Close()
	w := safetensors.Tensors{}
	for _, name := range m.Tensors() {
		w[name], _ = m.Tensor(name)
	}
	const name = "model.layers.1.mlp.up_proj.weight"
	broken := *w[name]
	broken.Data = append([]byte(nil), broken.Data...)
	copy(broken.Data[(70*64+32)/32*34:], "\x00\xfc") // −∞ for the second block of row 70
	w[name] = &broken
	_, err := transformer.New(m.Config(), w)
	if want := `tensor "` + name + `": a scale of its row 70 is not finite: the weights are damaged`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
