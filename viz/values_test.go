package viz

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
)

// titled are the texts of a chart of data.
func titled(title, caption string) Words { return Words{Title: title, Caption: caption} }

// dataInputs are what charts of data are drawn from in the tests, by chart;
// figures are made up.
var dataInputs = map[string]map[string]Input{
	"curves": {"curves": {Data: &CurvesData{
		Words: titled("Bits a token, by the model's order", "Smaller is better."),
		X:     Axis{Label: "order"}, Y: Axis{Label: "bits a token", Unit: "bits"},
		Series: []Series{
			{Name: "Kneser-Ney", X: Values{1, 2, 3, 4, 5}, Y: Values{7.39, 3.22, 1.87, 1.4, 1.22}, Lo: Values{7.2, 3.1, 1.8, 1.3, 1.1}, Hi: Values{7.6, 3.4, 2, 1.5, 1.3}},
			{Name: "add-one", X: Values{1, 2, 3, 4, 5}, Y: Values{7.4, 4.1, 4.9, math.NaN(), 6.3}},
		},
		Levels: []Level{{"entropy rate", .571}},
	}}},
	"context": {"context": {Data: &CurvesData{
		Words: titled("What more context is worth", "Bits a token when a model sees only the last k tokens."),
		X:     Axis{Label: "tokens of context", Log: true}, Y: Axis{Label: "bits a token", Unit: "bits"},
		Series: []Series{
			{Name: "story", X: Values{1, 2, 4, 8, 16, 32, 64}, Y: Values{3.4, 2.1, 1.3, .92, .77, .66, .6}},
			{Name: "no memory", X: Values{1, 2, 4, 8, 16, 32, 64}, Y: Values{7.4, 7.4, 7.4, 7.4, 7.4, 7.4, 7.4}},
		},
	}}},
	"drift": {"drift": {Data: &CurvesData{
		Words: titled("Own text against given text", "Means of 500 texts with their intervals."),
		X:     Axis{Label: "position"}, Y: Axis{Label: "bits a token", Unit: "bits"},
		Series: []Series{
			{Name: "given", X: Values{0, 8, 16, 24}, Y: Values{1.2, 1.1, 1.15, 1.12}, Lo: Values{1.1, 1, 1.05, 1}, Hi: Values{1.3, 1.2, 1.25, 1.2}},
			{Name: "its own", X: Values{0, 8, 16, 24}, Y: Values{1.2, 1.4, 1.6, 1.9}, Lo: Values{1.1, 1.3, 1.5, 1.7}, Hi: Values{1.3, 1.5, 1.7, 2.1}},
		},
	}}},
	"calibration": {"calibration": {Data: &CurvesData{
		Words: titled("Is 70 % really 70 %?", "Tokens that were given a probability, and how many of them came."),
		X:     Axis{Label: "probability given", Unit: "share"}, Y: Axis{Label: "share that came", Unit: "share"},
		Series: []Series{{Name: "story", X: Values{.05, .25, .5, .75, .95}, Y: Values{.06, .24, .53, .74, .96}, Lo: Values{.04, .2, .47, .68, .93}, Hi: Values{.08, .28, .59, .8, .98}}},
	}}},
	"reliability": {"reliability": {Data: &CurvesData{
		Words: titled("P of a model against the true P", "A point a token."),
		X:     Axis{Label: "true P", Unit: "prob", Log: true}, Y: Axis{Label: "P of the model", Unit: "prob", Log: true},
		Series: []Series{{Name: "trigram", X: Values{.001, .01, .1, .3, .9}, Y: Values{.004, .02, .08, .2, .7}}},
	}}},
	"checkpoints": {"checkpoints": {Data: &CurvesData{
		Words: titled("P(next) grows sharp", "P of tokens after “Once upon a”."),
		X:     Axis{Label: "steps of training"}, Y: Axis{Label: "P(token | context)", Unit: "prob"},
		Series: []Series{
			{Name: "time", X: Values{0, 50, 100, 200}, Y: Values{.001, .08, .6, .97}},
			{Name: "day", X: Values{0, 50, 100, 200}, Y: Values{.001, .1, .05, .002}},
		},
	}}},
	"bars": {"bars": {Data: &BarsData{
		Words:  titled("Bits a token, by model", "Smaller is better."),
		Y:      Axis{Label: "bits a token", Unit: "bits"},
		Groups: []string{"bigram", "trigram", "transformer"},
		Series: []Series{{Name: "bits", Y: Values{3.22, 1.87, .61}, Lo: Values{3.1, 1.8, .58}, Hi: Values{3.4, 2, .64}}},
		Levels: []Level{{"entropy rate", .571}},
	}}},
	"kinds": {"kinds": {Data: &BarsData{
		Words:  titled("What models know, by kind", "P of the right word."),
		Y:      Axis{Label: "P of the right word", Unit: "share"},
		Groups: []string{"name", "colour", "closing quote"},
		Series: []Series{{Name: "5-gram", Y: Values{.08, .21, .55}}, {Name: "transformer", Y: Values{.99, .97, 1}}, {Name: "truth", Y: Values{1, 1, 1}}},
	}}},
	"tokenizers": {"tokenizers": {Data: &BarsData{
		Words:  titled("How long tokens are", "Bytes a token on the same text."),
		Y:      Axis{Label: "bytes a token"},
		Groups: []string{"bytes", "characters", "BPE 4,096", "words"},
		Series: []Series{{Name: "English", Y: Values{1, 1, 3.9, 4.6}}, {Name: "Deutsch", Y: Values{1, 1.02, 3.1, 5.3}}},
	}}},
	"matrix": {"matrix": {Data: &MatrixData{
		Words: titled("Distance of layers", "KL in bits."),
		Rows:  []string{"1", "2"}, Cols: []string{"a", "b", "c"}, Row: "layer", Col: "token", Unit: "bits",
		Panels: []Panel{{Cells: []Values{{.5, 1, 2}, {math.NaN(), 3, 4}}}},
	}}},
	"attention": {"attention": {Data: &MatrixData{
		Words: titled("Whom the last token looks at", "Rows are queries, columns keys."),
		Rows:  []string{"Anna", "has", "a", "dog"}, Cols: []string{"Anna", "has", "a", "dog"}, Row: "query", Col: "key", Unit: "share", Most: 1,
		Panels: []Panel{
			{Name: "layer 1, head 1", Cells: []Values{{1, math.NaN(), math.NaN(), math.NaN()}, {.9, .1, math.NaN(), math.NaN()}, {.1, .2, .7, math.NaN()}, {.6, .1, .1, .2}}},
			{Name: "layer 1, head 2", Cells: []Values{{1, math.NaN(), math.NaN(), math.NaN()}, {.5, .5, math.NaN(), math.NaN()}, {.3, .3, .4, math.NaN()}, {.25, .25, .25, .25}}},
		},
	}}},
	"lens": {"lens": {Data: &MatrixData{
		Words: titled("What each layer would say", "The logit lens."),
		Rows:  []string{"0", "1", "2"}, Cols: []string{"1st", "2nd"}, Row: "layers", Col: "rank", Unit: "prob",
		Panels: []Panel{{Cells: []Values{{.1, .05}, {.4, .2}, {.9, .02}}, Texts: [][]string{{"the", "a"}, {"dog", "cat"}, {"dog", "<script>"}}}},
	}}},
	"occlusion": {"occlusion": {Data: &MatrixData{
		Words: titled("Which token mattered", "Bits lost where it is taken away."),
		Rows:  []string{"dog", "."}, Cols: []string{"Anna", "has", "a"}, Row: "predicted", Col: "taken away", Unit: "bits",
		Panels: []Panel{{Cells: []Values{{2.5, .3, 1.1}, {.1, -.2, .4}}}},
	}}},
}

