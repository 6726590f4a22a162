package table

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

func rows(t rapid.TB, steps ...argen.Step) [][]string {
	var b strings.Builder
	c := NewCSV(&b)
	trace := argen.Trace{Head: argen.Header{ID: "ab12"}, Steps: steps, Ended: &argen.End{}}
	if err := trace.Replay(c); err != nil {
		t.Fatal(err)
	}
	if err := c.Header(argen.Header{ID: "second"}); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(b.String(), "\n"), len(steps)+1; got != want {
		t.Fatalf("%d lines, want %d:\n%s", got, want, b.String())
	}
	all, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCSV(t *testing.T) {
	all := rows(t,
		argen.Step{T: 0, ID: 7, Token: "fox", Text: " fox", Logit: -1.5, LogProb: math.Inf(-1), Rank: 3, U: 0.25, High: 0.5, Kept: 2, Nanos: 12, Dropped: 5},
		argen.Step{T: 1, ID: 8, Token: `a "b", c`, Forced: true, U: 0.3},
		argen.Step{T: 2, ID: 9, Token: "x", Gumbel: true, Noise: -0.5},
	)
	want := strings.Fields("trace t context_len id token text logit logprob prob rank sampled_prob u low high entropy surprisal cum_logprob forced kept chain ns dropped gumbel")
	if got := strings.Join(all[0], " "); got != strings.Join(want, " ") {
		t.Errorf("columns %s", got)
	}
	cell := func(row int, name string) string {
		for i, n := range all[0] {
			if n == name {
				return all[row][i]
			}
		}
		return "?"
	}
	for _, c := range []struct {
		row        int
		name, want string
	}{
		{1, "trace", "ab12"},
		{1, "token", "fox"},
		{1, "dropped", "5"},
		{1, "text", " fox"},
		{1, "logit", "-1.5"},
		{1, "logprob", "-inf"},
		{1, "u", "0.25"},
		{1, "low", "0"},
		{1, "high", "0.5"},
		{1, "forced", "false"},
		{1, "ns", "12"},
		{2, "token", `a "b", c`},
		{2, "u", ""},
		{2, "high", ""},
		{2, "forced", "true"},
		{2, "gumbel", ""},
		{3, "u", ""},
		{3, "low", ""},
		{3, "gumbel", "-0.5"},
	} {
		if got := cell(c.row, c.name); got != c.want {
			t.Errorf("row %d: %s is %q, want %q", c.row, c.name, got, c.want)
		}
	}
}

// Whatever a token is, its cell is no formula, one line, and reads back.
func TestTextCells(t *testing.T) {
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "'", "'=1", "a,b", `"`, "\x1b]0;x\a", "", " = 1", "x\ny", "\u202e", "＝1", "＠x"} {
		checkText(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkText(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+@'",\\ \t-]{0,4}`)).Draw(t, "token"))
	})
}

func checkText(t rapid.TB, s string) {
	got := rows(t, argen.Step{Token: s})[1][4]
	if got != "" && strings.IndexAny(got, "=+-@\t\r＝＋－＠") == 0 {
		t.Errorf("%q: the cell %q is a formula to a spreadsheet", s, got)
	}
	if back := strings.TrimPrefix(got, "'"); back != argen.Visible(s) {
		t.Errorf("%q: the cell %q reads back as %q", s, got, back)
	}
}

func TestNumbersReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		cell := rows(t, argen.Step{Logit: x})[1][6]
		if got, err := strconv.ParseFloat(cell, 64); err != nil || got != x {
			t.Errorf("%v is written %q", x, cell)
		}
	})
}

// What the rows say, by the documented rule, is what a Trace that heard the
// same has, whatever was taken back; each row is one Write.
func TestBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b writes
		var want argen.Trace
		c := NewCSV(&b)
		sinks := []argen.Sink{c, &want}
		for _, s := range sinks {
			if err := s.Header(argen.Header{ID: "-1", Chain: "none"}); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(0, 30).Draw(t, "calls") {
			n := len(want.Steps)
			back := n > 0 && rapid.IntRange(0, 3).Draw(t, "back") == 3
			step := argen.Step{T: n, ID: argen.ID(rapid.IntRange(0, 9).Draw(t, "id")), Token: rapid.String().Draw(t, "token"), Chain: rapid.SampledFrom([]string{"", "", "top_k=1", "=x"}).Draw(t, "chain")}
			if back {
				n = rapid.IntRange(0, n-1).Draw(t, "to")
			}
			for _, s := range sinks {
				err := error(nil)
				if back {
					err = s.Back(n)
				} else {
					err = s.Step(step)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if lines := strings.Count(b.String(), "\n"); lines != b.n {
			t.Errorf("%d rows in %d writes", lines, b.n)
		}
		checkRows(t, b.String(), &want)
	})
}

// writes counts the writes.
type writes struct {
	strings.Builder
	n int
}

func (w *writes) Write(p []byte) (int, error) {
	w.n++
	return w.Builder.Write(p)
}

func checkRows(t rapid.TB, text string, want *argen.Trace) {
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var left [][]string
	for _, row := range all[1:] {
		if row[3] == "" { // no id
			n, err := strconv.Atoi(row[1])
			if err != nil {
				t.Fatal(err)
			}
			left = left[:n]
			continue
		}
		left = append(left, row)
	}
	if len(left) != len(want.Steps) {
		t.Fatalf("%d rows are left, %d steps", len(left), len(want.Steps))
	}
	words := "none"
	for i, row := range left {
		s := &want.Steps[i]
		if s.Chain != "" {
			words = s.Chain
		}
		if row[0] != "'-1" || row[1] != strconv.Itoa(i) || row[3] != strconv.Itoa(int(s.ID)) || strings.TrimPrefix(row[19], "'") != words {
			t.Errorf("row %q, step %+v with chain %s", row, *s, words)
		}
	}
}
