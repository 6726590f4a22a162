package sampler

import (
	"errors"
	"sync"

	"argen"
)

// TokenHealing lets the text begin with Text, the end of a prompt that was
// taken off it: only tokens pass whose bytes begin with it or are the beginning
// of it, and after one of these only such as go on with the rest, until it is
// used up. So a prompt may end in the middle of a token, or with one that the
// model never saw before what belongs there, as "http:" before "//".
//
// A beginning after which no tokens of the vocabulary can say the rest does not
// pass. A token that was forced and does not go on with the text ends it.
// Between the words of tokenizers that put blanks there, the blanks belong to
// the text. If no candidate goes on with it, the best stays.
//
// transformers takes the last token of a prompt off and puts one back that
// begins with its text, chosen by the highest probability; here the dice choose,
// and shorter tokens pass too, as in the program that had it first: Lundberg,
// The Art of Prompt Design: Prompt Boundaries and Token Healing, 2023.
type TokenHealing struct {
	Text string `json:"text"` // what the text begins with

	tokens argen.Tokenizer // once bound
	known  *healPoints
}

// healPoints are what is known of places in the text, shared by all stages bound
// together: whether tokens can say the rest from there.
type healPoints struct {
	lock  sync.Mutex
	leads map[healPoint]bool
}

var tokenHealingSpec = Spec{
	Name: "token_healing", Doc: "lets only tokens pass with which the text begins as given, the end of a prompt that --token-healing took off it",
	Group: Constraint, Source: "Lundberg 2023; transformers",
	Params:  []Param{{Name: "text", Kind: Text, Doc: "what the new text begins with"}},
	Example: `token_healing=" the"`,
	New:     func(a Args) (argen.Transform, error) { return TokenHealing{Text: a.Text(0)}, nil },
}

// Name implements argen.Transform.
func (TokenHealing) Name() string { return "token_healing" }

// String implements argen.Transform.
func (h TokenHealing) String() string { return word(h.Name(), h.Text) }

// Bind implements argen.Binder.
func (h TokenHealing) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	h.tokens, h.known = t, &healPoints{leads: map[healPoint]bool{}}
	return h, nil
}

// Apply implements argen.Transform.
func (h TokenHealing) Apply(c *argen.Candidates, past argen.Past) {
	if h.tokens == nil {
		c.Fail(errors.New("it is not bound to a vocabulary"))
		return
	}
	rest, prev := h.rest(past)
	if rest == "" {
		return
	}
	h.known.lock.Lock()
	defer h.known.lock.Unlock()
	c.Filter(func(id argen.ID, _ float64) bool { return h.passes(rest, prev, id) })
}

// A healPoint is a place between tokens: how much of the text is left, and the
// token before where that makes a difference.
type healPoint struct {
	left int
	prev argen.ID
}

// passes reports whether a token after another begins with rest, or is a
// beginning of it from which tokens lead to its end.
func (h TokenHealing) passes(rest string, prev, id argen.ID) bool {
	after, ok := goOn(h.tokens, rest, prev, id)
	return ok && (after == "" || h.leads(after, id))
}

// leads reports whether tokens after prev can say rest.
func (h TokenHealing) leads(rest string, prev argen.ID) bool {
	known := h.known.leads
	at := healPoint{len(rest), argen.NoID}
	if _, joins := h.tokens.(argen.Joiner); joins {
		at.prev = prev
	}
	if is, ok := known[at]; ok {
		return is
	}
	var parts []argen.ID // tokens that say a part of it
	for id := range argen.ID(h.tokens.VocabSize()) {
		if after, ok := goOn(h.tokens, rest, prev, id); ok && after == "" {
			known[at] = true
			return true
		} else if ok {
			parts = append(parts, id)
		}
	}
	for _, id := range parts {
		if h.passes(rest, prev, id) {
			known[at] = true
			return true
		}
	}
	known[at] = false
	return false
}

// rest is what of the text the new tokens have still to say, and the token
// before.
func (h TokenHealing) rest(past argen.Past) (rest string, prev argen.ID) {
	rest, prev = h.Text, argen.NoID
	if past.Prompt > 0 {
		prev = past.IDs[past.Prompt-1]
	}
	for _, id := range past.IDs[past.Prompt:] {
		var ok bool
		if rest, ok = goOn(h.tokens, rest, prev, id); rest == "" || !ok {
			return "", id
		}
		prev = id
	}
	return rest, prev
}

// goOn reports whether a token after another begins with rest or is the
// beginning of it, and what of rest follows it.
func goOn(t argen.Tokenizer, rest string, prev, id argen.ID) (after string, ok bool) {
	if t.Control(id) {
		return rest, false
	}
	piece := t.Piece(id)
	if j, joins := t.(argen.Joiner); joins {
		join := j.Join(prev, id)
		n := min(len(join), len(rest))
		if join[:n] != rest[:n] {
			return rest, false
		}
		rest = rest[n:]
	}
	n := min(len(piece), len(rest))
	if len(piece) == 0 || string(piece[:n]) != rest[:n] {
		return rest, false
	}
	return rest[n:], true
}

// Reasons implements argen.Reasoner.
func (h TokenHealing) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	rest, prev := h.rest(past)
	text := short(rest)
	return func(id argen.ID) string {
		if _, ok := goOn(h.tokens, rest, prev, id); ok {
			return "no tokens complete " + text + " after it"
		}
		return "it does not go on with " + text
	}
}

// Heal takes the last token off a prompt and returns what stands before it, and
// the stage that puts its text back, nil if there is no text to take off.
func Heal(t argen.Tokenizer, prompt []argen.ID) ([]argen.ID, argen.Transform) {
	n := len(prompt) - 1
	if n < 0 || t.Control(prompt[n]) || len(t.Piece(prompt[n])) == 0 {
		return prompt, nil
	}
	text := string(t.Piece(prompt[n]))
	if j, joins := t.(argen.Joiner); joins && n > 0 {
		text = j.Join(prompt[n-1], prompt[n]) + text
	}
	return prompt[:n:n], TokenHealing{Text: text}
}
