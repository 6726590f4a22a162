package ngram_test

import (
	"context"
	"strings"
	"testing"

	"argen/model/modeltest"
	"argen/model/ngram"
)

func TestContract(t *testing.T) {
	text := "the cat sat on the mat\nthe dog sat\n\non the mat a cat sat\n"
	for _, o := range []ngram.Options{
		{},
		{Order: 1},
		{Order: 5, Prune: []int{0, 0, 1}, KeepCounts: true},
		{Smoothing: ngram.WittenBell, KeepText: true},
		{Smoothing: ngram.AddK, K: .1},
		{Smoothing: ngram.StupidBackoff},
		{Smoothing: ngram.MaximumLikelihood},
	} {
		t.Run(string(o.Smoothing), func(t *testing.T) {
			m, _, err := ngram.TrainText(context.Background(), strings.NewReader(text), o)
			if err != nil {
				t.Fatal(err)
			}
			modeltest.Check(t, m, modeltest.Options{Normalised: 1e-5, Checks: 20}) // numbers of 24 bits
		})
	}
}
