package main

import (
	"strings"

	"github.com/spf13/cobra"

	"argen/model"
	"argen/sampler"
	"argen/sampler/search"
)

// completeModels completes what -m takes: a name, a model that was fetched, or a
// file.
func completeModels(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range model.Schemes {
		if strings.HasPrefix(s.Name, typed) {
			names = append(names, cobra.CompletionWithDesc(s.Name, s.Doc))
		}
	}
	names = append(names, completePulled(typed)...)
	return names, cobra.ShellCompDirectiveDefault // files too
}

// completeOneModel completes the first argument from the names of models.
func completeOneModel(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return completeModels(c, args, typed)
}

// completeChain completes the last stage of --chain.
func completeChain(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return completeForms(sampler.Table, typed)
}

// completeSearch completes --search.
func completeSearch(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return completeForms(search.Table, typed)
}

// completeForms completes the last name of a list of them.
func completeForms[T any](table []sampler.Form[T], typed string) ([]string, cobra.ShellCompDirective) {
	done := strings.LastIndexByte(typed, ',') + 1
	var names []string
	for _, s := range table {
		if strings.HasPrefix(s.Name, typed[done:]) {
			names = append(names, cobra.CompletionWithDesc(typed[:done]+s.Name, s.Doc))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeWords completes a flag from a list.
func completeWords(c *cobra.Command, flag string, words []string) {
	// An error would say that the flag does not exist.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeFlags gives every command below c the completion of the flags that
// many have.
func completeFlags(c *cobra.Command) {
	for flag, complete := range map[string]cobra.CompletionFunc{"model": completeModels, "draft": completeModels, "chain": completeChain, "search": completeSearch} {
		if c.Flags().Lookup(flag) != nil {
			_ = c.RegisterFlagCompletionFunc(flag, complete)
		}
	}
	for _, below := range c.Commands() {
		completeFlags(below)
	}
}
