package lesson

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"argen/internal/words"
)

// exerciseQuizRight: what is P of a text, from a table of P(next | one before)? The
// factors must be found in the table, and its end is one of them.
func exerciseQuizRight(_ context.Context, lab *Lab) (*Exercise, error) {
	const tokens, length = 3, 3
	say := func(key string) string { return lab.Words.Say("lessons.quiz-right.exercise."+key, nil) }
	names, dice := lab.someWords("quiz-right", tokens), lab.Dice("quiz-right exercise")
	for {
		table := make([][]int, tokens+1) // tenths, after each token and, last, after nothing
		for i := range table {
			table[i] = tenths(dice.IntN, tokens+1)
			if i == tokens { // a text has a first token
				table[i] = append(tenths(dice.IntN, tokens), 0)
			}
		}
		before, product := tokens, 1
		var text, terms []string
		var path []int
		for range length {
			next := dice.IntN(tokens)
			product *= table[before][next]
			text, terms, path = append(text, names[next]), append(terms, decimal(float64(table[before][next])/10, 1)), append(path, next)
			before = next
		}
		product *= table[before][tokens]
		terms = append(terms, decimal(float64(table[before][tokens])/10, 1))
		// Without the end it must be another number by more than the tolerance, as must
		// the product of the columns read for the rows.
		across := 1
		for i := 1; i < length; i++ {
			across *= table[path[i]][path[i-1]]
		}
		along := 1
		for i := 1; i < length; i++ {
			along *= table[path[i-1]][path[i]]
		}
		distinct := slices.Clone(path)
		slices.Sort(distinct)
		if product < 20 || across == along || len(slices.Compact(distinct)) < 2 {
			continue
		}
		var rows [][]Cell
		for i, row := range slices.Concat(table[tokens:], table[:tokens]) {
			cells := []Cell{{Text: say("begin")}}
			if i > 0 {
				cells[0].Text = names[i-1]
			}
			for _, x := range row {
				cells = append(cells, Cell{Text: decimal(float64(x)/10, 1)})
			}
			rows = append(rows, cells)
		}
		columns := append(append([]string{say("after")}, names...), say("end"))
		p := float64(product) / 1e4
		v := words.Map{"text": strings.Join(text, " "), "terms": strings.Join(terms, " · "), "p": decimal(p, 4)}
		return lab.exercise("quiz-right", v, columns, rows, Answer{Kind: "number", Number: p, Tolerance: .01 * p}), nil
	}
}

// tenths draws n whole numbers from 1 on that sum to 10.
func tenths(intN func(int) int, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = 1
	}
	likely := intN(n) // so that rows are not all much the same
	for k := range 10 - n {
		if k%2 == 0 {
			list[likely]++
		} else {
			list[intN(n)]++
		}
	}
	return list
}

// exerciseQuizParallel: each position has the same probabilities in four tables of
// pairs, and in one of them the positions are drawn on their own: there P of a pair
// is the product of those of its tokens.
func exerciseQuizParallel(_ context.Context, lab *Lab) (*Exercise, error) {
	names, dice := lab.someWords("quiz-parallel", 4), lab.Dice("quiz-parallel exercise")
	tens := []int{2, 3, 4, 6, 7, 8} // of a hundred, so that no table is even
	a, b := tens[dice.IntN(len(tens))], tens[dice.IntN(len(tens))]
	pairs := []int{a * b, a * (10 - b), (10 - a) * b, (10 - a) * (10 - b)}
	most, least := min(pairs[1], pairs[2])-1, -(min(pairs[0], pairs[3]) - 1) // what the first pair may gain
	moved := []int{0}
	for len(moved) < 4 {
		if d := least + dice.IntN(most-least+1); (d >= 2 || d <= -2) && !slices.ContainsFunc(moved, func(m int) bool { return max(m-d, d-m) < 2 }) {
			moved = append(moved, d)
		}
	}
	dice.Shuffle(len(moved), func(i, j int) { moved[i], moved[j] = moved[j], moved[i] })
	columns := []string{lab.Words.Say("lessons.quiz-parallel.exercise.pair", nil)}
	options := make([]string, len(moved))
	rows := make([][]Cell, len(pairs))
	for i := range rows {
		rows[i] = []Cell{{Text: names[i/2] + " " + names[2+i%2]}}
	}
	for k, d := range moved {
		letter := string(rune('A' + k))
		columns = append(columns, letter)
		options[k] = lab.Words.Say("lessons.quiz-parallel.exercise.option", words.Map{"letter": letter})
		for i, p := range pairs {
			if i == 1 || i == 2 {
				p -= d
			} else {
				p += d
			}
			rows[i] = append(rows[i], Cell{Text: decimal(float64(p)/100, 2)})
		}
	}
	right := slices.Index(moved, 0)
	v := words.Map{
		"first": names[0], "second": names[2], "letter": columns[1+right],
		"p": decimal(float64(a)/10, 1), "q": decimal(float64(b)/10, 1), "both": decimal(float64(a*b)/100, 2),
	}
	e := lab.exercise("quiz-parallel", v, columns, rows, Answer{Kind: "option", Option: right})
	e.Options = options
	return e, nil
}

