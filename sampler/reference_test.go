package sampler_test

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

// A reference is what another engine leaves of a distribution; see
// testdata/reference.py.
type reference struct {
	Vectors []struct {
		ID, Name string
		Tags     []string
		Logits   []logit
	}
	Cases []struct {
		Engine, Vector, Chain string
		Kept                  int `json:"n_kept"`
		IDs                   []argen.ID
		Probs                 []float64
		Tie                   bool // sorting decides which of equal tokens stay
	}
}

// A logit is a float32 or "-inf".
type logit float64

func (l *logit) UnmarshalJSON(text []byte) error {
	if string(text) == `"-inf"` {
		*l = logit(math.Inf(-1))
		return nil
	}
	var f float32
	err := json.Unmarshal(text, &f)
	*l = logit(f)
	return err
}

// ties says why we keep fewer.
func ties(engine string, chain []argen.Transform, c *argen.Candidates, more []argen.ID, logits []float64) string {
	if engine != "transformers" || len(chain) != 1 {
		return ""
	}
	worst := c.At(c.Len() - 1).Logit
	tied := func(id argen.ID) bool { return logits[id] == worst }
	if _, ok := chain[0].(sampler.TopK); ok && !slices.ContainsFunc(more, func(id argen.ID) bool { return !tied(id) }) {
		return "it keeps all that are equal to the k-th"
	}
	return ""
}

// underflow says why we keep more.
func underflow(engine string, chain []argen.Transform, c *argen.Candidates, kept []argen.ID) string {
	if engine != "transformers" || len(chain) != 1 || chain[0] != (sampler.TopP{P: 1}) {
		return ""
	}
	sure := 0.0
	for _, id := range kept {
		sure += c.Prob(id)
	}
	if sure > 1-1e-7 {
		return "top_p=1 drops what is too improbable for a float32"
	}
	return ""
}

func TestReference(t *testing.T) {
	f, err := os.Open("testdata/reference.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.NewDecoder(z).Decode(&r); err != nil {
		t.Fatal(err)
	}
	if len(r.Cases) < 1500 {
		t.Fatalf("%d cases", len(r.Cases))
	}
	logits, bound := map[string][]float64{}, map[string]float64{}
	for _, v := range r.Vectors {
		for _, l := range v.Logits {
			logits[v.ID] = append(logits[v.ID], float64(l))
		}
		bound[v.ID] = 2e-6 // what float32 leaves of a probability
		if slices.Contains(v.Tags, "huge") {
			bound[v.ID] = 3e-4
		}
	}
	different, worst := map[string]int{}, 0.0
	for _, k := range r.Cases {
		chain, err := sampler.Parse(k.Chain)
		if err != nil {
			t.Fatal(err)
		}
		c, err := argen.NewCandidates(logits[k.Vector])
		if err != nil {
			t.Fatal(err)
		}
		for _, stage := range chain {
			stage.Apply(c, argen.Past{})
		}
		var ids []argen.ID
		var probs []float64
		c.Each(func(id argen.ID, _ float64) {
			ids = append(ids, id)
			probs = append(probs, c.Prob(id))
		})
		if len(ids) < k.Kept {
			more := slices.DeleteFunc(slices.Clone(k.IDs), c.Has)
			if why := ties(k.Engine, chain, c, more, logits[k.Vector]); why != "" {
				different[k.Engine+": "+why]++
				continue
			}
		}
		if len(ids) > k.Kept {
			if why := underflow(k.Engine, chain, c, k.IDs); why != "" {
				different[k.Engine+": "+why]++
				continue
			}
		}
		if k.Tie {
			slices.Sort(probs)
			slices.Sort(k.Probs)
		}
		if len(ids) != k.Kept || !k.Tie && !slices.Equal(ids, k.IDs) {
			t.Errorf("%s %s of %s: %d left %v, want %d %v", k.Engine, k.Chain, k.Vector, len(ids), ids, k.Kept, k.IDs)
			continue
		}
		for i, p := range probs {
			off := math.Abs(p - k.Probs[i])
			if off > bound[k.Vector] {
				t.Errorf("%s %s of %s: P(%d) = %v, want %v", k.Engine, k.Chain, k.Vector, ids[i], p, k.Probs[i])
			}
			if bound[k.Vector] < 1e-5 {
				worst = max(worst, off)
			}
		}
	}
	if n := different["transformers: it keeps all that are equal to the k-th"]; n != 10 || len(different) != 2 {
		t.Errorf("known to differ: %v", different)
	}
	t.Logf("%d cases, probabilities within %.1e, known to differ: %v", len(r.Cases), worst, different)
}
