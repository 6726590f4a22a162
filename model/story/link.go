package story

import (
	"slices"
	"strings"

	"argen"
)

// link finishes the program: vocabulary, words by ID, depth of the stack.
func (p *parser) link(start field) error {
	type column struct {
		table *table
		col   int
		upper bool
	}
	collected := map[column]bool{}
	for i := range p.prog {
		it := &p.prog[i]
		if it.op != opCell {
			continue
		}
		c := column{p.slots[it.slot].table, it.col, it.upper}
		if collected[c] {
			continue
		}
		collected[c] = true
		if err := p.collect(it); err != nil {
			return err
		}
	}
	for i := range p.rules {
		for j := range p.rules[i].alts {
			for k := range p.rules[i].alts[j].guards {
				g := &p.rules[i].alts[j].guards[k]
				g.controlsOnly = p.slots[g.slot].control && (g.kind != hasCell || p.slots[g.slot2].control)
			}
		}
	}
	p.vocab = make([]string, 0, len(p.words)+2)
	for w := range p.words {
		p.vocab = append(p.vocab, w)
	}
	slices.Sort(p.vocab)
	p.vocab = slices.Insert(p.vocab, 0, bosName, eosName)
	p.ids = make(map[string]argen.ID, len(p.vocab))
	for i, w := range p.vocab {
		p.ids[w] = argen.ID(i)
	}
	for i := range p.prog {
		switch it := &p.prog[i]; it.op {
		case opWord:
			it.word = p.ids[p.literals[i]]
		case opCell:
			p.spell(p.slots[it.slot].table, it.col)
		}
	}
	var err error
	p.depth, err = p.measure(p.ruleIndex[start.text])
	return err
}

// collect adds the words that a cell item can emit to the vocabulary.
func (p *parser) collect(it *item) error {
	t := p.slots[it.slot].table
	for row := range t.weights {
		c := t.cell(row, it.col)
		words := strings.Split(c.text, "_")
		if len(words) > maxCell {
			return p.errorAt(it.at, "table %s, column %s: a cell has %d words, at most %d are allowed", t.name, t.cols[it.col], len(words), maxCell)
		}
		for i, w := range words {
			if !isWord(w) {
				return p.errorAt(it.at, "table %s, column %s: %q holds something else than words and marks", t.name, t.cols[it.col], brief(c.text))
			}
			if i == 0 && it.upper {
				w = capital(w)
			}
			p.words[w] = true
		}
	}
	return nil
}

// spell fills in the words of a column. Words that are never written stay
// NoID: "she" where only ^$hero.they is used.
func (p *parser) spell(t *table, col int) {
	if t.cell(0, col).words != nil {
		return
	}
	for row := range t.weights {
		c := t.cell(row, col)
		words := strings.Split(c.text, "_")
		c.words = p.IDs(words...)
		c.upper = p.IDs(capital(words[0]))[0]
	}
}

// capital returns the word with its first letter in upper case.
func capital(w string) string {
	if isLetter(w[0]) {
		return string(w[0]&^0x20) + w[1:]
	}
	return w
}

// measure returns how many return addresses the stack holds at most while a
// rule is expanded. It refuses rules that reach themselves, also those that no
// story uses.
func (p *parser) measure(start int) (int, error) {
	const open = -1
	depths := make([]int, len(p.rules)) // 0: not seen yet
	var visit func(r int) (int, error)
	visit = func(r int) (int, error) {
		if depths[r] != 0 {
			return depths[r], nil
		}
		depths[r] = open
		deepest := 0
		for _, a := range p.rules[r].alts {
			for pc := a.first; p.prog[pc].op != opEnd; pc++ {
				it := &p.prog[pc]
				if it.op != opCall {
					continue
				}
				if depths[it.rule] == open {
					return 0, p.errorAt(it.at, "rule %s reaches itself; stories would have no end", p.rules[it.rule].name)
				}
				d, err := visit(it.rule)
				if err != nil {
					return 0, err
				}
				deepest = max(deepest, d)
			}
		}
		depths[r] = deepest + 1
		if depths[r] > maxDepth {
			return 0, p.errorAt(p.rules[r].at, "rule %s calls rules more than %d deep", p.rules[r].name, maxDepth)
		}
		return depths[r], nil
	}
	for r := range p.rules {
		if _, err := visit(r); err != nil {
			return 0, err
		}
	}
	return depths[start], nil
}
