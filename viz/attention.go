package viz

import (
	"fmt"
	"strconv"

	"argen"
)

// Attention draws which tokens each token attends to: a row a query, or a head
// or layer of one query, a column a key; a row sums to 1, or to less where some
// tokens are not shown.
func Attention(in Input) (*Figure, error) {
	d, err := dataOf(in, "attention", sharesInCells, atMostOne)
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}

// atMostOne checks that no row has more attention than there is.
func atMostOne(d *MatrixData) error {
	for _, p := range d.Panels {
		for i, row := range p.Cells {
			sum := 0.0
			for _, w := range row {
				if finite(w) {
					sum += w
				}
			}
			if sum > 1+1e-3 { // the texts of weights are rounded
				return fmt.Errorf("panel %q, row %q: attention sums to %v, it must be 1 at most", argen.Visible(p.Name), argen.Visible(d.Rows[i]), sum)
			}
		}
	}
	return nil
}

// attention is the attention that the last token of the context pays: a panel a
// layer, a row a head.
func (in *Inside) attention() (Data, error) {
	if len(in.Attention) == 0 || len(in.Attention[0]) == 0 {
		return nil, errNoLayers
	}
	d := &MatrixData{
		Words: Words{
			Title: in.title("Whom the last token attends to"), Subtitle: in.subtitle(),
			Caption: "A row is a head, a panel a layer, a column a token of the context; each row sums to 1." + dotted(in.Context...),
		},
		Cols: in.labels(), Row: "head", Col: "token", Unit: "share", Most: 1,
	}
	for h := range in.Attention[0] {
		d.Rows = append(d.Rows, strconv.Itoa(h+1))
	}
	for layer, heads := range in.Attention {
		p := Panel{Name: fmt.Sprintf("layer %d", layer+1)}
		for _, weights := range heads {
			p.Cells = append(p.Cells, weights)
		}
		d.Panels = append(d.Panels, p)
	}
	return d, nil
}
