package main

import (
	"math"

	"argen/viz"
)

// compareCharts are those that draw a comparison.
var compareCharts = []string{"frontier", "metrics", "same-step"}

// chart is the comparison as charts are drawn from it.
func (c *comparison) chart() viz.CompareData {
	d := viz.CompareData{Model: c.Model, Texts: c.Samples * max(1, len(c.Prompts))}
	for _, m := range c.Metrics {
		d.Metrics = append(d.Metrics, viz.CompareMetric{Name: m.Name, Label: m.Label, Unit: m.Unit})
	}
	nan := math.NaN()
	for i := range c.Strategies {
		s := viz.CompareStrategy{Name: c.Strategies[i].Name}
		for _, m := range c.Metrics {
			v := viz.CompareValue{Mean: nan, Lo: nan, Hi: nan, Low: nan, Middle: nan, High: nan}
			if x, ok := c.Strategies[i].Metrics[m.Name]; ok {
				v.Mean, v.Lo, v.Hi, v.Infinite = float64(x.Mean), float64(x.Lo), float64(x.Hi), float64(x.Infinite)
				if x.Texts != nil {
					v.Low, v.Middle, v.High = float64(x.Texts[0]), float64(x.Texts[1]), float64(x.Texts[2])
				}
				v.Differs = x.Diff != nil && !x.Diff.Noise
			}
			s.Values = append(s.Values, v)
		}
		d.Strategies = append(d.Strategies, s)
	}
	if s := c.Step; s != nil {
		d.Step = viz.CompareStep{T: s.T, Context: s.Context, Rest: float64(s.Rest), Others: s.Others}
		for _, t := range s.Tokens {
			d.Step.Tokens = append(d.Step.Tokens, t.Token)
			d.Step.Model = append(d.Step.Model, float64(t.Prob))
		}
		for _, x := range s.Strategies {
			after := viz.CompareAfter{Name: x.Name, Kept: x.Kept, Entropy: float64(x.Entropy), Rest: float64(x.Rest)}
			for _, p := range x.Probs {
				after.Probs = append(after.Probs, float64(p))
			}
			d.Step.After = append(d.Step.After, after)
		}
	}
	return d
}
