package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// A plainView writes a line a measurement.
type plainView struct {
	w     io.Writer
	clock func() time.Time

	head  *trainingHead
	start time.Time
	from  int64 // tokens before
	first int   // the step before
}

func (v *plainView) begin(h *trainingHead, _ context.CancelCauseFunc) error {
	v.head, v.start, v.first = h, v.clock(), h.From
	fmt.Fprintf(v.w, "argen: training %s weights on %s, seed %d\n", thousands(int64(h.Parameters)), h.what, h.Options.Seed)
	if h.From > 0 {
		fmt.Fprintf(v.w, "argen: going on after step %s of %s\n", thousands(int64(h.From)), thousands(int64(h.Options.Steps)))
	}
	return nil
}

func (v *plainView) step(n *trainingNews) error {
	if v.from == 0 {
		v.from = n.Tokens
		v.start, v.first = v.clock(), n.Step
	}
	if n.ValidationBits == nil && n.Sample == nil && n.Step != v.head.Options.Steps {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "step %s of %s: ", thousands(int64(n.Step)), thousands(int64(v.head.Options.Steps)))
	if n.Verdicts != nil {
		b.WriteString(n.Verdicts.String())
	} else {
		fmt.Fprintf(&b, "loss %.3f", n.Bits)
	}
	if n.ValidationBits != nil {
		fmt.Fprintf(&b, ", held out %.3f bits per token", *n.ValidationBits)
	}
	if n.Excess != nil {
		fmt.Fprintf(&b, " (%.1f %% above the floor)", 100**n.Excess)
	}
	if spent := v.clock().Sub(v.start).Seconds(); spent > 0.2 && n.Step > v.first {
		each := spent / float64(n.Step-v.first)
		fmt.Fprintf(&b, ", %s tokens/s, %s left", amount(float64(n.Tokens-v.from)/spent), clockText(each*float64(v.head.Options.Steps-n.Step)))
	}
	b.WriteByte('\n')
	if n.Sample != nil {
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(shorten(*n.Sample, 300), "\n", " "))
	}
	_, err := io.WriteString(v.w, b.String())
	return err
}

func (v *plainView) end() error { return nil }

// clockText is a time as 1:02:03 or 0:05.
func clockText(seconds float64) string {
	n := int(seconds + 0.5)
	if n >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}

// shorten cuts a text after so many characters.
func shorten(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