// exerciseQuizSupervision: what is P(b | a) of the model that counting makes of a
// short text? No loss is there.
func exerciseQuizSupervision(_ context.Context, lab *Lab) (*Exercise, error) {
	const kinds, length = 3, 14
	names, dice := lab.someWords("quiz-supervision", kinds), lab.Dice("quiz-supervision exercise")
	for {
		text := make([]int, length)
		for i := range text {
			text[i] = dice.IntN(kinds)
		}
		count := [kinds][kinds]int{}
		after, stood := [kinds]int{}, [kinds]int{} // pairs that begin with it, and how often it stands there
		for i, t := range text {
			stood[t]++
			if i+1 < length {
				count[t][text[i+1]]++
				after[t]++
			}
		}
		a := dice.IntN(kinds)
		b := (a + 1 + dice.IntN(kinds-1)) % kinds
		n := count[a][b]
		// Neither 0 nor 1, not P(a | b), and the last token has nothing after it.
		if after[a] < 4 || n == 0 || n == after[a] || after[a] != stood[a] || n*after[b] == count[b][a]*after[a] {
			continue
		}
		var shown, at []string
		for i, t := range text {
			shown = append(shown, names[t])
			if t == a && text[i+1] == b {
				at = append(at, strconv.Itoa(i+1))
			}
		}
		p := float64(n) / float64(after[a])
		say := func(part string) string {
			return lab.Words.Say("lessons.quiz-supervision.exercise."+part, words.Map{
				"a": names[a], "b": names[b], "text": strings.Join(shown, " "), "total": strconv.Itoa(after[a]),
				"count": strconv.Itoa(n), "at": strings.Join(at, ", "), "p": decimal(p, 4),
			})
		}
		return &Exercise{
			Lesson: "quiz-supervision", Question: say("question"),
			Answer: Answer{Kind: "number", Number: p, Tolerance: .005}, Solution: say("solution"),
		}, nil
	}
}

// exerciseQuizContext: a token is replaced in a text of which a model sees the last
// k tokens: which predictions can change? Those of the k tokens after it.
func exerciseQuizContext(_ context.Context, lab *Lab) (*Exercise, error) {
	const length = 9
	names, dice := lab.someWords("quiz-context", length+1), lab.Dice("quiz-context exercise")
	text, other := names[:length], names[length]
	sees := 2 + dice.IntN(3)
	at := 1 + dice.IntN(length-sees-2) // from 0: tokens stand before it, and some out of reach behind it
	reached := text[at+1 : at+1+sees]
	say := func(part string) string {
		return lab.Words.Say("lessons.quiz-context.exercise."+part, words.Map{
			"text": strings.Join(text, " "), "k": strconv.Itoa(sees), "was": text[at], "is": other,
			"reached": strings.Join(reached, ", "), "first": reached[0], "last": reached[sees-1], "beyond": text[at+1+sees],
		})
	}
	return &Exercise{
		Lesson: "quiz-context", Question: say("question"), Tokens: text,
		Answer: Answer{Kind: "tokens", Tokens: reached}, Solution: say("solution"),
	}, nil
}
