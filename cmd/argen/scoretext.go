package main

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/viz/term"
)

// scoreText shows scores of one text for people: a table each, or one for all
// if their tokens are the same.
func scoreText(all []*score) string {
	var b strings.Builder
	together := true
	for _, s := range all[1:] {
		together = together && slices.EqualFunc(s.Tokens, all[0].Tokens, func(x, y scoredToken) bool { return x.Token == y.Token })
	}
	switch {
	case len(all) == 1:
		all[0].table(&b)
	case together:
		sideBySide(&b, all)
	default:
		b.WriteString("The models cut the text into different tokens.\n\n")
		for _, s := range all {
			fmt.Fprintf(&b, "Model %s:\n", argen.Visible(s.Model))
			s.table(&b)
			b.WriteByte('\n')
		}
	}
	totals(&b, all)
	for _, s := range all {
		if s.Watermark != nil {
			s.Watermark.text(&b)
		}
		if s.Inside != nil {
			s.Inside.text(&b, shownToken(s.Tokens[s.Inside.T].Token))
		}
	}
	return b.String()
}

// table shows the tokens of one score.
func (s *score) table(b *strings.Builder) {
	list := func(string) string { return "" }
	if s.Watermark != nil {
		list = func(name string) string { return fmt.Sprintf("  %-5s", name) }
	}
	fmt.Fprintf(b, "%5s  %9s  %8s  %6s  %8s%s  %s\n", "t", "P", "bits", "rank", "entropy", list("list"), "token")
	for _, t := range s.Tokens {
		if t.Prob == nil {
			fmt.Fprintf(b, "%5d  %9s  %8s  %6s  %8s%s  %s\n", t.T, "-", "-", "-", "-", list(t.list()), shownToken(t.Token))
			continue
		}
		fmt.Fprintf(b, "%5d  %9s  %8s  %6d  %8s%s  %s\n", t.T, probText(*t.Prob), bitsText(*t.Surprisal), *t.Rank, bitsText(*t.Entropy), list(t.list()), shownToken(t.Token))
		for _, c := range t.Top {
			fmt.Fprintf(b, "%5s  %9s  %8s  %6s  %8s%s    %s\n", "", probText(number(math.Exp(float64(c.LogProb)))), "", "", "", list(""), shownToken(c.Token))
		}
	}
	b.WriteByte('\n')
}

// marked is how many places a table of several models points at.
const marked = 5

// sideBySide shows the tokens of several scores, and where the others lose
// most against the first.
func sideBySide(b *strings.Builder, all []*score) {
	names := shortNames(all)
	most := make([][]int, len(all))
	fmt.Fprintf(b, "%5s  %*s", "t", width(names[0]), names[0])
	for k, name := range names[1:] {
		most[k+1] = worst(all[0], all[k+1])
		fmt.Fprintf(b, "  %*s  %9s", width(name), name, "bits lost")
	}
	b.WriteString("  token\n")
	for i, t := range all[0].Tokens {
		fmt.Fprintf(b, "%5d  %*s", t.T, width(names[0]), probOr(t.Prob))
		mark := ""
		for k, s := range all[1:] {
			fmt.Fprintf(b, "  %*s  %9s", width(names[k+1]), probOr(s.Tokens[i].Prob), bitsText(lost(t, s.Tokens[i])))
			if slices.Contains(most[k+1], i) {
				mark = "  <"
			}
		}
		fmt.Fprintf(b, "  %s%s\n", shownToken(t.Token), mark)
	}
	for k, s := range all[1:] {
		if len(most[k+1]) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s loses most bits against %s at (marked <):\n", argen.Visible(s.Model), argen.Visible(all[0].Model))
		for _, i := range most[k+1] {
			x, y := all[0].Tokens[i], s.Tokens[i]
			fmt.Fprintf(b, "%5d  %8s bits, P %s instead of %s: %s\n", i, bitsText(lost(x, y)), probOr(y.Prob), probOr(x.Prob), before(all[0].Tokens, i))
		}
	}
	b.WriteByte('\n')
}

