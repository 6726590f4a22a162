//go:build full

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"argen/internal/lesson"
)

// TestWholeQuiz: all four experiments hold on the embedded model and on a real one,
// and the JSON names for each option the deciding number with its interval, and the
// verdicts.
func TestWholeQuiz(t *testing.T) {
	for _, ref := range []string{"story", "smollm2"} {
		t.Run(ref, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			a := newApp(strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
			if code := a.run([]string{"explain", "quiz", "--all", "--json", "-q", "-m", ref}); code != 0 {
				t.Errorf("exit code %d\n%s", code, stderr.String())
			}
			var q lesson.QuizRecord
			if err := json.Unmarshal(stdout.Bytes(), &q); err != nil {
				t.Fatal(err)
			}
			if !q.Holds || len(q.Options) != 4 || q.Question == "" || q.Model != ref {
				t.Errorf("the quiz is %+v", q)
			}
			for i, o := range q.Options {
				if o.Record == nil {
					t.Fatalf("option %s was not run", o.Key)
				}
				sampled := 0
				for _, n := range o.Record.Numbers {
					if n.Lo != nil && n.Hi != nil {
						sampled++
					}
				}
				if o.Number == nil || o.Number.Lo == nil || o.Number.Hi == nil || o.Verdict == nil || !o.Verdict.Holds || o.Verdict.Number != o.Number.Name {
					t.Errorf("option %s is decided by %+v, %+v", o.Key, o.Number, o.Verdict)
				}
				if o.Right != (i == 0) || len(o.Record.Numbers) == 0 || sampled == 0 || len(o.Record.Verdicts) == 0 || !o.Record.Holds {
					t.Errorf("option %s: %d numbers, %d with intervals, verdicts %+v", o.Key, len(o.Record.Numbers), sampled, o.Record.Verdicts)
				}
			}
		})
	}
}
