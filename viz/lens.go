package viz

import (
	"fmt"
	"strconv"
)

// Lens draws what a model would predict after each of its layers (the logit
// lens: nostalgebraist, interpreting GPT, 2020): a row a layer, in each cell a
// token and as its shade its probability.
func Lens(in Input) (*Figure, error) {
	d, err := dataOf(in, "lens", sharesInCells)
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}

// lens is the predictions after each number of layers: the token that is there,
// and the most probable ones.
func (in *Inside) lens() (Data, error) {
	if len(in.Lens) == 0 {
		return nil, errNoLayers
	}
	d := &MatrixData{
		Words: Words{
			Title: in.title("What each layer would say"), Subtitle: in.subtitle(),
			Caption: "The prediction if the model ended after so many layers, 0 none of them; a shade is P(token | context)." + dotted(in.Token),
		},
		Cols: []string{quoted(in.Token)}, Row: "layers", Col: "token", Unit: "prob", Most: 1,
	}
	for i := range in.Lens[0].Top {
		d.Cols = append(d.Cols, fmt.Sprintf("%d. best", i+1))
	}
	var p Panel
	for layers, l := range in.Lens {
		d.Rows = append(d.Rows, strconv.Itoa(layers))
		cells, texts := Values{l.Prob}, []string{prob(l.Prob)}
		for _, t := range l.Top {
			cells, texts = append(cells, t.Prob), append(texts, label(t.Token)+" "+prob(t.Prob))
		}
		p.Cells, p.Texts = append(p.Cells, cells), append(p.Texts, texts)
	}
	d.Panels = []Panel{p}
	return d, nil
}
