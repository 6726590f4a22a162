package lesson

import (
	"bytes"
	"strings"
	"testing"

	"argen/internal/words"
)

// TestSumQuiz: after more than one experiment the quiz says what decided each, with
// the number of its first verdict; of one whose claims do not hold it says so.
func TestSumQuiz(t *testing.T) {
	c, err := words.In("en")
	if err != nil {
		t.Fatal(err)
	}
	v := View{Words: c, Width: 80}
	lo, hi := 0.25, 0.75
	ran := func(holds bool) *Record {
		return &Record{
			Holds:    holds,
			Numbers:  []Number{{Name: "gap", Value: 0.5, Lo: &lo, Hi: &hi, Unit: Bits}},
			Verdicts: []Verdict{{Name: "gap", Number: "gap", Rule: ">=", Holds: holds, Text: "It costs more."}},
		}
	}
	q := &QuizRecord{Holds: true, Options: []QuizOption{
		{Key: "a", Text: "One by one", Right: true, Record: ran(true)},
		{Key: "b", Text: "At once"},
	}}
	for _, step := range []struct {
		b    *Record
		want string
	}{
		{nil, "\nAll 1 claims hold on this run.\n"},
		{ran(true), `
What decides each answer, with the interval where it is sampled
  ✓ a) One by one. Right: this is what the word names. It costs more. (0.500
    [0.250, 0.750])
  ✗ b) At once. This is not what the word names. It costs more. (0.500 [0.250,
    0.750])

All 2 claims hold on this run.
`},
		{ran(false), `
What decides each answer, with the interval where it is sampled
  ✓ a) One by one. Right: this is what the word names. It costs more. (0.500
    [0.250, 0.750])
  ? b) At once. On this run not every claim about it holds. It costs more.
    (0.500 [0.250, 0.750])

On this run 1 of 2 claims do not hold.
`},
	} {
		q.Options[1].Record = step.b
		q.Holds = q.failed() == 0
		var b bytes.Buffer
		if err := v.SumQuiz(&b, q); err != nil || b.String() != step.want {
			t.Errorf("it says\n%s, %v, want\n%s", strings.TrimSpace(b.String()), err, step.want)
		}
	}
}
