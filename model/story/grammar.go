package story

import (
	"fmt"

	"argen"
)

// The two control tokens of every story vocabulary.
const (
	BOS argen.ID = 0 // <s>, before the first word
	EOS argen.ID = 1 // </s>, after the last word
)

const (
	bosName = "<s>"
	eosName = "</s>"
)

// Limits on a grammar. A file beyond one of them is refused; a grammar that
// goes beyond one of the last four while it runs ends in an error.
const (
	MaxSize  = 1 << 18 // bytes of the file
	maxItems = 1 << 14 // items and guards of all rules
	maxRows  = 1 << 9  // rows of a table
	maxCell  = 64      // words of a cell
	maxSlots = 256
	maxDepth = 64 // nested rule calls

	maxSteps      = 1 << 18 // silent steps between two words, over all hypotheses
	maxHypotheses = 1 << 11 // ways to derive the same words
	maxNesting    = 1 << 10 // undecided choices between two words
	maxStory      = 1 << 14 // words of a sampled story
)

// A Grammar is a parsed and checked story grammar. It does not change.
type Grammar struct {
	file   string
	sha256 string

	tables []*table
	slots  []slot
	rules  []rule
	prog   []item // the items of all alternatives, each list closed by opEnd
	depth  int    // most return addresses on the stack at one time

	vocab []string
	ids   map[string]argen.ID

	strict, relaxed *Model // with and without memory
}

// A table is a list of weighted rows; a slot remembers one of them.
type table struct {
	name    string
	cols    []string
	weights []float64 // by row
	total   float64   // sum of weights
	cells   []cell    // row*len(cols) + column
}

func (t *table) cell(row, col int) *cell { return &t.cells[row*len(t.cols)+col] }

// column returns the index of the column called name, -1 if there is none.
func (t *table) column(name string) int {
	for i, c := range t.cols {
		if c == name {
			return i
		}
	}
	return -1
}

// A cell is one entry of a table. Its words are filled in only if some rule
// emits its column.
type cell struct {
	text  string
	words []argen.ID // the words it emits, one after the other
	upper argen.ID   // the first word with a capital letter, for ^$slot.col
}

// word returns the i-th word of the cell as it emits it.
func (c *cell) word(i int, upper bool) argen.ID {
	if upper && i == 0 {
		return c.upper
	}
	return c.words[i]
}

// A slot is a memory cell, filled always from the same table.
type slot struct {
	name    string
	table   *table
	control bool // never emitted: steers the story only
}

type rule struct {
	name string
	at   field
	alts []alternative
}

type alternative struct {
	weight float64
	guards []guard
	first  uint16 // index of its first item in Grammar.prog
}

type op uint8

const (
	opWord op = iota // emit a word
	opCell           // emit a cell of a slot's row
	opCall           // expand a rule
	opDraw           // draw a row into a slot
	opEnd            // the alternative is over
)

// An item is one instruction of an alternative.
type item struct {
	op    op
	upper bool     // opCell: capital letter
	word  argen.ID // opWord
	slot  int      // opCell
	col   int      // opCell
	rule  int      // opCall
	draw  *draw    // opDraw
	at    field
}

// A draw binds a slot to a random row that meets all conditions.
type draw struct {
	slot  int
	keep  bool     // [slot?:…]: not if the slot is bound already
	rows  []uint16 // rows that meet the conditions on their own cells
	total float64  // sum of their weights
	conds []cond   // conditions on other slots
}

// A cond compares a candidate row with the row of another slot: as a whole
// (@!=slot, col < 0) or cell with cell (col=$slot.col2).
type cond struct {
	slot, col, col2 int
	negate          bool
}

type guardKind uint8

const (
	isBound   guardKind = iota // ?slot
	isUnbound                  // ?!slot
	hasRow                     // ?slot=k1,k2  ?slot.col=v1,v2
	hasCell                    // ?slot.col=$slot2.col2
)

// A guard is a condition on the memory under which an alternative is enabled.
type guard struct {
	kind         guardKind
	negate       bool
	slot, col    int
	slot2, col2  int
	rows         []bool // hasRow: the rows for which it holds, negation included
	controlsOnly bool   // all slots it looks at are control slots
}

// Vocab returns the words the grammar can write, by ID: <s>, </s>, then all
// others in bytewise order. The story n-gram and transformer share it. The
// result must not be changed.
func (g *Grammar) Vocab() []string { return g.vocab }

// ID returns the id of a word.
func (g *Grammar) ID(word string) (id argen.ID, ok bool) {
	id, ok = g.ids[word]
	return id, ok
}

// IDs returns the ids of words, [argen.NoID] for those the grammar lacks.
func (g *Grammar) IDs(words ...string) []argen.ID {
	ids := make([]argen.ID, len(words))
	for i, w := range words {
		id, ok := g.ids[w]
		if !ok {
			id = argen.NoID
		}
		ids[i] = id
	}
	return ids
}

// Words returns the words of ids, "" for an id that the grammar lacks.
func (g *Grammar) Words(ids []argen.ID) []string {
	words := make([]string, len(ids))
	for i, id := range ids {
		if id >= 0 && int(id) < len(g.vocab) {
			words[i] = g.vocab[id]
		}
	}
	return words
}

// SHA256 returns the hash of the grammar's text in hex.
func (g *Grammar) SHA256() string { return g.sha256 }

// A SyntaxError says what is wrong with a grammar, and where. Errors that show
// only while a grammar runs (no alternative enabled, an empty draw, a word from
// an unbound slot) are of this type too.
type SyntaxError struct {
	File         string
	Line, Column int // from 1; the column counts bytes
	Msg          string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// errorAt returns a SyntaxError at a place in the grammar's file.
func (g *Grammar) errorAt(at field, format string, args ...any) error {
	return &SyntaxError{g.file, at.line, at.column, fmt.Sprintf(format, args...)}
}
