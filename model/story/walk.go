package story

import (
	"fmt"
	"math/rand/v2"

	"argen"
)

// A hypothesis is one guess at where in which derivation the story is, kept in
// one run of numbers so that many lie in one slice:
//
//	pc      the next item of the program
//	depth   how many return addresses are on the stack
//	sub     how many words of the item's cell are out already
//	row     the row of that cell, 0 if sub is 0
//	stack   Grammar.depth return addresses, 0 above the top
//	slots   by slot: the row it holds plus one, 0 if it is unbound
//
// A stack never points at the end of an alternative (calls in last place push
// nothing), so equal situations have equal numbers and can be merged.
const (
	atPC = iota
	atDepth
	atSub
	atRow
	atStack
)

// stride is the length of a hypothesis.
func (g *Grammar) stride() int { return atStack + g.depth + len(g.slots) }

// A sink takes the words a walker finds. The walker's memory is that of the
// moment the word comes out.
type sink interface {
	emit(w *walker, e emission) error
}

// An emission is a word that can come next, and how the story goes on there.
type emission struct {
	word argen.ID
	prob float64 // probability of this way, times that of the hypothesis
	sub  int     // words of the cell that are out before this one
	row  int     // row of the cell
	last bool    // the item ends with this word
}

// A walker follows the silent steps from a hypothesis (calls, draws, ends of
// alternatives) in every possible way, up to the words that can come next. It
// is depth-first, so its memory is one hypothesis and what undecided choices
// saved.
type walker struct {
	g       *Grammar
	relaxed bool // without memory: draws only mark their slot as bound
	vec     []uint16
	saved   []uint16
	steps   int
	out     sink
	rng     *rand.Rand // if set, one branch is drawn instead of walking all
}

func newWalker(g *Grammar, relaxed bool) *walker {
	return &walker{g: g, relaxed: relaxed, vec: make([]uint16, g.stride())}
}

// walk sends all words that can follow the hypothesis to out.
func (w *walker) walk(hypothesis []uint16, prob float64, out sink) error {
	copy(w.vec, hypothesis)
	w.saved = w.saved[:0]
	w.out = out
	if w.vec[atSub] > 0 {
		it := &w.g.prog[w.vec[atPC]]
		return w.cell(it, int(w.vec[atRow]), int(w.vec[atSub]), prob)
	}
	return w.run(prob)
}

// slot returns the memory cell of a slot.
func (w *walker) slot(i int) *uint16 { return &w.vec[atStack+w.g.depth+i] }

// run follows the program until words come out.
func (w *walker) run(prob float64) error {
	for {
		if w.steps++; w.steps > maxSteps {
			return fmt.Errorf("%s: more than %d silent steps between two words; the grammar branches too much", w.g.file, maxSteps)
		}
		it := &w.g.prog[w.vec[atPC]]
		switch it.op {
		case opWord:
			return w.out.emit(w, emission{word: it.word, prob: prob, last: true})
		case opCell:
			return w.cells(it, prob)
		case opEnd:
			if !w.leave() {
				return nil
			}
		case opCall:
			if decided, err := w.call(it, prob); !decided || err != nil {
				return err
			}
		case opDraw:
			if decided, err := w.draw(it, prob); !decided || err != nil {
				return err
			}
		}
	}
}

// leave returns to the caller of the alternative that ended; it reports false
// at the end of the story.
func (w *walker) leave() bool {
	d := w.vec[atDepth]
	if d == 0 {
		return false
	}
	top := &w.vec[atStack+d-1]
	w.vec[atPC], *top = *top, 0
	w.vec[atDepth] = d - 1
	return true
}

// call enters the rule of it. If one alternative alone is enabled the walk
// goes on there (decided), else all of them are walked.
func (w *walker) call(it *item, prob float64) (decided bool, err error) {
	if back := w.vec[atPC] + 1; w.g.prog[back].op != opEnd {
		d := w.vec[atDepth]
		w.vec[atStack+d] = back
		w.vec[atDepth] = d + 1
	}
	r := &w.g.rules[it.rule]
	n, only, total := w.enabled(r)
	w.steps += len(r.alts)
	switch n {
	case 0:
		return false, w.g.errorAt(it.at, "rule %s has no alternative whose guards all hold", r.name)
	case 1:
		w.vec[atPC] = r.alts[only].first
		return true, nil
	}
	if w.rng != nil {
		w.vec[atPC] = r.alts[w.alternative(r, only, total)].first
		return true, nil
	}
	mark, err := w.save()
	if err != nil {
		return false, err
	}
	for i := range r.alts {
		a := &r.alts[i]
		if !w.holds(a.guards) {
			continue
		}
		w.vec[atPC] = a.first
		if err := w.run(prob * (a.weight / total)); err != nil {
			return false, err
		}
		w.restore(mark)
	}
	w.saved = w.saved[:mark]
	return false, nil
}

// enabled counts the alternatives whose guards hold: how many, the last of
// them, and their weight.
func (w *walker) enabled(r *rule) (n, last int, total float64) {
	for i := range r.alts {
		if w.holds(r.alts[i].guards) {
			n, last, total = n+1, i, total+r.alts[i].weight
		}
	}
	return n, last, total
}

