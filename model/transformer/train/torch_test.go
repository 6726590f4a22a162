package train

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen"
)

// A torchCase is testdata/llama.json, made by llama.py beside it.
type torchCase struct {
	Config    Config
	Options   Options
	Sequences [][]argen.ID
	Names     []string
	Shapes    [][]int
	Weights   floats
	Loss      float64
	Gradient  floats
	AdamW     trained `json:"adamw"`
	Muon      trained
}

type trained struct {
	Losses, Norms []float64
	Weights       floats
}

type floats []float32

func (f *floats) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.DecodeString(string(text))
	for ; len(raw) >= 4; raw = raw[4:] {
		*f = append(*f, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	}
	return err
}

func torch(t *testing.T) torchCase {
	t.Helper()
	data, err := os.ReadFile("testdata/llama.json")
	if err != nil {
		t.Fatal(err)
	}
	var c torchCase
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	if c.Config, err = c.Config.complete(); err != nil {
		t.Fatal(err)
	}
	return c
}

// A list is a source that has its sequences again and again.
type list [][]argen.ID

func (l list) Sequence(i uint64) ([]argen.ID, error) { return l[i%uint64(len(l))], nil }
func (l list) Fingerprint() string                   { return fingerprint(l) }

// near fails where got is further from want than the float32 arithmetic of a
// small network allows.
func near[F float](t *testing.T, what string, got []F, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	worst, at := 0.0, 0
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - float64(w)); !(d <= worst) {
			worst, at = d, i
		}
	}
	if !(worst <= tolerance) {
		t.Errorf("%s: number %d is %v, torch has %v", what, at, got[at], want[at])
	}
}

func TestNamesAndShapesAreTransformers(t *testing.T) {
	c := torch(t)
	trainer, err := New(c.Config, c.Options, list(c.Sequences), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var shapes [][]int
	for _, w := range trainer.Weights() {
		names, shapes = append(names, w.Name), append(shapes, w.Shape)
	}
	if d := cmp.Diff(c.Names, names) + cmp.Diff(c.Shapes, shapes); d != "" {
		t.Error(d)
	}
}

func TestGradientIsTorchs(t *testing.T) {
	c := torch(t)
	t.Run("float64", func(t *testing.T) { gradientIsTorchs(t, c, reference, 1e-7) })
	t.Run("float32", func(t *testing.T) { gradientIsTorchs(t, c, kernels, 1e-6) })
}

func gradientIsTorchs[F float](t *testing.T, c torchCase, k maths[F], tolerance float64) {
	n := newNet(c.Config, k, len(c.Sequences)*c.Config.Context, 0)
	w, grad := newParams[F](c.Config), newParams[F](c.Config)
	for i, v := range c.Weights {
		w.arena[i] = F(v)
	}
	var b batch
	b.reset()
	for _, s := range c.Sequences {
		b.add(s, 0)
	}
	total := float64(len(b.ids))
	if loss := n.loss(&w, &b) / total; !(math.Abs(loss-c.Loss) <= tolerance) {
		t.Errorf("loss %v, torch has %v", loss, c.Loss)
	}
	if loss := n.learn(&w, &grad, &b, F(1/total)) / total; !(math.Abs(loss-c.Loss) <= tolerance) {
		t.Errorf("loss %v on the way to the gradient, torch has %v", loss, c.Loss)
	}
	near(t, "gradient", grad.arena, c.Gradient, tolerance)
}

// Six steps with warm-up, cosine, clipping and decay. Muon brings all singular
// values near 1, also those that are nearly nothing, and so makes rounding
// errors visible where a gradient has a direction without length.
func TestTrainingIsTorchs(t *testing.T) {
	c := torch(t)
	for _, by := range []Optimizer{AdamW, Muon} {
		t.Run(string(by), func(t *testing.T) {
			want, tolerance := c.AdamW, 2e-5
			if by == Muon {
				want, tolerance = c.Muon, 2e-4
			}
			o := c.Options
			o.Optimizer = by
			trainer, err := New(c.Config, o, list(c.Sequences), nil)
			if err != nil {
				t.Fatal(err)
			}
			copy(trainer.weights.arena, c.Weights)
			var losses, norms []float64
			for range o.Steps {
				s, err := trainer.Step()
				if err != nil {
					t.Fatal(err)
				}
				losses, norms = append(losses, s.Loss), append(norms, s.GradNorm)
			}
			for i := range losses {
				if math.Abs(losses[i]-want.Losses[i]) > 1e-5 || math.Abs(norms[i]-want.Norms[i]) > 1e-4 {
					t.Errorf("step %d: loss %v and norm %v, torch has %v and %v", i+1, losses[i], norms[i], want.Losses[i], want.Norms[i])
				}
			}
			near(t, "weights", trainer.weights.arena, want.Weights, tolerance)
			if !slices.IsSortedFunc(losses, func(a, b float64) int { return int(math.Copysign(1, b-a)) }) {
				t.Errorf("the losses %v do not fall", losses)
			}
		})
	}
}
