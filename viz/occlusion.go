package viz

import "math"

// Occlusion draws what each earlier token did for a prediction: the bits of
// surprisal that it costs to take the token away; below 0 where the prediction
// is better without it.
func Occlusion(in Input) (*Figure, error) {
	d, err := dataOf[*MatrixData](in, "occlusion")
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}

// occlusion is the effects of the tokens of the context.
func (in *Inside) occlusion() (Data, error) {
	row, texts := make(Values, len(in.Effects)), make([]string, len(in.Effects))
	for i, e := range in.Effects {
		row[i], texts[i] = math.NaN(), "–"
		if finite(e) {
			row[i] = e / math.Ln2
			texts[i] = short(row[i])
		}
	}
	return &MatrixData{
		Words: Words{
			Title: in.title("Which earlier token mattered"), Subtitle: in.subtitle(),
			Caption: "Bits that the token loses if this one is taken away; below 0 it gains. Blank: without it the model predicts nothing." + dotted(in.Context...),
		},
		Rows: []string{quoted(in.Token)}, Cols: in.labels(), Row: "predicted", Col: "taken away", Unit: "bits",
		Panels: []Panel{{Cells: []Values{row}, Texts: [][]string{texts}}},
	}, nil
}
