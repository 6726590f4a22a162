package lesson

import (
	"math"
	"strings"
	"sync"

	"argen/model/story"
)

// border is the symbol between words, before their first letter and after their
// last.
const border = 0

// A spelling is a language small enough to count all its strings: how words are
// spelt, by a bigram of letters. Its symbols are the border and the letters.
type spelling struct {
	symbols []string    // "·" for the border, then "a", "b", …
	stream  []int       // the text that was counted: words with a border before, between and after them
	counts  [][]float64 // how often b stood after a, one more than that (add-one smoothing): each pair is possible
	next    [][]float64 // P(b | a), counts over their sum
}

// letters is the spelling of the words that stories are made of, each counted
// once.
var letters = sync.OnceValue(func() *spelling {
	var words []string
	seen := map[string]bool{}
	for _, w := range story.Default().Vocab() {
		w = strings.ToLower(w)
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" && !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return spell(words)
})

// spell counts the pairs of neighbours in words.
func spell(words []string) *spelling {
	s := &spelling{symbols: []string{"·"}, stream: []int{border}}
	number := map[rune]int{}
	for _, w := range words {
		for _, r := range w {
			if number[r] == 0 {
				number[r] = len(s.symbols)
				s.symbols = append(s.symbols, string(r))
			}
			s.stream = append(s.stream, number[r])
		}
		s.stream = append(s.stream, border)
	}
	s.counts = square(len(s.symbols), 1)
	for i, b := range s.stream[1:] {
		s.counts[s.stream[i]][b]++
	}
	for _, row := range s.counts {
		s.next = append(s.next, portions(row))
	}
	return s
}

// square is a table n × n of one number.
func square(n int, x float64) [][]float64 {
	t := make([][]float64, n)
	for i := range t {
		t[i] = make([]float64, n)
		for j := range t[i] {
			t[i][j] = x
		}
	}
	return t
}

// portions are numbers over their sum.
func portions(row []float64) []float64 {
	sum := 0.0
	for _, x := range row {
		sum += x
	}
	p := make([]float64, len(row))
	for i, x := range row {
		p[i] = x / sum
	}
	return p
}

// An enumeration is all strings up to a length, one by one.
type enumeration struct {
	count int       // of the strings
	ended []float64 // by length: Σ P(string and its end)
	open  []float64 // by length: Σ P(string, whatever follows)
}

// all adds up what is left after a length: what has ended by then and what is
// still open, which make 1.
func (e *enumeration) all(length int) float64 {
	sum := e.open[length]
	for _, x := range e.ended[:length] {
		sum += x
	}
	return sum
}

// enumerate spells every string of at most length letters, each by the loop: P of
// a string is that of the string without its last letter, times P(letter | the one
// before). Strings that end have less than length letters.
func (s *spelling) enumerate(length int) *enumeration {
	e := &enumeration{ended: make([]float64, length), open: make([]float64, length+1)}
	var write func(last, n int, p float64)
	write = func(last, n int, p float64) {
		e.count++
		e.open[n] += p
		if n == length {
			return
		}
		e.ended[n] += float64(p * s.next[last][border])
		for b := 1; b < len(s.next); b++ {
			write(b, n+1, p*s.next[last][b])
		}
	}
	write(border, 0, 1)
	return e
}

// lengths is what enumerate gives without a string being spelt: with v the row of
// the probabilities of the last letter and T the table of P(b | a) between
// letters, v becomes v·T with each letter more.
//
//	P(length n) = v_n · P(end | a),  still open after n letters = Σ v_n
func (s *spelling) lengths(length int) (ended, open []float64) {
	v := make([]float64, len(s.next))
	v[border] = 1
	for n := 0; ; n++ {
		sum, end := 0.0, 0.0
		next := make([]float64, len(v))
		for a, p := range v {
			sum += p
			end += float64(p * s.next[a][border])
			for b := 1; b < len(v); b++ {
				next[b] += float64(p * s.next[a][b])
			}
		}
		open = append(open, sum)
		if n == length {
			return ended, open
		}
		ended = append(ended, end)
		v = next
	}
}

// correlation is what independent symbols would waste on words of at most length
// letters, the end standing for all that would follow it:
//
//	Σ H(X_t) − H(X₁ … X_n),  H(X₁ … X_n) = Σ H(X_t | X_t−1)
//
// in bits: the total correlation (Watanabe, Information Theoretical Analysis of
// Multivariate Correlation, 1960).
func (s *spelling) correlation(length int) (apart, joint float64) {
	v := make([]float64, len(s.next)) // of the last symbol; border: the word has ended
	last := s.next[border]
	copy(v, last)
	apart, joint = entropy(v), entropy(v)
	for range length - 1 {
		next := make([]float64, len(v))
		next[border] = v[border]
		for a := 1; a < len(v); a++ {
			joint += float64(v[a] * entropy(s.next[a]))
			for b, p := range s.next[a] {
				next[b] += float64(v[a] * p)
			}
		}
		v = next
		apart += entropy(v)
	}
	return apart, joint
}

// entropy is −Σ p·log₂ p in bits.
func entropy(p []float64) float64 {
	h := 0.0
	for _, x := range p {
		if x > 0 {
			h -= float64(x * math.Log2(x))
		}
	}
	return h
}
