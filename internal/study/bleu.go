package study

import (
	"cmp"
	"math"
	"slices"
)

// smoothing stands for the matches of n-grams where there are none.
const smoothing = 0.1

// selfBLEU is how much each text resembles the others: its BLEU with all of
// them as references, 1 where another has all its n-grams (Zhu et al., Texygen,
// 2018). The n-grams are those of 1 to 4 tokens with equal weight, each counted
// as often as it stands in one reference at most; a length that no reference
// shares counts as 0.1 matches (method 1 of Chen and Cherry, A Systematic
// Comparison of Smoothing Techniques for Sentence-Level BLEU, 2014), and a text
// without any match has 0. A text shorter than the reference nearest to it in
// length, of two as near the shorter, is marked down by exp(1 − r/c) (Papineni
// et al., BLEU, 2002).
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
	all, without := 0.0, make([]float64, n)
	for j := range n {
		own, others := b.of(j)
		all += own
		for i, x := range others {
			if i != j {
				without[i] += x
			}
		}
	}
	for i := range without {
		without[i] /= float64(n - 1)
	}
	return influence(all/float64(n), without)
}

// bleu has of every n-gram the three texts that have it most often, so that the
// greatest count is known of all texts but any two.
type bleu struct {
	t       *texts
	counts  [][]gramCount // by text
	top     [][3]holder   // by n-gram
	lengths []int         // of the texts
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

func newBLEU(t *texts) *bleu {
	b := &bleu{t: t, top: make([][3]holder, t.types), counts: make([][]gramCount, len(t.grams))}
	for i := range t.grams {
		b.lengths = append(b.lengths, len(t.grams[i][0]))
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
// is.
func (b *bleu) most(gram int32, but int) (of holder, next int32) {
	top := b.top[gram]
	rest := make([]holder, 0, 3)
	for _, h := range top {
		if h.text != int32(but+1) {
			rest = append(rest, h)
		}
	}
	return rest[0], rest[1].count
}

// of returns the BLEU of text j with all others as references, and with all but
// one of them, by which one.
func (b *bleu) of(j int) (all float64, without []float64) {
	n := len(b.lengths)
	var matches [mostGram]float64
	less := make([][mostGram]float64, n) // matches lost without that reference
	for _, g := range b.counts[j] {
		of, next := b.most(g.gram, j)
		with := min(g.count, of.count)
		matches[g.n-1] += float64(with)
		if lost := with - min(g.count, next); lost > 0 {
			less[of.text-1][g.n-1] += float64(lost)
		}
	}
	near := b.nearest(j)
	all = score(matches, b.lengths[j], near[0])
	without = make([]float64, n)
	for i := range without {
		rest := matches
		for k := range rest {
			rest[k] -= less[i][k]
		}
		r := near[0]
		if b.lengths[i] == r && !slices.Contains(near[1:], r) {
			r = near[1]
		}
		without[i] = score(rest, b.lengths[j], r)
	}
	return all, without
}

// nearest are the lengths of the two references nearest to text j in length,
// the second the same as the first if there is only one.
func (b *bleu) nearest(j int) [2]int {
	var lengths []int
	for i, l := range b.lengths {
		if i != j {
			lengths = append(lengths, l)
		}
	}
	far := func(l int) int { return max(l-b.lengths[j], b.lengths[j]-l) }
	slices.SortFunc(lengths, func(x, y int) int { return cmp.Or(far(x)-far(y), x-y) })
	return [2]int{lengths[0], lengths[min(1, len(lengths)-1)]}
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
