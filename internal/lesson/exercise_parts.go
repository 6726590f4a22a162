package lesson

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"argen/internal/words"
)

// exercise returns an exercise of a lesson with its texts, those of
// lessons.NAME.exercise: question, solution and the title of the table, with
// values in their places.
func (l *Lab) exercise(name string, values words.Map, columns []string, rows [][]Cell, answer Answer) *Exercise {
	say := func(part string) string { return l.Words.Say("lessons."+name+".exercise."+part, values) }
	return &Exercise{
		Lesson: name, Question: say("question"), Tables: []Table{{Title: say("table"), Columns: columns, Rows: rows}},
		Answer: answer, Solution: say("solution"),
	}
}

// decimal writes a number with so many digits after the point.
func decimal(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }

// someWords draws different words for an exercise.
func (l *Lab) someWords(name string, n int) []string {
	list := strings.Fields(l.Words.Say("lab.words", nil))
	dice := l.Dice(name + " words")
	dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:n]
}

// someShares draws probabilities in steps of a hundredth that sum to 1, the
// largest first, all different.
func (l *Lab) someShares(name string, n int) []float64 {
	dice := l.Dice(name + " shares")
	for {
		weights, sum := make([]float64, n), 0.0
		for i := range weights {
			weights[i] = 1 / (.15 + dice.Float64())
			weights[i] *= weights[i]
			sum += weights[i]
		}
		hundredths, left := make([]int, n), 100
		for i := range weights {
			hundredths[i] = max(1, int(100*weights[i]/sum))
			left -= hundredths[i]
		}
		slices.SortFunc(hundredths, func(a, b int) int { return cmp.Compare(b, a) })
		hundredths[0] += left
		if different := slices.Clone(hundredths); len(slices.Compact(different)) < n || hundredths[0] <= hundredths[1] {
			continue
		}
		shares := make([]float64, n)
		for i, h := range hundredths {
			shares[i] = float64(h) / 100
		}
		return shares
	}
}
