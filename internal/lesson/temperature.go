package lesson

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/model/story"
	"argen/viz"
)

// temperature: dividing the logits by T makes the likely more likely below 1,
// and all alike above. Only T = 1 draws from what the model says, and where the
// truth is known it can be seen that only there a good model is near it. A hot
// temperature ruins texts by the many words that are impossible; a stage that
// removes these repairs them.
var temperature = &Lesson{Name: "temperature", Run: runTemperature, Exercise: exerciseTemperature}

// Of the lesson: the temperatures, places where they are tried, in true stories
// too, stories that are written at two of them, and what is a cold one.
var temperatures = []float64{.1, .3, .5, .7, 1, 1.3, 1.5, 2}

const (
	temperaturePlaces  = 2000 // for a model of stories, of which a story has a hundred or so
	temperatureSlow    = 300  // for another
	temperatureTrue    = 20
	temperatureStories = 500
	temperatureCold    = .01
	temperatureRepair  = "min_p=0.1"
)

// A warmed is what was measured at one temperature, by place.
type warmed struct {
	entropy             byText // of the lab's model
	kl                  byText // of the writer, from the truth
	impossible, cleaned byText // what the writer gives to words that no story has there, and with the repair
}

func runTemperature(ctx context.Context, lab *Lab, r *Record) error {
	writer, err := lab.Writer(ctx)
	if err != nil {
		return err
	}
	r.Facts["writer"] = argen.Visible(writer.Ref)
	all := make([]warmed, len(temperatures))
	if err := warmPlaces(ctx, lab, r, all); err != nil {
		return err
	}
	if err := warmStories(ctx, lab, writer.Model, all); err != nil {
		return err
	}
	at := func(t float64) *warmed {
		for i := range temperatures {
			if temperatures[i] == t {
				return &all[i]
			}
		}
		return nil
	}
	estimate := func(name string, x byText, u Unit) { r.Estimate(name, lab.Mean(x.means()), x.places(), u) }
	estimate("entropy_cool", at(.5).entropy, Bits)
	estimate("entropy_one", at(1).entropy, Bits)
	estimate("entropy_hot", at(2).entropy, Bits)
	estimate("rise", at(2).entropy.minus(at(.5).entropy), Bits)
	estimate("kl_cool", at(.5).kl, Bits)
	estimate("kl_one", at(1).kl, Bits)
	estimate("kl_hot", at(2).kl, Bits)
	estimate("cool_farther", at(.5).kl.minus(at(1).kl), Bits)
	estimate("hot_farther", at(2).kl.minus(at(1).kl), Bits)
	estimate("impossible_one", at(1).impossible, Share)
	estimate("impossible_hot", at(2).impossible, Share)
	estimate("cleaned_hot", at(2).cleaned, Share)
	for _, x := range []struct{ name, chain string }{
		{"coherent", "temperature=1"}, {"ruined", "temperature=2"}, {"repaired", "temperature=2," + temperatureRepair},
	} {
		good, err := lab.Coherent(ctx, writer, "temperature stories", x.chain, temperatureStories)
		if err != nil {
			return err
		}
		r.Estimate(x.name, ShareOf(good, temperatureStories), temperatureStories, Share)
	}
	r.Verdict("rises", "rise", ">=", .05)
	r.Verdict("greedy", "cold", ">=", .9)
	r.Verdict("unchanged", "off", "<=", 1e-12)
	r.Verdict("cool_farther", "cool_farther", ">", 0)
	r.Verdict("hot_farther", "hot_farther", ">", 0)
	r.Verdict("ruined", "ruined", "<=", .05)
	r.Verdict("repaired", "repaired", ">=", .5)
	switch ruined, _ := r.Number("ruined"); {
	case ruined.Value > .5:
		r.Answer = 0
	case ruined.Value > .05:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	warmTable(lab, r, all)
	warmCharts(lab, r, all)
	return nil
}

// warmPlaces measures the lab's model at many places: its entropy at each
// temperature, what a cold one leaves to the best token, and that 1 changes
// nothing.
func warmPlaces(ctx context.Context, lab *Lab, r *Record, all []warmed) error {
	var cold byText
	off, places := 0.0, temperaturePlaces
	if !lab.Story() {
		places = temperatureSlow
	}
	err := lab.Places(ctx, "temperature", places, func(t *Reading) error {
		cold.next()
		for i := range all {
			all[i].entropy.next()
		}
		for _, row := range t.Rows {
			for i, temp := range temperatures {
				c, err := warm(row, temp)
				if err != nil {
					return err
				}
				all[i].entropy.add(c.Entropy())
				if temp == 1 {
					top := c.Top(1)[0]
					plain, err := argen.LogProb(row, top)
					if err != nil {
						return err
					}
					off = max(off, math.Abs(math.Exp(plain)-c.Prob(top)))
				}
			}
			c, err := warm(row, temperatureCold)
			if err != nil {
				return err
			}
			cold.add(c.Prob(c.Top(1)[0]))
		}
		return nil
	})
	r.Estimate("cold", within01(lab.Mean(cold.means())), cold.places(), Share)
	r.Exact("cold_at", temperatureCold, Other)
	r.Exact("off", off, Error)
	return err
}

// warm is what logits are after a temperature.
func warm(logits []float64, t float64) (*argen.Candidates, error) {
	c, err := argen.NewCandidates(logits)
	if err == nil {
		c.Divide(t)
	}
	return c, err
}

// warmStories measures how far a writer of stories is from the truth at each
// temperature, at the places of true stories.
func warmStories(ctx context.Context, lab *Lab, m argen.Model, all []warmed) error {
	stories, err := lab.Stories(ctx, "temperature truth", temperatureTrue)
	if err != nil {
		return err
	}
	repair, err := parseChains(temperatureRepair)
	if err != nil {
		return err
	}
	for _, ids := range stories {
		t, err := lab.Read(ctx, m, ids)
		if err != nil {
			return err
		}
		truth, err := lab.Read(ctx, story.Truth(), ids)
		if err != nil {
			return err
		}
		for k := range all {
			all[k].kl.next()
			all[k].impossible.next()
			all[k].cleaned.next()
		}
		for i, row := range t.Rows {
			for k, temp := range temperatures {
				c, err := warm(row, temp)
				if err != nil {
					return err
				}
				w := &all[k]
				w.kl.add(bitsFrom(truth.Rows[i], c))
				w.impossible.add(impossible(c, truth.Rows[i]))
				for _, s := range repair[0] {
					s.Apply(c, argen.Past{})
				}
				w.cleaned.add(impossible(c, truth.Rows[i]))
			}
		}
	}
	return nil
}

// warmTable has a row a temperature.
func warmTable(lab *Lab, r *Record, all []warmed) {
	var rows [][]Cell
	for i, t := range temperatures {
		w := all[i]
		rows = append(rows, []Cell{
			{Text: strconv.FormatFloat(t, 'g', -1, 64)},
			{Text: Bits.format(lab.Mean(w.entropy.means()).Mean)},
			{Text: Bits.format(lab.Mean(w.kl.means()).Mean)},
			{Text: Share.format(lab.Mean(w.impossible.means()).Mean)},
			{Text: Share.format(lab.Mean(w.cleaned.means()).Mean)},
		})
	}
	r.Table("table", []string{"t", "entropy", "kl", "impossible", "cleaned"}, rows)
}

// warmCharts draw the same with intervals.
func warmCharts(lab *Lab, r *Record, all []warmed) {
	curve := func(name string, of func(w *warmed) byText) viz.Series {
		s := viz.Series{Name: r.Word(name)}
		for i, t := range temperatures {
			point(&s, t, lab.Mean(of(&all[i]).means()))
		}
		return s
	}
	draw := func(name, unit string, series ...viz.Series) {
		r.Chart("curves", &viz.CurvesData{
			Words: viz.Words{Title: r.Word(name + "_chart"), Caption: r.Word(name + "_caption")},
			X:     viz.Axis{Label: r.Word("x")}, Y: viz.Axis{Label: r.Word(name + "_y"), Unit: unit}, Series: series,
		})
	}
	draw("entropy", "bits", curve("entropy", func(w *warmed) byText { return w.entropy }))
	draw("kl", "bits", curve("kl", func(w *warmed) byText { return w.kl }))
	draw("impossible", "share",
		curve("impossible", func(w *warmed) byText { return w.impossible }), curve("cleaned", func(w *warmed) byText { return w.cleaned }))
}

// exerciseTemperature asks for the probability of a token at T = 0.5, where the
// probabilities are squared, or at T = 2, where their roots are taken.
func exerciseTemperature(_ context.Context, lab *Lab) (*Exercise, error) {
	const tokens = 3
	dice := lab.Dice("temperature exercise")
	names := lab.someWords("temperature", tokens)
	power, t, sign := 2.0, "0.5", "²"
	if dice.IntN(2) == 1 {
		power, t, sign = .5, "2", "^½"
	}
	var shares []float64
	var pick int
	var over, sum float64
	for try := 0; ; try++ {
		shares, pick, sum = lab.someShares(fmt.Sprintf("temperature %d", try), tokens), dice.IntN(tokens), 0
		for _, p := range shares {
			sum += math.Pow(p, power)
		}
		over = math.Pow(shares[pick], power)
		// Something must come of it, and whoever forgets to divide, or to take the
		// power, must see another number.
		if p := over / sum; p >= .05 && p <= .95 && math.Abs(p-shares[pick]) >= .03 && math.Abs(p-over) >= .03 {
			break
		}
	}
	var terms []string
	var rows [][]Cell
	for i, p := range shares {
		terms = append(terms, decimal(p, 2)+sign)
		rows = append(rows, []Cell{{Text: names[i]}, {Text: decimal(p, 2)}})
	}
	v := words.Map{
		"t": t, "token": names[pick], "power": strconv.FormatFloat(power, 'g', -1, 64), "terms": strings.Join(terms, " + "), "sum": decimal(sum, 4),
		"over": fmt.Sprintf("%s%s = %s", decimal(shares[pick], 2), sign, decimal(over, 4)), "p": decimal(over/sum, 4),
	}
	columns := []string{lab.Words.Say("lessons.temperature.words.token", nil), "P"}
	return lab.exercise("temperature", v, columns, rows, Answer{Kind: "number", Number: over / sum, Tolerance: .005}), nil
}
