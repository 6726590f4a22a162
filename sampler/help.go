package sampler

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Help is the text of "argen help sampling": how a chain is written, all stages
// by group, and then each with its rule and its parameters. It is made from
// Table, at most 80 columns wide.
func Help() string {
	var b strings.Builder
	paragraph := func(indent, text string) { b.WriteString(wrap(indent, text)) }
	paragraph("", "Stages stand between the model's distribution and the draw. Each drops tokens or changes logits; what is left is renormalised. --chain gives stages and their order:")
	b.WriteString("\n  --chain \"top_k=40,top_p=0.95,temperature=0.8\"\n\n")
	paragraph("", "A stage that is not asked for is not in the chain. Several values of a stage are separated by /, in the order below or by name, STAGE=VALUE/NAME:VALUE; those left out take their defaults. A text in quotes may hold anything, a token is its text or its #ID. Without --chain the flags of stages make one, in this order:")
	b.WriteByte('\n')
	paragraph("  ", listed(Table))
	b.WriteByte('\n')
	paragraph("", "Without either the chain is "+Format(Default())+": the model's own distribution. An empty chain, none, is the plain draw, which is the same. --preset begins with the chain of another program, and flags change it.")
	b.WriteString("\nStages by what they do; argen help sampling STAGE shows one alone:\n")
	for _, g := range groups {
		if list := g.stages(); len(list) > 0 {
			fmt.Fprintf(&b, "\n  %s: %s\n", g.Group, g.Doc)
			b.WriteString(wrap("      ", listed(list)))
		}
	}
	for _, g := range groups {
		for i, s := range g.stages() {
			if i == 0 {
				b.WriteString("\n" + strings.ToUpper(string(g.Group)) + "\n")
			}
			b.WriteString("\n" + s.Help())
		}
	}
	b.WriteByte('\n')
	paragraph("", "Presets, for --preset:")
	b.WriteByte('\n')
	for _, p := range Presets {
		b.WriteString("  " + p.Name + "\n")
		paragraph("      ", p.Doc+": "+p.Chain)
	}
	return b.String()
}

// Groups are the kinds of stages in the order of help.
func Groups() []Group {
	var list []Group
	for _, g := range groups {
		list = append(list, g.Group)
	}
	return list
}

// stages are those of a group in the order of Table.
func (g Group) stages() []Spec {
	var list []Spec
	for _, s := range Table {
		if s.Group == g {
			list = append(list, s)
		}
	}
	return list
}

// listed names stages.
func listed(specs []Spec) string {
	all := make([]string, len(specs))
	for i, s := range specs {
		all[i] = s.Name
	}
	return strings.Join(all, ", ")
}

// Help is the text of "argen help sampling STAGE": how a chain has it, its rule,
// its parameters and what defines it.
func (s Form[T]) Help() string {
	var b strings.Builder
	b.WriteString(wrap("", s.syntax()))
	b.WriteString(wrap("    ", s.Doc+"."))
	if len(s.Params) == 0 {
		b.WriteString(wrap("    ", "--"+s.Switch()))
	}
	for i, p := range s.Params {
		b.WriteString(hanging("    ", p.help(i >= s.fixed())))
	}
	if s.Example != "" {
		b.WriteString(wrap("    ", "For example: "+s.Example))
	}
	b.WriteString(wrap("    ", "From: "+s.Source))
	return b.String()
}

// help is one line about a parameter, which may be that of a list.
func (p Param) help(list bool) string {
	flags := p.flags()
	if flags == "" {
		flags = strings.ToUpper(p.Name)
	}
	if p.File {
		flags += " FILE"
	}
	return flags + ": " + p.Doc + p.values(list)
}

// values says what a parameter may be, after what it is.
func (p Param) values(list bool) string {
	switch text := ", " + p.what(); {
	case p.Kind == Choice:
		return fmt.Sprintf(", one of %s; default %s", strings.Join(p.Words, ", "), p.Words[0]) + p.byEngine()
	case !p.numeric():
		return ""
	case list: // has no defaults
		return text
	default:
		return text + "; " + p.defaults()
	}
}

// defaults are the default of a number and the value that makes its stage do
// nothing.
func (p Param) defaults() string {
	text := "default " + number(p.Default) + p.byEngine()
	if math.IsNaN(p.Off) {
		return text
	}
	return text + ", off " + number(p.Off)
}

// byEngine are the defaults of engines that have another one.
func (p Param) byEngine() string {
	if len(p.By) == 0 {
		return ""
	}
	var all []string
	for _, by := range slices.Sorted(maps.Keys(p.By)) {
		v := p.By[by].Text
		if p.numeric() {
			v = number(p.By[by].Number)
		}
		all = append(all, string(by)+" "+v)
	}
	return " (" + strings.Join(all, ", ") + ")"
}

// flags is "--temperature, --temp".
func (p Param) flags() string {
	switch {
	case p.Flag == "":
		return ""
	case p.Alias == "":
		return "--" + p.Flag
	}
	return "--" + p.Flag + ", --" + p.Alias
}

// columns is how wide help is.
const columns = 80

// hanging is wrap with all lines but the first four columns further in.
func hanging(indent, text string) string { return wrapped(indent, indent+"    ", text) }

// wrap breaks text between words into indented lines.
func wrap(indent, text string) string { return wrapped(indent, indent, text) }

// wrapped is wrap with another indent from the second line on.
func wrapped(indent, then, text string) string {
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := len([]rune(word))
		switch {
		case used == 0:
			b.WriteString(indent)
			used = len(indent)
		case used+1+n > columns:
			b.WriteString("\n" + then)
			used = len(then)
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	b.WriteByte('\n')
	return b.String()
}
