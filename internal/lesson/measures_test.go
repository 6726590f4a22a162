package lesson

import (
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/modeltest"
	"argen/model/story"
)

// TestKLBits: ½, ½ against ¼, ¾ are ½·log₂ 2 + ½·log₂ ⅔ bits; what Q lacks is
// infinitely far, what P lacks does not matter.
func TestKLBits(t *testing.T) {
	inf := math.Inf(-1)
	for _, c := range []struct {
		p, q []float64
		want float64
	}{
		{[]float64{0, 0}, []float64{0, math.Log(3)}, .5 + .5*math.Log2(2./3)},
		{[]float64{1, 2, 3}, []float64{11, 12, 13}, 0},
		{[]float64{0, 0, 0}, []float64{0, inf, 0}, math.Inf(1)},
		{[]float64{0, inf}, []float64{0, 0}, 1},
	} {
		if got, err := klBits(c.p, c.q); err != nil || got != c.want && math.Abs(got-c.want) > 1e-12 {
			t.Errorf("KL(%v‖%v) = %v, want %v (%v)", c.p, c.q, got, c.want, err)
		}
	}
}

// TestShareByTextByHand: the share is one of all places, and its interval is that
// of what each text does to it, within 0 and 1.
func TestShareByTextByHand(t *testing.T) {
	lab := &Lab{Seed: 3}
	hits, of := []int{40, 10, 0, 30}, []int{40, 40, 40, 40}
	got := lab.ShareByText(hits, of)
	// Of texts of one length it is the mean of their shares.
	want := lab.Mean([]float64{1, .25, 0, .75})
	if got.Mean != .5 || math.Abs(got.Lo-max(0, want.Lo)) > 1e-12 || math.Abs(got.Hi-min(1, want.Hi)) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	// Of others: ⅔ + (hits − ⅔·of)·2/900.
	got, want = lab.ShareByText([]int{200, 400}, []int{400, 500}), lab.Mean([]float64{2./3 + (200-800./3)*2/900, 2./3 + (400-1000./3)*2/900})
	if math.Abs(got.Mean-2./3) > 1e-15 || math.Abs(got.Lo-max(0, want.Lo)) > 1e-12 || math.Abs(got.Hi-min(1, want.Hi)) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	for _, hits := range [][]int{{0, 0, 0, 40}, {40, 40, 40, 0}} {
		if e := lab.ShareByText(hits, of); e.Lo < 0 || e.Hi > 1 || e.Hi-e.Lo < .3 {
			t.Errorf("%v of %v: %v", hits, of, e)
		}
	}
}

// TestCalibrationByHand: what is said and what comes, in bins of a tenth.
func TestCalibrationByHand(t *testing.T) {
	lab := &Lab{Seed: 1}
	s := reliance{texts: [][]saying{
		{{.75, true, true}, {.25, false, true}, {1, true, false}},
		{{.75, false, true}, {.25, true, true}, {.79, true, true}, {.2, true, true}},
	}}
	n, sure, right := s.between(lab, .2, .75)
	if n != 3 || math.Abs(sure-.7/3) > 1e-15 || math.Abs(right.Mean-2./3) > 1e-15 {
		t.Errorf("from 0.2 to below 0.75: %d, said %v, came %v", n, sure, right)
	}
	if n, sure, right = s.between(lab, .9, .99); n != 0 || sure != 0 || !math.IsNaN(right.Mean) {
		t.Errorf("none: %d, %v, %v", n, sure, right)
	}
	// Open places alone. Bin 7: 0.75 + 0.75 + 0.79 said, 2 came; bin 2: 0.25 + 0.25 + 0.2 said, 2 came.
	e, anew := s.errors(lab)
	if want := (.29 + 1.3) / 6; math.Abs(e-want) > 1e-12 || len(anew) != 1000 {
		t.Errorf("the error is %v, want %v; drawn anew %d times", e, want, len(anew))
	}
	// Drawn anew it is that of both texts, or of one of them twice.
	first, second := (.25+.25)/2, (.75+.79-1+2-.45)/4
	for _, x := range anew {
		if math.Abs(x-e) > 1e-12 && math.Abs(x-first) > 1e-12 && math.Abs(x-second) > 1e-12 {
			t.Fatalf("drawn anew the error is %v, which is not that of two of the texts", x)
		}
	}
	if p, id := best([]float64{0, math.Log(3), math.Inf(-1)}, 1); math.Abs(p-.75) > 1e-15 || id != 1 {
		t.Errorf("the best is %d with %v", id, p)
	}
	if p, _ := best([]float64{0, math.Log(9)}, 2); math.Abs(p-.75) > 1e-15 {
		t.Errorf("at temperature 2 it has %v", p)
	}
}

