package lesson

import (
	"context"
	"math"
	"strconv"

	"argen"
	"argen/viz"
)

// beside puts what a model predicts along stories beside what is true.
type beside struct {
	lab    *Lab
	kl     []float64   // of each story, mean over its places, in bits
	byPart [][]float64 // the same of its first places, the next, and so on
	points viz.Series  // P of the token that came: of the model over the true one
	seen   int
}

// Of the charts: places that are taken together, how many such parts there are,
// and how many of the places are drawn as points: one of so many.
const (
	partPlaces = 10
	parts      = 10
	onePointOf = 20
)

// read reads what a model predicted for a story beside the truth, whose logits f
// is told by place.
func (b *beside) read(ctx context.Context, t *Reading, f func(i int, logits []float64)) error {
	truth, err := b.lab.Open(ctx, "truth")
	if err != nil {
		return err
	}
	known, err := b.lab.Read(ctx, truth.Model, t.IDs[t.Begin:])
	if err != nil {
		return err
	}
	if b.byPart == nil {
		b.byPart = make([][]float64, parts)
	}
	all, part := 0.0, 0.0
	for i, logits := range t.Rows {
		next := t.IDs[t.Begin+i]
		f(i, known.Rows[i])
		kl, err := klBits(known.Rows[i], logits)
		if err != nil {
			return err
		}
		all += kl
		if part += kl; (i+1)%partPlaces == 0 {
			if at := i / partPlaces; at < parts {
				b.byPart[at] = append(b.byPart[at], part/partPlaces)
			}
			part = 0
		}
		if b.seen++; b.seen%onePointOf == 0 {
			p, _ := argen.LogProb(known.Rows[i], next)
			q, _ := argen.LogProb(logits, next)
			b.points.X, b.points.Y = append(b.points.X, math.Exp(p)), append(b.points.Y, math.Exp(q))
		}
	}
	b.kl = append(b.kl, all/float64(len(t.Rows)))
	return nil
}

// klBits is KL(P‖Q) = Σ P·log₂(P/Q) of two distributions given by their logits.
func klBits(p, q []float64) (float64, error) {
	a, err := argen.NewCandidates(p)
	if err != nil {
		return 0, err
	}
	b, err := argen.NewCandidates(q)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	a.Each(func(id argen.ID, _ float64) {
		if !b.Has(id) {
			sum = math.Inf(1)
			return
		}
		sum += a.Prob(id) * (a.LogProb(id) - b.LogProb(id))
	})
	return max(0, sum/math.Ln2), nil
}

// charts draws both, where stories were read.
func (b *beside) charts(r *Record) {
	if len(b.points.X) == 0 {
		return
	}
	b.points.Name = r.Word("place")
	r.Chart("reliability", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("reliability"), Caption: r.Word("reliability_caption")},
		X:      viz.Axis{Label: r.Word("true"), Unit: "share"},
		Y:      viz.Axis{Label: r.Word("models"), Unit: "share"},
		Series: []viz.Series{b.points},
	})
	c := viz.Series{Name: r.Facts["model"]}
	var rows [][]Cell
	for i, values := range b.byPart {
		if len(values) < 6 {
			break
		}
		e := b.lab.Mean(values)
		point(&c, float64((i+1)*partPlaces), e)
		rows = append(rows, []Cell{
			{Text: strconv.Itoa(i*partPlaces+1) + "–" + strconv.Itoa((i+1)*partPlaces)}, e.number("", len(values), Bits).Cell(),
		})
	}
	r.Table("parts", []string{"position", "kl"}, rows)
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("parts"), Caption: r.Word("parts_caption")},
		X:      viz.Axis{Label: r.Word("position")},
		Y:      viz.Axis{Label: r.Word("kl"), Unit: "bits"},
		Series: []viz.Series{c},
	})
}
