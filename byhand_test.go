package argen_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"argen"
	"argen/sampler"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fading is a learner: it divides the logits of every token by 1 more for each
// time the token was drawn.
type fading struct {
	Step  float64 `json:"step"`
	drawn map[argen.ID]float64
}

func (f fading) Name() string   { return "fading" }
func (f fading) String() string { return fmt.Sprintf("fading=%g", f.Step) }

func (f fading) Apply(c *argen.Candidates, _ argen.Past) {
	c.Map(func(id argen.ID, l float64) float64 { return l - f.drawn[id] })
}

func (f fading) Learn(drawn argen.Drawn) argen.Transform {
	next := fading{f.Step, map[argen.ID]float64{}}
	for id, n := range f.drawn {
		next.drawn[id] = n
	}
	next.drawn[drawn.ID] += f.Step
	return next
}

// gambler is a stage with dice of its own: with probability ½ it keeps half of
// the candidates.
type gambler struct{}

func (gambler) Name() string   { return "gambler" }
func (gambler) String() string { return "gambler" }

func (gambler) Apply(c *argen.Candidates, past argen.Past) {
	if past.Float64() < 0.5 {
		c.Keep((c.Len() + 1) / 2)
	}
}

// parse reads chains in which the two stages above may stand.
func parse(text string) ([]argen.Transform, error) {
	var all []argen.Transform
	for word := range strings.SplitSeq(text, ",") {
		var step float64
		switch n, _ := fmt.Sscanf(word, "fading=%g", &step); {
		case n == 1:
			all = append(all, fading{Step: step})
		case word == "gambler":
			all = append(all, gambler{})
		default:
			stages, err := sampler.Parse(word)
			if err != nil {
				return nil, err
			}
			all = append(all, stages...)
		}
	}
	return all, nil
}

func parsed(t rapid.TB, text string) []argen.Transform {
	stages, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return stages
}

// chainsByHand are what a person may change to.
var chainsByHand = []string{"none", "fading=1.5", "gambler,temperature=0.7", "fading=0.5,top_k=6,gambler", "top_k=3"}

// act does at random what a person can do to a run, and returns a fork if that
// was it.
func act(t *rapid.T, r *argen.Run, sinks ...argen.Sink) (fork *argen.Run) {
	move := rapid.IntRange(0, 11).Draw(t, "move")
	var err error
	switch {
	case move == 0:
		err = r.Back(rapid.IntRange(0, len(r.Trace().Steps)).Draw(t, "back"))
	case move == 1:
		fork, err = r.Fork(sinks...)
	case move == 2:
		r.SetChain(parsed(t, rapid.SampledFrom(chainsByHand).Draw(t, "chain")))
	case move == 3:
		r.SetTrack([]argen.ID{argen.ID(rapid.IntRange(0, 685).Draw(t, "track"))})
	case r.Over() != "":
	default:
		var c *argen.Candidates
		if c, err = r.Predict(context.Background()); err != nil {
			break
		}
		switch move {
		case 4:
			_, err = r.Force(c.At(c.Len() - 1).ID)
		case 5:
			_, err = r.Force(r.Choose())
		case 6:
			_, err = r.Append(r.ChooseAt(rapid.Float64Range(0, 0.999).Draw(t, "u")))
		case 7: // a change of mind
			r.ChooseAt(0.5)
			_, err = r.Append(r.Choose())
		case 8:
			_, err = r.Pick(c.At(c.Len()/2).ID, said("the one in the middle"))
		case 9:
			_, err = r.Pick(r.Choose(), said("what fell"))
		default:
			_, err = r.Append(r.Choose())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return fork
}

// Whatever was done by hand, also with learners, stages with dice, steps back
// and forks: the log of each run reads back as its trace and verifies alone.
func TestLogsOfRunsByHandVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type branch struct {
			run *argen.Run
			log *bytes.Buffer
		}
		log := new(bytes.Buffer)
		g := truth(rapid.Uint64().Draw(t, "seed"))
		g.Chain = parsed(t, rapid.SampledFrom(chainsByHand).Draw(t, "first chain"))
		g.Top = rapid.IntRange(0, 3).Draw(t, "top")
		g.Sinks = []argen.Sink{argen.NewJSONL(log)}
		first, err := g.Start("It")
		if err != nil {
			t.Fatal(err)
		}
		branches := []branch{{first, log}}
		for range rapid.IntRange(1, 25).Draw(t, "moves") {
			b := branches[rapid.IntRange(0, len(branches)-1).Draw(t, "branch")]
			log := new(bytes.Buffer)
			if f := act(t, b.run, argen.NewJSONL(log)); f != nil {
				branches = append(branches, branch{f, log})
			}
		}
		for _, b := range branches {
			if err := b.run.Close(nil); err != nil {
				t.Fatal(err)
			}
			traces, err := argen.ReadTraces("log", bytes.NewReader(b.log.Bytes()))
			if err != nil || len(traces) != 1 {
				t.Fatalf("%v: %d traces in\n%s", err, len(traces), b.log)
			}
			want := b.run.Trace()
			want.Ended = traces[0].Ended
			if d := cmp.Diff(want, traces[0], traceOptions); d != "" {
				t.Fatalf("the log says something else: %s", d)
			}
			if err := argen.Verify(context.Background(), g, traces[0], parse); err != nil {
				t.Fatalf("%v\n%s", err, b.log)
			}
		}
	})
}

