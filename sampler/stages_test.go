package sampler_test

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// left applies a stage to the logits and returns the ids left and their
// probabilities, in order of ID.
func left(t *testing.T, tr argen.Transform, logits ...float64) (ids []argen.ID, probs []float64) {
	t.Helper()
	c, err := argen.NewCandidates(logits)
	if err != nil {
		t.Fatal(err)
	}
	samplertest.Bind(t, tr, len(logits)).Apply(c, argen.Past{})
	c.Each(func(id argen.ID, _ float64) {
		ids = append(ids, id)
		probs = append(probs, c.Prob(id))
	})
	return ids, probs
}

// logs are the logits of weights.
func logs(weights ...float64) []float64 {
	l := make([]float64, len(weights))
	for i, w := range weights {
		l[i] = math.Log(w)
	}
	return l
}

// A keeps is a stage, a distribution by its weights, and what is left of it.
type keeps struct {
	name    string
	stage   argen.Transform
	weights []float64
	want    []argen.ID
}

func (k keeps) check(t *testing.T) {
	t.Helper()
	if got, _ := left(t, k.stage, logs(k.weights...)...); !slices.Equal(got, k.want) {
		t.Errorf("%s: %s of %v leaves %v, want %v", k.name, k.stage, k.weights, got, k.want)
	}
}

// Every stage of the table, at its default, at both ends of its range and
// off, keeps the contract; off it does nothing.
func TestTable(t *testing.T) {
	for _, s := range sampler.Table {
		if s.Example != "" {
			chain, err := sampler.Parse(s.Example)
			if err != nil || len(chain) != 1 {
				t.Fatalf("%s: its example %s: %v, %v", s.Name, s.Example, chain, err)
			}
			samplertest.Check(t, chain[0])
			continue
		}
		var all, off []sampler.Value
		canBeOff := false
		for _, p := range s.Params[:len(s.Params)-s.Repeat] {
			v := sampler.Value{Number: p.Default}
			if p.Kind == sampler.Choice {
				v = sampler.Value{Text: p.Words[0]}
			}
			all, off = append(all, v), append(off, v)
			if numeric := p.Kind == sampler.Float || p.Kind == sampler.Int; numeric && !math.IsNaN(p.Off) {
				off[len(off)-1].Number = p.Off
				canBeOff = true
			}
		}
		stage := func(values ...sampler.Value) argen.Transform {
			tr, err := s.Make(values...)
			if err != nil {
				t.Fatal(err)
			}
			if tr.Name() != s.Name {
				t.Errorf("%s makes a stage named %s", s.Name, tr.Name())
			}
			return tr
		}
		samplertest.Check(t, stage(all...))
		for i, p := range s.Params[:len(all)] {
			for _, v := range []float64{p.Least, math.Nextafter(p.Least, 1), p.Most, p.Off, 1, 0.5, 1e-300, 3} {
				values := slices.Clone(all)
				values[i].Number = v
				if p.Kind == sampler.Choice || p.Check(values[i]) != nil {
					continue
				}
				if _, err := s.Make(values...); err == nil { // two that do not go together are refused
					samplertest.Check(t, stage(values...))
				}
			}
			for _, w := range p.Words {
				values := slices.Clone(all)
				values[i].Text = w
				samplertest.Check(t, stage(values...))
			}
		}
		if canBeOff {
			samplertest.CheckOff(t, stage(off...))
		}
	}
}
