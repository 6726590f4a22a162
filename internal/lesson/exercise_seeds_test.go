package lesson

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exerciseSeeds is how many exercises of each kind are drawn.
const exerciseSeeds = 200

// sheetAnswers compute the answer of each kind of exercise from what the sheet says
// alone, and check that nothing on it is trivial or tied.
var sheetAnswers = map[string]func(t *testing.T, e *Exercise) Answer{
	"chain-rule": func(t *testing.T, e *Exercise) Answer {
		p, open := 1.0, 0
		for _, x := range column(t, e.Tables[0], 1) {
			if p *= x; x < .95 {
				open++
			}
		}
		if open < 2 || p < 1e-7 {
			t.Errorf("a product of %d factors, %g", open, p)
		}
		return Answer{Number: p}
	},
	"counting": func(t *testing.T, e *Exercise) Answer {
		total, asked := 0.0, 0.0
		for i, n := range column(t, e.Tables[0], 1) {
			a, b, _ := strings.Cut(e.Tables[0].Rows[i][0].Text, " ")
			if total += n; strings.Contains(e.Question, "P("+b+" | "+a+")") {
				asked = n
			}
		}
		return Answer{Number: asked / total}
	},
	"temperature": func(t *testing.T, e *Exercise) Answer {
		sum, over, own := 0.0, 0.0, 0.0
		for i, p := range column(t, e.Tables[0], 1) {
			x := math.Pow(p, 1/number(t, e.Question, "T = "))
			if sum += x; slices.Contains(quoted(e.Question), e.Tables[0].Rows[i][0].Text) {
				over, own = x, p
			}
		}
		if p := over / sum; p < .04 || p > .96 || math.Abs(p-own) < .02 || math.Abs(p-over) < .02 {
			t.Errorf("%v becomes %v over %v = %v", own, over, sum, p)
		}
		return Answer{Number: over / sum}
	},
	"truncation": func(t *testing.T, e *Exercise) Answer {
		shares := hundredths(t, e.Tables[0], 1)
		limit := int(math.Round(100 * number(t, e.Question, "top-p ")))
		kept, sum := rank(shares), 0
		for n, i := range kept {
			if sum += shares[i]; sum == limit {
				t.Errorf("the sum is just the limit %d", limit)
			}
			if sum >= limit {
				kept = kept[:n+1]
				break
			}
		}
		a := Answer{}
		for _, i := range kept {
			a.Tokens = append(a.Tokens, e.Tables[0].Rows[i][0].Text)
		}
		if len(kept) < 2 || len(kept) == len(shares) || distinct(shares) < len(shares) {
			t.Errorf("%d of %v stay", len(kept), shares)
		}
		return a
	},
	"greedy": func(t *testing.T, e *Exercise) Answer {
		p := map[string]float64{}
		for i, x := range column(t, e.Tables[0], 2) {
			p[e.Tables[0].Rows[i][0].Text+" "+e.Tables[0].Rows[i][1].Text] = x
		}
		var products []int
		for _, text := range e.Options {
			first, _, _ := strings.Cut(text, " ")
			products = append(products, int(math.Round(1e4*p["– "+first]*p[text])))
		}
		order := rank(products)
		if products[order[0]]-products[order[1]] < 50 {
			t.Errorf("%v are too close", products)
		}
		return Answer{Option: order[0]}
	},
	"speculative": func(t *testing.T, e *Exercise) Answer {
		q, p, sum := hundredths(t, e.Tables[0], 1), hundredths(t, e.Tables[0], 2), 0
		for i := range q {
			sum += min(p[i], q[i])
		}
		if sum < 30 || sum > 90 {
			t.Errorf("%d %% are taken", sum)
		}
		return Answer{Number: float64(sum) / 100}
	},
	"compression": func(t *testing.T, e *Exercise) Answer {
		bits := 0.0
		for _, p := range column(t, e.Tables[0], 1) {
			bits -= math.Log2(p)
		}
		if bits < 4 {
			t.Errorf("the text costs %v bits", bits)
		}
		return Answer{Number: bits}
	},
	"top-k-api": func(t *testing.T, e *Exercise) Answer {
		shares, hidden := hundredths(t, e.Tables[0], 1), 0
		k, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(e.Question))
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range rank(shares)[k:] {
			hidden += shares[i]
		}
		if distinct(shares) < len(shares) || hidden < 5 {
			t.Errorf("%d of %v are hidden", hidden, shares)
		}
		return Answer{Number: float64(hidden) / 100}
	},
	"quiz-right": func(t *testing.T, e *Exercise) Answer {
		table, before, p := e.Tables[0], 0, 1.0
		at := func(row, column int) float64 {
			x, err := readNumber(table.Rows[row][column].Text)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		for i := range table.Rows {
			sum := 0.0
			for k := range table.Columns[1:] {
				sum += at(i, k+1)
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Errorf("row %d sums to %v", i, sum)
			}
		}
		text := strings.Fields(quoted(e.Question)[0])
		for _, token := range text {
			next := slices.Index(table.Columns, token)
			p *= at(before, next)
			before = next
		}
		p *= at(before, len(table.Columns)-1)
		if p < .002-1e-12 || len(text) != 3 {
			t.Errorf("P of %v is %v", text, p)
		}
		return Answer{Number: p}
	},
	"quiz-parallel": func(t *testing.T, e *Exercise) Answer {
		right := -1
		var first, second []int
		for k := range e.Options {
			p := hundredths(t, e.Tables[0], 1+k)
			first, second = append(first, p[0]+p[1]), append(second, p[0]+p[2])
			switch off := p[0]*100 - (p[0]+p[1])*(p[0]+p[2]); {
			case off == 0 && right < 0:
				right = k
			case max(off, -off) < 200 || slices.Min(p) < 1 || p[0]+p[1]+p[2]+p[3] != 100:
				t.Errorf("table %d is %v", k, p)
			}
		}
		if distinct(first) > 1 || distinct(second) > 1 {
			t.Errorf("the positions tell the tables apart: %v %v", first, second)
		}
		return Answer{Option: right}
	},
	"quiz-supervision": func(t *testing.T, e *Exercise) Answer {
		text := strings.Fields(quoted(e.Question)[0])
		m := regexp.MustCompile(`P\((\S+) \| (\S+)\)`).FindStringSubmatch(e.Question)
		pairs, after := 0.0, 0.0
		for i := range text[1:] {
			if text[i] == m[2] {
				if after++; text[i+1] == m[1] {
					pairs++
				}
			}
		}
		if after < 4 || pairs == 0 || pairs == after || text[len(text)-1] == m[2] {
			t.Errorf("%v of %v in %v", pairs, after, text)
		}
		return Answer{Number: pairs / after}
	},
	"quiz-context": func(t *testing.T, e *Exercise) Answer {
		q := quoted(e.Question)
		text := strings.Fields(q[0])
		k, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(e.Question))
		at := slices.Index(text, q[1])
		if err != nil || at < 1 || at+k+1 >= len(text) || slices.Contains(text, q[2]) || distinct(text) < len(text) {
			t.Fatalf("%v, %v", q, err)
		}
		return Answer{Tokens: text[at+1 : at+1+k]}
	},
}

