package lesson

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"argen"
	"argen/viz"
)

// topKAPI: an interface that lists the K best tokens with their probabilities
// hides the others. How much that is, is measured on texts that were written by
// nobody who saw the list.
var topKAPI = &Lesson{Name: "top-k-api", Run: runTopKAPI, Exercise: exerciseTopKAPI}

// listed are the lengths of lists that are looked at, the last the whole
// vocabulary.
var listed = []int{1, 2, 5, 10, 20, 50, 100, math.MaxInt}

// hardly is what sums of probabilities may be off by rounding.
const hardly = 1e-12

// A list is what one of a length says of the places of a text, means over them.
type list struct {
	hidden  []float64 // probability of all that it leaves out
	outside []int     // of each text, places where the token that came is left out
	entropy []float64 // of what it lists, made to sum to 1, in bits
	bits    []float64 // share of the text's bits that tokens outside have
	off     float64   // how far what it lists and what it hides are from 1 at most, by rounding or worse
}

func runTopKAPI(ctx context.Context, lab *Lab, r *Record) error {
	n, k := 10_000, 5
	if !lab.Story() {
		n, k = 2_000, 20
	}
	lists := make([]list, len(listed))
	var places int
	var of []int // places of each text
	err := lab.Places(ctx, "top-k-api", n, func(t *Reading) error {
		if len(t.Rows) == 0 {
			return nil
		}
		places, of = places+len(t.Rows), append(of, len(t.Rows))
		return readLists(t, lists)
	})
	if err != nil {
		return err
	}
	at, whole := 0, &lists[len(lists)-1]
	for listed[at] != k {
		at++
	}
	r.Facts["k"] = strconv.Itoa(k)
	r.Exact("places", float64(places), Count)
	r.Exact("texts", float64(len(of)), Count)
	r.Estimate("outside", lab.ShareByText(lists[at].outside, of), places, Share)
	r.Estimate("hidden", lab.Mean(lists[at].hidden), places, Share)
	r.Estimate("bits", lab.Mean(lists[at].bits), places, Share)
	share := make([]float64, len(of))
	for i := range share {
		share[i] = lists[at].bits[i] - float64(lists[at].outside[i])/float64(of[i])
	}
	r.Estimate("over", lab.Mean(share), places, Share)
	r.Estimate("read", lab.Mean(lists[at].entropy), places, Bits)
	r.Estimate("entropy", lab.Mean(whole.entropy), places, Bits)
	r.Estimate("missing", lab.Mean(minus(whole.entropy, lists[at].entropy)), places, Bits)
	r.Exact("control", whole.off, Error)
	r.Verdict("outside", "outside", ">", .005)
	r.Verdict("bits", "over", ">", .05)
	r.Verdict("missing", "missing", ">", .01)
	r.Verdict("control", "control", "<=", 1e-9)
	out, _ := r.Number("outside")
	switch over, _ := r.Number("over"); {
	case out.Value < .005:
		r.Answer = 0
	case over.Value < .05:
		r.Answer = 1
	default:
		r.Answer = 2
	}

	var rows [][]Cell
	hidden, outside := viz.Series{Name: r.Word("hidden")}, viz.Series{Name: r.Word("outside")}
	for i, k := range listed[:len(listed)-1] {
		h, o, e := lab.Mean(lists[i].hidden), lab.ShareByText(lists[i].outside, of), lab.Mean(lists[i].entropy)
		rows = append(rows, []Cell{
			{Text: strconv.Itoa(k)}, h.number("", places, Share).Cell(), o.number("", places, Share).Cell(), e.number("", places, Bits).Cell(),
		})
		point(&hidden, float64(k), h)
		point(&outside, float64(k), o)
	}
	r.Table("lists", []string{"length", "hidden", "outside", "read"}, rows)
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("length"), Log: true},
		Y:      viz.Axis{Label: r.Word("y"), Unit: "share"},
		Series: []viz.Series{hidden, outside},
	})
	return nil
}

// readLists adds what lists say of a text to each.
func readLists(t *Reading, lists []list) error {
	sums, missed := make([][3]float64, len(lists)), make([]int, len(lists))
	all := 0.0
	var c argen.Candidates
	for i, logits := range t.Rows {
		if err := c.Reset(logits); err != nil {
			return err
		}
		next := t.IDs[t.Begin+i]
		surprisal := -c.LogProb(next) / math.Ln2
		all += surprisal
		mass, entropy, found, rank := 0.0, 0.0, false, 0
		top := c.Top(c.Len())
		for at, k := range listed {
			for ; rank < min(k, len(top)); rank++ {
				p := c.Prob(top[rank])
				found = found || top[rank] == next
				if p > 0 {
					mass += p
					entropy -= p * math.Log2(p)
				}
			}
			s := &sums[at]
			if hidden := 1 - mass; hidden > hardly {
				s[0] += hidden
			}
			if bits := entropy/mass + math.Log2(mass); bits > hardly {
				s[1] += bits
			}
			if !found {
				missed[at]++
				s[2] += surprisal
			}
			lists[at].off = max(lists[at].off, math.Abs(1-mass))
		}
	}
	n := float64(len(t.Rows))
	for at := range lists {
		l, s := &lists[at], sums[at]
		l.outside = append(l.outside, missed[at])
		l.hidden, l.entropy, l.bits = append(l.hidden, s[0]/n), append(l.entropy, s[1]/n), append(l.bits, s[2]/all)
	}
	return nil
}

// minus is a − b, number by number.
func minus(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}

// exerciseTopKAPI: what a list of the best k leaves out of a distribution whose
// tokens are all there.
func exerciseTopKAPI(_ context.Context, lab *Lab) (*Exercise, error) {
	dice := lab.Dice("exercise")
	say := func(key string, values map[string]string) string {
		return lab.Words.Say("lessons.top-k-api.exercise."+key, values)
	}
	list := strings.Fields(say("words", nil))
	dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	t := Table{Title: say("table", nil), Columns: []string{say("token", nil), "P"}}
	var shares []float64
	k, hidden := 0, 0.0
	for try := 0; hidden < .05 || hidden > .6; try++ {
		shares, k, hidden = lab.someShares(fmt.Sprintf("top-k-api %d", try), len(list)), 2+dice.IntN(3), 0
		for _, p := range shares[k:] {
			hidden += p
		}
	}
	var terms []string
	for i, word := range list {
		if i >= k {
			terms = append(terms, decimal(shares[i], 2))
		}
		t.Rows = append(t.Rows, []Cell{{Text: word}, {Text: decimal(shares[i], 2)}})
	}
	dice.Shuffle(len(t.Rows), func(i, j int) { t.Rows[i], t.Rows[j] = t.Rows[j], t.Rows[i] })
	values := map[string]string{
		"k": strconv.Itoa(k), "terms": strings.Join(terms, " + "), "hidden": decimal(hidden, 2),
	}
	return &Exercise{
		Lesson: "top-k-api", Question: say("question", values), Tables: []Table{t},
		Answer:   Answer{Kind: "number", Number: math.Round(100*hidden) / 100, Tolerance: 0.0005},
		Solution: say("solution", values),
	}, nil
}