// totals shows the sums, a line a model.
func totals(b *strings.Builder, all []*score) {
	wide := 5
	for _, s := range all {
		wide = max(wide, ansi.StringWidth(argen.Visible(s.Model)))
		if s.Answer != nil {
			wide = max(wide, len(s.Answer.name()))
		}
	}
	fmt.Fprintf(b, "%-*s  %10s  %9s  %10s  %10s  %10s  %6s\n", wide, "model", "ln P(text)", "bits", "bits/token", "perplexity", "bits/byte", "tokens")
	for _, s := range all {
		name := argen.Visible(s.Model)
		fmt.Fprintf(b, "%s%s  %10s  %9s  %10s  %10s  %10s  %6d\n", name, strings.Repeat(" ", wide-ansi.StringWidth(name)), bitsText(s.LogProb),
			bitsText(s.Bits), bitsText(s.Bits/number(s.Counted)), bitsText(s.Perplexity), bitsText(s.BitsPerByte), s.Counted)
		if a := s.Answer; a != nil {
			fmt.Fprintf(b, "%-*s  %10s  %9s  %10s  %10s  %10s  %6d\n", wide, a.name(), bitsText(a.LogProb),
				bitsText(a.Bits), bitsText(a.Bits/number(a.Counted)), bitsText(a.Perplexity), bitsText(a.BitsPerByte), a.Counted)
		}
	}
	for _, s := range all {
		if s.silent != "" {
			b.WriteString(term.Wrap("No token is counted: "+s.silent+".", 78) + "\n")
		}
		if at := slices.IndexFunc(s.Tokens, func(t scoredToken) bool { return t.Dropped > 0 }); at >= 0 {
			fmt.Fprintf(b, "The text is longer than the context of %s: from t = %d on the oldest tokens are dropped, %s in the end.\n",
				argen.Visible(s.Model), at, count(s.Tokens[len(s.Tokens)-1].Dropped, "token"))
		}
		at := slices.IndexFunc(s.Tokens, func(t scoredToken) bool { return t.Prob != nil && *t.Prob == 0 })
		if at < 0 || !math.IsInf(float64(s.LogProb), -1) {
			continue
		}
		silent := ""
		if s.Tokens[len(s.Tokens)-1].Prob == nil {
			silent = ", and after it the model has nothing to say"
		}
		fmt.Fprintf(b, "The text is impossible to %s: at t = %d the token %s has P = 0%s.\n", argen.Visible(s.Model), at, bareToken(s.Tokens[at].Token), silent)
	}
}

// shortNames are what stands above the columns.
func shortNames(all []*score) []string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = ansi.Truncate(argen.Visible(filepath.Base(s.Model)), 16, "…")
	}
	return names
}

func width(name string) int { return max(9, ansi.StringWidth(name)) }

// lost is log₂ of how many times more probable x is than y, NaN where x is
// impossible: nothing can be lost there.
func lost(x, y scoredToken) number {
	if x.LogProb == nil || y.LogProb == nil || math.IsInf(float64(*x.LogProb), -1) {
		return number(math.NaN())
	}
	return (*x.LogProb - *y.LogProb) / math.Ln2
}

// worst returns the places where s loses most bits against first, the worst
// first. Less than a tenth of a bit does not count.
func worst(first, s *score) []int {
	var places []int
	for i := range s.Tokens {
		if l := lost(first.Tokens[i], s.Tokens[i]); l > 0.1 {
			places = append(places, i)
		}
	}
	slices.SortStableFunc(places, func(i, j int) int {
		return cmp.Compare(lost(first.Tokens[j], s.Tokens[j]), lost(first.Tokens[i], s.Tokens[i]))
	})
	return places[:min(marked, len(places))]
}

// before quotes the text up to a token, which stands in brackets.
func before(tokens []scoredToken, i int) string {
	from := max(0, i-6)
	var words []string
	if from > 0 {
		words = append(words, "…")
	}
	for _, t := range tokens[from:i] {
		words = append(words, bareToken(t.Token))
	}
	return strings.Join(append(words, "["+bareToken(tokens[i].Token)+"]"), " ")
}

func probOr(p *number) string {
	if p == nil {
		return "-"
	}
	return probText(*p)
}
