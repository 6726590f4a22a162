package main

import (
	"fmt"
	"strconv"
	"strings"

	"argen"
	"argen/model"
	"argen/sampler"
)

// watermarkFlag is the watermark that a text is searched for, written as its
// stage is in a chain.
type watermarkFlag struct {
	mark sampler.Watermark
	text string
}

// Set implements pflag.Value.
func (v *watermarkFlag) Set(text string) error {
	values := strings.TrimPrefix(text, "watermark=")
	chain, err := sampler.Parse("watermark=" + values)
	if err != nil {
		return err
	}
	if len(chain) != 1 {
		return fmt.Errorf("%s is more than a watermark: give its values alone, as in 0.25/2", strconv.Quote(text))
	}
	v.mark, v.text = chain[0].(sampler.Watermark), values
	return nil
}

// String implements pflag.Value.
func (v *watermarkFlag) String() string { return v.text }

// Type implements pflag.Value.
func (v *watermarkFlag) Type() string { return "string" }

// A scoredMark is what a text shows of a watermark.
type scoredMark struct {
	Z       number `json:"z"`
	P       number `json:"p"`
	Green   int    `json:"green"`
	Counted int    `json:"counted"`

	ratio float64
}

// search looks for the watermark in the text, which begins with the token first.
func (v *watermarkFlag) search(r *score, lm *model.LM, first int) error {
	if v.text == "" {
		return nil
	}
	var ids []argen.ID
	for _, t := range r.Tokens[first:] {
		ids = append(ids, t.ID)
	}
	d, err := v.mark.Detect(ids, lm.Model.Info().VocabSize)
	if err != nil {
		return fmt.Errorf("--watermark: %w", err)
	}
	r.Watermark = &scoredMark{number(d.Z), number(d.P), d.Green, d.Counted, v.mark.Ratio}
	for i, colour := range d.Tokens {
		if colour != sampler.NoColour {
			green := colour == sampler.Green
			r.Tokens[first+i].Green = &green
		}
	}
	return nil
}

// text says what was found.
func (m *scoredMark) text(b *strings.Builder) {
	fmt.Fprintf(b, "Watermark: %d of %s green, %s expected without one: z = %s, p = %s\n",
		m.Green, count(m.Counted, "counted token"), bitsText(number(m.ratio*float64(m.Counted))), bitsText(m.Z), probText(m.P))
}

// list is the list that a token is on.
func (t *scoredToken) list() string {
	switch {
	case t.Green == nil:
		return "-"
	case *t.Green:
		return "green"
	}
	return "red"
}