// hundredths reads a column of probabilities.
func hundredths(t *testing.T, table Table, at int) []int {
	t.Helper()
	var list []int
	for _, p := range column(t, table, at) {
		list = append(list, int(math.Round(100*p)))
	}
	return list
}

// rank is the places of values, the largest first.
func rank(values []int) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return values[b] - values[a] })
	return order
}

// distinct counts different values.
func distinct[T comparable](list []T) int {
	seen := map[T]bool{}
	for _, x := range list {
		seen[x] = true
	}
	return len(seen)
}

// otherAnswer is a wrong answer of the same kind.
func otherAnswer(e *Exercise, seed int) string {
	switch a := e.Answer; a.Kind {
	case "option":
		return letter((a.Option + 1 + seed%(len(e.Options)-1)) % len(e.Options))
	case "tokens":
		if seed%2 == 0 {
			return strings.Join(a.Tokens[1:], ", ")
		}
		for _, token := range e.Tokens {
			if !slices.Contains(a.Tokens, token) {
				return strings.Join(a.Tokens, ", ") + ", " + token
			}
		}
	}
	off := 1.1 * e.Answer.Tolerance
	if seed%2 == 0 {
		off = -off
	}
	return strconv.FormatFloat(e.Answer.Number+off, 'f', -1, 64)
}

