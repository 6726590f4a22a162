package study

import (
	"math"
	"slices"
)

// smoothing stands for the matches of n-grams where there are none.
const smoothing = 0.1

// selfBLEU is how much each text resembles the others: its BLEU with all of
// them as references, 1 where another has all its n-grams and it is no shorter
// than 4 tokens (Zhu et al., Texygen, 2018). The n-grams are those of 1 to 4
// tokens with equal weight, each counted as often as it stands in one reference
// at most; a length that no reference shares counts as 0.1 matches (method 1 of
// Chen and Cherry, A Systematic Comparison of Smoothing Techniques for
// Sentence-Level BLEU, 2014), and a text without any match has 0. A text shorter
// than the reference nearest to it in length, of two as near the shorter, is
// marked down by exp(1 − r/c) (Papineni et al., BLEU, 2002). It is NaN of fewer
// than two texts.
//
//	BLEU = min(1, exp(1 − r/c)) · (Π pₙ)^¼,  pₙ = Σ min(count, most in a reference) / Σ count
//
// The values are those of the influence of each text on the mean: as a text and
// as a reference of the others.
func (t *texts) selfBLEU() series {
	n := len(t.grams)
	if n < 2 {
		return series{measure: math.NaN()}
	}
	b := newBLEU(t)
	all, own, change := 0.0, make([]float64, n), make([]float64, n)
	for j := range n {
		own[j] = b.of(j, change)
		all += own[j]
	}
	without := make([]float64, n)
	for i := range without {
		without[i] = math.NaN() // a single text resembles none
		if n > 2 {
			without[i] = (all - own[i] + change[i]) / float64(n-1)
		}
	}
	return influence(all/float64(n), without)
}

// bleu has of every n-gram the three texts that have it most often, so that the
// greatest count is known of all texts but any two.
type bleu struct {
	t      *texts
	counts [][]gramCount // by text
	top    [][3]holder   // by n-gram
	sorted []sized       // the texts by length
	place  []int         // of a text among those

	// Work space of a text: what is lost without each other one, and which those
	// are of which something is.
	lost   [][mostGram]float64
	loses  []bool
	losers []int
}

type gramCount struct {
	gram  int32
	n     int8 // its length, from 1
	count int32
}

// A holder is a text with as many of an n-gram; the zero value is none.
type holder struct {
	text  int32 // from 1
	count int32
}

// sized is a text with its length.
type sized struct{ length, text int }

func newBLEU(t *texts) *bleu {
	n := len(t.grams)
	b := &bleu{
		t: t, top: make([][3]holder, t.types), counts: make([][]gramCount, n), place: make([]int, n),
		lost: make([][mostGram]float64, n), loses: make([]bool, n),
	}
	for i := range t.grams {
		b.sorted = append(b.sorted, sized{len(t.grams[i][0]), i})
		for n, grams := range t.grams[i] {
			sorted := slices.Clone(grams)
			slices.Sort(sorted)
			for k := 0; k < len(sorted); {
				first := k
				for k < len(sorted) && sorted[k] == sorted[first] {
					k++
				}
				b.hold(gramCount{sorted[first], int8(n + 1), int32(k - first)}, i)
			}
		}
	}
	slices.SortStableFunc(b.sorted, func(x, y sized) int { return x.length - y.length })
	for at, x := range b.sorted {
		b.place[x.text] = at
	}
	return b
}

// hold notes how often a text has an n-gram.
func (b *bleu) hold(g gramCount, text int) {
	b.counts[text] = append(b.counts[text], g)
	top := &b.top[g.gram]
	h := holder{int32(text + 1), g.count}
	for i := range top {
		if h.count > top[i].count {
			h, top[i] = top[i], h
		}
	}
}

// most is the greatest count of an n-gram among the texts but one, and whose it
// is, and the greatest but for that text too.
func (b *bleu) most(gram int32, but int) (of holder, next int32) {
	top := &b.top[gram]
	var rest [3]holder
	n := 0
	for _, h := range top {
		if h.text != int32(but+1) {
			rest[n] = h
			n++
		}
	}
	return rest[0], rest[1].count
}

// of returns the BLEU of text j with all others as references, and adds to
// change, by text, how much another it is without that reference.
func (b *bleu) of(j int, change []float64) float64 {
	var matches [mostGram]float64
	for _, g := range b.counts[j] {
		of, next := b.most(g.gram, j)
		with := min(g.count, of.count)
		matches[g.n-1] += float64(with)
		if lost := with - min(g.count, next); lost > 0 {
			b.lose(int(of.text-1), g.n, float64(lost))
		}
	}
	length, near := len(b.t.grams[j][0]), b.nearest(j)
	all := score(matches, length, near[0].length)
	if near[0].length != near[1].length { // the only one of its length
		b.lose(near[0].text, 1, 0)
	}
	for _, i := range b.losers {
		rest, r := matches, near[0].length
		for k := range rest {
			rest[k] -= b.lost[i][k]
		}
		if i == near[0].text {
			r = near[1].length
		}
		change[i] += score(rest, length, r) - all
		b.lost[i], b.loses[i] = [mostGram]float64{}, false
	}
	b.losers = b.losers[:0]
	return all
}

// lose notes that matches of n-grams are lost without a text.
func (b *bleu) lose(text int, n int8, matches float64) {
	if !b.loses[text] {
		b.loses[text] = true
		b.losers = append(b.losers, text)
	}
	b.lost[text][n-1] += matches
}

// nearest are the two texts nearest to text j in length, of as near ones the
// shorter, the second the same as the first if there is only one.
func (b *bleu) nearest(j int) (near [2]sized) {
	length := len(b.t.grams[j][0])
	left, right := b.place[j]-1, b.place[j]+1
	for k := range near {
		switch {
		case left < 0 && right == len(b.sorted):
			near[k] = near[k-1]
		case right == len(b.sorted) || left >= 0 && length-b.sorted[left].length <= b.sorted[right].length-length:
			near[k] = b.sorted[left]
			left--
		default:
			near[k] = b.sorted[right]
			right++
		}
	}
	return near
}

// score is the BLEU of a text of a length, of which so many n-grams match.
func score(matches [mostGram]float64, length, reference int) float64 {
	if matches[0] == 0 {
		return 0
	}
	sum := 0.0
	for n, m := range matches {
		if m == 0 {
			m = smoothing
		}
		sum += math.Log(m/float64(max(1, length-n))) / mostGram
	}
	if length < reference {
		sum += 1 - float64(reference)/float64(length)
	}
	return math.Exp(sum)
}
