package search

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"argen"
)

// What becomes of a candidate.
const (
	goesOn = "goes on"
	ends   = "ends"
	falls  = "falls"
)

// An option is a candidate as it is shown: a beam with one more token.
type option struct {
	Group int      `json:"group"`
	From  int      `json:"from"` // the beam
	ID    argen.ID `json:"id"`
	Text  string   `json:"text"`            // the end of its text
	Score float64  `json:"score"`           // Σ ln P, with what stages and groups have made of it
	Final float64  `json:"final,omitempty"` // of a text that ends: by its length
	Fate  string   `json:"fate"`
	To    int      `json:"to"`            // the beam that it is now, if it goes on
	Won   bool     `json:"won,omitempty"` // it is a part of the text found
}

// A beamChoice says what a beam search looked at where it picked a token.
type beamChoice struct {
	Search  string   `json:"search"`
	T       int      `json:"t"` // the token's place in the text found
	Options []option `json:"candidates"`
	Found   []Text   `json:"found,omitempty"` // all texts, with the last token of the best

	groups bool
}

// MarshalJSON implements json.Marshaler.
func (c beamChoice) MarshalJSON() ([]byte, error) {
	type plain beamChoice
	return json.Marshal(plain(c))
}

// mostShown is how many candidates and texts are shown; JSON has all.
const mostShown = 16

// String shows a line a candidate, and at the end one for each text. The
// numbers of beams are from 1.
func (c beamChoice) String() string {
	var b strings.Builder
	fates := map[string]int{}
	for _, o := range c.Options {
		fates[o.Fate]++
	}
	fmt.Fprintf(&b, "%s, token %d: %d of %d candidates go on", c.Search, c.T, fates[goesOn], len(c.Options))
	if n := fates[ends]; n > 0 {
		fmt.Fprintf(&b, ", %d end", n)
	}
	b.WriteString("; * wins")
	shown := 0
	for i := range c.Options {
		if o := &c.Options[i]; shown < mostShown || o.Won {
			b.WriteString("\n" + o.line(c.groups))
			shown++
		}
	}
	if more := len(c.Options) - shown; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	writeFound(&b, c.Found)
	return b.String()
}

// line is an option in a line.
func (o *option) line(groups bool) string {
	mark, group, fate, score := " ", "", o.Fate, ""
	if o.Won {
		mark = "*"
	}
	if groups {
		group = "group " + strconv.Itoa(o.Group+1) + " "
	}
	switch o.Fate {
	case goesOn:
		fate = "-> " + strconv.Itoa(o.To+1)
	case ends:
		score = "  score " + short(o.Final)
	}
	return fmt.Sprintf("%s %sbeam %d %-5s %9s  \"%s\"%s", mark, group, o.From+1, fate, short(o.Score), argen.Visible(o.Text), score)
}

// writeFound lists texts that were found.
func writeFound(b *strings.Builder, found []Text) {
	for i, t := range found {
		if i == mostShown {
			fmt.Fprintf(b, "\n  and %d more", len(found)-i)
			return
		}
		fmt.Fprintf(b, "\n%3d.  score %s, ln P %s, %d tokens: \"%s\"", i+1, short(t.Score), short(t.LogProb), len(t.IDs), argen.Visible(t.Text))
	}
}

// short is a number with four decimals.
func short(x float64) string {
	if math.Abs(x) < 0.00005 {
		x = 0 // not −0
	}
	return strconv.FormatFloat(x, 'f', 4, 64)
}

// tail is the end of a text with one more token.
func tail(r *argen.Run, id argen.ID) string {
	const most = 8
	ids := r.Context()
	cut := max(len(ids)-most, len(r.Trace().Head.PromptIDs))
	return r.Tokenizer().Decode(append(ids[cut:len(ids):len(ids)], id))
}
