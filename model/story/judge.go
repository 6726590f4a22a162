package story

import (
	"cmp"
	"context"
	"slices"

	"argen"
)

// A Verdict is what the grammar says of a whole story.
type Verdict struct {
	// Coherent: the grammar gives the story a probability above zero, so
	// nothing in it contradicts what went before.
	Coherent bool `json:"coherent"`
	// WellFormed: the grammar without memory could have written it. The story
	// has the right shape, but names, things and places may be mixed up.
	WellFormed bool `json:"well_formed"`

	// At is the position of the first word that no coherent story has there,
	// −1 if the story is coherent; ShapeAt likewise for well-formedness. Both
	// are len(words) if only </s> is missing.
	At      int `json:"at"`
	ShapeAt int `json:"shape_at"`

	Lost     string     `json:"lost,omitempty"`     // the kind of memory that was lost at At: "name", "container", "closing quote", …
	Expected []Expected `json:"expected,omitempty"` // what the grammar would have said there, at most five words
	Got      string     `json:"got,omitempty"`      // the word at At, "" if the story stops there
}

// Expected is a possible word with its exact probability.
type Expected struct {
	Word string  `json:"word"`
	Prob float64 `json:"prob"`
}

// Judge judges a story word by word. A story ends with </s>; <s> before it
// and words unknown to the grammar are allowed for. The error is that of a
// grammar that fails while it runs; the embedded one never does.
func (g *Grammar) Judge(words []string) (Verdict, error) {
	v := Verdict{At: -1, ShapeAt: -1}
	ids := g.IDs(words...)
	strict, at, err := g.strict.reject(ids)
	if err != nil {
		return v, err
	}
	if at < 0 {
		return Verdict{Coherent: true, WellFormed: true, At: -1, ShapeAt: -1}, nil
	}
	v.At = at
	if at < len(words) {
		v.Got = words[at]
	}
	if v.Lost, v.Expected, err = strict.expected(v.Got); err != nil {
		return v, err
	}
	if _, v.ShapeAt, err = g.relaxed.reject(ids); err != nil {
		return v, err
	}
	v.WellFormed = v.ShapeAt < 0
	return v, nil
}

// Accepts reports whether a story is coherent, and nothing more: what [Verdict]
// says in its first field. A story ends with </s>.
func (g *Grammar) Accepts(ids []argen.ID) (bool, error) {
	_, at, err := g.strict.reject(ids)
	return at < 0 && err == nil, err
}

// reject returns the first position whose word is impossible (len(ids) if the
// story lacks its end, −1 if all is well) and the state before it.
func (m *Model) reject(ids []argen.ID) (*State, int, error) {
	sc := m.scratch.Get().(*scratch)
	defer m.scratch.Put(sc)
	s := m.start()
	over := false
	for i, id := range ids {
		if id == argen.NoID || over {
			return s, i, nil
		}
		p, err := s.read(context.Background(), sc, id)
		if err != nil {
			return s, i, err
		}
		if p == 0 {
			s.Rewind(i)
			return s, i, nil
		}
		over = id == EOS
	}
	if !over {
		return s, len(ids), nil
	}
	return s, -1, nil
}

// expected returns the most probable kind of the next word and the most
// probable words.
func (s *State) expected(got string) (kind string, words []Expected, err error) {
	g := s.m.g
	found, err := s.origins(context.Background())
	if err != nil {
		return "", nil, err
	}
	probs := make([]float64, len(g.vocab))
	var kinds []Expected // kind and its probability
	for _, o := range found {
		if probs[o.word] == 0 {
			words = append(words, Expected{Word: g.vocab[o.word]})
		}
		probs[o.word] += o.prob
		k := g.kind(o, got)
		i := slices.IndexFunc(kinds, func(e Expected) bool { return e.Word == k })
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, Expected{Word: k})
		}
		kinds[i].Prob += o.prob
	}
	for i := range words {
		words[i].Prob = probs[g.ids[words[i].Word]]
	}
	likeliest := func(a, b Expected) int {
		return cmp.Or(cmp.Compare(b.Prob, a.Prob), cmp.Compare(a.Word, b.Word))
	}
	slices.SortFunc(words, likeliest)
	slices.SortFunc(kinds, likeliest)
	if len(kinds) == 0 {
		return "ending", nil, nil // words after </s>
	}
	return kinds[0].Word, words[:min(len(words), 5)], nil
}

// kindOfColumn names the memory behind columns that every table may have;
// kindOfTable behind those of one table. Other cells are named by their table.
var (
	kindOfColumn = map[string]string{
		"was": "agreement", "is": "agreement", "onewas": "agreement", "twowas": "agreement",
		"they": "pronoun", "them": "pronoun", "their": "pronoun", "it": "pronoun",
		"a": "article",
	}
	kindOfTable = map[string]string{
		"person": "name", "pet": "pet name", "activity": "task", "thing": "built thing",
	}
	kindOfWord = map[string]string{
		"”": "closing quote", ")": "closing bracket", eosName: "ending",
		".": "punctuation", ",": "punctuation", "!": "punctuation", "?": "punctuation", ":": "punctuation", ";": "punctuation",
	}
	verbs = []string{"was", "were", "is", "are"}
)

// kind classifies an expected word by where it comes from. A literal verb
// counts as agreement if what stands there is another form of it.
func (g *Grammar) kind(o origin, got string) string {
	it := &g.prog[o.pc]
	if it.op == opCell {
		t := g.slots[it.slot].table
		return cmp.Or(kindOfColumn[t.cols[it.col]], kindOfTable[t.name], t.name)
	}
	word := g.vocab[o.word]
	if slices.Contains(verbs, word) && slices.Contains(verbs, got) {
		return "agreement"
	}
	return cmp.Or(kindOfWord[word], "wording")
}
