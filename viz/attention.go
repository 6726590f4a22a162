package viz

import (
	"fmt"

	"argen"
)

// Attention draws which tokens each token attends to: a row a query, or a head
// or layer of one query, a column a key; a row sums to 1, or to less where some
// tokens are not shown.
func Attention(in Input) (*Figure, error) {
	d, err := dataOf(in, "attention", boundedCells(anyShare), atMostOne)
	if err != nil {
		return nil, err
	}
	return d.figure()
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