// TestShortSighted: what a model sees of a context that is cut is the last tokens
// behind the one that begins a text, and all of a short one; it is a model.
func TestShortSighted(t *testing.T) {
	ngram, err := story.NGram()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := story.Default().Sample((&Lab{Seed: 4}).Dice("short"))
	if err != nil {
		t.Fatal(err)
	}
	ids = append([]argen.ID{story.BOS}, ids[:12]...)
	short := shortSighted{ngram, 2}
	for n := range len(ids) {
		got, err := short.Start().Extend(t.Context(), ids[:n+1]...)
		if err != nil {
			t.Fatal(err)
		}
		seen := ids[:n+1]
		if n+1 > 2 {
			seen = []argen.ID{story.BOS, ids[n-1], ids[n]}
		}
		want, err := ngram.Start().Extend(t.Context(), seen...)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("after %d tokens it does not say what it says after the last two (%v)", n+1, err)
		}
	}
	modeltest.Check(t, shortSighted{ngram, 3})
}

// TestShareLost: a text is lost once one of its first tokens is none that its source
// could have written, not where it merely ended.
func TestShareLost(t *testing.T) {
	list := []drifting{{written: 10, possible: 10}, {written: 4, possible: 4}, {written: 10, possible: 3}, {written: 10, possible: 7}}
	for tokens, want := range map[int]float64{3: 0, 4: .25, 7: .25, 8: .5, 40: .5} {
		if got := shareLost(list, tokens); got != ShareOf(int(want*4), 4) {
			t.Errorf("of %d tokens: %v, want %v", tokens, got, want)
		}
	}
	if got := mean(nil); got != 0 {
		t.Errorf("the mean of none is %v", got)
	}
	if got := part([]float64{1, 2}, 7); len(got) != 0 {
		t.Errorf("a part behind the end is %v", got)
	}
}

// TestThrows: as many guesses are taken by dice as the two distributions share.
func TestThrows(t *testing.T) {
	for _, g := range []guessing{
		{[]float64{.5, .5, 0}, []float64{.25, .25, .5}},
		{[]float64{.1, .2, .7}, []float64{.7, .3, 0}},
		{[]float64{0, 1}, []float64{1, 0}},
		{[]float64{.25, .75}, []float64{.25, .75}},
	} {
		const times = 20000
		p := g.accepted()
		taken := float64(g.throws((&Lab{Seed: 9}).Dice("throws").Float64, times))
		if off := math.Abs(taken - p*times); off > 4*math.Sqrt(p*(1-p)*times) {
			t.Errorf("%v: %v of %d are taken, want %v", g, taken, times, p*times)
		}
	}
}

// TestAfter: the words that follow one stand by how often, then by their number.
func TestAfter(t *testing.T) {
	p := countPairs([][]argen.ID{{5, 9, 5, 7, 5, 8, 5, 7, 6, 3}})
	if got := p.after(5); !slices.Equal(got, []argen.ID{7, 8, 9}) {
		t.Errorf("5 is followed by %v", got)
	}
	if got := p.share(pair{5, 7}); got != .5 {
		t.Errorf("after 5 there is 7 in %v of all cases", got)
	}
}

