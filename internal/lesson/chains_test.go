package lesson

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"testing"

	"argen"
)

// TestChains: a chain on a distribution of four tokens, by hand.
func TestChains(t *testing.T) {
	chains, err := parseChains("top_p=0.7", "temperature=2,top_k=2", "none")
	if err != nil {
		t.Fatal(err)
	}
	logits := []float64{math.Log(.5), math.Log(.3), math.Log(.15), math.Log(.05)}
	c := new(argen.Candidates)
	root := math.Sqrt(.5) + math.Sqrt(.3)
	for i, want := range [][]float64{{.625, .375, 0, 0}, {math.Sqrt(.5) / root, math.Sqrt(.3) / root, 0, 0}, {.5, .3, .15, .05}} {
		if err := chains[i].through(c, logits); err != nil {
			t.Fatal(err)
		}
		got := probsOf(c, len(logits))
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("chain %d gives %v, want %v", i, got, want)
		}
	}
	if _, err := parseChains("top_q=1"); err == nil {
		t.Error("a chain with an unknown stage is taken")
	}
}

// TestBitsFrom: KL and the mass of what is impossible, by hand.
func TestBitsFrom(t *testing.T) {
	truth := []float64{math.Log(.5), math.Log(.5), math.Inf(-1)}
	c, err := argen.NewCandidates([]float64{math.Log(.25), math.Log(.5), math.Log(.25)})
	if err != nil {
		t.Fatal(err)
	}
	if got := bitsFrom(truth, c); math.Abs(got-.5) > 1e-12 { // ½ log₂ 2 + ½ log₂ 1
		t.Errorf("KL is %v bits, want 0.5", got)
	}
	if got := impossible(c, truth); math.Abs(got-.25) > 1e-12 {
		t.Errorf("the impossible has %v, want 0.25", got)
	}
	c.Keep(1)
	if got := bitsFrom(truth, c); !math.IsInf(got, 1) {
		t.Errorf("KL from what lacks a token is %v", got)
	}
}

// TestCutExercises: the answers on the sheets, computed anew from what stands on
// them.
func TestCutExercises(t *testing.T) {
	for seed := range uint64(40) {
		lab := newLab(t, "story", "en")
		lab.Seed = seed
		e, err := exerciseTruncation(t.Context(), lab)
		if err != nil {
			t.Fatal(err)
		}
		p := number(t, e.Question, "top-p ")
		shares := column(t, e.Tables[0], 1)
		rank := make([]int, len(shares))
		for i := range rank {
			rank[i] = i
		}
		slices.SortFunc(rank, func(a, b int) int { return cmp.Compare(shares[b], shares[a]) })
		var kept []string
		for sum := 0.0; sum < p-1e-9; {
			i := rank[len(kept)]
			sum += shares[i]
			kept = append(kept, e.Tables[0].Rows[i][0].Text)
		}
		if !slices.Equal(kept, e.Answer.Tokens) || len(kept) == len(shares) {
			t.Errorf("seed %d: top-p %v keeps %v, the key has %v", seed, p, kept, e.Answer.Tokens)
		}

		e, err = exerciseTemperature(t.Context(), lab)
		if err != nil {
			t.Fatal(err)
		}
		temp, sum, over := number(t, e.Question, "T = "), 0.0, math.NaN()
		for i, p := range column(t, e.Tables[0], 1) {
			x := math.Pow(p, 1/temp)
			if sum += x; slices.Contains(quoted(e.Question), e.Tables[0].Rows[i][0].Text) {
				over = x
			}
		}
		if got := over / sum; math.Abs(got-e.Answer.Number) > 1e-9 {
			t.Errorf("seed %d: at T = %v it is %v, the key has %v", seed, temp, got, e.Answer)
		}
	}
}

// number reads the number that stands after some words.
func number(t *testing.T, text, after string) float64 {
	t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(after) + `([0-9.]*[0-9])`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no number after %q in %q", after, text)
	}
	x, err := readNumber(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// quoted are the words in quotes.
func quoted(text string) []string {
	var list []string
	for _, found := range regexp.MustCompile(`“([^”]*)”`).FindAllStringSubmatch(text, -1) {
		list = append(list, found[1])
	}
	return list
}
