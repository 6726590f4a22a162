package story

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

const magic = "argen-story-grammar"

// A field is a run of non-blank characters and where it stands.
type field struct {
	text         string
	line, column int
}

// A block is a table or a rule: its head line and the lines below it.
type block struct {
	head []field
	body [][]field
}

// parser builds a Grammar from its blocks.
type parser struct {
	*Grammar
	tableIndex map[string]*table
	ruleIndex  map[string]int
	slotIndex  map[string]int
	words      map[string]bool // all words that can be emitted
	literals   []string        // by program index: the word of an opWord
	guards     int             // how many have been compiled
}

// Parse reads a grammar; name stands in its errors, which have the form
// "name:line:column: what is wrong". Every error that can be known without
// running the grammar is found: unknown names, rules that reach themselves, a
// slot filled from two tables, duplicate keys, weights that are not positive
// numbers.
func Parse(name string, text []byte) (*Grammar, error) {
	sum := sha256.Sum256(text)
	p := &parser{
		Grammar:    &Grammar{file: name, sha256: hex.EncodeToString(sum[:])},
		tableIndex: map[string]*table{},
		ruleIndex:  map[string]int{},
		slotIndex:  map[string]int{},
		words:      map[string]bool{},
	}
	if len(text) > MaxSize {
		return nil, p.errorAt(field{line: 1, column: 1}, "the grammar has %d bytes, at most %d are read", len(text), MaxSize)
	}
	start, tables, rules, err := p.blocks(text)
	if err != nil {
		return nil, err
	}
	for _, b := range tables {
		if err := p.table(b); err != nil {
			return nil, err
		}
	}
	for _, b := range rules {
		if err := p.declare(b); err != nil {
			return nil, err
		}
	}
	if err := p.compile(start, rules); err != nil {
		return nil, err
	}
	if err := p.link(start); err != nil {
		return nil, err
	}
	p.strict, p.relaxed = newModel(p.Grammar, false), newModel(p.Grammar, true)
	return p.Grammar, nil
}

// blocks splits the text into its start rule, tables and rules.
func (p *parser) blocks(text []byte) (start field, tables, rules []block, err error) {
	var (
		open   *block // the block that the next line belongs to
		titled bool
		no     int
	)
	for line := range strings.Lines(string(text)) {
		no++
		if !utf8.ValidString(line) {
			return start, nil, nil, p.errorAt(field{line: no, column: 1}, "the line is not valid UTF-8")
		}
		fields := split(line, no)
		switch {
		case len(fields) == 0:
			open = nil
		case strings.HasPrefix(fields[0].text, "#"):
		case !titled:
			if len(fields) != 2 || fields[0].text != magic || fields[1].text != "1" {
				return start, nil, nil, p.errorAt(fields[0], "want %q, found %q: not a story grammar of this version", magic+" 1", brief(strings.TrimSpace(line)))
			}
			titled = true
		case open != nil:
			open.body = append(open.body, fields)
		case len(fields) != 2 || !isName(fields[1].text):
			return start, nil, nil, p.errorAt(fields[0], "want start, table or rule and a name, found %q", brief(strings.TrimSpace(line)))
		case fields[0].text == "start" && start.text == "":
			start = fields[1]
		case fields[0].text == "start":
			return start, nil, nil, p.errorAt(fields[0], "a second start rule; the first is in line %d", start.line)
		case fields[0].text == "table":
			tables = append(tables, block{head: fields})
			open = &tables[len(tables)-1]
		case fields[0].text == "rule":
			rules = append(rules, block{head: fields})
			open = &rules[len(rules)-1]
		default:
			return start, nil, nil, p.errorAt(fields[0], "want start, table or rule, found %q", brief(fields[0].text))
		}
	}
	end := field{line: max(no, 1), column: 1}
	switch {
	case !titled:
		err = p.errorAt(end, "the grammar is empty; its first line must be %q", magic+" 1")
	case start.text == "":
		err = p.errorAt(end, "no start rule; add a line such as %q", "start story")
	}
	return start, tables, rules, err
}

// split cuts a line at its blanks.
func split(line string, no int) []field {
	var fields []field
	for i := 0; i < len(line); {
		n := strings.IndexAny(line[i:], " \t\r\n")
		if n < 0 {
			n = len(line) - i
		}
		if n > 0 {
			fields = append(fields, field{line[i : i+n], no, i + 1})
		}
		i += n + 1
	}
	return fields
}

