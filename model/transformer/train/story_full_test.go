//go:build full

package train

import (
	"context"
	"math"
	"testing"
	"time"

	"argen/model/story"
)

// The live run of a learner, shortened: a model of 398,000 weights sees 8
// fresh stories a step. The bits per token on stories it has not seen come
// near the entropy rate of the stories, 0.57, below which no model can be.
func TestLearnsStories(t *testing.T) {
	held := heldOut(t, 200)
	truth, tokens := 0.0, 0
	for _, s := range held {
		positions, err := story.Truth().Score(context.Background(), s[1:])
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range positions {
			truth -= p.LogProb / math.Ln2
			tokens++
		}
	}
	tr, err := New(storyShape(96, 4, 256), Options{Seed: 1, Steps: 1000}, stories(1), held)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("truth: %.4f bits per token", truth/float64(tokens))
	seen, start, bits := 0, time.Now(), 0.0
	err = tr.Run(context.Background(), Session{Report: func(p Progress) {
		seen += p.Tokens
		if p.Validated {
			bits = p.Validation / math.Ln2
			t.Logf("step %5d, %8d tokens, %6.1f s: %.4f bits per token, gradient %.3f", p.Number, seen, time.Since(start).Seconds(), bits, p.GradNorm)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if bits > 0.8 {
		t.Errorf("%.4f bits per token", bits)
	}
}
