package story

import (
	"strings"
)

// compile turns the alternatives of all rules into one program. Its first
// three items are the frame around a story: call the start rule, emit </s>.
func (p *parser) compile(start field, rules []block) error {
	first, ok := p.ruleIndex[start.text]
	if !ok {
		return p.errorAt(start, "the start rule %s is not in the grammar", start.text)
	}
	size := 3
	for _, b := range rules {
		for _, line := range b.body {
			size += len(line) // its items and an end, no more than its fields
		}
	}
	p.prog, p.literals = make([]item, 0, min(size, maxItems)), make([]string, 0, min(size, maxItems))
	p.add(item{op: opCall, rule: first, at: start}, "")
	p.add(item{op: opWord, at: start}, eosName)
	p.add(item{op: opEnd}, "")
	for i, b := range rules {
		for _, line := range b.body {
			a, err := p.alternative(line)
			if err != nil {
				return err
			}
			p.rules[i].alts = append(p.rules[i].alts, a)
		}
	}
	return nil
}

func (p *parser) add(it item, literal string) {
	p.prog = append(p.prog, it)
	p.literals = append(p.literals, literal)
}

func (p *parser) alternative(line []field) (alternative, error) {
	guards, items, err := p.divide(line)
	if err != nil {
		return alternative{}, err
	}
	p.guards += len(guards) - 1
	if p.guards+len(p.prog)+len(items)+1 > maxItems {
		return alternative{}, p.errorAt(line[0], "the rules have more than %d items and guards", maxItems)
	}
	a := alternative{first: uint16(len(p.prog))}
	if a.weight, err = p.weight(guards[0]); err != nil {
		return a, err
	}
	for _, f := range guards[1:] {
		g, err := p.guard(f)
		if err != nil {
			return a, err
		}
		a.guards = append(a.guards, g)
	}
	for _, f := range items {
		if err := p.item(f); err != nil {
			return a, err
		}
	}
	p.add(item{op: opEnd, at: line[0]}, "")
	return a, nil
}

// item compiles word, $slot.col, ^$slot.col, <rule> or [slot:table,…].
func (p *parser) item(f field) error {
	if name, isCall := strings.CutPrefix(f.text, "<"); isCall {
		name, closed := strings.CutSuffix(name, ">")
		if !closed {
			return p.errorAt(f, "%q lacks its >", brief(f.text))
		}
		r, ok := p.ruleIndex[name]
		if !ok {
			return p.errorAt(f, "no rule is called %q", brief(name))
		}
		p.add(item{op: opCall, rule: r, at: f}, "")
		return nil
	}
	if strings.HasPrefix(f.text, "[") {
		d, err := p.draw(f)
		if err != nil {
			return err
		}
		p.add(item{op: opDraw, draw: d, at: f}, "")
		return nil
	}
	ref, upper := strings.CutPrefix(f.text, "^")
	if ref, isRef := strings.CutPrefix(ref, "$"); isRef {
		s, c, err := p.reference(f, ref)
		if err != nil {
			return err
		}
		if c < 0 {
			return p.errorAt(f, "%q lacks its column, as in $%s.%s", brief(f.text), p.slots[s].name, "name")
		}
		p.slots[s].control = false
		p.add(item{op: opCell, slot: s, col: c, upper: upper, at: f}, "")
		return nil
	}
	if !isWord(f.text) {
		return p.errorAt(f, "%q is neither a word, a mark of . , ! ? : ; ( ) “ ” ’s, $slot.col, <rule> nor [slot:table]", brief(f.text))
	}
	p.words[f.text] = true
	p.add(item{op: opWord, at: f}, f.text)
	return nil
}

// reference resolves slot or slot.col; the column is -1 if none is named.
func (p *parser) reference(f field, text string) (slot, col int, err error) {
	name, column, dotted := strings.Cut(text, ".")
	slot, ok := p.slotIndex[name]
	if !ok {
		return 0, 0, p.errorAt(f, "no draw fills a slot called %q", brief(name))
	}
	if !dotted {
		return slot, -1, nil
	}
	t := p.slots[slot].table
	if col = t.column(column); col < 0 {
		return 0, 0, p.errorAt(f, "slot %s holds rows of table %s, which has no column %q", name, t.name, brief(column))
	}
	return slot, col, nil
}

// drawn is a draw taken apart, before its conditions are resolved.
type drawn struct {
	slot  string
	keep  bool
	table *table
	conds []string
}

func (p *parser) drawParts(f field) (d drawn, err error) {
	text, closed := strings.CutSuffix(strings.TrimPrefix(f.text, "["), "]")
	name, rest, colon := strings.Cut(text, ":")
	name, d.keep = strings.CutSuffix(name, "?")
	if !closed || !colon || !isName(name) {
		return d, p.errorAt(f, "%q is no draw: want [slot:table] or [slot:table,condition,…]", brief(f.text))
	}
	parts := strings.Split(rest, ",")
	d.slot, d.conds = name, parts[1:]
	if d.table = p.tableIndex[parts[0]]; d.table == nil {
		return d, p.errorAt(f, "no table is called %q", brief(parts[0]))
	}
	return d, nil
}

