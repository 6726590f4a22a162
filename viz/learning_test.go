package viz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// trained is a training of 200 steps on sampled stories, as
//
//	argen train transformer --stories --hidden 32 --layers 2 --ff 64 --steps 200 --validate-every 25 --seed 1 --log learning.jsonl
//
// logged it.
func trained(t testing.TB) LearningRun {
	t.Helper()
	data, err := os.ReadFile("testdata/learning.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	run := LearningRun{Name: "small"}
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		line := struct {
			Type       string
			Floor      float64 `json:"floor_bits"`
			Step       int
			Tokens     int64
			Bits       float64
			Validation *float64 `json:"validation_bits"`
			Recall     []Recall
		}{}
		if err := d.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Type == "header" {
			run.Floor = line.Floor
			continue
		}
		s := LearningStep{Step: line.Step, Tokens: line.Tokens, Bits: line.Bits, Validation: math.NaN(), Flawless: math.NaN(), Recall: line.Recall}
		if line.Validation != nil {
			s.Validation = *line.Validation
		}
		run.Steps = append(run.Steps, s)
	}
	return run
}

// longRun is made up: a loss that falls to a floor and kinds that are learned
// one after the other.
func longRun(name string, steps int, scale float64, kinds ...string) LearningRun {
	r := LearningRun{Name: name, Floor: .57}
	for i := 1; i <= steps; i++ {
		bits := .58 + 9*math.Exp(-math.Sqrt(float64(i)/scale))
		s := LearningStep{Step: i, Tokens: int64(i) * 1900, Bits: bits * (1 + .04*math.Sin(float64(i*i))), Validation: math.NaN(), Flawless: math.NaN()}
		if i%50 == 0 {
			s.Validation = bits
			for j, kind := range kinds {
				late := scale * float64((j+1)*(j+1))
				s.Recall = append(s.Recall, Recall{kind, 1 / (1 + math.Pow(late/float64(i), 3)), 30 + j*37%200})
			}
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}

// storyKinds are some of those of the stories.
var storyKinds = strings.Split("adverb,agreement,animal,article,bowl,built thing,color,container,day,food,junk,name,number,object,pet name,place,punctuation,role,stuff,wording", ",")

// verdictRun is made up: stories become flawless, the loss grows.
func verdictRun() LearningRun {
	r := longRun("verdicts", 400, 20, storyKinds[:3]...)
	for i := range r.Steps {
		s := &r.Steps[i]
		s.Flawless = .2 + .6*float64(i)/400
		s.Validation += .001 * float64(i)
	}
	return r
}

func learningOf(runs ...LearningRun) Input { return Input{Learning: LearningData{Runs: runs}} }

// learningInputs are those of the golden pictures.
func learningInputs(t testing.TB) map[string]Input {
	other := longRun("a longer one", 3000, 60, storyKinds...)
	return map[string]Input{
		"learning":          learningOf(trained(t)),
		"learning-long":     learningOf(longRun("long", 12_000, 30, storyKinds...)),
		"learning-three":    learningOf(longRun("wide", 3000, 25, storyKinds...), other, longRun("deep", 1000, 30, storyKinds...)),
		"learning-verdicts": learningOf(verdictRun()),
	}
}

func TestLearningSays(t *testing.T) {
	run := longRun("", 200, 10, "name", "place")
	for i := range run.Steps {
		if s := &run.Steps[i]; !math.IsNaN(s.Validation) {
			s.Validation = []float64{2.28, 1.14, .855, .627}[i/50]
			s.Recall = []Recall{{"name", []float64{.25, .95, .5, .92}[i/50], 10}, {"place", []float64{.1, .9, .93, .99}[i/50], 30}}
		}
	}
	f := drawn(t, Chart{Name: "learning", Draw: Learning}, learningOf(run))
	for _, want := range []string{
		"Held-out loss falls to 0.627 bits per token, 10.0 % above its floor",
		"200 steps, 380,000 tokens",
		"2.28 at step 50; 1.14 at step 100; 0.855 at step 150; 0.627 at step 200; least 0.627 at step 200.",
		"The floor, the entropy of the text, is 0.570 bits per token; the last loss is 10.0 % above its floor.",
		"name: 0.250 at step 50, 0.920 at the end, 0.9 or more from step 200 on.",
		"place: 0.100 at step 50, 0.990 at the end, 0.9 or more from step 100 on.",
	} {
		if !strings.Contains(Describe(f), want) {
			t.Errorf("%q is missing in\n%s", want, Describe(f))
		}
	}
	rising := longRun("", 200, 10)
	rising.Steps[149].Validation, rising.Steps[99].Validation = 3, .7
	rising.Steps[199].Validation = .9
	worse := longRun("worse", 200, 10)
	worse.Steps[199].Validation = .95
	elsewhere := longRun("elsewhere", 200, 10)
	elsewhere.Floor = 1
	unheld := longRun("", 40, 10)
	for want, runs := range map[string][]LearningRun{
		"Held-out loss is least at step 100, then it rises":               {rising},
		"training 1 ends lowest: 0.900 bits per token on what":            {rising, worse},
		"2 trainings compared":                                            {rising, elsewhere},
		"3 trainings compared":                                            {rising, worse, rising},
		"How the loss changes with every batch":                           {unheld},
		"Verdicts on whole stories: 21 % flawless at first, 79 % at last": {verdictRun()},
	} {
		if f := drawn(t, Chart{Name: "learning", Draw: Learning}, learningOf(runs...)); !strings.Contains(f.Title, want) {
			t.Errorf("%s, want %s", f.Title, want)
		}
	}
}

// Of verdicts alone their share is drawn.
func TestLearningOfVerdictsAlone(t *testing.T) {
	run := verdictRun()
	for i := range run.Steps {
		run.Steps[i].Validation, run.Steps[i].Recall = math.NaN(), nil
	}
	f := drawn(t, Chart{Name: "learning", Draw: Learning}, learningOf(run))
	if !strings.Contains(f.Alt, "Part of the stories that are flawless. flawless stories: 0.200 at step 1, 0.7") {
		t.Error(f.Alt)
	}
	checkTexts(t, "verdicts alone", f)
}

// The axis of what is measured now and then begins at the first measurement,
// if there are two or more that are apart.
func TestRecallBegins(t *testing.T) {
	for steps, want := range map[int]string{
		300: "training step (logarithmic), from the first measurement on",
		100: "training step (logarithmic), from the first measurement on",
		50:  "training step (logarithmic)", // one measurement
	} {
		titles := map[string]float64{}
		for _, w := range texts(t, drawn(t, Chart{Name: "learning", Draw: Learning}, learningOf(longRun("", steps, 10, "name")))) {
			if strings.HasPrefix(w.text, "training step") {
				titles[w.text] = float64(w.box.Max.Y)
			}
		}
		if n := min(2, steps/50); len(titles) != n || titles[want] < titles["training step (logarithmic)"] {
			t.Errorf("%d steps: the axes are called %v, want %d, the lower one %q", steps, titles, n, want)
		}
	}
}

// Named are the kinds that are learned last and the most frequent ones.
func TestLearningKinds(t *testing.T) {
	run := longRun("", 2000, 10, storyKinds...)
	k := learning{runs: []LearningRun{run}, first: 1, last: 2000}
	var names []string
	for _, c := range k.kinds() {
		if !c.other {
			names = append(names, c.name)
		}
	}
	// Late: the last four. Frequent, by 37j mod 200: j = 5, 10 and 15.
	want := []string{"built thing", "junk", "place", "punctuation", "role", "stuff", "wording"}
	if !slices.Equal(names, want) {
		t.Errorf("%q are named, want %q", names, want)
	}
}

func TestThinned(t *testing.T) {
	var c curve
	for i := 1; i <= 1000; i++ {
		c.x, c.y = append(c.x, float64(i)), append(c.y, float64(i%2))
	}
	thin := c.thinned(1, 1000, 30)
	// Parts are a tenth of a decade: the first values stand alone, the last
	// part has a fifth of all steps.
	if len(thin.x) > 31 || thin.x[0] != 1 || thin.y[0] != 1 || thin.x[1] != 2 || math.Abs(thin.end()-.5) > .01 {
		t.Errorf("%d points: %v", len(thin.x), thin)
	}
	for i := 1; i < len(thin.x); i++ {
		if thin.x[i] <= thin.x[i-1] {
			t.Errorf("x goes from %v to %v", thin.x[i-1], thin.x[i])
		}
	}
}

// Places that are spread are apart, in their order, inside, and where they
// wanted to be if nothing is in the way.
func TestSpread(t *testing.T) {
	at := []float64{10, 50, 51, 90}
	if spread(at, 10, 0, 100); !slices.Equal(at, []float64{10, 45.5, 55.5, 90}) {
		t.Error(at)
	}
	at = []float64{0, 0, 100, 100}
	if spread(at, 10, 0, 100); !slices.Equal(at, []float64{0, 10, 90, 100}) {
		t.Error(at)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SliceOfN(rapid.Float64Range(0, 200), 0, 12).Draw(t, "at")
		slices.Sort(at)
		spread(at, 14, 7, 193)
		for i, y := range at {
			if y < 7-1e-9 || y > 193+1e-9 || i > 0 && y-at[i-1] < 14-1e-9 {
				t.Fatalf("place %d of %v", i, at)
			}
		}
	})
}

// However runs go and whatever they are called, no text lies over another or
// leaves the page.
func TestLearningOverlaps(t *testing.T) {
	long := strings.Repeat("incomprehensibilities", 8)
	for _, steps := range []int{1, 2, 49, 50, 51, 300, 8000} {
		for _, runs := range []int{1, 2, len(looks)} {
			for _, name := range []string{"", "x", long} {
				var all []LearningRun
				for i := range runs {
					r := longRun(name, steps, 10*float64(i+1), append([]string{long, "語語語語"}, storyKinds...)...)
					if name == "x" {
						r.Floor += .001 * float64(i) // each has its own
					}
					all = append(all, r)
				}
				what := fmt.Sprintf("%d runs of %d steps %.10q", runs, steps, name)
				f := drawn(t, Chart{Name: "learning", Draw: Learning}, learningOf(all...))
				checkTexts(t, what, f)
				if n := len(svg(t, f)); n > 1<<19 {
					t.Errorf("%s: %d bytes", what, n)
				}
			}
		}
	}
}

func TestLearningErrors(t *testing.T) {
	with := func(change func(r *LearningRun)) []LearningRun {
		r := longRun("", 100, 10, "name")
		change(&r)
		return []LearningRun{r}
	}
	for want, runs := range map[string][]LearningRun{
		"there is none":               nil,
		"at most 7 trainings":         make([]LearningRun, 8),
		"training 1 has no steps":     {{}},
		"the entropy -1 is not":       with(func(r *LearningRun) { r.Floor = -1 }),
		"steps and tokens must grow":  with(func(r *LearningRun) { r.Steps[3].Step = 3 }),
		"step 1 of 5 tokens comes":    with(func(r *LearningRun) { r.Steps = []LearningStep{{Step: 2, Tokens: 3, Bits: 1}, {Step: 1, Tokens: 5}} }),
		"step 4: a loss below 0":      with(func(r *LearningRun) { r.Steps[3].Bits = -1 }),
		"step 100: a loss below 0":    with(func(r *LearningRun) { r.Steps[99].Validation = math.Inf(-1) }),
		"flawless is 2":               with(func(r *LearningRun) { r.Steps[3].Flawless = 2 }),
		"the recall of “name” is NaN": with(func(r *LearningRun) { r.Steps[49].Recall[0].Prob = math.NaN() }),
		"has 501 kinds of recall": with(func(r *LearningRun) {
			for i := range 500 {
				r.Steps[49].Recall = append(r.Steps[49].Recall, Recall{fmt.Sprint(i), .5, 1})
			}
		}),
		"no loss is a positive number": {{Steps: []LearningStep{{Step: 1, Bits: math.NaN(), Validation: math.Inf(1), Flawless: math.NaN()}}}},
	} {
		if _, err := Learning(learningOf(runs...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A loss that is no number, or none that a model has, is left out or drawn at
// the border; it breaks no picture.
func TestLearningOddNumbers(t *testing.T) {
	odd := rapid.SampledFrom([]float64{0, 1, .5, math.NaN(), math.Inf(1), 5e-324, 1e-300, 1e300, 1e12, 1e13, 64})
	part := rapid.SampledFrom([]float64{0, 1, 5e-324, 1 + 1e-7, .5})
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		var runs []LearningRun
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			r := LearningRun{Floor: rapid.SampledFrom([]float64{0, math.NaN(), 5e-324, 1, 64}).Draw(t, "floor")}
			step, tokens := 0, int64(0)
			for range rapid.IntRange(1, 4).Draw(t, "steps") {
				step += rapid.SampledFrom([]int{1, 10, math.MaxInt / 5}).Draw(t, "step")
				tokens += rapid.SampledFrom([]int64{0, 1, 1e6, math.MaxInt64 / 5}).Draw(t, "tokens")
				s := LearningStep{Step: step, Tokens: tokens, Bits: odd.Draw(t, "bits"), Validation: odd.Draw(t, "validation"), Flawless: math.NaN()}
				if rapid.Bool().Draw(t, "asked") {
					s.Recall = []Recall{{"a", part.Draw(t, "recall"), rapid.IntRange(0, 2).Draw(t, "count")}}
				}
				if rapid.Bool().Draw(t, "judged") {
					s.Flawless = part.Draw(t, "flawless")
				}
				r.Steps = append(r.Steps, s)
			}
			runs = append(runs, r)
		}
		f, err := Learning(learningOf(runs...))
		if err != nil {
			return
		}
		drawn++
		var b bytes.Buffer
		if err := Write(f, "svg", &b); err != nil {
			t.Fatal(err)
		}
		checkXML(t, "learning", b.Bytes())
		if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Errorf("a place is no number:\n%s", Describe(f))
		}
	})
	if drawn < 50 {
		t.Errorf("only %d figures were drawn, the others refused", drawn)
	}
}

// Numbers on a logarithmic axis have room: each is a tenth of the axis or more
// from the next, and there are two or more.
func TestLogAxis(t *testing.T) {
	for first := 1.0; first < 1e7; first *= 1.7 {
		for ratio := 1.2; ratio < 1e6; ratio *= 1.3 {
			a := logAxis(first, first*ratio)
			if len(a.ticks) < 2 {
				t.Errorf("%g to %g: %d ticks", a.min, a.max, len(a.ticks))
			}
			for i := 1; i < len(a.ticks); i++ {
				if gap := math.Log(a.ticks[i].Value/a.ticks[i-1].Value) / math.Log(a.max/a.min); gap < .1 {
					t.Errorf("%g to %g: %s and %s are %.2g of the axis apart", a.min, a.max, a.ticks[i-1].Label, a.ticks[i].Label, gap)
				}
			}
		}
	}
}
