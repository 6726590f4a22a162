package lesson

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestExercises: what stands on a sheet has the answer that the sheet alone
// gives, computed anew, and sheets of other seeds have other numbers.
func TestExercises(t *testing.T) {
	for _, x := range []struct {
		lesson *Lesson
		answer func(e *Exercise) float64
	}{
		{compression, func(e *Exercise) float64 {
			bits := 0.0
			for _, p := range column(t, e.Tables[0], 1) {
				bits -= math.Log2(p)
			}
			return bits
		}},
		{topKAPI, func(e *Exercise) float64 {
			sum, all, k := 0.0, 0.0, 0
			shares := column(t, e.Tables[0], 1)
			slices.SortFunc(shares, func(a, b float64) int { return cmp.Compare(b, a) })
			for i, p := range shares {
				if strings.Contains(e.Question, " "+strconv.Itoa(i+1)+" ") {
					k = i + 1
				}
				if all += p; k == 0 || i < k {
					sum += p
				}
			}
			if math.Abs(all-1) > 1e-9 {
				t.Errorf("the table sums to %g", all)
			}
			return 1 - sum
		}},
		{speculative, func(e *Exercise) float64 {
			sum := 0.0
			p := column(t, e.Tables[0], 2)
			for i, q := range column(t, e.Tables[0], 1) {
				sum += min(p[i], q)
			}
			return sum
		}},
	} {
		for _, language := range []string{"en", "de"} {
			lab := newLab(t, "story", language)
			seen := map[string]bool{}
			for lab.Seed = range 30 {
				e, err := x.lesson.Exercise(t.Context(), lab)
				if err != nil {
					t.Fatal(err)
				}
				if all := e.Question + e.Solution + e.Tables[0].String(); strings.ContainsAny(all, "⟨⟩") {
					t.Errorf("%s: a text is missing: %s", x.lesson.Name, all)
				}
				if e.Lesson != x.lesson.Name || math.Abs(e.Answer.Number-x.answer(e)) > 1e-9 {
					t.Errorf("%s: the answer %v is not that of the sheet\n%s\n%s", x.lesson.Name, e.Answer, e.Question, e.Tables[0])
				}
				if m, why, _ := e.mark(e.Answer.String()); m != Right {
					t.Errorf("%s: %v is not right: %s %s", x.lesson.Name, e.Answer, m, why)
				}
				seen[e.Question+e.Tables[0].String()] = true
			}
			if len(seen) < 20 {
				t.Errorf("%s: 30 seeds make %d sheets", x.lesson.Name, len(seen))
			}
		}
	}
}

// column reads the numbers in a column of a table: decimals or fractions.
func column(t *testing.T, table Table, at int) []float64 {
	t.Helper()
	var list []float64
	for _, row := range table.Rows {
		x, err := readNumber(row[at].String())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return list
}

// TestExerciseGreedy: the option that is right has the largest product of the
// table, and of some trees greedy decoding would have taken another one.
func TestExerciseGreedy(t *testing.T) {
	traps := 0
	for seed := range uint64(40) {
		lab := newLab(t, "story", "en")
		lab.Seed = seed
		e, err := greedy.Exercise(t.Context(), lab)
		if err != nil {
			t.Fatal(err)
		}
		p := map[string]float64{} // of each token after another one, "–" for none
		for _, row := range e.Tables[0].Rows {
			if p[row[0].Text+" "+row[1].Text], err = readNumber(row[2].Text); err != nil {
				t.Fatal(err)
			}
		}
		best, product, greedy := -1, 0.0, 0.0
		for i, text := range e.Options {
			first, _, _ := strings.Cut(text, " ")
			if x := p["– "+first] * p[text]; x > product {
				best, product = i, x
			}
			greedy = max(greedy, p["– "+first])
		}
		first, _, _ := strings.Cut(e.Options[best], " ")
		if p["– "+first] < greedy {
			traps++
		}
		if e.Answer.Kind != "option" || e.Answer.Option != best || len(e.Options) != 4 {
			t.Errorf("seed %d: the answer is %v, the most probable is %s\n%s", seed, e.Answer, e.Options[best], e.Tables[0])
		}
	}
	if traps < 10 {
		t.Errorf("%d of 40 trees are traps", traps)
	}
}