// Each kind refuses what it cannot be.
func TestKindsCheck(t *testing.T) {
	for chart, list := range map[string]map[string]func(d Data){
		"context": {
			`context: series "story": number 2 of x is 2.5, it must be a whole number from 0`: func(d Data) { d.(*CurvesData).Series[0].X[1] = 2.5 },
			`context: series "story": number 1 of y is -1, it must be 0 or more`:              func(d Data) { d.(*CurvesData).Series[0].Y[0] = -1 },
		},
		"calibration": {
			`calibration: series "story": number 1 of y is 1.2, it must be from 0 to 1`: func(d Data) { d.(*CurvesData).Series[0].Hi[0] = 1.2 },
		},
		"checkpoints": {
			`checkpoints: series "time": number 4 of y is 97, it must be from 0 to 1`: func(d Data) { d.(*CurvesData).Series[0].Y[3] = 97 },
		},
		"kinds": {
			`kinds: series "truth": number 1 of y is 1.5, it must be from 0 to 1`: func(d Data) { d.(*BarsData).Series[2].Y[0] = 1.5 },
		},
		"tokenizers": {
			`tokenizers: series "English": number 1 of y is -1, it must be 0 or more`: func(d Data) { d.(*BarsData).Series[0].Y[0] = -1 },
		},
		"attention": {
			`attention: panel "layer 1, head 2", row "dog": attention sums to 1.75, it must be 1 at most`: func(d Data) { d.(*MatrixData).Panels[1].Cells[3][0] = 1 },
			`attention: panel "layer 1, head 1", row "has": cell 1 is -0.5, it must be from 0 to 1`:       func(d Data) { d.(*MatrixData).Panels[0].Cells[1][0] = -.5 },
		},
		"lens": {
			`lens: panel "", row "2": cell 2 is 2, it must be from 0 to 1`: func(d Data) { d.(*MatrixData).Panels[0].Cells[2][1] = 2 },
		},
	} {
		c, _ := Lookup(chart)
		for want, spoil := range list {
			d := copied(t, c, dataInputs[chart][chart].Data)
			spoil(d)
			if _, err := c.Draw(Input{Data: d}); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%v\nwant %s", err, want)
			}
		}
	}
}

