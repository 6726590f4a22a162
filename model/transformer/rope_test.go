package transformer_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"argen/model/transformer"
)

// roped is phi3 of testdata with members of its config.json changed.
func roped(t *testing.T, change map[string]any) *transformer.Model {
	t.Helper()
	data, err := os.ReadFile("testdata/phi3/config.json")
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	for key, value := range change {
		config[key] = value
	}
	if data, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile("testdata/phi3/model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	m, err := transformer.Read(data, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Longrope rotates with the short factors in contexts up to the original one and
// with the long ones where a longer one was asked for: all factors of 1 change
// nothing, all of 4 are what linear scaling by 4 does.
func TestLongRope(t *testing.T) {
	same := func(x float64) []float64 { return []float64{x, x, x, x, x, x} } // of heads of 12 numbers
	long := roped(t, map[string]any{
		"max_position_embeddings": 64, "original_max_position_embeddings": 32,
		"rope_scaling": map[string]any{"type": "longrope", "attention_factor": 1, "short_factor": same(1), "long_factor": same(4)},
	})
	plain := roped(t, nil)
	linear := roped(t, map[string]any{"rope_scaling": map[string]any{"type": "linear", "factor": 4}})
	_, r := load(t, "phi3")
	ids := r.ids(t, "sentence")[:20]
	for _, c := range []struct {
		what       string
		got, want  *transformer.Model
		most, left int
	}{
		{"short", long, plain, 32, 32},
		{"short, as asked for", long.With(transformer.Options{Context: 20}), plain, 20, 20},
		{"long", long.With(transformer.Options{Context: 64}), linear, 64, 64},
	} {
		if n := c.got.Info().ContextLength; n != c.most {
			t.Errorf("%s: a context has at most %d tokens, want %d", c.what, n, c.most)
		}
		want := score(t, c.want, ids)
		for i, row := range score(t, c.got, ids) {
			near(t, c.what, row, want[i], 0)
		}
	}
	if n := long.Config().Context; n != 64 {
		t.Errorf("the configuration's context is %d", n)
	}
}

// What longrope multiplies queries and keys by follows from how much longer
// contexts become: √(1 + ln 2 / ln 32) = √(1 + 1/5).
func TestLongRopeMagnitude(t *testing.T) {
	ones := []int{1, 1, 1, 1, 1, 1}
	c := roped(t, map[string]any{
		"max_position_embeddings": 64, "original_max_position_embeddings": 32,
		"rope_scaling": map[string]any{"type": "su", "short_factor": ones, "long_factor": ones},
	}).Config()
	if got := c.Rope.Magnitude; math.Abs(got-math.Sqrt(1.2)) > 1e-12 || c.Rope.Type != "longrope" || c.Rope.Factor != 2 {
		t.Errorf("%+v, want a magnitude of √1.2", c.Rope)
	}
}

// YaRN's magnitude is 1 + 0.1·ln factor, unless it is given, or follows from two
// scales of that logarithm; and its bounds may be given.
func TestYaRN(t *testing.T) {
	for members, want := range map[string]transformer.Rope{
		`"factor":4,"original_max_position_embeddings":64`: {Factor: 4, Original: 64, BetaFast: 32, BetaSlow: 1, Magnitude: 1 + 0.1*math.Log(4)},
		`"factor":4`: {Factor: 4, Original: 256, BetaFast: 32, BetaSlow: 1, Magnitude: 1 + 0.1*math.Log(4)},
		`"original_max_position_embeddings":128,"beta_fast":16,"beta_slow":2`: {Factor: 2, Original: 128, BetaFast: 16, BetaSlow: 2, Magnitude: 1 + 0.1*math.Log(2)},
		`"factor":4,"attention_factor":1.5,"truncate":false`:                  {Factor: 4, Original: 256, BetaFast: 32, BetaSlow: 1, Exact: true, Magnitude: 1.5},
		`"factor":4,"mscale":2,"mscale_all_dim":1`:                            {Factor: 4, Original: 256, BetaFast: 32, BetaSlow: 1, Magnitude: (1 + 0.2*math.Log(4)) / (1 + 0.1*math.Log(4))},
		`"factor":0.5`: {Factor: 0.5, Original: 256, BetaFast: 32, BetaSlow: 1, Magnitude: 1},
	} {
		c, err := transformer.ParseConfig("c", []byte(`{`+smallLlama+`,"max_position_embeddings":256,"rope_theta":100,"rope_scaling":{"rope_type":"yarn",`+members+`}}`))
		want.Type, want.Theta = "yarn", 100
		if err != nil || fmt.Sprintf("%+v", c.Rope) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s: %+v, %v, want %+v", members, c.Rope, err, want)
		}
	}
}

// Angles that are no numbers are an error when the model is opened.
func TestRopeNotFinite(t *testing.T) {
	data, err := os.ReadFile("testdata/phi3/model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("testdata/phi3/config.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		`"rope_theta": 1e-300`,
		`"rope_theta": 1, "rope_scaling": {"type": "yarn", "factor": 4}`,
		`"rope_theta": 9, "original_max_position_embeddings": 1, "rope_scaling": {"type": "su", "short_factor": [1,1,1,1,1,1], "long_factor": [1,1,1,1,1,1]}`,
	} {
		was := []string{"\"rope_scaling\": null,", "", "\"original_max_position_embeddings\": 256,", ""}
		if !strings.Contains(change, "rope_scaling") {
			was = nil
		}
		text := strings.NewReplacer(append(was, "\"rope_theta\": 10000.0", change)...).Replace(string(config))
		if _, err := transformer.Read([]byte(text), data); err == nil || !strings.Contains(err.Error(), "rope") {
			t.Errorf("%s: the error is %v", change, err)
		}
	}
}