// draw compiles a draw. Conditions on the row's own cells are decided here.
func (p *parser) draw(f field) (*draw, error) {
	parts, err := p.drawParts(f)
	if err != nil {
		return nil, err
	}
	t := parts.table
	d := &draw{slot: p.slotIndex[parts.slot], keep: parts.keep}
	allowed := make([]bool, len(t.weights))
	for i := range allowed {
		allowed[i] = true
	}
	for _, text := range parts.conds {
		if other, isRow := strings.CutPrefix(text, "@!="); isRow {
			s, col, err := p.reference(f, other)
			if err != nil {
				return nil, err
			}
			if col >= 0 || p.slots[s].table != t {
				return nil, p.errorAt(f, "%q must name a slot of table %s", brief(text), t.name)
			}
			d.conds = append(d.conds, cond{slot: s, col: -1, negate: true})
			continue
		}
		left, right, negate, ok := comparison(text)
		if !ok {
			return nil, p.errorAt(f, "%q is no condition: want @!=slot, col=value, col!=value or col=$slot.col", brief(text))
		}
		col := t.column(left)
		if col < 0 {
			return nil, p.errorAt(f, "table %s has no column %q", t.name, brief(left))
		}
		if ref, isRef := strings.CutPrefix(right, "$"); isRef {
			s, col2, err := p.reference(f, ref)
			if err != nil {
				return nil, err
			}
			if col2 < 0 {
				return nil, p.errorAt(f, "%q lacks the column of its slot", brief(text))
			}
			d.conds = append(d.conds, cond{slot: s, col: col, col2: col2, negate: negate})
			continue
		}
		rows, err := p.rowsWith(f, t, col, []string{right}, negate)
		if err != nil {
			return nil, err
		}
		for i := range allowed {
			allowed[i] = allowed[i] && rows[i]
		}
	}
	for i, ok := range allowed {
		if ok {
			d.rows = append(d.rows, uint16(i))
			d.total += t.weights[i]
		}
	}
	if len(d.rows) == 0 {
		return nil, p.errorAt(f, "no row of table %s meets the conditions of %q", t.name, brief(f.text))
	}
	return d, nil
}

// comparison cuts "a=b" or "a!=b".
func comparison(text string) (left, right string, negate, ok bool) {
	left, right, ok = strings.Cut(text, "=")
	left, negate = strings.CutSuffix(left, "!")
	return left, right, negate, ok && left != "" && right != ""
}

// rowsWith marks the rows whose cell is one of values (or none of them).
func (p *parser) rowsWith(f field, t *table, col int, values []string, negate bool) ([]bool, error) {
	rows := make([]bool, len(t.weights))
	for i := range rows {
		rows[i] = negate
	}
	for _, v := range values {
		found := false
		for i := range rows {
			if t.cell(i, col).text == v {
				rows[i], found = !negate, true
			}
		}
		if !found {
			return nil, p.errorAt(f, "no row of table %s has %q in column %s", t.name, brief(v), t.cols[col])
		}
	}
	return rows, nil
}

// guard compiles ?slot, ?!slot, ?slot=k1,k2, ?slot.col=v1,v2 or
// ?slot.col=$slot2.col2, the last three also with !=.
func (p *parser) guard(f field) (guard, error) {
	text, ok := strings.CutPrefix(f.text, "?")
	if !ok {
		return guard{}, p.errorAt(f, "%q is no guard: want ?slot, ?!slot, ?slot=key or ?slot.col=value before the |", brief(f.text))
	}
	left, right, negate, compares := comparison(text)
	if !compares {
		name, unbound := strings.CutPrefix(text, "!")
		s, col, err := p.reference(f, name)
		if err != nil {
			return guard{}, err
		}
		if col >= 0 {
			return guard{}, p.errorAt(f, "%q lacks its value, as in ?slot.col=value", brief(f.text))
		}
		if unbound {
			return guard{kind: isUnbound, slot: s}, nil
		}
		return guard{kind: isBound, slot: s}, nil
	}
	s, col, err := p.reference(f, left)
	if err != nil {
		return guard{}, err
	}
	g := guard{kind: hasRow, slot: s, slot2: s, col: max(col, 0), negate: negate}
	if ref, isRef := strings.CutPrefix(right, "$"); isRef {
		g.kind = hasCell
		if g.slot2, g.col2, err = p.reference(f, ref); err != nil {
			return g, err
		}
		if col < 0 || g.col2 < 0 {
			return g, p.errorAt(f, "%q must compare two columns, as in ?slot.col=$slot2.col2", brief(f.text))
		}
		return g, nil
	}
	g.rows, err = p.rowsWith(f, p.slots[s].table, g.col, strings.Split(right, ","), negate)
	return g, err
}
