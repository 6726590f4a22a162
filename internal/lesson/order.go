package lesson

import (
	"context"
	"math"
	"slices"
	"strconv"

	"argen"
	"argen/viz"
)

// order: a chain of stages is no heap of settings. Where temperature stands
// after the stages that remove tokens, these decide by the model's own P, and
// mostly leave one token or a few: then no temperature changes much. Where it
// stands before them, it first makes all tokens alike, and they remove little.
var order = &Lesson{Name: "order", Run: runOrder}

// Of the lesson: places, the temperatures that are tried, the hottest last, and
// the stages that remove tokens.
var orderTemperatures = []float64{.5, 1, 1.5, 2, 5, 20, 100}

const (
	orderPlaces = 2000 // for a model of stories, of which a story has a hundred or so
	orderSlow   = 400  // for another
	orderCuts   = "top_k=40,top_p=0.95,min_p=0.05"
)

// An ordered is what one chain leaves, by place.
type ordered struct {
	kept, entropy byText
}

func runOrder(ctx context.Context, lab *Lab, r *Record) error {
	var texts []string
	for _, t := range orderTemperatures {
		temp := "temperature=" + strconv.FormatFloat(t, 'g', -1, 64)
		texts = append(texts, temp+","+orderCuts, orderCuts+","+temp)
	}
	chains, err := parseChains(texts...)
	if err != nil {
		return err
	}
	all := make([]ordered, len(chains))
	c := new(argen.Candidates)
	var best []argen.ID // of the place where the two orders differ most
	var row []float64
	most, apartAtOne := -1, 0.0
	var alone byText // 1 where a single token is left
	one := 2 * slices.Index(orderTemperatures, 1)
	hot := len(chains) - 2
	places := orderPlaces
	if !lab.Story() {
		places = orderSlow
	}
	err = lab.Places(ctx, "order", places, func(t *Reading) error {
		alone.next()
		for k := range all {
			all[k].kept.next()
			all[k].entropy.next()
		}
		for i, logits := range t.Rows {
			var kept []int
			var atOne [][]float64
			for k, ch := range chains {
				if err := ch.through(c, logits); err != nil {
					return err
				}
				kept = append(kept, c.Len())
				all[k].kept.add(float64(c.Len()))
				all[k].entropy.add(c.Entropy())
				if k == one || k == one+1 {
					atOne = append(atOne, probsOf(c, len(logits)))
				}
			}
			for id, p := range atOne[0] {
				apartAtOne = max(apartAtOne, math.Abs(p-atOne[1][id]))
			}
			single := 0.0
			if kept[hot+1] == 1 {
				single = 1
			}
			alone.add(single)
			if d := kept[hot] - kept[hot+1]; d > most && kept[hot+1] > 1 {
				most, best, row = d, t.IDs[:t.Begin+i], logits
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	estimate := func(name string, x byText, u Unit) { r.Estimate(name, lab.Mean(x.means()), x.places(), u) }
	r.Facts["cuts"] = orderCuts
	r.Exact("hottest", orderTemperatures[len(orderTemperatures)-1], Count)
	estimate("first", all[hot].kept, Other)
	estimate("last", all[hot+1].kept, Other)
	estimate("more", all[hot].kept.minus(all[hot+1].kept), Other)
	r.Estimate("alone", within01(lab.Mean(alone.means())), alone.places(), Share)
	estimate("first_bits", all[hot].entropy, Bits)
	estimate("last_bits", all[hot+1].entropy, Bits)
	// What the hottest temperature adds to the bits of T = 1, which are the same in
	// both orders.
	adds := func(k int) []float64 { return all[k].entropy.minus(all[one].entropy).means() }
	r.Estimate("effect", lab.RatioByText(adds(hot+1), adds(hot)), all[hot].entropy.places(), Share)
	r.Exact("off", apartAtOne, Error)
	r.Verdict("effect", "effect", "<=", .5)
	r.Verdict("more", "more", ">", 0)
	r.Verdict("control", "off", "<=", 1e-12)
	if effect, _ := r.Number("effect"); effect.Value <= .5 {
		r.Answer = 1
	} else {
		r.Answer = 0
	}
	if err := orderExample(lab, r, chains, hot, row, best); err != nil {
		return err
	}
	for _, x := range []struct {
		name string
		of   func(o ordered) byText
	}{
		{"kept", func(o ordered) byText { return o.kept }},
		{"bits", func(o ordered) byText { return o.entropy }},
	} {
		first, last := viz.Series{Name: r.Word("first")}, viz.Series{Name: r.Word("last")}
		for i, t := range orderTemperatures {
			point(&first, t, lab.Mean(x.of(all[2*i]).means()))
			point(&last, t, lab.Mean(x.of(all[2*i+1]).means()))
		}
		d := &viz.CurvesData{
			Words: viz.Words{Title: r.Word(x.name + "_chart"), Caption: r.Word(x.name + "_caption")},
			X:     viz.Axis{Label: r.Word("x"), Log: true}, Y: viz.Axis{Label: r.Word(x.name + "_y")},
			Series: []viz.Series{first, last},
		}
		if x.name == "bits" {
			d.Y.Unit = "bits"
		}
		r.Chart("curves", d)
	}
	return nil
}

// probsOf are the probabilities of all tokens, 0 of those that were removed.
func probsOf(c *argen.Candidates, vocab int) []float64 {
	p := make([]float64, vocab)
	c.Each(func(id argen.ID, _ float64) { p[id] = c.Prob(id) })
	return p
}

// orderExample shows what the two orders leave at one place.
func orderExample(lab *Lab, r *Record, chains []chain, hot int, row []float64, ids []argen.ID) error {
	const tokens = 6
	if row == nil { // everywhere a single token is left
		r.Facts["place"] = "–"
		r.Exact("place_first", 1, Count)
		r.Exact("place_last", 1, Count)
		return nil
	}
	r.Facts["place"] = lab.said(ids, 8)
	c, err := argen.NewCandidates(row)
	if err != nil {
		return err
	}
	top := slices.Clone(c.Top(tokens))
	cells := make([][]Cell, tokens)
	for i, id := range top {
		cells[i] = []Cell{{Text: lab.token(id)}, Number{Value: c.Prob(id), Unit: Prob}.Cell()}
	}
	for k, name := range []string{"place_first", "place_last"} {
		if err := chains[hot+k].through(c, row); err != nil {
			return err
		}
		r.Exact(name, float64(c.Len()), Count)
		for i, id := range top {
			cell := Cell{Text: r.Word("removed")}
			if c.Has(id) {
				cell = Number{Value: c.Prob(id), Unit: Prob}.Cell()
			}
			cells[i] = append(cells[i], cell)
		}
	}
	r.Table("table", []string{"token", "p", "first", "last"}, cells[:len(top)])
	return nil
}
