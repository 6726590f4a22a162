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
	tr.Apply(c, argen.Past{})
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
		var all, off []float64
		for _, p := range s.Params {
			all, off = append(all, p.Default), append(off, p.Off)
		}
		stage := func(values ...float64) argen.Transform {
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
		for i, p := range s.Params {
			for _, v := range []float64{p.Least, math.Nextafter(p.Least, 1), p.Most, p.Off, 1, 0.5, 1e-300, 3} {
				if p.Check(v) != nil {
					continue
				}
				values := slices.Clone(all)
				values[i] = v
				samplertest.Check(t, stage(values...))
			}
		}
		if len(s.Params) > 0 && !s.Many {
			samplertest.CheckOff(t, stage(off...))
		}
	}
}
