package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen/sampler"
	"argen/viz/term"
)

// stageMark is the annotation of flags that stand for stages.
const stageMark = "stage"

// usageTemplate is cobra's, 80 columns wide, with the flags of stages under a
// heading of their own.
func usageTemplate(cobras string) string {
	return strings.NewReplacer(
		".LocalFlags.FlagUsages", "(otherFlags .LocalFlags).FlagUsagesWrapped 80",
		".FlagUsages", ".FlagUsagesWrapped 80",
		"{{if .HasAvailableInheritedFlags}}", "{{stageFlags .LocalFlags}}{{if .HasAvailableInheritedFlags}}",
	).Replace(cobras)
}

func init() { // cobra has one set of these for all commands
	cobra.AddTemplateFunc("otherFlags", otherFlags)
	cobra.AddTemplateFunc("stageFlags", stageFlags)
}

// otherFlags are those that are not of stages.
func otherFlags(fs *pflag.FlagSet) *pflag.FlagSet {
	others := pflag.NewFlagSet("", pflag.ContinueOnError)
	others.SortFlags = false
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Annotations[stageMark] == nil {
			others.AddFlag(f)
		}
	})
	return others
}

// stageFlags names the flags of stages by group: there are more of them than
// a page of help can explain.
func stageFlags(fs *pflag.FlagSet) string {
	var b strings.Builder
	searches := ""
	for _, g := range append(slices.Clip(sampler.Groups()), searchGroup) {
		var list []string
		fs.VisitAll(func(f *pflag.Flag) {
			if mark := f.Annotations[stageMark]; len(mark) == 1 && mark[0] == string(g) {
				name, _ := pflag.UnquoteUsage(f) // of the value, "" if it takes none
				if f.NoOptDefVal != "" {
					name = "" // it means something without one
				}
				list = append(list, strings.TrimSuffix("--"+f.Name+"\x00"+name, "\x00"))
			}
		})
		if len(list) > 0 {
			if g == searchGroup {
				searches = ",\nargen help search those of searches"
			}
			text := term.Wrap(strings.Join(list, ", "), 80-6) // not between a flag and its value
			b.WriteString("\n  " + string(g) + "\n      " + strings.ReplaceAll(text, "\n", "\n      "))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n\nFlags of stages; argen help sampling says what each does" + searches + ":" + b.String()
}
