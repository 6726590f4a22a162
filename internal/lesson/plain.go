package lesson

import (
	"fmt"
	"io"
	"strings"

	"argen/internal/words"
	"argen/viz"
	"argen/viz/term"
)

// Plain writes a record as text that a terminal, a printer and a screen reader
// can all show, at most width columns wide. Its charts are there in words.
func Plain(w io.Writer, r *Record, c *words.Catalogue, width int) error {
	var b strings.Builder
	para := func(label, text string) {
		if text == "" {
			return
		}
		b.WriteString("\n" + term.Wrap(label+": "+text, width) + "\n")
	}
	say := func(key string) string { return c.Say("explain."+key, nil) }
	b.WriteString(r.Texts.Title + "\n")
	para(say("claim"), r.Texts.Claim)
	para(say("finding"), r.Texts.Finding)
	for _, t := range r.Tables {
		b.WriteString("\n" + t.text(width))
	}
	b.WriteByte('\n')
	for _, v := range r.Verdicts {
		word := say("holds")
		if !v.Holds {
			word = say("fails")
		}
		n, _ := r.Number(v.Number)
		fmt.Fprintf(&b, "  %s: %s\n", word, v.Text)
		fmt.Fprintf(&b, "      %s = %s, must be %s %s\n", v.Number, n.WithInterval(), v.Rule, n.Unit.format(v.Limit))
	}
	for _, chart := range r.Charts {
		f, err := chart.Figure()
		if err != nil {
			return err
		}
		b.WriteString("\n" + term.Wrap(viz.Describe(f), width) + "\n")
	}
	para(say("shows"), r.Texts.Shows)
	para(say("caveat"), r.Texts.Caveat)
	para(say("takeaway"), r.Texts.Takeaway)
	para(say("task"), r.Texts.Task)
	_, err := io.WriteString(w, b.String())
	return err
}
