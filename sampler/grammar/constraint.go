package grammar

import (
	"reflect"
	"sync"

	"argen"
)

// A Grammar is a form that a text can have.
type Grammar struct {
	kind    string // what users call it: "regex", "grammar", "JSON schema"
	program *program
}

// A Constraint is a grammar and where a text stands in it. It never changes.
//
// The text is what has been learnt, without what stood before: the prompt, and
// what a tokenizer that joins words puts between the prompt and the first of
// them. It is the bytes of the tokens, with what stands between them, so a
// token may end inside a character. Control tokens add nothing to it; none is
// allowed but those that end a text, and they only where the form is complete.
type Constraint struct {
	kind  string
	tok   argen.Tokenizer
	join  argen.Joiner // tok, if it joins
	run   *machine
	at    *place   // nil after a token that the grammar does not allow there
	prev  argen.ID // the last token learnt, NoID before the first
	texts int      // tokens learnt
	err   error    // why the place is not known
}

// On returns the constraint of a grammar on the text of a tokenizer, which
// these tokens end.
func (g *Grammar) On(tok argen.Tokenizer, stop []argen.ID) *Constraint {
	c := &Constraint{kind: g.kind, tok: tok, run: newMachine(g.program), prev: argen.NoID}
	c.run.tok, c.run.words = tok, wordsOf(tok)
	for _, id := range stop {
		if id >= 0 && int(id) < tok.VocabSize() {
			c.run.stop = append(c.run.stop, id)
		}
	}
	c.join, _ = tok.(argen.Joiner)
	c.run.joiner = c.join
	c.at = c.run.start()
	return c
}

// lately is the vocabulary used last: texts that are written one after the
// other share it.
var lately struct {
	sync.Mutex
	tok   argen.Tokenizer
	words *vocabulary
}

// wordsOf returns the trie of a tokenizer.
func wordsOf(tok argen.Tokenizer) *vocabulary {
	if !reflect.TypeOf(tok).Comparable() {
		return newVocabulary(tok)
	}
	lately.Lock()
	defer lately.Unlock()
	if lately.tok != tok {
		lately.tok, lately.words = tok, newVocabulary(tok)
	}
	return lately.words
}

// Learn returns the constraint after a token.
func (c *Constraint) Learn(id argen.ID) *Constraint {
	next := *c
	next.prev, next.texts = id, c.texts+1
	if c.at == nil || c.tok.Control(id) {
		return &next
	}
	c.run.Lock()
	defer c.run.Unlock()
	c.run.err = nil
	s := c.run.after(c.run.at(c.at), c.text(c.prev, id))
	next.at = s.place
	if s == lost {
		next.at = nil
	}
	if next.err == nil {
		next.err = c.run.err
	}
	return &next
}

// Complete reports whether the text may end here.
func (c *Constraint) Complete() bool { return c.err == nil && c.at != nil && c.at.ends }

// text is what a token adds after another.
func (c *Constraint) text(prev, id argen.ID) []byte {
	piece := c.tok.Piece(id)
	if c.join == nil {
		return piece
	}
	if join := c.join.Join(prev, id); join != "" {
		return append([]byte(join), piece...)
	}
	return piece
}

// Apply keeps the tokens that may come next.
func (c *Constraint) Apply(all *argen.Candidates, past argen.Past) {
	switch {
	case c.err != nil:
		all.Fail(c.err)
		return
	case c.at == nil:
		all.Fail(c.deadEnd(past, "a token was forced that it does not allow"))
		return
	}
	c.run.Lock()
	defer c.run.Unlock()
	c.run.tidy()
	c.run.err = nil
	p := c.pass()
	n := 0
	if c.join == nil {
		all.Filter(func(id argen.ID, _ float64) bool {
			ok := has(p.mask, id)
			if ok {
				n++
			}
			return ok
		})
	} else {
		all.Filter(func(id argen.ID, _ float64) bool {
			ok := p.lets(id)
			if ok {
				n++
			}
			return ok
		})
	}
	switch {
	case c.run.err != nil:
		all.Fail(c.run.err)
	case n > 0:
	case c.at.ends:
		all.Fail(argen.ErrComplete)
	default:
		all.Fail(c.deadEnd(past, p.why()))
	}
}

// has reports whether a token's bit is set.
func has(mask []uint64, id argen.ID) bool {
	return int(id>>6) < len(mask) && mask[id>>6]>>(id&63)&1 == 1
}

// A pass says which tokens may come next. It is valid as long as the machine is
// locked.
type pass struct {
	*Constraint
	here  *state
	mask  []uint64  // after here
	joins [2]joined // of a tokenizer that joins, those used last
}

// A joined is what stands before a token, and the mask after it.
type joined struct {
	text string
	mask []uint64
}

func (c *Constraint) pass() pass {
	here := c.run.at(c.at)
	mask := c.run.mask(here)
	return pass{Constraint: c, here: here, mask: mask, joins: [2]joined{{"", mask}, {"", mask}}}
}

// lets reports whether a token may come next.
func (p *pass) lets(id argen.ID) bool {
	if p.join == nil || p.tok.Control(id) {
		return has(p.mask, id)
	}
	join := p.join.Join(p.prev, id)
	if join != p.joins[0].text {
		if join != p.joins[1].text {
			p.joins[1] = joined{join, p.run.mask(p.run.after(p.here, []byte(join)))}
		}
		return has(p.joins[1].mask, id)
	}
	return has(p.joins[0].mask, id)
}
