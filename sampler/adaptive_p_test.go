package sampler_test

import (
	"maps"
	"math"
	"testing"

	"argen"
	"argen/sampler"
)

func TestAdaptiveP(t *testing.T) {
	a := sampler.AdaptiveP{Target: 0.5, Decay: 0.5}
	// As if on the target so far the aim is 0.5: distances 0, 0.2/0.3 and
	// 0.3/0.3 give 5, 5 − (40/9)/(5/3) = 7/3 and 5 − 10/2 = 0.
	ids, probs := left(t, a, logs(0.5, 0.3, 0.2)...)
	want := []float64{math.Exp(5), math.Exp(7. / 3), 1}
	sum := want[0] + want[1] + want[2]
	for i := range ids {
		if math.Abs(probs[i]-want[i]/sum) > 1e-15 {
			t.Errorf("P(%d) = %v, want %v", ids[i], probs[i], want[i]/sum)
		}
	}
	// The mean begins as 1/2 with weight 2. After 1/8: (1/8 + 1/2·1) of 2.
	next := a.Learn(argen.Drawn{Before: 0.125}).(sampler.Stateful)
	if s := next.State(); s["sum"] != 0.625 || s["weight"] != 2 {
		t.Errorf("it stands at %v", s)
	}
	// So the aim is 1 − 0.3125 = 0.6875, and P = 0.6875 is best.
	if ids, probs := left(t, next, logs(0.6875, 0.3125)...); !(probs[0] > 0.9) {
		t.Errorf("%v have %v", ids, probs)
	}
	if again := next.Learn(argen.Drawn{Prob: 0.5}); again != next {
		t.Errorf("from a token that was no candidate it learns %v", again)
	}
	// What is not given of a state stays as it is.
	start := a.State()
	for name, x := range map[string]float64{"sum": 3, "weight": 4} {
		want := map[string]float64{"sum": start["sum"], "weight": start["weight"]}
		want[name] = x
		if got := a.WithState(map[string]float64{name: x}).(sampler.Stateful).State(); !maps.Equal(got, want) {
			t.Errorf("with %s = %v it stands at %v, want %v", name, x, got, want)
		}
	}
	far := a.WithState(map[string]float64{"sum": 100, "weight": 2})
	if ids, probs := left(t, far, logs(0.9, 0.1)...); !(probs[1] > 0.9) {
		t.Errorf("with an aim of 0 %v have %v", ids, probs)
	}
}
