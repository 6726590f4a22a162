// Package term shows a run as text that a terminal, a printer and a screen
// reader can all show: a block a step, in words, without colour and without
// moving the cursor.
//
//	Step 1. Context: Once upon (2 tokens)
//	  Predict: 0.41 bits of uncertainty. The most probable of 812 tokens:
//	       1  0.9312  “a”
//	       2  0.0451  “the”
//	          0.0237  810 others
//	  Choose: of 11 tokens, u = 0.7312 falls on “a”, whose part is 0 to 0.9312.
//	  Append: “a”, P = 0.9312, rank 1, 0.1 bits. ln P(text) = −0.28.
//
// [Beside] shows several texts at once, in colour where a terminal has colours.
package term

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// columns is how wide the text is, at most.
const columns = 80

// Plain shows a run in words. It implements [argen.Sink]. Each block is one
// Write. Tokens are shown escaped as [argen.Visible] does.
type Plain struct {
	W     io.Writer
	Top   int        // tokens listed in a step, 0: all that are recorded
	Why   []argen.ID // tokens to say of why they were not drawn; the run must track them
	ASCII bool       // only ASCII but for the tokens themselves

	head argen.Header
	text []byte          // prompt and text so far
	ends []int           // ends[t] is the length of text before step t
	b    strings.Builder // the block being written
}

// Header implements argen.Sink.
func (p *Plain) Header(h argen.Header) error {
	p.head = h
	p.text = append(p.text[:0], h.PromptText...)
	p.ends = p.ends[:0]
	chain := "no stages"
	if h.Chain != "" && h.Chain != argen.NoChain {
		chain = "chain " + h.Chain
	}
	if h.Search != "" {
		chain += ", search " + h.Search
	}
	p.paragraph("", fmt.Sprintf("Model %s, %s, seed %d.", argen.Visible(h.Model.Title()), argen.VisibleChain(chain), h.Seed))
	if h.ChatTemplate != "" {
		p.conversation(&h)
		return p.write()
	}
	prompt := "empty"
	if h.PromptText != "" {
		prompt = p.quote(h.PromptText, 50)
	}
	p.paragraph("", fmt.Sprintf("Prompt: %s, %s%s.", prompt, count(len(h.PromptIDs), "token"), p.unseen(&h)))
	return p.write()
}

// unseen names the first token of the prompt where its text does not show it.
func (p *Plain) unseen(h *argen.Header) string {
	if len(h.PromptTokens) == 0 || strings.Contains(h.PromptText, h.PromptTokens[0]) {
		return ""
	}
	return " with " + p.quote(h.PromptTokens[0], 30)
}

// Step implements argen.Sink.
func (p *Plain) Step(s argen.Step) error {
	p.b.WriteByte('\n')
	p.context(&s)
	if s.Chain != "" {
		p.paragraph("  ", "Chain from here on: "+argen.VisibleChain(s.Chain)+".")
	}
	p.predict(&s)
	p.stages(&s)
	p.choose(&s)
	for _, id := range p.Why {
		p.why(&s, id)
	}
	if s.Origin != nil {
		p.paragraph("  ", "Origin: "+argen.Visible(s.Origin.String()))
	}
	p.appended(&s)
	p.ends = append(p.ends, len(p.text))
	p.text = append(p.text, s.Text...)
	return p.write()
}

// Back implements argen.Sink.
func (p *Plain) Back(t int) error {
	if t < len(p.ends) {
		p.text, p.ends = p.text[:p.ends[t]], p.ends[:t]
	}
	p.b.WriteByte('\n')
	p.paragraph("", fmt.Sprintf("Back: step %d and all after it no longer count.", t))
	return p.write()
}

// reasons says why a text ended.
var reasons = map[string]string{
	argen.StopToken:   "the model ended the text",
	argen.StopString:  "a stop string was reached",
	argen.Length:      "the text is as long as it may be",
	argen.Complete:    "the text is complete",
	argen.Timeout:     "the time is over",
	argen.Interrupted: "interrupted",
	argen.Failed:      "an error",
}

// End implements argen.Sink.
func (p *Plain) End(e argen.End) error {
	reason := reasons[e.Reason]
	if reason == "" {
		reason = argen.Visible(e.Reason)
	}
	if most := p.head.Model.ContextLength; e.Reason == argen.Length && most > 0 && len(p.head.PromptIDs)+e.Tokens >= most && !p.head.ContextShift {
		reason = fmt.Sprintf("the model's context of %s is full", count(most, "token"))
	}
	if e.Error != "" {
		reason += ", " + argen.Visible(e.Error)
	}
	p.b.WriteByte('\n')
	p.paragraph("", fmt.Sprintf("End: %s, after %s.", reason, count(e.Tokens, "token")))
	if e.Tokens > 0 {
		p.paragraph("  ", fmt.Sprintf("ln P(text) = %s, perplexity %s a token.", p.number(e.LogProb), p.number(e.Perplexity())))
	}
	if e.Text != "" {
		p.paragraph("  ", "Text: "+strings.TrimLeft(argen.Visible(e.Text), " "))
	}
	return p.write()
}

