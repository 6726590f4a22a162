package lesson

import (
	"bytes"
	"testing"

	"argen/internal/words"
)

// TestSumQuiz: after several experiments each answer has what decided on it, and one
// whose experiment did not come out is neither right nor wrong; after one there is
// nothing to sum up.
func TestSumQuiz(t *testing.T) {
	lab := newLab(t, "story", words.Languages[0])
	lo, hi := 2.5, 3.5
	option := func(key string, right, holds bool) QuizOption {
		n := Number{Name: "gap", Value: 3, Lo: &lo, Hi: &hi, Unit: Bits}
		v := Verdict{Name: "gap", Number: "gap", Rule: ">=", Limit: .5, Holds: holds, Text: "Apart."}
		return QuizOption{Key: key, Right: right, Number: &n, Verdict: &v, Record: &Record{Numbers: []Number{n}, Verdicts: []Verdict{v}}}
	}
	q := &QuizRecord{Options: []QuizOption{option("a", true, true), option("b", false, true), option("c", false, false), {Key: "d"}}}
	said := " Apart. (3.000 [2.500, 3.500] bits)\n"
	for n, want := range map[int]string{
		4: "\nWhat decides, in short\n  a) ✓ right:" + said + "  b) ✗ wrong:" + said + "  c) ? not shown on this run:" + said + "\nOn this run 1 of 3 claims do not hold or are undecided.\n",
		1: "\nAll 1 claims hold on this run.\n",
	} {
		var b bytes.Buffer
		v := View{Words: lab.Words, Width: 100}
		some := &QuizRecord{Options: q.Options[:n], Holds: n == 1}
		if err := v.SumQuiz(&b, some); err != nil || b.String() != want {
			t.Errorf("%v\n%q\nwant\n%q", err, b.String(), want)
		}
	}
}
