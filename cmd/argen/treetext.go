package main

import (
	"fmt"
	"math"
	"strings"

	"argen"
	"argen/sampler/search"
	"argen/viz/term"
)

// treeSigns draw a tree.
type treeSigns struct{ next, last, bar, open, closing string }

var (
	boxSigns   = treeSigns{"├─ ", "└─ ", "│  ", "“", "”"}
	asciiSigns = treeSigns{"|- ", "`- ", "|  ", `"`, `"`}
)

// quote is a text in quotes.
func (s treeSigns) quote(text string) string { return s.open + argen.Visible(text) + s.closing }

// curly is a token in quotes.
func curly(token string) string { return boxSigns.quote(token) }

// text shows a tree for people: a line a token, with P of the text up to it and
// of the token given the text before.
func (t *grownTree) text(ascii bool) string {
	signs := boxSigns
	if ascii {
		signs = asciiSigns
	}
	var b strings.Builder
	say := func(format string, args ...any) {
		b.WriteString(term.Wrap(fmt.Sprintf(format, args...), 80) + "\n")
	}
	prompt := "the beginning"
	if t.head.PromptText != "" {
		prompt = signs.quote(t.head.PromptText)
	}
	say("What may follow %s: %s deep, model %s, chain %s.",
		prompt, count(t.Depth, "token"), argen.Visible(t.head.Model.Title()), argen.VisibleChain(t.head.Chain))
	b.WriteString("\n   P(text)  P(token)\n")
	signs.lines(&b, t.Root, "")
	b.WriteByte('\n')
	leaves, others := t.Root.Sums()
	say("Of all texts of %s P = %s is shown and %s is not; together %s.", count(t.Depth, "token"),
		probText(number(leaves)), probText(number(others)), probText(number(whole(leaves+others))))
	say("%s", t.Verdict(signs.quote))
	if t.Trapped() {
		b.WriteString(found("greedy", t.Greedy) + found("best", *t.Best))
	}
	return b.String()
}

// found is a line about a text.
func found(name string, t search.Text) string {
	return fmt.Sprintf("  %-6s  P = %s  %s\n", name, probText(number(math.Exp(t.Score))), strings.TrimLeft(argen.Visible(t.Text), " "))
}

// whole is a sum that is 1 but for rounding.
func whole(p float64) float64 {
	if math.Abs(p-1) < 1e-9 {
		return 1
	}
	return p
}

// lines writes a line for each node below n, and for the others.
func (s treeSigns) lines(b *strings.Builder, n *search.Node, indent string) {
	line := func(joint, p float64, branch, what string) {
		fmt.Fprintf(b, "  %8s  %8s  %s%s%s\n", probText(number(joint)), probText(number(p)), indent, branch, what)
	}
	for i, child := range n.Children {
		branch, below := s.next, s.bar
		if i == len(n.Children)-1 && n.Others.Tokens == 0 {
			branch, below = s.last, "   "
		}
		line(child.Joint, child.SampledProb, branch, shownToken(child.Token)+notes(child))
		s.lines(b, child, indent+below)
	}
	if n.Others.Tokens > 0 {
		line(n.Others.Joint, n.Others.SampledProb, s.last, "("+count(n.Others.Tokens, "other")+")")
	}
}

// notes are what is to be said of a token of a tree.
func notes(n *search.Node) string {
	var all []string
	if n.Greedy {
		all = append(all, "greedy")
	}
	if n.Best {
		all = append(all, "best")
	}
	if n.Beam > 0 {
		all = append(all, fmt.Sprintf("beam %d", n.Beam))
	}
	switch n.End {
	case "":
	case argen.Length:
		all = append(all, "the context is full")
	default:
		all = append(all, "end")
	}
	if len(all) == 0 {
		return ""
	}
	return "  <- " + strings.Join(all, ", ")
}