// TestCutOne compares what chains leave at the places of a story with what sorting
// each distribution leaves.
func TestCutOne(t *testing.T) {
	lab := newLab(t, "story-ngram", "en")
	ids, err := story.Default().Sample(lab.Dice("cut"))
	if err != nil {
		t.Fatal(err)
	}
	ids = ids[:20]
	chains, err := parseChains("top_k=3", "min_p=0.3", "temperature=1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := cutOne(t.Context(), lab, chains, ids)
	if err != nil {
		t.Fatal(err)
	}
	read, err := lab.Read(t.Context(), lab.LM.Model, ids)
	if err != nil {
		t.Fatal(err)
	}
	open := func(sorted []float64, least float64) int { // how many are above 0 and not below least
		return len(sorted) - len(slices.DeleteFunc(slices.Clone(sorted), func(x float64) bool { return x > 0 && x >= least }))
	}
	kept, gone, entropy, lost := make([]float64, 3), make([]float64, 3), make([]float64, 3), make([]bool, 3)
	for i, row := range read.Rows {
		sum := 0.0
		p := make([]float64, len(row))
		for id, l := range row {
			p[id] = math.Exp(l)
			sum += p[id]
		}
		for id := range p {
			p[id] /= sum
		}
		sorted := slices.Sorted(slices.Values(p))
		slices.Reverse(sorted)
		for k, left := range [][]float64{
			sorted[:min(3, open(sorted, 0))], sorted[:open(sorted, .3*sorted[0])], sorted[:open(sorted, 0)],
		} {
			mass, h := 0.0, 0.0
			for _, x := range left {
				mass += x
			}
			for _, x := range left {
				h -= x / mass * math.Log2(x/mass)
			}
			kept[k] += float64(len(left)) / float64(len(read.Rows))
			gone[k] += (1 - mass) / float64(len(read.Rows))
			entropy[k] += h / float64(len(read.Rows))
			lost[k] = lost[k] || p[read.IDs[read.Begin+i]] < left[len(left)-1]
		}
	}
	for k, ch := range []string{"top_k", "min_p", "nothing"} {
		if math.Abs(got.kept[k]-kept[k]) > 1e-9 || math.Abs(got.gone[k]-gone[k]) > 1e-9 || math.Abs(got.entropy[k]-entropy[k]) > 1e-9 || got.lost[k] != lost[k] {
			t.Errorf("%s keeps %v, removes %v, leaves %v bits, lost %v; by sorting %v, %v, %v, %v", ch,
				got.kept[k], got.gone[k], got.entropy[k], got.lost[k], kept[k], gone[k], entropy[k], lost[k])
		}
	}
	if got.places != len(read.Rows) || got.renormed > 1e-12 {
		t.Errorf("%d places, renormalised %v off", got.places, got.renormed)
	}
}

// TestGradeText: each mark has its line, what was missed its answer, and what is odd
// about a sheet stands before all.
func TestGradeText(t *testing.T) {
	lab := newLab(t, "story", "en")
	g := &Grade{Student: "Ada", Seed: 7, Right: 1, All: 3, Notes: []Remark{{4, "Odd."}, {0, "Odder."}}, Exercises: []Marked{
		{Number: 1, Line: 9, Mark: Right, Given: "0.5", Answer: "0.5", Solution: "S."},
		{Number: 2, Line: 12, Mark: Unreadable, Given: "many", Problem: "No number.", Answer: "0.25", Solution: "So."},
		{Number: 3, Mark: Missing, Answer: "b", Solution: "Thus."},
	}}
	var b strings.Builder
	if err := g.WriteText(&b, lab.Words, 80); err != nil {
		t.Fatal(err)
	}
	say := func(key string) string { return lab.Words.Say("worksheet.marks."+key, nil) }
	want := "Worksheet of seed 7: Ada\n\n  ! line 4: Odd.\n  ! Odder.\n\n" +
		"  1. ✓ " + say("right") + ": 0.5\n" +
		"  2. ✗ " + say("unreadable") + ": many. No number. (line 12)\n       Right is 0.25. So.\n" +
		"  3. ✗ " + say("missing") + "\n       Right is b. Thus.\n\n1 of 3 right\n"
	if b.String() != want {
		t.Errorf("it says\n%s\nwant\n%s", &b, want)
	}
}

// TestExerciseCheck: an exercise that nobody could answer is refused.
func TestExerciseCheck(t *testing.T) {
	good := Exercise{Question: "q", Solution: "s", Options: []string{"x", "y"}, Answer: Answer{Kind: "number", Number: .5, Tolerance: .01}}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(e *Exercise){
		"no question":  func(e *Exercise) { e.Question = "" },
		"no solution":  func(e *Exercise) { e.Solution = "" },
		"no tolerance": func(e *Exercise) { e.Answer.Tolerance = 0 },
		"no number":    func(e *Exercise) { e.Answer.Number = math.NaN() },
		"infinite":     func(e *Exercise) { e.Answer.Number = math.Inf(1) },
		"no tokens":    func(e *Exercise) { e.Answer = Answer{Kind: "tokens"} },
		"no option":    func(e *Exercise) { e.Answer = Answer{Kind: "option", Option: 2} },
		"below":        func(e *Exercise) { e.Answer = Answer{Kind: "option", Option: -1} },
		"no kind":      func(e *Exercise) { e.Answer.Kind = "essay" },
	} {
		e := good
		change(&e)
		if e.check() == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	for _, a := range []Answer{{Kind: "tokens", Tokens: []string{"a"}}, {Kind: "option", Option: 1}} {
		e := good
		if e.Answer = a; e.check() != nil {
			t.Errorf("%v is refused: %v", a, e.check())
		}
	}
}
