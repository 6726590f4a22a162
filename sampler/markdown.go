package sampler

import (
	"fmt"
	"strings"
)

// Markdown is the page about all stages and presets, made from their tables.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Stages\n\nThis page is made from the code: `go test ./sampler -run TestHelp -update` writes it.\n\n")
	b.WriteString("A chain names stages in order, `top_k=40,top_p=0.95,temperature=0.8`. The values of a stage\n")
	b.WriteString("stand in the order given here, or after their names as in `name:value`; those left out take\n")
	b.WriteString("their defaults. Flags of stages make a chain in this order, the default one:\n\n")
	fmt.Fprintf(&b, "`%s`\n\n", strings.ReplaceAll(listed(Table), ", ", "` · `"))
	fmt.Fprintf(&b, "Without any the chain is `%s`, the model's own distribution. *Off* is the value that makes\n", Format(Default()))
	b.WriteString("a stage do nothing. The comment of each stage says more: ties, edges, and where programs\n")
	b.WriteString("that have a stage of this name differ.\n")
	for _, g := range groups {
		list := g.stages()
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\nThey %s.\n\n", strings.ToUpper(string(g.Group[:1]))+string(g.Group[1:]), g.Doc)
		b.WriteString("| stage | rule | parameters | from |\n|---|---|---|---|\n")
		for _, s := range list {
			fmt.Fprintf(&b, "| [`%s`](%s.go) | %s | %s | %s |\n", s.Name, s.Name, cell(s.Doc), s.parameters(), cell(s.Source))
		}
	}
	b.WriteString("\n## Presets\n\n`--preset` begins with the chain of a program; flags change its stages or add others where its\norder has them.\n\n")
	b.WriteString("| preset | whose | chain | rules |\n|---|---|---|---|\n")
	for _, p := range Presets {
		rules := string(p.Semantics)
		if rules == "" {
			rules = "argen"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Name, cell(p.Doc), code(p.Chain), rules)
	}
	return b.String()
}

// parameters is the cell about a stage's parameters.
func (s Form[T]) parameters() string {
	var all []string
	if len(s.Params) == 0 {
		all = append(all, "`--"+s.Switch()+"`")
	}
	for i, p := range s.Params {
		text := "`" + p.Name + "`"
		for _, flag := range []string{p.Flag, p.Alias} {
			if flag != "" {
				text += " `--" + flag + "`"
			}
		}
		text += ": " + p.Doc + p.values(i >= s.fixed())
		all = append(all, cell(text))
	}
	if s.Repeat > 0 {
		all = append(all, "any number of them")
	}
	if s.Example != "" {
		all = append(all, "as in "+code(s.Example))
	}
	return strings.Join(all, "<br>")
}

// code is code that a cell of a table can hold.
func code(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }

// cell is text that a cell of a table can hold.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`).Replace(text)
}
