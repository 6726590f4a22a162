package study

import "argen"

// mostGram is the longest n-gram that is counted.
const mostGram = 4

// An index numbers n-grams: equal ones have equal numbers.
type index struct {
	numbers map[[2]int32]int32 // (number of all but the last token, last token)
}

// of returns the n-grams of a text in order, by n − 1: one for each place where
// n tokens follow each other.
func (x *index) of(words []argen.ID) (grams [mostGram][]int32) {
	for i := range words {
		prefix := int32(-1)
		for n := 0; n < mostGram && i+n < len(words); n++ {
			key := [2]int32{prefix, int32(words[i+n])}
			number, ok := x.numbers[key]
			if !ok {
				number = int32(len(x.numbers))
				x.numbers[key] = number
			}
			grams[n] = append(grams[n], number)
			prefix = number
		}
	}
	return grams
}

// texts are the texts of a strategy, ready to be measured.
type texts struct {
	samples []Sample
	words   [][]argen.ID // without those that stand for no text
	grams   [][mostGram][]int32
	types   int32 // n-grams that differ
}

func (p *Plan) texts(samples []Sample) *texts {
	t := &texts{samples: samples}
	x := index{map[[2]int32]int32{}}
	for i := range samples {
		words := p.words(&samples[i])
		t.words = append(t.words, words)
		t.grams = append(t.grams, x.of(words))
	}
	t.types = int32(len(x.numbers))
	return t
}

// distinct is how many of the n-grams of all texts differ, over how many there
// are (Li et al., A Diversity-Promoting Objective Function for Neural
// Conversation Models, 2016). It falls with the number of texts and with their
// length: only those of as many are to be compared. It is NaN of texts that are
// all shorter.
func (t *texts) distinct(n int) series {
	own, types := t.owned(n)
	total := 0
	for i := range t.grams {
		total += len(t.grams[i][n-1])
	}
	without := make([]float64, len(t.samples))
	for i := range without {
		without[i] = float64(types-own[i]) / float64(total-len(t.grams[i][n-1]))
	}
	return influence(float64(types)/float64(total), without)
}

// vocab is how many tokens of all texts differ.
func (t *texts) vocab() series {
	own, types := t.owned(1)
	without := make([]float64, len(t.samples))
	for i := range without {
		without[i] = float64(types - own[i])
	}
	return influence(float64(types), without)
}

// owned counts the n-grams that differ: of each text those that no other has,
// and all.
func (t *texts) owned(n int) (own []int, types int) {
	const none, many = -1, -2
	owner := make([]int, t.types)
	for i := range owner {
		owner[i] = none
	}
	for i := range t.grams {
		for _, g := range t.grams[i][n-1] {
			switch owner[g] {
			case none:
				owner[g] = i
				types++
			case i:
			default:
				owner[g] = many
			}
		}
	}
	own = make([]int, len(t.grams))
	for _, i := range owner {
		if i >= 0 {
			own[i]++
		}
	}
	return own, types
}

// rep is, of each text, the part of its n-grams that stood in it before: 1 −
// distinct / all (seq-rep-n of Welleck et al., Neural Text Generation with
// Unlikelihood Training, 2020); 0 of a text that has none.
func (t *texts) rep(n int) []float64 {
	values := make([]float64, len(t.grams))
	for i := range values {
		grams := t.grams[i][n-1]
		seen := map[int32]bool{}
		for _, g := range grams {
			seen[g] = true
		}
		values[i] = ratio(float64(len(grams)-len(seen)), float64(len(grams)))
	}
	return values
}

// What counts as a loop at the end of a text.
const (
	loopTimes  = 3
	loopTokens = 12
)

// loops says of each text, by 1 or 0, whether it ends in a loop: the same
// tokens three times in a row or more, twelve of them together at least.
func (t *texts) loops() []float64 {
	values := make([]float64, len(t.words))
	for i, words := range t.words {
		values[i] = number(looped(words))
	}
	return values
}

func looped(words []argen.ID) bool {
	n := len(words)
	for period := 1; period*loopTimes <= n; period++ {
		same := 0 // tokens at the end that stand a period before too
		for same+period < n && words[n-1-same] == words[n-1-same-period] {
			same++
		}
		if same >= (loopTimes-1)*period && same+period >= loopTokens {
			return true
		}
	}
	return false
}

// ratio is 0 of nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
