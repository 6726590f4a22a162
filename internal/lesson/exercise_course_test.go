package lesson

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"argen"
	"argen/internal/words"
)

// TestCourseExercises: each exercise has its texts in every language, its key is taken
// as right, the same seed gives the same, and another other numbers.
func TestCourseExercises(t *testing.T) {
	made := 0
	for _, l := range Course {
		if l.Exercise == nil {
			continue
		}
		made++
		t.Run(l.Name, func(t *testing.T) {
			for _, language := range words.Languages {
				seen := map[string]bool{}
				for seed := range uint64(20) {
					lab := newLab(t, "story", language)
					lab.Seed = seed
					e, err := l.Exercise(t.Context(), lab)
					if err != nil {
						t.Fatal(err)
					}
					again, err := l.Exercise(t.Context(), lab)
					if err != nil {
						t.Fatal(err)
					}
					data, err := json.Marshal(e)
					if err != nil {
						t.Fatal(err)
					}
					if second, err := json.Marshal(again); err != nil || string(second) != string(data) {
						t.Errorf("the same seed gave another exercise:\n%s\n%s", data, second)
					}
					if strings.ContainsAny(string(data), "⟨⟩") || e.Solution == "" {
						t.Errorf("%s: a text or a value is missing: %s", language, data)
					}
					if m, why, _ := e.mark(e.Answer.String()); m != Right {
						t.Errorf("the key %q is not right: %s %s", e.Answer, m, why)
					}
					if m, _, _ := e.mark("77"); m == Right {
						t.Errorf("77 is right for %s", e.Question)
					}
					seen[string(data)] = true
				}
				if len(seen) < 10 {
					t.Errorf("20 seeds gave %d exercises", len(seen))
				}
			}
		})
	}
	if made == 0 {
		t.Error("there is no exercise")
	}
}

// TestExerciseCounting: the answer is what the table says.
func TestExerciseCounting(t *testing.T) {
	for seed := range uint64(30) {
		lab := newLab(t, "story", "en")
		lab.Seed = seed
		e, err := exerciseCounting(t.Context(), lab)
		if err != nil {
			t.Fatal(err)
		}
		total, asked := 0.0, math.NaN()
		for _, row := range e.Tables[0].Rows {
			total += row[1].Number.Value
			a, b, _ := strings.Cut(row[0].Text, " ")
			if strings.Contains(e.Question, "P("+b+" | "+a+")") {
				asked = row[1].Number.Value
			}
		}
		if p := asked / total; math.Abs(p-e.Answer.Number) > 1e-12 {
			t.Errorf("seed %d: the key is %v, the table says %v", seed, e.Answer, p)
		}
	}
}

// TestCountPairs: counts of two stories, by hand.
func TestCountPairs(t *testing.T) {
	p := countPairs([][]argen.ID{{5, 6, 5, 7, 1}, {5, 6, 1}})
	want := map[pair]int{{0, 5}: 2, {5, 6}: 2, {6, 5}: 1, {5, 7}: 1, {7, 1}: 1, {6, 1}: 1}
	if len(p.count) != len(want) || p.words != 8 {
		t.Errorf("counts %v of %d words", p.count, p.words)
	}
	for x, n := range want {
		if p.count[x] != n {
			t.Errorf("count of %v is %d, want %d", x, p.count[x], n)
		}
	}
	if got := p.share(pair{5, 6}); got != 2./3 {
		t.Errorf("P(6 | 5) = %v", got)
	}
	// The stories have the probabilities 1 · ⅔ · ½ · ⅓ · 1 and 1 · ⅔ · ½.
	if got, want := p.bits(p.sorted(), p.share), (math.Log2(9)+math.Log2(3))/8; math.Abs(got-want) > 1e-12 {
		t.Errorf("bits a word are %v, want %v", got, want)
	}
}