// draw binds the slot of it to every candidate in turn, or to the only one.
func (w *walker) draw(it *item, prob float64) (decided bool, err error) {
	d := it.draw
	s := w.slot(d.slot)
	w.vec[atPC]++
	if d.keep && *s != 0 {
		return true, nil
	}
	if w.relaxed && !w.g.slots[d.slot].control {
		*s = 1
		return true, nil
	}
	t := w.g.slots[d.slot].table
	n, only, total := len(d.rows), d.rows[0], d.total
	if len(d.conds) > 0 {
		n, total = 0, 0
		for _, row := range d.rows {
			if w.fits(t, d, row) {
				n, only, total = n+1, row, total+t.weights[row]
			}
		}
	}
	w.steps += len(d.rows)
	switch n {
	case 0:
		return false, w.g.errorAt(it.at, "no row of table %s meets the conditions of the draw", t.name)
	case 1:
		*s = only + 1
		return true, nil
	}
	if w.rng != nil {
		*s = w.candidate(t, d, only, total) + 1
		return true, nil
	}
	mark, err := w.save()
	if err != nil {
		return false, err
	}
	for _, row := range d.rows {
		if !w.fits(t, d, row) {
			continue
		}
		*s = row + 1
		if err := w.run(prob * (t.weights[row] / total)); err != nil {
			return false, err
		}
		w.restore(mark)
	}
	w.saved = w.saved[:mark]
	return false, nil
}

// fits reports whether a row meets the conditions of a draw on other slots. A
// row differs from that of an unbound slot; no cell equals one of its cells.
func (w *walker) fits(t *table, d *draw, row uint16) bool {
	for i := range d.conds {
		c := &d.conds[i]
		bound := *w.slot(c.slot)
		if w.relaxed && !w.g.slots[c.slot].control {
			continue
		}
		same := bound != 0
		switch {
		case !same:
		case c.col < 0:
			same = bound == row+1
		default:
			same = w.g.slots[c.slot].table.cell(int(bound-1), c.col2).text == t.cell(int(row), c.col).text
		}
		if same == c.negate {
			return false
		}
	}
	return true
}

// holds reports whether all guards hold. A guard on a value is false if a slot
// is unbound; without memory it is true if its slots are bound.
func (w *walker) holds(guards []guard) bool {
	for i := range guards {
		g := &guards[i]
		bound := *w.slot(g.slot)
		if g.kind == isUnbound {
			if bound != 0 {
				return false
			}
			continue
		}
		if bound == 0 {
			return false
		}
		if g.kind == isBound {
			continue
		}
		bound2 := *w.slot(g.slot2)
		if bound2 == 0 {
			return false
		}
		if w.relaxed && !g.controlsOnly {
			continue
		}
		if g.kind == hasRow {
			if !g.rows[bound-1] {
				return false
			}
			continue
		}
		a := w.g.slots[g.slot].table.cell(int(bound-1), g.col).text
		b := w.g.slots[g.slot2].table.cell(int(bound2-1), g.col2).text
		if (a == b) == g.negate {
			return false
		}
	}
	return true
}

// cells emits the first word of a slot's cell; without memory, of every row's.
func (w *walker) cells(it *item, prob float64) error {
	bound := *w.slot(it.slot)
	if bound == 0 {
		return w.g.errorAt(it.at, "slot %s is unbound here", w.g.slots[it.slot].name)
	}
	if !w.relaxed {
		return w.cell(it, int(bound-1), 0, prob)
	}
	t := w.g.slots[it.slot].table
	w.steps += len(t.weights)
	for row, weight := range t.weights {
		if err := w.cell(it, row, 0, prob*(weight/t.total)); err != nil {
			return err
		}
	}
	return nil
}

// cell emits word number sub of one cell.
func (w *walker) cell(it *item, row, sub int, prob float64) error {
	c := w.g.slots[it.slot].table.cell(row, it.col)
	return w.out.emit(w, emission{
		word: c.word(sub, it.upper), prob: prob,
		sub: sub, row: row, last: sub+1 == len(c.words),
	})
}

// save keeps the memory for the other branches of a choice.
func (w *walker) save() (mark int, err error) {
	mark = len(w.saved)
	if mark >= maxNesting*len(w.vec) {
		return 0, fmt.Errorf("%s: more than %d choices between two words; the grammar branches too much", w.g.file, maxNesting)
	}
	w.saved = append(w.saved, w.vec...)
	return mark, nil
}

func (w *walker) restore(mark int) { copy(w.vec, w.saved[mark:]) }

// next appends the hypothesis after the word e to dst. It appends nothing at
// the end of the story.
func (w *walker) next(dst []uint16, e emission) []uint16 {
	start := len(dst)
	dst = append(dst, w.vec...)
	v := dst[start:]
	if !e.last {
		v[atSub], v[atRow] = uint16(e.sub+1), uint16(e.row)
		return dst
	}
	v[atPC]++
	v[atSub], v[atRow] = 0, 0
	if w.g.prog[v[atPC]].op != opEnd {
		return dst
	}
	d := v[atDepth]
	if d == 0 {
		return dst[:start]
	}
	top := &v[atStack+d-1]
	v[atPC], *top = *top, 0
	v[atDepth] = d - 1
	return dst
}
