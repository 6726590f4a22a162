package search

import (
	"encoding/json"
	"fmt"
	"strings"

	"argen"
)

// How a token came about.
const (
	Accepted  = "accepted"  // the guess stands
	Resampled = "resampled" // the guess was refused and the token drawn instead
	Bonus     = "bonus"     // all guesses stand, and the pass gives this one too
	Drawn     = "drawn"     // nothing was guessed
)

// marks are their signs in a line.
var marks = map[string]byte{Accepted: '+', Resampled: '-', Bonus: '*', Drawn: '.'}

// A Named is a token with its name.
type Named struct {
	ID    argen.ID `json:"id"`
	Token string   `json:"token"`
}

// token names a token of a run.
func token(r *argen.Run, id argen.ID) Named { return Named{id, string(r.Tokenizer().Piece(id))} }

// quoted is a token in quotes.
func quoted(token string) string { return `"` + argen.Visible(token) + `"` }

// A Guess is a token that was drafted.
type Guess struct {
	Named
	Q float64 `json:"q"` // in the distribution that it was drawn from; 1 if it was the only one there could be
}

// A Speculation says how a token came about in speculative decoding.
type Speculation struct {
	Search  string  `json:"search"`
	Pass    int     `json:"pass"`  // of the target, from 1
	Place   int     `json:"place"` // of the token among those of the pass, from 1
	Outcome string  `json:"outcome"`
	Token   Named   `json:"token"`               // that was appended
	Guess   *Guess  `json:"draft,omitempty"`     // that was tested, if one was
	P       float64 `json:"p"`                   // of the guess in the target's distribution, after the chain
	U       float64 `json:"u"`                   // the guess stands if u < p/q
	Looked  bool    `json:"looked_up,omitempty"` // the guess was looked up: the run's own dice decide, and u is the step's
	Again   float64 `json:"again,omitempty"`     // the u of the second draw
	Draft   []Guess `json:"drafted,omitempty"`   // all that was drafted for the pass, with its first token
	Marks   string  `json:"marks,omitempty"`     // of all tokens of the pass, with its last: + accepted, - drawn again, * bonus, . nothing drafted
	Tally   Tally   `json:"tally"`               // so far
}

// drawn reports whether the run's dice gave the token.
func (s *Speculation) drawn() bool { return s.Guess == nil || s.Looked }

// MarshalJSON implements json.Marshaler.
func (s *Speculation) MarshalJSON() ([]byte, error) {
	type plain Speculation
	return json.Marshal((*plain)(s))
}

// String is a line about the token, with one about the guesses where a pass
// begins, and one about the pass where it is over.
func (s *Speculation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, token %d of pass %d: %s", s.Search, s.Place, s.Pass, s.sentence())
	if len(s.Draft) > 0 {
		b.WriteString("\ndrafted")
		for i, g := range s.Draft {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, " %s q %s", quoted(g.Token), short(g.Q))
		}
	}
	if s.Marks != "" && s.Outcome != Drawn {
		fmt.Fprintf(&b, "\npass %d: %s; so far %d of %d accepted, %.2f tokens a pass",
			s.Pass, s.Marks, s.Tally.Accepted, s.Tally.Drafted, float64(s.Tally.Tokens)/float64(s.Tally.Passes))
	}
	return b.String()
}

// sentence says how the token came about.
func (s *Speculation) sentence() string {
	to := quoted(s.Token.Token)
	switch {
	case s.Outcome == Bonus:
		return "bonus, all drafted tokens stand: " + to
	case s.Outcome == Drawn:
		return "nothing was drafted, drawn: " + to
	}
	g := fmt.Sprintf("%s, p %s, q %s", quoted(s.Guess.Token), short(s.P), short(s.Guess.Q))
	switch ratio := short(s.P / s.Guess.Q); {
	case s.Looked && s.Outcome == Accepted:
		return g + ": accepted, the dice say so too"
	case s.Looked:
		return g + ": refused, the dice say " + to
	case s.Outcome == Accepted && s.P >= s.Guess.Q:
		return g + ": accepted, p >= q"
	case s.Outcome == Accepted:
		return fmt.Sprintf("%s: accepted, u %s < p/q %s", g, short(s.U), ratio)
	default:
		return fmt.Sprintf("%s: refused, u %s >= p/q %s; from what p has more than q, u %s draws %s", g, short(s.U), ratio, short(s.Again), to)
	}
}

// count is "1 token" or "2 tokens".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// String says what speculation has saved.
func (t Tally) String() string {
	if t.Drafted == 0 {
		return "nothing was drafted"
	}
	return fmt.Sprintf("accepted %.0f %% of %d drafted, %.2f tokens a pass of the model", 100*t.Rate(), t.Drafted, float64(t.Tokens)/float64(t.Passes))
}

// Rate is the share of guesses that were accepted, 0 if there were none. It is
// less than the probability that a guess is accepted, since guesses behind one
// that was refused are lost untested.
func (t Tally) Rate() float64 {
	if t.Drafted == 0 {
		return 0
	}
	return float64(t.Accepted) / float64(t.Drafted)
}