// context shows the end of what the model sees.
func (p *Plain) context(s *argen.Step) {
	start := fmt.Sprintf("Step %d. Context: ", s.T)
	end := fmt.Sprintf(" (%s)", count(s.ContextLen, "token"))
	if s.Dropped > 0 {
		end = fmt.Sprintf(" (%s, %d dropped)", count(s.ContextLen, "token"), s.Dropped)
	}
	cut := max(0, len(p.text)-1000) // more than a line holds
	for cut < len(p.text) && !utf8.RuneStart(p.text[cut]) {
		cut++
	}
	text := argen.Visible(string(p.text[cut:]))
	if text == "" {
		text = "empty"
	}
	if room := columns - len(start) - len(end); ansi.StringWidth(text) > room {
		dots := p.sign("… ", "... ")
		for n := ansi.StringWidth(text) - room + ansi.StringWidth(dots); ; n++ { // a wide character may be cut in two
			if left := ansi.TruncateLeft(text, n, ""); ansi.StringWidth(left) <= room-ansi.StringWidth(dots) {
				if blank := strings.IndexByte(left, ' '); blank >= 0 && blank < 20 {
					left = left[blank+1:] // begin with a whole word
				}
				text = dots + left
				break
			}
		}
	}
	p.b.WriteString(start + text + end + "\n")
}

// predict lists the model's most probable tokens.
func (p *Plain) predict(s *argen.Step) {
	bits := p.bits(s.Entropy) + " of uncertainty"
	top, others, rest := p.listed(s)
	switch {
	case len(top) == 0:
		p.paragraph("  ", "Predict: "+bits+".")
		return
	case top[0].Prob == 1:
		p.paragraph("  ", fmt.Sprintf("Predict: only %s is possible, P = 1, 0 bits of uncertainty.", p.quote(top[0].Token, 30)))
		return
	}
	of := ""
	if v := p.head.Model.VocabSize; v > 0 {
		of = fmt.Sprintf(" of %s", count(v, "token"))
	}
	changed := slices.ContainsFunc(top, func(t argen.TopToken) bool { return math.Abs(t.SampledProb-t.Prob) > 1e-12 })
	if !changed {
		p.paragraph("  ", fmt.Sprintf("Predict: %s. The most probable%s:", bits, of))
	} else {
		p.paragraph("  ", fmt.Sprintf("Predict: %s. The most probable%s, P of the model and after the chain:", bits, of))
	}
	for _, t := range top {
		after := ""
		if changed {
			after = fmt.Sprintf("%8s  ", p.prob(t.SampledProb))
		}
		line := fmt.Sprintf("    %6d  %8s  %s%s", t.Rank, p.prob(t.Prob), after, p.quote(t.Token, 30))
		p.b.WriteString(line + p.removed(&t, columns-ansi.StringWidth(line)) + "\n")
	}
	if others > 0 {
		rest.Prob, rest.SampledProb = rounded(rest.Prob), rounded(rest.SampledProb)
		after := ""
		if changed {
			after = fmt.Sprintf("%8s  ", p.prob(rest.SampledProb))
		}
		fmt.Fprintf(&p.b, "    %6s  %8s  %s%s\n", "", p.prob(rest.Prob), after, count(others, "other"))
	}
}

// rounded is a mass left by subtraction, without what rounding made of none.
func rounded(p float64) float64 {
	if p < 1e-14 {
		return 0
	}
	return p
}

// listed returns the tokens to list: the first Top, then any that the record
// lists for a reason (tracked or chosen), and the mass of all others.
func (p *Plain) listed(s *argen.Step) (top []argen.TopToken, others int, rest argen.Rest) {
	rest = s.Rest
	for i, t := range s.Top {
		if p.Top == 0 || i < p.Top || t.ID == s.ID || t.Rank != i+1 {
			top = append(top, t)
			continue
		}
		rest.Tokens++
		rest.Prob += t.Prob
		rest.SampledProb += t.SampledProb
	}
	return top, rest.Tokens, rest
}

// choose says how the token was chosen.
func (p *Plain) choose(s *argen.Step) {
	token := p.quote(s.Token, 30)
	u := "u = " + p.number4(s.U)
	if s.Dice {
		u = "your " + u
	}
	switch {
	case s.Choice != nil:
		p.choice(s)
	case s.Forced && s.SampledProb == 0:
		p.paragraph("  ", fmt.Sprintf("Choose: %s is given, the dice could not have chosen it.", token))
	case s.Forced:
		p.paragraph("  ", fmt.Sprintf("Choose: %s is given, not drawn.", token))
	case s.Kept == 1 && s.Gumbel:
		p.paragraph("  ", fmt.Sprintf("Choose: only %s is left, noise changes nothing.", token))
	case s.Gumbel:
		p.paragraph("  ", fmt.Sprintf("Choose: of %s, %s has the largest ln P + noise, %s + %s = %s.",
			count(s.Kept, "token"), token, p.number(math.Log(s.SampledProb)), p.number(s.Noise), p.number(math.Log(s.SampledProb)+s.Noise)))
	case s.Kept == 1:
		p.paragraph("  ", fmt.Sprintf("Choose: only %s is left, %s changes nothing.", token, u))
	default:
		p.paragraph("  ", fmt.Sprintf("Choose: of %s, %s falls on %s, whose part is %s to %s.",
			count(s.Kept, "token"), u, token, p.number4(s.Low), p.number4(s.High)))
	}
}

// appended says what the token makes of the text.
func (p *Plain) appended(s *argen.Step) {
	p.paragraph("  ", fmt.Sprintf("Append: %s, P = %s, rank %d, %s. ln P(text) = %s.",
		p.quote(s.Token, 30), p.prob(s.Prob), s.Rank, p.bits(s.Surprisal), p.number(s.CumLogProb)))
}

// count is "1 token", "2 tokens" or "49,152 tokens".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

// thousands writes a whole number with a comma between thousands.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