// table reads a table: a row of column names, then its rows.
func (p *parser) table(b block) error {
	t := &table{name: b.head[1].text}
	if p.tableIndex[t.name] != nil {
		return p.errorAt(b.head[1], "table %s is written twice", t.name)
	}
	if len(b.body) < 2 {
		return p.errorAt(b.head[1], "table %s needs a line of column names and at least one row", t.name)
	}
	if len(b.body)-1 > maxRows {
		return p.errorAt(b.head[1], "table %s has %d rows, at most %d are allowed", t.name, len(b.body)-1, maxRows)
	}
	for i, f := range b.body[0] {
		switch {
		case i == 0 && f.text != "key":
			return p.errorAt(f, "the first column must be key, found %q", brief(f.text))
		case !isName(f.text):
			return p.errorAt(f, "%q is no name for a column: letters, digits and _ only", brief(f.text))
		case t.column(f.text) >= 0:
			return p.errorAt(f, "table %s has two columns %s", t.name, f.text)
		}
		t.cols = append(t.cols, f.text)
	}
	w := t.column("w")
	if w < 0 {
		return p.errorAt(b.body[0][0], "table %s has no column w for the weights", t.name)
	}
	keys := make(map[string]bool, len(b.body))
	for _, row := range b.body[1:] {
		if len(row) != len(t.cols) {
			return p.errorAt(row[0], "the row has %d cells, table %s has %d columns", len(row), t.name, len(t.cols))
		}
		if keys[row[0].text] {
			return p.errorAt(row[0], "table %s has the key %q twice", t.name, brief(row[0].text))
		}
		keys[row[0].text] = true
		weight, err := p.weight(row[w])
		if err != nil {
			return err
		}
		t.weights = append(t.weights, weight)
		t.total += weight
		for _, f := range row {
			t.cells = append(t.cells, cell{text: f.text})
		}
	}
	p.tables = append(p.tables, t)
	p.tableIndex[t.name] = t
	return nil
}

// weight reads a weight. The bounds keep sums and products of weights far from
// overflow and underflow.
func (p *parser) weight(f field) (float64, error) {
	const least, most = 1e-6, 1e6
	w, err := strconv.ParseFloat(f.text, 64)
	if err != nil || !(w >= least && w <= most) || strings.Trim(f.text, "0123456789.e-") != "" {
		return 0, p.errorAt(f, "%q is no weight: want a number from 1e-6 to 1e6", brief(f.text))
	}
	return w, nil
}

// declare notes the name of a rule and the slots its items fill, so that both
// may be used before they are written.
func (p *parser) declare(b block) error {
	name := b.head[1]
	if _, twice := p.ruleIndex[name.text]; twice {
		return p.errorAt(name, "rule %s is written twice", name.text)
	}
	if len(b.body) == 0 {
		return p.errorAt(name, "rule %s has no alternative", name.text)
	}
	p.ruleIndex[name.text] = len(p.rules)
	p.rules = append(p.rules, rule{name: name.text, at: name})
	for _, line := range b.body {
		_, items, err := p.divide(line)
		if err != nil {
			return err
		}
		for _, f := range items {
			if !strings.HasPrefix(f.text, "[") {
				continue
			}
			if err := p.declareSlot(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parser) declareSlot(f field) error {
	d, err := p.drawParts(f)
	if err != nil {
		return err
	}
	i, known := p.slotIndex[d.slot]
	switch {
	case known && p.slots[i].table != d.table:
		return p.errorAt(f, "slot %s is filled from table %s here and from table %s elsewhere", d.slot, d.table.name, p.slots[i].table.name)
	case known:
		return nil
	case len(p.slots) == maxSlots:
		return p.errorAt(f, "slot %s is one too many: at most %d are allowed", d.slot, maxSlots)
	}
	p.slotIndex[d.slot] = len(p.slots)
	p.slots = append(p.slots, slot{name: d.slot, table: d.table, control: true})
	return nil
}

// divide cuts an alternative at its bar: weight and guards, items.
func (p *parser) divide(line []field) (guards, items []field, err error) {
	for i, f := range line {
		if f.text != "|" {
			continue
		}
		if i == 0 {
			return nil, nil, p.errorAt(f, "the weight before | is missing")
		}
		return line[:i], line[i+1:], nil
	}
	return nil, nil, p.errorAt(line[0], "an alternative needs a | between its weight and its words")
}

// isName reports whether s may name a table, column, slot or rule.
func isName(s string) bool {
	for i, c := range []byte(s) {
		if !isLetter(c) && (i == 0 || !(c == '_' || '0' <= c && c <= '9')) {
			return false
		}
	}
	return s != ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isWord reports whether s is one token of the stories' text:
// ’s|[A-Za-z]+|[.,!?:;()“”].
func isWord(s string) bool {
	switch s {
	case "’s", ".", ",", "!", "?", ":", ";", "(", ")", "“", "”":
		return true
	}
	for _, c := range []byte(s) {
		if !isLetter(c) {
			return false
		}
	}
	return s != ""
}

// brief cuts a text for a message.
func brief(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
