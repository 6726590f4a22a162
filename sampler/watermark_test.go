package sampler_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

func init() {
	translate("hf/watermark", func(k *call) string {
		scheme := ""
		k.Params.read("seeding_scheme", &scheme)
		return "watermark=" + k.Params.text("greenlist_ratio") + "/" + k.Params.text("bias") + "/" + k.Params.text("hashing_key") +
			"/" + scheme + "/" + k.Params.text("context_width")
	})
}

// The tokens whose logits rise are the green ones of transformers.
func TestWatermarkGreen(t *testing.T) {
	for _, k := range calls(t, "hf_watermark") {
		chain, err := k.chain()
		if err != nil {
			t.Fatal(err)
		}
		logits := floats(k.vector().Logits)
		c, err := argen.NewCandidates(logits)
		if err != nil {
			t.Fatal(err)
		}
		chain[0].Apply(c, k.past())
		var green []argen.ID
		c.Each(func(id argen.ID, l float64) {
			if l != logits[id] {
				green = append(green, id)
			}
		})
		// Impossible tokens may be green too.
		want := slices.DeleteFunc(slices.Clone(k.Green), func(id argen.ID) bool { return !c.Has(id) })
		if !slices.Equal(green, want) {
			text, _ := json.Marshal(k.Params)
			t.Errorf("%s of %s: green are %v, want %v", text, k.Vector, green, want)
		}
	}
}

// draw writes n tokens of a vocabulary of 1,000 by the dice, through a
// watermark.
func draw(t *testing.T, w sampler.Watermark, n int) []argen.ID {
	t.Helper()
	rng, c := rand.New(rand.NewPCG(1, 2)), &argen.Candidates{}
	logits, ids := make([]float64, 1000), []argen.ID{7, 3}
	for range n {
		for i := range logits {
			logits[i] = 2 * rng.NormFloat64()
		}
		if err := c.Reset(logits); err != nil {
			t.Fatal(err)
		}
		w.Apply(c, argen.Past{IDs: ids})
		u, sum, k := rng.Float64(), 0.0, 0
		for sum += c.At(k).Prob; sum <= u; sum += c.At(k).Prob {
			k++
		}
		ids = append(ids, c.At(k).ID)
	}
	return ids
}

// A text with a watermark is found by its key, and by no other; one without is
// not.
func TestDetect(t *testing.T) {
	for _, scheme := range []string{"lefthash", "selfhash"} {
		w := sampler.Watermark{Ratio: 0.25, Bias: 2, Key: 42, Scheme: scheme, Width: 2}
		marked := draw(t, w, 300)
		for _, k := range []struct {
			name string
			key  int
			ids  []argen.ID
			low  float64
			high float64
		}{
			{"a watermark", 42, marked, 8, 40},
			{"the wrong key", 43, marked, -3, 3},
			{"no watermark", 42, draw(t, sampler.Watermark{}, 300), -3, 3},
		} {
			w.Key = k.key
			d, err := w.Detect(k.ids, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if !(d.Z > k.low && d.Z < k.high) {
				t.Errorf("%s, %s: z = %.2f, %d of %d", scheme, k.name, d.Z, d.Green, d.Counted)
			}
			if p := math.Erfc(d.Z/math.Sqrt2) / 2; d.P != p {
				t.Errorf("p = %v, want %v", d.P, p)
			}
		}
	}
}

// By hand: with one token of context the green lists are those that the stage
// uses, repeated pairs count once, and z follows.
func TestDetectByHand(t *testing.T) {
	w := sampler.Watermark{Ratio: 0.5, Bias: 1, Key: 7, Scheme: "lefthash", Width: 1}
	green := func(before, id argen.ID) bool {
		c, err := argen.NewCandidates(make([]float64, 6))
		if err != nil {
			t.Fatal(err)
		}
		w.Apply(c, argen.Past{IDs: []argen.ID{before}})
		return c.Logit(id) == 1
	}
	ids := []argen.ID{0, 1, 2, 0, 1, 5, 5}
	want, n := []sampler.Colour{sampler.NoColour}, 0
	for i := 1; i < len(ids); i++ {
		want = append(want, sampler.Red)
		if green(ids[i-1], ids[i]) {
			want[i] = sampler.Green
			if i != 4 { // 0, 1 stood there before
				n++
			}
		}
	}
	d, err := w.Detect(ids, 6)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Tokens, want) || d.Green != n || d.Counted != 5 || math.Abs(d.Z-(float64(n)-2.5)/math.Sqrt(1.25)) > 1e-15 {
		t.Errorf("%+v, want %v with %d green", d, want, n)
	}
	for _, bad := range []struct {
		w   sampler.Watermark
		ids []argen.ID
	}{
		{w, []argen.ID{1}},
		{w, []argen.ID{1, 6}},
		{w, []argen.ID{-1, 1}},
		{sampler.Watermark{Ratio: 1, Width: 1}, ids},
	} {
		if _, err := bad.w.Detect(bad.ids, 6); err == nil {
			t.Errorf("%+v of %v is no error", bad.w, bad.ids)
		}
	}
}

// A width that was left out is 1.
func TestWatermarkWithoutWidth(t *testing.T) {
	for _, scheme := range []string{"lefthash", "selfhash"} {
		for _, before := range [][]argen.ID{nil, {3}, {3, 5}} {
			logits := func(width int) (all []float64) {
				w := sampler.Watermark{Ratio: 0.5, Bias: 1, Key: 7, Scheme: scheme, Width: width}
				c, err := argen.NewCandidates(make([]float64, 50))
				if err != nil {
					t.Fatal(err)
				}
				w.Apply(c, argen.Past{IDs: before})
				c.Each(func(_ argen.ID, l float64) { all = append(all, l) })
				return all
			}
			if got, want := logits(0), logits(1); !slices.Equal(got, want) || slices.Max(want) != float64(min(len(before), 1)) {
				t.Errorf("%s after %v: %v, want %v", scheme, before, got, want)
			}
		}
	}
}