// A learner has learnt what was drawn on this branch, and nothing of steps
// taken back or of other forks.
func TestLearner(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Chain = []argen.Transform{fading{Step: 5}}
	r := start(t, g, "")
	learnt := func(r *argen.Run) map[argen.ID]float64 { return r.Chain()[0].(fading).drawn }
	force := func(r *argen.Run, id argen.ID) argen.Step {
		t.Helper()
		if _, err := r.Predict(t.Context()); err != nil {
			t.Fatal(err)
		}
		step, err := r.Force(id)
		if err != nil {
			t.Fatal(err)
		}
		return step
	}
	flat := force(r, 65).SampledProb
	if again := force(r, 65).SampledProb; again >= flat {
		t.Errorf("P = %v the first time, %v after it was drawn", flat, again)
	}
	f, err := r.Fork()
	if err != nil {
		t.Fatal(err)
	}
	force(r, 66)
	force(f, 67)
	force(f, 67)
	if err := f.Back(1); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]string{
		"run":  cmp.Diff(map[argen.ID]float64{65: 10, 66: 5}, learnt(r)),
		"fork": cmp.Diff(map[argen.ID]float64{65: 10, 67: 5}, learnt(f)),
	} {
		if d != "" {
			t.Errorf("the %s has learnt %s", name, d)
		}
	}
	// Set again, it has learnt nothing, and the trace says where.
	r.SetChain([]argen.Transform{fading{Step: 5}})
	if step := force(r, 65); step.Chain != "fading=5" || step.SampledProb != flat {
		t.Errorf("set anew: %+v", step)
	}
	if step := force(r, 65); step.Chain != "" {
		t.Errorf("the step after says the chain is %q", step.Chain)
	}
	if err := argen.Verify(t.Context(), g, r.Trace(), parse); err != nil {
		t.Error(err)
	}
}

// Preview is what Append gives, and leaves no mark.
func TestPreview(t *testing.T) {
	g := truth(3)
	g.Top, g.Explain, g.Chain = 3, true, parsed(t, "fading=1,gambler")
	r, other := start(t, g, "It"), start(t, g, "It")
	if _, err := r.Preview(1); err == nil {
		t.Error("a preview without a prediction")
	}
	for range 5 {
		c, err := r.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Preview(-1); err == nil {
			t.Error("a preview of no token")
		}
		last := c.At(c.Len() - 1).ID
		if step, err := r.Preview(last); err != nil || step.ID != last || !step.Forced {
			t.Errorf("before the dice: %+v, %v", step, err)
		}
		id := r.Choose()
		want, err := r.Preview(id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Append(id)
		if d := cmp.Diff(want, got, traceOptions); err != nil || d != "" || got.Forced {
			t.Errorf("%v, previewed and appended: %s", err, d)
		}
		steps(t, other, 1)
	}
	if d := cmp.Diff(other.Trace(), r.Trace(), traceOptions); d != "" {
		t.Errorf("a run that was previewed differs: %s", d)
	}
}

// A forced token is marked even where the dice would have chosen it, and the
// dice do not move.
func TestForceLeavesTheDice(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Seed = 4
	r := start(t, g, "")
	if _, err := r.Predict(t.Context()); err != nil {
		t.Fatal(err)
	}
	drawn := r.Choose()
	step, err := r.Force(drawn)
	if err != nil || !step.Forced || step.U != 0 || step.High != 0 {
		t.Errorf("%+v, %v", step, err)
	}
	if next := steps(t, r, 1); next.ID != drawn || next.Forced {
		t.Errorf("after it the dice give %d, want %d still", next.ID, drawn)
	}
}

// Tracked tokens are listed behind the best, whatever their rank, from the
// step on that they were set for; the chosen one stands last.
func TestSetTrack(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Top = 2
	r := start(t, g, "")
	listed := func(s argen.Step) []argen.ID {
		var ids []argen.ID
		for _, top := range s.Top {
			if ids = append(ids, top.ID); top.Rank != int(top.ID)+1 { // all are equal
				t.Errorf("token %d has rank %d", top.ID, top.Rank)
			}
		}
		return ids
	}
	track := []argen.ID{200, 1, 258, 900, -1, 100}
	r.SetTrack(track)
	track[0] = 7 // is no longer the run's
	if _, err := r.Predict(t.Context()); err != nil {
		t.Fatal(err)
	}
	step, err := r.Force(65)
	if d := cmp.Diff([]argen.ID{0, 1, 200, 100, 65}, listed(step)); err != nil || d != "" {
		t.Errorf("%v, listed: %s", err, d)
	}
	if rest := step.Rest; rest.Tokens != 253 || rest.Prob < 253./258-1e-12 || rest.Prob > 253./258+1e-12 {
		t.Errorf("the rest is %+v", rest)
	}
	if step.Surprisal < math.Log2(258)-1e-12 || step.Surprisal > math.Log2(258)+1e-12 || step.Surprisal != step.Entropy {
		t.Errorf("one of 258 equal tokens surprises by %v bits, entropy %v", step.Surprisal, step.Entropy)
	}
	r.SetTrack(nil)
	if _, err := r.Predict(t.Context()); err != nil {
		t.Fatal(err)
	}
	if step, err = r.Force(1); err != nil || len(step.Top) != 2 {
		t.Errorf("no longer tracked: %+v, %v", step.Top, err)
	}
}

// Where all that is possible is listed, the rest has no mass at all.
func TestRestOfNothing(t *testing.T) {
	g := truth(8)
	g.Top, g.MaxTokens, g.Chain = 30, 100, chain(t, "top_k=25")
	none := 0
	for step, err := range start(t, g, "").Steps(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if step.Rest.SampledProb != 0 {
			t.Errorf("step %d: all 25 are listed, the rest has P = %g", step.T, step.Rest.SampledProb)
		}
		if step.Rest.Prob == 0 {
			none++
		}
	}
	if none == 0 {
		t.Error("no step lists all that is possible")
	}
}
