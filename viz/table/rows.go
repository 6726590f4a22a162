package table

import (
	"fmt"
	"io"
	"strconv"
)

// Rows writes any table as comma-separated values, with the rules of [CSV] for
// numbers and for texts that a spreadsheet could take for formulas.
type Rows struct {
	w   io.Writer
	n   int // columns
	buf []byte
	err error
}

// New returns a table that begins with the names of its columns.
func New(w io.Writer, columns ...string) *Rows {
	r := &Rows{w: w, n: len(columns)}
	cells := make([]any, len(columns))
	for i, name := range columns {
		cells[i] = name
	}
	r.err = r.Row(cells...)
	return r
}

// Row writes a row: texts, numbers, true or false, nil for an empty cell.
func (r *Rows) Row(cells ...any) error {
	if r.err != nil {
		return r.err
	}
	if len(cells) != r.n {
		return fmt.Errorf("a row of %d cells in a table of %d columns", len(cells), r.n)
	}
	r.buf = r.buf[:0]
	for i, cell := range cells {
		if i > 0 {
			r.buf = append(r.buf, ',')
		}
		switch x := cell.(type) {
		case string:
			r.buf = appendText(r.buf, x)
		case float64:
			r.buf = appendFloat(r.buf, x)
		case int:
			r.buf = appendInt(r.buf, x)
		case bool:
			r.buf = strconv.AppendBool(r.buf, x)
		}
	}
	r.buf = append(r.buf, '\n')
	_, r.err = r.w.Write(r.buf)
	return r.err
}