// TestManySeeds: of every kind of exercise, over many seeds, the sheet alone leads
// to the key; no options are equal; the key is short, and a sheet filled in with it
// is full of points, of which each single other answer takes one.
func TestManySeeds(t *testing.T) {
	for _, l := range WithExercises(nil) {
		answer := sheetAnswers[l.Name]
		if answer == nil {
			t.Errorf("exercises of %s are not checked", l.Name)
			continue
		}
		t.Run(l.Name, func(t *testing.T) {
			lab := newLab(t, "story", "en")
			options, asked := map[int]int{}, map[string]bool{}
			for seed := range exerciseSeeds {
				lab.Seed = uint64(seed)
				e, err := l.Exercise(t.Context(), lab)
				if err == nil {
					err = e.check()
				}
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				want := answer(t, e)
				if math.Abs(want.Number-e.Answer.Number) > 1e-9 || want.Option != e.Answer.Option || !slices.Equal(want.Tokens, e.Answer.Tokens) {
					t.Errorf("seed %d: the sheet leads to %+v, the key is %+v:\n%s", seed, want, e.Answer, e.text(80))
				}
				if distinct(e.Options) < len(e.Options) || distinct(e.Tokens) < len(e.Tokens) {
					t.Errorf("seed %d: options %v, tokens %v", seed, e.Options, e.Tokens)
				}
				key := e.Answer.String()
				if len(key) > 9 && e.Answer.Kind == "number" || strings.Contains(key, "e") && e.Answer.Kind == "number" {
					t.Errorf("seed %d: the key is %s", seed, key)
				}
				options[e.Answer.Option]++
				asked[e.text(80)] = true
				for k := range 2 {
					if m, _, _ := e.mark(otherAnswer(e, k)); m == Right {
						t.Errorf("seed %d: %s is right for %s", seed, otherAnswer(e, k), key)
					}
				}
			}
			if len(asked) < exerciseSeeds/2 {
				t.Errorf("%d seeds gave %d exercises", exerciseSeeds, len(asked))
			}
			for option, n := range options {
				if len(options) > 1 && n > exerciseSeeds/2 {
					t.Errorf("option %d is right %d times", option, n)
				}
			}
		})
	}
}

// TestEachPoint: the key written onto the sheet has all points, and each answer
// that is another one takes just its own.
func TestEachPoint(t *testing.T) {
	for seed := range 6 {
		lab := newLab(t, "story", []string{"en", "de"}[seed%2])
		lab.Seed = uint64(seed)
		w, err := NewWorksheet(t.Context(), lab, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for other := -1; other < len(w.Exercises); other++ {
			sheet := filled(t, lab, w, func(i int, e *Exercise) string {
				if i == other {
					return otherAnswer(e, seed)
				}
				return e.Answer.String()
			})
			g := mark(t, lab, sheet)
			right := len(w.Exercises)
			if other >= 0 {
				right--
			}
			if g.Right != right || len(g.Notes) > 0 || other >= 0 && g.Exercises[other].Mark != Wrong {
				t.Errorf("seed %d, another answer to %d: %d of %d right, notes %v\n%s", seed, other+1, g.Right, g.All, g.Notes, sheet)
			}
		}
	}
}

// filled is a worksheet as a student hands it in.
func filled(t *testing.T, lab *Lab, w *Worksheet, answer func(i int, e *Exercise) string) string {
	t.Helper()
	var b bytes.Buffer
	if err := w.WriteText(&b, lab.Words, 80, false); err != nil {
		t.Fatal(err)
	}
	label := "\n" + lab.Words.Say("worksheet.answer", nil) + ": "
	parts := strings.Split(b.String(), label)
	if len(parts) != len(w.Exercises)+1 {
		t.Fatal(fmt.Errorf("%d places for answers:\n%s", len(parts)-1, &b))
	}
	text := parts[0]
	for i, part := range parts[1:] {
		text += label + answer(i, w.Exercises[i]) + part
	}
	return text
}
