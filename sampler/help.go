package sampler

import (
	"fmt"
	"math"
	"strings"
)

// Help is the text of "argen help sampling": every stage with its rule and its
// parameters, made from Table, at most 80 columns wide.
func Help() string {
	var b strings.Builder
	paragraph := func(indent, text string) { b.WriteString(wrap(indent, text)) }
	paragraph("", "Stages stand between the model's distribution and the draw. Each drops tokens or changes logits; what is left is renormalised. --chain gives stages and their order:")
	b.WriteString("\n  --chain \"top_k=40,top_p=0.95,temperature=0.8\"\n\n")
	paragraph("", "A stage that is not asked for is not in the chain. Several values of a stage are separated by /; those left out at the end take their defaults. Flags instead of --chain put their stages in the order of this list. Without either the chain is "+Format(Default())+": the model's own distribution. An empty chain is the plain draw, which is the same.")
	for _, s := range Table {
		b.WriteString("\n" + s.syntax() + "\n")
		paragraph("    ", s.Doc+".")
		if len(s.Params) == 0 {
			paragraph("    ", "--"+s.Switch())
		}
		for i, p := range s.Params {
			paragraph("    ", p.help(i >= s.fixed()))
		}
	}
	return b.String()
}

// help is one line about a parameter, which may be that of a list.
func (p Param) help(list bool) string {
	flags := p.flags()
	if flags == "" {
		flags = strings.ToUpper(p.Name)
	}
	text := fmt.Sprintf("%s: %s, a %s with %s", flags, p.Doc, p.Kind, p.Range())
	switch {
	case p.Kind == Choice:
		text = fmt.Sprintf("%s: %s, %s; default %s", flags, p.Doc, p.Range(), p.Words[0])
	case !p.numeric():
		text = fmt.Sprintf("%s: %s", flags, p.Doc)
	case list: // has no defaults
	case math.IsNaN(p.Off):
		text += "; default " + number(p.Default)
	default:
		text += fmt.Sprintf("; default %s, off %s", number(p.Default), number(p.Off))
	}
	return text
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

// wrap breaks text between words into indented lines of at most 80 columns.
func wrap(indent, text string) string {
	const columns = 80
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := len([]rune(word))
		switch {
		case used == 0:
			b.WriteString(indent)
			used = len(indent)
		case used+1+n > columns:
			b.WriteString("\n" + indent)
			used = len(indent)
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
