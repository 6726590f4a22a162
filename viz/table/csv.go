// Package table writes traces as tables: a row a step, the same columns always.
package table

import (
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen"
)

// columns are the columns of the table, in order.
var columns = []struct {
	name  string
	write func(b []byte, trace string, s *argen.Step) []byte
}{
	{"trace", func(b []byte, trace string, _ *argen.Step) []byte { return appendText(b, trace) }},
	{"t", func(b []byte, _ string, s *argen.Step) []byte { return appendInt(b, s.T) }},
	{"context_len", func(b []byte, _ string, s *argen.Step) []byte { return appendInt(b, s.ContextLen) }},
	{"id", func(b []byte, _ string, s *argen.Step) []byte { return appendInt(b, int(s.ID)) }},
	{"token", func(b []byte, _ string, s *argen.Step) []byte { return appendText(b, s.Token) }},
	{"text", func(b []byte, _ string, s *argen.Step) []byte { return appendText(b, s.Text) }},
	{"logit", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.Logit) }},
	{"logprob", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.LogProb) }},
	{"prob", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.Prob) }},
	{"rank", func(b []byte, _ string, s *argen.Step) []byte { return appendInt(b, s.Rank) }},
	{"sampled_prob", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.SampledProb) }},
	{"u", func(b []byte, _ string, s *argen.Step) []byte { return appendDrawn(b, s, s.U) }},
	{"low", func(b []byte, _ string, s *argen.Step) []byte { return appendDrawn(b, s, s.Low) }},
	{"high", func(b []byte, _ string, s *argen.Step) []byte { return appendDrawn(b, s, s.High) }},
	{"entropy", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.Entropy) }},
	{"surprisal", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.Surprisal) }},
	{"cum_logprob", func(b []byte, _ string, s *argen.Step) []byte { return appendFloat(b, s.CumLogProb) }},
	{"forced", func(b []byte, _ string, s *argen.Step) []byte { return strconv.AppendBool(b, s.Forced) }},
	{"kept", func(b []byte, _ string, s *argen.Step) []byte { return appendInt(b, s.Kept) }},
	{"chain", func(b []byte, _ string, s *argen.Step) []byte { return appendText(b, s.Chain) }},
	{"ns", func(b []byte, _ string, s *argen.Step) []byte { return strconv.AppendInt(b, s.Nanos, 10) }},
	{"dropped", func(b []byte, _ string, s *argen.Step) []byte { return appendInt(b, s.Dropped) }},
	{"gumbel", func(b []byte, _ string, s *argen.Step) []byte { return appendNoise(b, s) }},
}

// A CSV writes steps as comma-separated values after RFC 4180, a row a step
// and a Write a row. It implements [argen.Sink]; close what it writes to
// yourself. Numbers have the fewest digits that give the same number again, u,
// low and high of a token that was not drawn with a u are empty.
//
// No cell is a formula to a spreadsheet: a text that begins with = + - @, their
// full-width forms or an apostrophe has an apostrophe put before it; without
// one apostrophe at its beginning it is again what it was. Characters that a
// terminal acts on are escaped as [argen.Visible] does, so a row is one line.
//
// A row that was written stays. Steps taken back are followed by a row that has
// a trace and a t and no more: it takes back the rows before it with its trace
// and its t or more.
type CSV struct {
	w      io.Writer
	buf    []byte
	begun  bool
	trace  string
	chains []chain // in the order of t; the last is that of the next step
}

// A chain is the stages from step t on.
type chain struct {
	t     int
	words string
}

// NewCSV returns the sink that writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{w: w} }

// Header implements argen.Sink. The first writes the names of the columns.
func (c *CSV) Header(h argen.Header) error {
	c.trace = h.ID
	c.chains = append(c.chains[:0], chain{0, h.Chain})
	if c.begun {
		return nil
	}
	c.begun = true
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = col.name
	}
	_, err := c.w.Write([]byte(strings.Join(names, ",") + "\n"))
	return err
}

// Step implements argen.Sink.
func (c *CSV) Step(s argen.Step) error {
	if s.Chain != "" {
		c.chains = append(c.chains, chain{s.T, s.Chain})
	}
	if n := len(c.chains); n > 0 {
		s.Chain = c.chains[n-1].words
	}
	c.buf = c.buf[:0]
	for i, col := range columns {
		if i > 0 {
			c.buf = append(c.buf, ',')
		}
		c.buf = col.write(c.buf, c.trace, &s)
	}
	c.buf = append(c.buf, '\n')
	_, err := c.w.Write(c.buf)
	return err
}

// Back implements argen.Sink.
func (c *CSV) Back(t int) error {
	for n := len(c.chains); n > 1 && c.chains[n-1].t >= t; n-- {
		c.chains = c.chains[:n-1]
	}
	c.buf = appendInt(append(appendText(c.buf[:0], c.trace), ','), t)
	c.buf = append(append(c.buf, strings.Repeat(",", len(columns)-2)...), '\n')
	_, err := c.w.Write(c.buf)
	return err
}

// End implements argen.Sink.
func (c *CSV) End(argen.End) error { return nil }

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

// appendFloat writes a number as Python, R and DuckDB read it.
func appendFloat(b []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, "nan"...)
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	}
	return argen.AppendFloat(b, x)
}

// appendDrawn writes what only a drawn token has.
func appendDrawn(b []byte, s *argen.Step, x float64) []byte {
	if s.Forced || s.Gumbel {
		return b
	}
	return appendFloat(b, x)
}

// appendNoise writes the noise of a token that has the largest sum of ln P and
// noise.
func appendNoise(b []byte, s *argen.Step) []byte {
	if !s.Gumbel {
		return b
	}
	return appendFloat(b, s.Noise)
}

// appendText writes a text cell.
func appendText(b []byte, s string) []byte {
	s = argen.Visible(s)
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@＝＋－＠'", first) {
		s = "'" + s
	}
	if s != strings.TrimSpace(s) || strings.ContainsAny(s, "\",") {
		return append(append(append(b, '"'), strings.ReplaceAll(s, `"`, `""`)...), '"')
	}
	return append(b, s...)
}