// copied returns data of a chart that a test may change.
func copied(t testing.TB, c Chart, d Data) Data {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	other := c.Data()
	if err := json.Unmarshal(text, other); err != nil {
		t.Fatal(err)
	}
	return other
}

// respelled is data of a chart with every text another.
func respelled(d Data, s string) Data {
	said := Words{Title: s, Subtitle: s, Caption: s}
	series := func(list []Series) []Series {
		list = slices.Clone(list)
		for i := range list {
			list[i].Name = s
		}
		return list
	}
	levels := func(list []Level) []Level {
		list = slices.Clone(list)
		for i := range list {
			list[i].Name = s
		}
		return list
	}
	switch d := d.(type) {
	case *CurvesData:
		e := *d
		e.Words, e.X.Label, e.Y.Label, e.Series, e.Levels = said, s, s, series(d.Series), levels(d.Levels)
		return &e
	case *BarsData:
		e := *d
		e.Words, e.Y.Label, e.Series, e.Levels = said, s, series(d.Series), levels(d.Levels)
		e.Groups = slices.Repeat([]string{s}, len(d.Groups))
		return &e
	case *MatrixData:
		e := *d
		e.Words, e.Row, e.Col, e.Panels = said, s, s, slices.Clone(d.Panels)
		e.Rows, e.Cols = slices.Repeat([]string{s}, len(d.Rows)), slices.Repeat([]string{s}, len(d.Cols))
		for i := range e.Panels {
			e.Panels[i].Name = s
			e.Panels[i].Texts = slices.Repeat([][]string{e.Cols}, len(d.Rows))
		}
		return &e
	}
	return nil
}
