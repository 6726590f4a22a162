package grammar

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
)

// A DeadEnd is the error where no token can come next.
type DeadEnd struct {
	Text  string // the end of what has been written
	Wants string // what the form has next
	Why   string // why no token is that
}

// Error implements error.
func (e *DeadEnd) Error() string {
	after := ""
	if e.Text != "" {
		after = " after “" + e.Text + "”"
	}
	return fmt.Sprintf("no token can follow%s: %s, and %s", after, e.Wants, e.Why)
}

// deadEnd is the error where no token can come next.
func (c *Constraint) deadEnd(past argen.Past, why string) error {
	e := &DeadEnd{Text: argen.Visible(tail(c.written(past), 40)), Wants: "the " + c.kind + " has no text that begins so", Why: why}
	if c.at != nil {
		e.Wants = "the " + c.kind + " " + argen.Visible(c.run.wants(c.run.at(c.at)))
	}
	return e
}

// written is the end of the text so far.
func (c *Constraint) written(past argen.Past) string {
	const enough = 64 // most tokens have more than a character
	n := min(c.texts, enough, len(past.IDs))
	return c.tok.Decode(past.IDs[len(past.IDs)-n:])
}

// tail is the last few characters of a text, without the beginning of one.
func tail(text string, most int) string {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if end := text[len(text)-n:]; utf8.RuneStart(end[0]) && !utf8.FullRuneInString(end) {
			text = text[:len(text)-n]
			break
		}
	}
	from := len(text)
	for n := 0; from > 0; n++ {
		if n == most {
			return "…" + text[from:]
		}
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	return text
}

// Reasons says of tokens that Apply removes why. Characters stand there as they
// are: whoever shows it makes them visible.
func (c *Constraint) Reasons(past argen.Past) func(argen.ID) string {
	if c.at == nil {
		return func(argen.ID) string { return "the " + c.kind + " has no text that begins so" }
	}
	written := c.written(past)
	wants := map[*state]string{}
	return func(id argen.ID) string {
		text, end := c.text(c.prev, id), ""
		switch {
		case c.tok.Control(id) && !slices.Contains(c.run.stop, id):
			return "it stands for no text"
		case c.tok.Control(id):
			text, end = nil, ", not the end"
		}
		c.run.Lock()
		defer c.run.Unlock()
		s, n := c.run.at(c.at), 0
		for n < len(text) {
			to := c.run.after(s, text[n:n+1])
			if to == lost {
				break
			}
			s, n = to, n+1
		}
		want, known := wants[s]
		if !known {
			want = "the " + c.kind + " " + c.run.wants(s)
			wants[s] = want
		}
		switch stops := slices.Contains(c.run.stop, id); {
		case len(text) > 0 && n == len(text) && stops:
			end = ", not the end" // with the text of this token
		case len(text) > 0 && n == len(text):
			return reason("no tokens lead to where "+want, written+string(text), "")
		}
		return reason(want, written+string(text[:n]), end)
	}
}

// reason says what is wanted after a text, as far as there is room.
func reason(want, written, end string) string {
	const most = 80
	for _, n := range [...]int{16, 8, 4} {
		after := ""
		if text := tail(written, n); text != "" {
			after = " after “" + text + "”"
		}
		if says := want + after + end; utf8.RuneCountInString(says) <= most {
			return says
		}
	}
	return want
}

// quote is a text as errors have it.
func quote(text string) string {
	const most = 20
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return "“" + argen.Visible(text) + "”"
}

// why says why no token is left.
func (p *pass) why() string {
	var fit, blind []string
	n := 0
	for id := range argen.ID(p.tok.VocabSize()) {
		switch {
		case p.lets(id):
			if n++; n <= 3 {
				fit = append(fit, quote(string(p.tok.Piece(id))))
			}
		case len(blind) < 3 && !p.tok.Control(id) && p.run.after(p.here, p.text(p.prev, id)) != lost:
			blind = append(blind, quote(string(p.tok.Piece(id))))
		}
	}
	switch {
	case n > len(fit):
		fit = append(fit, fmt.Sprintf("%d more", n-len(fit)))
	case n == 0 && len(blind) == 1:
		return "no tokens complete what the token " + blind[0] + " begins"
	case n == 0 && blind != nil:
		return "no tokens complete what the tokens " + strings.Join(blind, ", ") + " begin"
	case n == 0 && p.texts == 0 && p.join != nil && p.run.after(p.here, []byte(" ")) != lost:
		return "the blank before the first word is no part of the text: leave it out"
	case n == 0:
		return "no token of the vocabulary goes on like that"
	}
	return "the tokens that would, " + strings.Join(fit, ", ") + ", are impossible here or were removed before"
}
